#!/usr/bin/env bats
# The command itself: help, docs, usage.

load ../lib/pipeline

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
