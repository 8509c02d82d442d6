#!/usr/bin/env bash
# Who may include whom (docs/OVERVIEW.md). A stage includes common/ and itself; common/
# includes no stage; the header of a library stands where its border is, and nowhere else.
set -euo pipefail
bad=0

complain() {
	echo "$1"
	bad=1
}

# only_in HEADER ALLOWED...: `#include <HEADER>` in no other file of ours
only_in() {
	local header=$1 file line allowed
	shift
	while IFS=: read -r file line _; do
		for allowed in "$@"; do
			# shellcheck disable=SC2053  # the allowed names are patterns
			[[ $file == $allowed ]] && continue 2
		done
		complain "$file:$line: <$header> is for $* alone"
	done < <(grep -nE "^#include <$header>" common/*/*.[ch] stages/*/*.[ch] || true)
}

only_in zmq.h 'common/pipeline/bus.c'
only_in sqlite3.h 'common/store/*' 'stages/publish/*' 'stages/normavis/*'
only_in yaml.h 'common/config/yaml*'
# JSON crosses a border where records come in, where a command prints facts, where an
# event or a finding's evidence is written.
only_in jansson.h 'common/record/record*' 'common/record/event*' 'common/record/canon*' 'common/record/json_out*' \
	'stages/collect/intake*' 'stages/publish/*' 'stages/normavis/*'
only_in yajl/yajl_parse.h 'common/record/json_tree.c'
only_in hs.h 'common/text/scan*'
only_in libstemmer.h 'common/text/words_stem.c'
only_in linear.h 'stages/normavis/model_train.c'
only_in systemd/sd-daemon.h ''

while IFS=: read -r file line text; do
	complain "$file:$line: common/ includes no stage: $text"
done < <(grep -nE '^#include .*stages/' common/*/*.[ch] || true)

# "x.h" is found in common/ or in the stage itself; and within common/ a folder knows those
# below it, in this order.
order=(base text config record journal rules pipeline store)
rank_of() {
	local i
	for i in "${!order[@]}"; do [ "${order[i]}" = "$1" ] && echo "$i" && return; done
	complain "common/$1 has no place in the order of folders"
	echo 0
}
declare -A rank
for header in common/*/*.h common/*/*.def; do
	folder=${header#common/}
	folder=${folder%%/*}
	rank[${header##*/}]=$(rank_of "$folder")
done
for dir in common/* stages/*; do
	while IFS=: read -r file line text; do
		header=${text#*\"}
		header=${header%%\"*}
		[ ! -e "$dir/$header" ] || continue
		if [ -z "${rank[$header]-}" ]; then
			[[ $header =~ ^(schema|criticism|fold_table|language_table|information_table|installed_config)\.inc$ ]] ||
				complain "$file:$line: \"$header\" is neither in $dir/ nor in common/"
		elif [[ $dir == common/* ]] && [ "${rank[$header]}" -gt "$(rank_of "${dir#common/}")" ]; then
			complain "$file:$line: \"$header\" is of a folder above ${dir#common/}"
		fi
	done < <(grep -nE '^#include "' "$dir"/*.[ch] /dev/null || true)
done

# The clock is read in one place (a decision takes the time of its record), and files
# under common/ do not log: who decides what to do about a failure logs it, once.
while IFS=: read -r file line _; do
	complain "$file:$line: the time comes from clock.h"
done < <(grep -nE '\b(clock_gettime|gettimeofday|time)\((NULL|&|CLOCK)' common/*/*.c stages/*/*.c |
	grep -v '^common/base/clock.c:' || true)
while IFS=: read -r file line _; do
	complain "$file:$line: common/ does not log (stage.c, the skeleton of programs, does)"
done < <(grep -nE '\blog_(error|warn|info|debug)\(' common/*/*.c |
	grep -vE '^common/(base/log|pipeline/stage)\.c:' || true)

# First comes the file's own header, or base.h, so that it is seen to stand alone.
for file in common/*/*.c stages/*/*.c; do
	[[ $file == *_gen.c ]] && continue # a program of the build
	first=$(grep -m1 -oE '^#include ["<][^">]+' "$file" | sed 's/.*["<]//')
	own=$(basename "${file%.c}").h
	if [ -e "${file%.c}.h" ] && [ "$first" != "$own" ] &&
		[ "$first" != "${own%.h}_own.h" ]; then
		complain "$file: includes $first before $own"
	elif [[ $first == */* ]] || { [ ! -e "$(dirname "$file")/$first" ] && [ -z "${rank[$first]-}" ]; }; then
		complain "$file: begins with <$first>, not with a header of ours"
	fi
done

files=(common/*/*.[ch] stages/*/*.[ch])
[ $bad -eq 0 ] && echo "layers: ${#files[@]} files keep to theirs"
exit $bad
