#!/usr/bin/env bats
# The command itself: help, docs, usage.

load ../lib/pipeline
load ../lib/look

setup() { pipeline_new; }
teardown() { pipeline_end; }

@test "no verb prints help that names every verb" {
	run "$BIN/normavis"
	[ "$status" -eq 0 ]
	for verb in run check status submit rules docs; do
		[[ "$output" == *"  $verb "* ]]
	done
	[[ "$output" == *"Exit codes:"* ]]
}

@test "every verb has help, asked either way" {
	for verb in run check status submit rules docs; do
		run "$BIN/normavis" help "$verb"
		[ "$status" -eq 0 ]
		[[ "$output" == "usage: normavis $verb"* ]]
		[ "$output" = "$("$BIN/normavis" "$verb" --help)" ]
	done
}

@test "an unknown verb or option is a usage error and says where the help is" {
	run "$BIN/normavis" fly
	[ "$status" -eq 64 ]
	[[ "$output" == *"no verb 'fly'"* ]]
	for verb in run check status submit rules; do
		run nv "$verb" --colour
		[ "$status" -eq 64 ]
		[[ "$output" == *"normavis help $verb"* ]]
	done
	run nv check fast
	[ "$status" -eq 64 ]
}

@test "docs prints the committed pages, byte for byte" {
	"$BIN/normavis" docs config | cmp - "$TREE/docs/CONFIG.md"
	"$BIN/normavis" docs config-schema | cmp - "$TREE/docs/schema/pipeline.schema.json"
	"$BIN/normavis" docs records | cmp - "$TREE/docs/RECORDS.md"
	"$BIN/normavis" docs records-schema | cmp - "$TREE/docs/schema/records.schema.json"
	[[ "$("$BIN/normavis" docs states)" == *published* ]]
}

@test "output that cannot be written is a failure" {
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c "\"$BIN/normavis\" docs config >/dev/full"
	[ "$status" -eq 74 ]
}

@test "where both are true, that the output cannot be written outweighs what was refused" {
	[ -w /dev/full ] || skip "no /dev/full"
	few_rules
	pipeline_start
	echo "no json" >"$P/bad.ndjson"
	code=0
	nv submit <"$P/bad.ndjson" >/dev/full 2>"$P/said" || code=$?
	[ "$code" -eq 74 ]
	grep -q "standard output cannot be written" "$P/said"
	for form in --json ""; do
		code=0
		nv import $form "$P/bad.ndjson" >/dev/full 2>"$P/said" || code=$?
		[ "$code" -eq 74 ]
	done
	# What is worse keeps its code.
	pipeline_stop
	code=0
	nv submit <"$P/bad.ndjson" >/dev/full 2>"$P/said" || code=$?
	[ "$code" -eq 69 ]
}

# Its descriptor N, as the kernel names it.
standard() { readlink "/proc/$1/fd/$2"; }

@test "standard input and output that are closed become nothing, and no file of ours" {
	few_rules
	: >"$P/log"
	"$BIN/normavis" run --config "$P/pipeline.yaml" <&- >&- 2>&- 3>&- &
	RUN_PID=$!
	wait_until figure_is .running true
	review r-1 | nv submit --quiet
	for slot in collect dedup moderate.1 publish; do
		for fd in 0 1 2; do
			[ "$(standard "$(slot_pid "$slot")" "$fd")" = /dev/null ]
		done
	done

	# A submit that a daemon starts has an empty input, and an end.
	timeout "$DEADLINE" "$BIN/normavis" submit --config "$P/pipeline.yaml" <&- >"$P/answers"
	[ ! -s "$P/answers" ]
	# Output that is closed is still output that nobody gets.
	code=0
	"$BIN/normavis" status --config "$P/pipeline.yaml" >&- 2>/dev/null || code=$?
	[ "$code" -eq 74 ]
	pipeline_stop

	# A stage alone.
	"$BIN/collect" --config "$P/pipeline.yaml" <&- >&- 2>&- 3>&- &
	RUN_PID=$!
	collect_is_up() { [ "$(slot_pid collect)" = "$RUN_PID" ]; }
	wait_until collect_is_up
	for fd in 0 1 2; do
		[ "$(standard "$RUN_PID" "$fd")" = /dev/null ]
	done
	pipeline_stop USR1 # nobody is there to drain to
	figure_is .conservation.balanced true
}
