#!/usr/bin/env bats
# What a program refuses to go on with: journal, store and keys that do not belong together.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python sqlite3
	pipeline_new "run: {backoff_first: 50ms}"
	few_rules
}
teardown() { pipeline_end; }

@test "after a refusal nobody waits for a drain that cannot end" {
	sed -i 's/^collect: {/collect: {drain: 10min, /; s/^run: {/run: {stop: 14min, /' "$P/pipeline.yaml"
	pipeline_start
	kill -STOP "$(slot_pid publish)"
	reviews 1 200 | nv submit --no-wait --quiet
	publish=$(slot_pid publish)
	rm "$P/data/store.db-wal" "$P/data/store.db-shm"
	head -c 65536 /dev/urandom >"$P/data/store.db"
	kill -KILL "$publish"
	over() { ! kill -0 "$RUN_PID"; }
	wait_until over
	code=0
	wait "$RUN_PID" || code=$?
	RUN_PID=
	[ "$code" -eq 65 ]
	logged 'event=refused slot=\(publish\|dedup\)' # whichever reads the store first
	logged 'event=ended slot=collect pid=[0-9]* code=0'
	[ "$(grep -c 'event=killed' "$P/log")" -eq 0 ]
	! pgrep -f "$P/pipeline.yaml"
}

statuses() { jq -r '"\(.status)\(if .reason then " " + .reason else "" end)"' "$P/answers" | uniq -c | xargs; }

# run_refuses TEXT: check and run say so, and so does collect when it is started alone.
run_refuses() {
	run nv check
	[ "$status" -eq 78 ]
	[[ "$output" == *"$1"* ]]
	run nv run
	[ "$status" -eq 65 ]
	[[ "$output" == *"$1"* ]]
	run "$BIN/collect" --config "$P/pipeline.yaml"
	[ "$status" -eq 65 ]
	[[ "$output" == *"$1"* ]]
}

@test "a journal that is lost beside its store is begun again only by order, and first answers stay" {
	pipeline_start
	reviews 1 50 >"$P/in"
	submitted <"$P/in"
	cp "$P/answers" "$P/first"
	pipeline_stop
	mv "$P/data/journal" "$P/gone"
	run_refuses "no journal is there, but the store has records of one"
	mkdir "$P/data/journal" # as a disk that is not mounted leaves it
	run_refuses "no journal is there, but the store has records of one"
	[ -z "$(ls "$P/data/journal")" ]

	touch "$P/data/new-journal"
	pipeline_start
	[ ! -e "$P/data/new-journal" ]
	submitted <"$P/in"
	[ "$(statuses)" = "50 repeated" ]
	diff <(jq -c '[.seq, .id]' "$P/first") <(jq -c '[.seq, .id]' "$P/answers")
	[ "$(jq -r .journal "$P/answers" | sort -u)" = earlier ]
	sed 's/good soup/bad soup/' "$P/in" | submitted
	[ "$(statuses)" = "50 refused conflict" ]
	reviews 51 60 | submitted
	[ "$(statuses)" = "10 accepted" ]
	wait_until figure_is .conservation.balanced true
	store_holds
	[ "$(stored "SELECT count(*) FROM public_reviews")" -eq 60 ]
	pipeline_stop

	# The table of keys is a cache of both journals.
	rm "$P/data/collect.table"
	pipeline_start
	{ cat "$P/in"; reviews 51 60; } | submitted
	[ "$(statuses)" = "60 repeated" ]
	[ "$(jq -r .journal "$P/answers" | uniq -c | xargs)" = "50 earlier 10 null" ]
	pipeline_stop
	rm -r "$P/data/journal"
	run_refuses "no journal is there, but the store has records of one"
}

@test "a key of the intake that is lost is not made again in silence" {
	pipeline_start
	reviews 1 20 | nv submit --quiet
	pipeline_stop
	mv "$P/data/keys/intake.key" "$P/kept"
	run_refuses "keys/intake.key: missing"
	mv "$P/data/journal" "$P/gone"
	touch "$P/data/new-journal"
	run_refuses "keys/intake.key: missing"
	[ ! -e "$P/data/keys/intake.key" ]
	rm -rf "$P/data/journal"
	mv "$P/gone" "$P/data/journal"
	mv "$P/kept" "$P/data/keys/intake.key"
	pipeline_start
	reviews 1 20 | submitted
	[ "$(statuses)" = "20 repeated" ]
	pipeline_stop

	# Gone for good: the operator makes another.
	head -c 32 /dev/urandom >"$P/data/keys/intake.key"
	pipeline_start
	review new | submitted
	[ "$(statuses)" = "1 accepted" ]
	pipeline_stop
}
