#!/usr/bin/env bash
# How long things may get. Functions are counted from their brace to their brace, both
# left out; parameters and nesting are clang-tidy's (readability-function-size).
set -euo pipefail
bad=0

while read -r lines file; do
	limit=600
	[[ $file == *.h ]] && limit=250
	[[ $file == */main.c ]] && limit=400
	if [ "$lines" -gt $limit ]; then
		echo "$file: $lines lines, at most $limit: split it by noun"
		bad=1
	fi
done < <(wc -l common/*/*.[ch] stages/*/*.[ch] | grep -v ' total$')

long=$(awk '
	FNR == 1 { start = 0 }
	/^{/ { start = FNR; name = before; at = FNR }
	/^}/ && start {
		limit = FILENAME ~ /^tests/ ? 100 : 60 # rows of a table count as lines
		if (FNR - start - 1 > limit)
			print FILENAME ":" at ": " FNR - start - 1 " lines, at most " limit ": " name
		start = 0
	}
	{ before = $0 }
' common/*/*.c stages/*/*.c tests/*/*.c)
if [ -n "$long" ]; then
	echo "$long"
	bad=1
fi

# The formatter keeps code within 90 columns, and leaves comments and strings alone.
wide=$(awk '
	{ line = $0; gsub(/\t/, "        ", line) }
	length(line) > 120 && line !~ /https?:\/\/|"/ { print FILENAME ":" FNR ": " length(line) " columns" }
' common/*/*.[ch] stages/*/*.[ch])
if [ -n "$wide" ]; then
	echo "$wide"
	bad=1
fi

makefile=$(wc -l < Makefile)
if [ "$makefile" -gt 200 ]; then
	echo "Makefile: $makefile lines, at most 200"
	bad=1
fi
[ $bad -eq 0 ] && echo "sizes: every file and function within its limit"
exit $bad
