# pipeline.bash - a whole pipeline in a directory of its own, for the scenario tests.
#
#	load ../lib/pipeline
#	setup() { pipeline_new; }
#	teardown() { pipeline_end; }
#
# Everything lies under $P: pipeline.yaml, data, log. Sockets are files there; no ports.
# Nothing waits for a fixed time: wait_until polls with a deadline.

BIN=${NORMAVIS_BIN:?the directory of the programs}
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DEADLINE=${NORMAVIS_TEST_DEADLINE:-60} # seconds; generous, for sanitizers and valgrind

# pipeline_new [LINE...]: makes $P with a copy of the shipped rules; further lines of YAML.
pipeline_new() {
	P=$(mktemp -d "${TMPDIR:-/tmp}/nv.XXXXXX")
	cp -r "$TREE/rules" "$P/rules"
	rm -f "$P/rules/models"/*.model # made by hand, and other outcomes with them
	{
		echo "pipeline: {heartbeat: 100ms, resend_first: 500ms}"
		echo "processes: {publish: 1, collect: 1, dedup: 1, moderate: 2}"
		echo "collect: {reserve_bytes: 1MiB}"
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$P/pipeline.yaml"
	RUN_PID=
}

# keep_rules FILE...: of the shipped rules only these, and their lists, for tests that are
# not about the others: all of them take seconds to compile.
keep_rules() {
	local kept=("$@") file
	for file in "$P/rules/moderation"/*.yaml; do
		[[ " ${kept[*]} " == *" $(basename "$file" .yaml) "* ]] || rm "$file"
	done
	for file in "$P/rules/lists"/*.yaml; do
		grep -q "list: $(basename "$file" .yaml)\b" "$P/rules/moderation"/*.yaml || rm "$file"
	done
}

# nv VERB ...: the command, with this pipeline's configuration.
nv() {
	local verb=$1
	shift
	"$BIN/normavis" "$verb" --config "$P/pipeline.yaml" "$@"
}

# wait_until COMMAND...: true as soon as the command is; false at the deadline.
wait_until() {
	local end=$((SECONDS + DEADLINE))
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "not within $DEADLINE s: $*" >&2
			cat "$P/log" >&2 || true
			return 1
		fi
		sleep 0.02
	done
}

logged() { grep -q -- "$1" "$P/log"; }
logged_times() { [ "$(grep -c -- "$1" "$P/log")" -ge "$2" ]; }

# Compiling the patterns of all shipped rules takes seconds: the first start does, and the
# others find what it left. The file's name is the hash of the rules.
bring_compiled() {
	local from=${BATS_RUN_TMPDIR:-}/packs
	if [ -d "$from" ] && [ ! -e "$P/data" ]; then
		mkdir -m 700 "$P/data" "$P/data/packs"
		cp "$from"/*.hsdb "$P/data/packs"
	fi
}

keep_compiled() {
	local to=${BATS_RUN_TMPDIR:-}/packs
	if [ -n "${BATS_RUN_TMPDIR:-}" ] && [ ! -d "$to" ] && [ -d "$P/data/packs" ]; then
		local own
		own=$(mktemp -d "$BATS_RUN_TMPDIR/packs.XXXXXX")
		cp "$P/data/packs"/*.hsdb "$own"
		mv -T "$own" "$to" 2>/dev/null || rm -rf "$own" # another test was first
	fi
}

# pipeline_start [OPTION...]: returns when records are taken.
pipeline_start() {
	: >"$P/log"
	bring_compiled
	"$BIN/normavis" run --config "$P/pipeline.yaml" "$@" >"$P/out" 2>"$P/log" 3>&- &
	RUN_PID=$!
	wait_until pipeline_is_up_or_over || return 1
	if kill -0 "$RUN_PID" 2>/dev/null; then
		keep_compiled
		return
	fi
	echo "normavis run is over:" >&2
	cat "$P/log" "$P/out" >&2
	return 1
}

pipeline_is_up_or_over() { logged event=running || ! kill -0 "$RUN_PID"; }

# pipeline_stop [SIGNAL]: the exit code of `normavis run`.
pipeline_stop() {
	local code=0
	kill "-${1:-TERM}" "$RUN_PID"
	wait "$RUN_PID" || code=$?
	RUN_PID=
	return "$code"
}

# For teardown, whatever happened.
pipeline_end() {
	if [ -n "${RUN_PID:-}" ]; then
		kill -TERM "$RUN_PID" 2>/dev/null && wait "$RUN_PID" 2>/dev/null
	fi
	[ -z "${P:-}" ] || rm -rf "$P"
}

# slot_pid SLOT: the process that holds the slot; empty when there is none.
slot_pid() { nv status --json | jq -r --arg s "$1" '.programs[] | select(.slot == $s) | .pid // empty'; }

# figure JQ: one value of `status --json`.
figure() { nv status --json | jq -r "$1"; }
figure_is() {
	local found
	found=$(figure "$1")
	[ "$found" = "$2" ] && return
	echo "$1 is '$found', not '$2'" >&2
	grep -hE 'event=(died|hangs|quarantined|suspect|refused) ' "$P/log" >&2 || true
	return 1
}

# review ID [TEXT]: a review as a line of NDJSON.
review() {
	jq -cn --arg id "$1" --arg text "${2:-A quiet table and a good soup, number $1.}" \
		'{kind:"review",source:"test",source_id:$id,subject:"s-1",supplier:"p-1",
		  author_ref:("a-"+$id),rating:{value:4},language:"en",text:$text}'
}

# reviews FIRST LAST: many at once.
reviews() {
	seq "$1" "$2" | sed 's/.*/{"kind":"review","source":"test","source_id":"n-&","subject":"s-&","supplier":"p-1","author_ref":"a-&","rating":{"value":4},"language":"en","text":"A quiet table and a good soup, number &."}/'
}
