#!/usr/bin/env bats
# `normavis run`: starts everything, keeps it running, stops it in order.

load ../lib/pipeline

setup() { pipeline_new "run: {backoff_first: 50ms}"; }
hang_soon() { sed -i 's/^run: {/run: {hang: 3s, /' "$P/pipeline.yaml"; }
teardown() { pipeline_end; }

@test "it stops in order with everything committed, and starts where it ended" {
	pipeline_start
	reviews 1 3000 | nv submit --no-wait --quiet
	pipeline_stop
	figure_is .order.in_flight 0
	figure_is .conservation.reviews.states.published 3000
	[ "$(grep -o 'event=ended slot=[a-z]*' "$P/log" | sed 's/.*=//' | uniq | tr '\n' ' ')" = \
		"collect dedup moderate publish " ]
	! pgrep -f "$P/pipeline.yaml"

	# The rules are in force already: no second activation.
	pipeline_start
	[ "$(nv status --json | jq .conservation.records.kinds.activation.accepted)" -eq 2 ]
	logged 'event=in_force what=rules hash=[0-9a-f]*$'
	reviews 1 10 | nv submit --quiet 2>&1 | grep -q "repeated 10"
	pipeline_stop INT
}

niceness() { awk '{ sub(/.*\) /, ""); print $17 }' "/proc/$(slot_pid "$1")/stat"; }

@test "the writer of the store goes first" {
	pipeline_start
	local first slot
	first=$(niceness publish)
	for slot in collect dedup moderate.1 moderate.2; do
		[ "$(niceness "$slot")" -eq $((first + 10)) ]
	done
	pipeline_stop
}

@test "a second one for the same data refuses to start" {
	pipeline_start
	run nv run
	[ "$status" -eq 75 ]
	[[ "$output" == *"runs already"* ]]
	pipeline_stop
}

@test "what dies is started again, and nothing is lost" {
	pipeline_start
	for slot in collect publish dedup moderate.1 moderate.2; do
		reviews 1 400 >"$P/in"
		sed -i "s/\"n-/\"$slot-/" "$P/in"
		nv submit --quiet <"$P/in" &
		submitting=$!
		kill -KILL "$(slot_pid "$slot")"
		wait "$submitting"
		wait_until logged "event=died slot=$slot "
		wait_until logged_times "event=started slot=$slot " 2
	done
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.balanced true
	figure_is .conservation.records.kinds.review.applied 2000
	pipeline_stop
}

# status_says FILTER VALUE: of `normavis status --json`, once the programs have said so.
status_says() { [ "$(nv status --json | jq -r "$1")" = "$2" ]; }

@test "status shows what each running program has counted, and how often it was started again" {
	slot() { echo "(.programs[] | select(.slot == \"$1\"))"; }

	pipeline_start
	reviews 1 400 | nv submit --quiet
	wait_until status_says "$(slot collect).figures.accepted" 402 # and two activations
	wait_until status_says "$(slot publish).figures.applied" 402
	wait_until status_says "$(slot dedup).figures.records_seen" 402
	wait_until status_says "[.programs[].figures.records_seen // 0] | add >= 804" true
	status_says "$(slot dedup).figures.workers" 2
	status_says "$(slot dedup).restarts" 0
	nv status | grep -A5 '^dedup .* running, pid [0-9]*, restarts 0$' | grep -q '^ .* records_seen  *402'
	nv status --json >"$P/status.json"
	"$TREE/tests/lint/glossary.sh" --json "$P/status.json"

	# A program that is new has counted nothing; what the dead one wrote is not shown.
	kill -KILL "$(slot_pid publish)"
	wait_until status_says "$(slot publish) | .restarts" 1
	wait_until status_says "$(slot publish).figures.applied" 0
	pipeline_stop
	status_says "$(slot publish) | has(\"figures\"), .running" "false
false"
}

@test "what hangs is killed and started again" {
	hang_soon
	pipeline_start
	pid=$(slot_pid dedup)
	kill -STOP "$pid"
	wait_until logged "event=hangs slot=dedup pid=$pid"
	wait_until logged_times "event=started slot=dedup " 2
	reviews 1 50 | nv submit --quiet
	pipeline_stop
}

@test "a drain that leads nowhere ends by itself, and what is left is stored at the next start" {
	hang_soon
	sed -i 's/^collect: {/collect: {drain: 500ms, /; s/^run: {/run: {stop: 6s, /' "$P/pipeline.yaml"
	pipeline_start
	kill -STOP "$(slot_pid publish)"
	reviews 1 200 | nv submit --no-wait --quiet
	pipeline_stop
	logged 'event=ended slot=collect pid=[0-9]* code=0'
	[ "$(grep -c 'event=killed slot=collect' "$P/log")" -eq 0 ]
	figure_is .order.in_flight 200
	pipeline_start
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.records.kinds.review.applied 200
	pipeline_stop
}

