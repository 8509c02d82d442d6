#!/usr/bin/env bash
# coverage.sh BUILD-DIR - lines reached, per file of common/ and stages/, from what gcov
# says of the objects there; the least covered first.
set -euo pipefail
build=$1
command -v gcov >/dev/null || { echo "gcov is missing: apt-get install gcc" >&2; exit 69; }

find "$build/common" "$build/stages" -name '*.gcda' -print0 | xargs -0 gcov -n 2>/dev/null | awk '
	/^File / { file = $2; gsub(/\047/, "", file) }
	/^Lines executed:/ && file ~ /^(common|stages)\/.*\.c$/ {
		split($0, part, /[:% ]+/)
		share = part[3]; lines = $NF
		if (!(file in all) || share > best[file]) best[file] = share
		all[file] = lines
	}
	END {
		for (f in all) {
			printf "%6.1f %%  %5d lines  %s\n", best[f], all[f], f | "sort -n"
			reached += best[f] * all[f] / 100; total += all[f]
		}
		close("sort -n")
		printf "%6.1f %%  %5d lines  all that a unit test links\n", 100 * reached / total, total
	}'
