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
	logged 'event=refused slot=publish'
	logged 'event=ended slot=collect pid=[0-9]* code=0'
	! logged 'event=killed'
	! pgrep -f "$P/pipeline.yaml"
}