@test "a program that refuses stops everything with its code" {
	pipeline_start
	reviews 1 10 | nv submit --quiet
	pipeline_stop
	# A look at the data finds nothing; one program does.
	mkdir "$P/bin"
	cp "$BIN"/* "$P/bin/"
	printf '#!/bin/sh\nexit 65\n' >"$P/bin/collect"
	code=0
	"$P/bin/normavis" run --config "$P/pipeline.yaml" 2>"$P/log" || code=$?
	[ "$code" -eq 65 ]
	logged 'event=refused slot=collect'
	! pgrep -f "$P/pipeline.yaml"
}

@test "programs do not outlive a supervisor that is killed" {
	pipeline_start
	kill -KILL "$RUN_PID"
	wait "$RUN_PID" || true
	RUN_PID=
	gone() { ! pgrep -f "$P/pipeline.yaml"; }
	wait_until gone
	pipeline_start
	reviews 1 10 | nv submit --quiet
	pipeline_stop
}

@test "SIGHUP puts changed rules in force, and keeps the old ones when they are wrong" {
	pipeline_start
	echo "# a word more" >>"$P/rules/moderation/spam.yaml"
	kill -HUP "$RUN_PID"
	wait_until logged_times 'event=activated what=rules' 2
	figure_is .conservation.records.kinds.activation.accepted 3

	cp "$P/rules/moderation/spam.yaml" "$P/kept"
	echo "nonsense: [" >>"$P/rules/moderation/spam.yaml"
	kill -HUP "$RUN_PID"
	wait_until logged 'event=not_activated'
	logged 'event=bad_rules at=.*spam.yaml:[0-9]*:[0-9]* '
	reviews 1 10 | nv submit --quiet

	# Back to the first rules: an activation of its own, though the hash is an old one.
	sed '$d' "$P/kept" >"$P/rules/moderation/spam.yaml"
	run nv rules activate
	[ "$status" -eq 0 ]
	[[ "$output" == *"in force behind record"* ]]
	figure_is .conservation.records.kinds.activation.accepted 4
	pipeline_stop
}

# Of the table of a sample: published, with whatever label.
published_in() { awk '$2 == "published" { n += $1 } END { print n + 0 }' "$1"; }

@test "a sample is submitted on the first start only, and what became of it is printed" {
	pipeline_start --sample "$TREE/tests/data/sample/reviews.ndjson"
	wait_until grep -q 'Ctrl-C stops it' "$P/out"
	[ "$(published_in "$P/out")" -eq 280 ]
	grep -q 'L-DUP' "$P/out"
	grep -A1 'flawed lines on purpose, refused below:$' "$P/out" |
		grep -q "^$TREE/tests/data/sample/reviews.ndjson:[0-9]*: "
	figure_is .conservation.balanced true
	accepted=$(figure .conservation.records.accepted)
	pipeline_stop
	pipeline_start --sample "$TREE/tests/data/sample/reviews.ndjson"
	wait_until grep -q 'Ctrl-C stops it' "$P/out"
	[ "$(published_in "$P/out")" -eq 280 ]
	figure_is .conservation.records.accepted "$accepted"
	pipeline_stop
}

@test "what it says to try can be pasted" {
	mv "$P/pipeline.yaml" "$P/it's mine.yaml"
	sed -i "s|^pipeline: {|&log_format: json, |" "$P/it's mine.yaml"
	: >"$P/log"
	"$BIN/normavis" run --config "$P/it's mine.yaml" --sample "$TREE/tests/data/sample/reviews.ndjson" \
		>"$P/out" 2>"$P/log" 3>&- &
	RUN_PID=$!
	wait_until grep -q 'sqlite3 -readonly' "$P/out"
	sed -n '/try:$/,$p' "$P/out" | tail -n +2 | grep -v sqlite3 >"$P/pasted"
	grep -q "^  $BIN/normavis status --config '" "$P/pasted"
	run env -i PATH="$PATH" bash -e "$P/pasted"
	[ "$status" -eq 0 ]
	[[ "$output" == *"balanced: nothing is lost"* ]]
	[[ "$output" == *'"status":"accepted"'* ]]
	pipeline_stop
	jq -e .event "$P/log" >"$P/null" # every line of it
}

@test "it tells a service manager when it is ready, alive and stopping" {
	command -v python3 >/dev/null || skip "no python3 to play the service manager"
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: print(s.recv(4096).decode(), flush=True)' "$P/manager.sock" >"$P/told" 3>&- &
	manager=$!
	wait_until test -S "$P/manager.sock"
	NOTIFY_SOCKET="$P/manager.sock" pipeline_start
	wait_until grep -q 'READY=1' "$P/told"
	wait_until grep -q 'WATCHDOG=1' "$P/told"
	pipeline_stop
	wait_until grep -q 'STOPPING=1' "$P/told"
	kill "$manager"
}
