#!/usr/bin/env bash
# names.sh BUILD-DIR - what an object exports bears the noun of its file: x.o exports x_*,
# a part x_part.o of a module exports x_*. Families that read better under a name of their
# own stand in names.txt, with the reason.
set -euo pipefail
build=$1
bad=0
count=0

families() { # of an object: every prefix it may use
	local noun=$1
	echo "$noun"
	while [[ $noun == *_* ]]; do
		noun=${noun%_*}
		echo "$noun"
	done
	awk -v noun="$1" '$1 == noun { for (i = 2; i <= NF && $i != "#"; i++) print $i }' \
		tests/lint/names.txt
}

for source in common/*/*.c stages/*/*.c; do
	object=$build/${source%.c}.o
	[ -e "$object" ] || continue
	mapfile -t prefixes < <(families "$(basename "${source%.c}")")
	while read -r symbol; do
		count=$((count + 1))
		for prefix in main "${prefixes[@]}"; do
			[[ $symbol == "$prefix" || $symbol == "${prefix}_"* || $symbol == "$prefix" ]] &&
				continue 2
		done
		# A stage's object may also bear the stage's own name.
		stage=$(basename "$(dirname "$source")")
		[[ $source == stages/* && $symbol == "${stage}_"* ]] && continue
		echo "$source: exports $symbol; expected ${prefixes[0]}_... (or a family in tests/lint/names.txt)"
		bad=1
	done < <(nm -g --defined-only "$object" | awk '$2 ~ /[TDBRC]/ && $3 !~ /^__/ { print $3 }')
done

[ $bad -eq 0 ] && echo "names: $count exported symbols bear the noun of their file"
exit $bad
