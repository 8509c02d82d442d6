#!/usr/bin/env bats
# Each stage by itself: help, wrong words, configuration, locks, signals.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() {
	pipeline_new
	few_rules
}
teardown() {
	by_hand_end
	pipeline_end
}

# each COMMAND...: for every stage, with its name behind
each() {
	local stage
	for stage in collect dedup moderate publish; do "$@" "$stage"; done
}

# exits CODE ARGUMENT...: of `stage`, into `output`
exits() {
	local code=$1
	shift
	run "$BIN/$stage" "$@"
	[ "$status" -eq "$code" ]
}

says_what_it_is() {
	local stage=$1
	exits 0 --help
	[[ "$output" == "usage: "*"$stage "*"--config FILE"* ]]
	exits 0 --version
	[[ "$output" =~ ^$stage\ [0-9]+\.[0-9]+ ]]
	exits 64 --colour
	exits 64 quickly
	[[ "$output" == *"'quickly'"* ]]
	# Looking leaves nothing behind.
	exits 0 --config "$P/pipeline.yaml" --check
	[ ! -e "$P/data" ]
}

@test "every stage has help, a version, a check, and refuses words that it has not" {
	each says_what_it_is
}

refuses_configuration() {
	local stage=$1
	exits 78 --config "$P/wrong.yaml"
	[[ "$output" == *"wrong.yaml:1:"*"heartbeet"* ]]
	exits 78 --config "$P/absent.yaml"
	[ ! -e "$P/data" ]
}

@test "every stage refuses a wrong configuration with its place" {
	sed 's/heartbeat/heartbeet/' "$P/pipeline.yaml" >"$P/wrong.yaml"
	each refuses_configuration
}

stops_alone() {
	local slot=$1 signal
	for signal in TERM INT; do
		prog_start "$slot"
		prog_stop "$slot" "$signal"
	done
	# Killed, it leaves no lock that would keep it out.
	prog_start "$slot"
	prog_stop "$slot" KILL || [ $? -eq 137 ]
	prog_start "$slot"
	prog_stop "$slot"
}

@test "every stage waits alone for the others, and stops at once when told" {
	each stops_alone
}

writes_json() {
	prog_start "$1"
	prog_stop "$1"
}

@test "log lines are one JSON object each where that is asked for" {
	sed -i 's/^pipeline: {/pipeline: {log_format: json, /' "$P/pipeline.yaml"
	readies() { jq -r 'select(.event == "ready") | .slot' "$P/log" | grep -cx "$1" || true; }
	each writes_json
	jq -e '.ts and .level and .prog and .event' "$P/log" >"$P/out"
	! grep -v '^{' "$P/log"
}
