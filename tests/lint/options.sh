#!/usr/bin/env bash
# options.sh - every option does something: each member of the structs that pipeline.yaml
# fills (common/pipeline/options.h) is read by a program, not only by the code that fills it.
set -euo pipefail
shopt -s lastpipe
bad=0
count=0

sources=()
for file in common/*/*.[ch] stages/*/*.[ch]; do
	[[ $file == common/pipeline/options* ]] || sources+=("$file")
done

# members: "SECTION MEMBER" for each member of each struct SECTION_options
members() {
	sed 's|/\*.*\*/||' common/pipeline/options.h | awk '
		/^struct [a-z]+_options \{/ { section = $2; sub(/_options$/, "", section); next }
		/^};/ { section = "" }
		section { gsub(/^[ \t]*(enum [a-z_]+|int64_t|mode_t|char|bool|double) |[*;]/, ""); gsub(/,/, " ")
			for (i = 1; i <= NF; i++) print section, $i }'
}

# As SECTION.MEMBER, or by a pointer where the struct is named.
is_read() { # SECTION MEMBER
	grep -qE "\b$1(\.|->)$2\b" "${sources[@]}" ||
		grep -lE "\bstruct $1_options\b" "${sources[@]}" | xargs -r grep -qE "(->|\.)$2\b"
}

members | while read -r section member; do
	count=$((count + 1))
	is_read "$section" "$member" || {
		echo "common/pipeline/options.h: $section.$member: no program reads it"
		bad=1
	}
done
[ "$count" -gt 0 ] || { echo "options.sh: no member found: mend the search"; bad=1; }

[ $bad -eq 0 ] && echo "options: $count, each read by a program"
exit $bad
