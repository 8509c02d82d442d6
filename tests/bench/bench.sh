#!/usr/bin/env bash
# The benches of the whole pipeline; docs/PERFORMANCE.md says what the figures mean.
#
#	bench.sh BIN TOOLS REVIEWS ROUNDS MEMORY_REVIEWS
#
# BIN: directory of the stages; TOOLS: of bench_corpus and its kin. Each round runs the
# pipeline, the raw inserts of the same rows and the Node peer, one after the other on
# fresh directories; ratios are taken within a round and their median is printed. MODERATE
# (2) workers. Everything is under $TMPDIR and removed at the end, or kept where KEEP is set.
set -euo pipefail
export LC_ALL=C

bin=$(realpath "$1") tools=$(realpath "$2")
reviews=$3 rounds=$4 memory_reviews=$5
here=$(dirname "$(realpath "$0")")
workers=${MODERATE:-2}
hertz=$(getconf CLK_TCK)
warm=3000 # reviews before the clock starts: every worker has compiled the patterns by then
pids=()
work=$(mktemp -d "${TMPDIR:-/tmp}/normavis-bench.XXXXXX")

clean_up() {
	[ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null || true
	wait
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap clean_up EXIT

slots=(publish collect dedup)
for ((w = 1; w <= workers; w++)); do slots+=("moderate.$w"); done

# start DIR: the pipeline on a fresh directory.
start() {
	mkdir -p "$1"
	cat >"$1/pipeline.yaml" <<-YAML
		pipeline:
		  data: data
		  log_level: warn
		processes:
		  publish: 1
		  collect: 1
		  dedup: 1
		  moderate: $workers
	YAML
	pids=()
	for slot in "${slots[@]}"; do
		"$bin/${slot%%.*}" --slot "$slot" --config "$1/pipeline.yaml" &
		pids+=($!)
	done
}

stop() {
	# In the order of the stream, so that nothing is in flight at the end.
	for i in 1 2 0; do kill -TERM "${pids[$i]}" && wait "${pids[$i]}"; done
	kill -TERM "${pids[@]:3}" && wait "${pids[@]:3}"
	pids=()
}

value() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" <<<"$2"; }
divide() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ticks() { awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$1/stat"; }
anonymous() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status"; }

# --- end to end, raw, peer ---------------------------------------------------------------

round() {
	local dir=$work/round loaded raw ours peer i before=() spent
	start "$dir"
	loaded=$("$tools/bench_load" "$dir/pipeline.yaml" "$corpus" 0 "$warm" "$here/rules")
	for i in "${!pids[@]}"; do before[i]=$(ticks "${pids[$i]}"); done
	loaded=$("$tools/bench_load" "$dir/pipeline.yaml" "$corpus" "$warm" "$reviews")
	spent=""
	for i in "${!pids[@]}"; do
		spent+=" ${slots[$i]}=$(awk -v a="${before[$i]}" -v b="$(ticks "${pids[$i]}")" \
			-v h="$hertz" -v n="$reviews" 'BEGIN { printf "%.1f", (b - a) * 1e6 / h / n }')"
	done
	stop
	raw=$("$tools/bench_raw" "$dir/data/store.db" "$dir/raw.db")
	ours=$(grep -o 'published=.* held=[0-9]*' <<<"$raw")
	echo "end to end: $loaded"
	echo "  CPU, us per review:$spent"
	echo "raw:        $raw"
	divide "$(value rate "$loaded")" "$(value rate "$raw")" >>"$work/raw.ratios"
	echo >>"$work/raw.ratios"
	if [ -d "$here/node/node_modules/better-sqlite3" ]; then
		peer=$(node "$here/node/peer.js" "$corpus" "$here/patterns.json" "$dir/peer.db" $((reviews + warm)))
		echo "node:       $peer"
		if [ "$ours" != "$(grep -o 'published=.* held=[0-9]*' <<<"$peer")" ]; then
			echo "DISQUALIFIED: the pipeline has $ours"
			: >"$work/disqualified"
		fi
		divide "$(value rate "$loaded")" "$(value rate "$peer")" >>"$work/peer.ratios"
		echo >>"$work/peer.ratios"
	else
		echo "node:       NOT RUN (its packages are missing: make bench-peer)"
	fi
	rm -rf "$dir"
}

# --- idle ----------------------------------------------------------------------------------

idle() {
	local dir=$work/idle
	start "$dir"
	"$tools/bench_load" "$dir/pipeline.yaml" "$corpus" 0 100 "$here/rules" >/dev/null
	"$tools/bench_idle" "$dir/pipeline.yaml" "$corpus" 100 200
	stop
	rm -rf "$dir"
}

# --- memory and disk -------------------------------------------------------------------------

memory() {
	local dir=$work/memory i first=() last size
	start "$dir"
	"$tools/bench_load" "$dir/pipeline.yaml" "$corpus" 0 10000 "$here/rules" >/dev/null
	sleep 3
	for i in "${!pids[@]}"; do first[i]=$(anonymous "${pids[$i]}"); done
	"$tools/bench_load" "$dir/pipeline.yaml" "$corpus" 10000 $((memory_reviews - 10000))
	sleep 3
	for i in "${!pids[@]}"; do
		last=$(anonymous "${pids[$i]}")
		printf '%-12s %7d KiB after 10000, %7d KiB after %d: %s\n' "${slots[$i]}" \
			"${first[$i]}" "$last" "$memory_reviews" "$(divide "$last" "${first[$i]}")"
	done
	stop
	for file in journal store.db collect.table exact.table arrivals.table; do
		size=$(du -s --block-size=1 "$dir/data/$file" | cut -f1)
		printf '%-16s %6d bytes on disk per review\n' "$file" $((size / memory_reviews))
	done
	rm -rf "$dir"
}

# --- all of it -------------------------------------------------------------------------------

corpus=$work/corpus.ndjson
most=$((reviews + warm > memory_reviews ? reviews + warm : memory_reviews))
"$tools/bench_corpus" "$most" >"$corpus"
echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $reviews reviews of" \
	"$(($(stat -c %s "$corpus") / most)) bytes, $(grep -c '^ *"' "$here/patterns.json") patterns, $workers workers"
for ((r = 1; r <= rounds; r++)); do
	echo "--- round $r of $rounds"
	round
done
if [ "$rounds" -gt 0 ]; then
	echo "--- medians"
	echo "end to end / raw:  $(median <"$work/raw.ratios")  (bar: 0.5)"
	[ ! -e "$work/peer.ratios" ] || [ -e "$work/disqualified" ] ||
		echo "end to end / node: $(median <"$work/peer.ratios")  (bar: 3)"
	echo "--- idle"
	idle
fi
echo "--- memory"
memory
