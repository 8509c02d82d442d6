#!/usr/bin/env bats
# The intake, with nobody behind it: what is answered is on the disk.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() {
	pipeline_new_in_force
	# Nobody behind will commit what a stop would wait for.
	sed -i 's/^collect: {/collect: {drain: 0, /' "$P/pipeline.yaml"
}
teardown() {
	by_hand_end
	pipeline_end
}

# submitted_to FILE: lines of stdin, answers there; nothing is committed, nobody waits
submitted_to() { nv submit --no-wait >"$1"; }

@test "what was answered is there after a kill, with the same places" {
	for round in 1 2 3 4 5; do
		prog_start collect
		reviews "${round}000" "${round}299" >"$P/in"
		submitted_to "$P/first" <"$P/in"
		prog_stop collect KILL || true
		prog_start collect
		submitted_to "$P/again" <"$P/in"
		[ "$(jq -r .status "$P/again" | sort -u)" = repeated ]
		[ "$(jq -c '[.line, .seq, .id]' "$P/again")" = "$(jq -c '[.line, .seq, .id]' "$P/first")" ]
		prog_stop collect
	done
	figure_is .conservation.records.kinds.review.in_flight 1500
	figure_is .conservation.records.kinds.review.repeated 1500
	figure_is .conservation.balanced true
}

@test "a kill in the middle of submitting loses nothing that was answered" {
	prog_start collect
	for round in 1 2; do
		reviews "${round}0000" "${round}4999" >"$P/in"
		submitted_to "$P/some" <"$P/in" &
		submitting=$!
		some() { [ -s "$P/some" ]; }
		wait_until some
		prog_stop collect KILL || true
		prog_start collect
		wait "$submitting" # it sends again what had no answer
		[ "$(wc -l <"$P/some")" -eq 5000 ]
		submitted_to "$P/again" <"$P/in"
		[ "$(jq -c '[.line, .seq, .id]' "$P/again")" = "$(jq -c '[.line, .seq, .id]' "$P/some")" ]
	done
	figure_is .conservation.records.kinds.review.in_flight 10000
	figure_is .conservation.balanced true
}

@test "its table of keys, lost or of another time, is made again from the journal" {
	prog_start collect
	reviews 1 500 | submitted_to "$P/first"
	prog_stop collect
	cp "$P/data/collect.table" "$P/older.table"
	prog_start collect
	reviews 501 900 | submitted_to "$P/second"
	prog_stop collect
	for table in "" "$P/older.table" /dev/null; do
		rm "$P/data/collect.table"
		[ -z "$table" ] || cat "$table" >"$P/data/collect.table"
		prog_start collect
		reviews 1 900 | submitted_to "$P/again"
		[ "$(jq -c '[.seq, .id]' "$P/again")" = "$(cat "$P/first" "$P/second" | jq -c '[.seq, .id]')" ]
		prog_stop collect
	done
	figure_is .conservation.records.kinds.review.in_flight 900
}

@test "a backlog or a disk with too little room is a clear busy, and leaves no trace" {
	sed -i 's/^collect: {/collect: {backlog_records: 1000, /' "$P/pipeline.yaml"
	prog_start collect
	reviews 1 2000 >"$P/in"
	code=0
	nv submit --no-wait --timeout 0 <"$P/in" >"$P/answers" 2>"$P/said" || code=$?
	[ "$code" -eq 75 ]
	grep -q backlog "$P/said"
	taken=$(figure .conservation.records.kinds.review.accepted)
	[ "$taken" -le 1000 ] && [ "$taken" -ge 990 ] # but for the records of the start
	figure_is .conservation.records.kinds.review.refused_at_intake 0
	prog_stop collect

	sed -i 's/backlog_records: 1000, //; s/reserve_bytes: 1MiB/reserve_bytes: 1024GiB/' "$P/pipeline.yaml"
	prog_start collect
	wait_until logged event=space_short
	code=0
	reviews 9001 9010 | nv submit --no-wait --timeout 0 >"$P/answers" 2>"$P/said" || code=$?
	[ "$code" -eq 75 ]
	grep -q disk "$P/said"
	figure_is .conservation.records.kinds.review.accepted "$taken"
	prog_stop collect

	# With room and stages again, the rest goes in.
	sed -i 's/reserve_bytes: 1024GiB/reserve_bytes: 1MiB/' "$P/pipeline.yaml"
	pipeline_start
	nv submit --quiet <"$P/in"
	figure_is .conservation.reviews.states.published 2000
	figure_is .conservation.balanced true
	pipeline_stop
}

@test "a damaged journal is a loud stop with the place; a torn end is cut" {
	prog_start collect
	reviews 1 300 | submitted_to "$P/first"
	prog_stop collect
	segment=$P/data/journal/00000000000000000001.journal
	cp "$segment" "$P/whole"

	# Half an entry behind the last one, as a power cut leaves it.
	end=$(($(LC_ALL=C grep -obUa JENT "$segment" | tail -1 | cut -d: -f1)))
	printf '\0%.0s' {1..60} | dd of="$segment" bs=1 seek=$((end + 20)) conv=notrunc status=none
	prog_start collect
	logged 'event=journal .*torn_bytes=[1-9]'
	reviews 1 300 | submitted_to "$P/again"
	[ "$(jq -r .status "$P/again" | sort | uniq -c | xargs)" != "300 repeated" ]
	prog_stop collect

	# A byte of an entry that others follow, in a segment that was closed long ago.
	cp "$P/whole" "$segment"
	printf 'X' | dd of="$segment" bs=1 seek=4 conv=notrunc status=none
	run "$BIN/collect" --config "$P/pipeline.yaml"
	[ "$status" -eq 65 ]
	[[ "$output" == *"00000000000000000001.journal"* ]]
}

@test "an older journal takes nothing, though nobody behind has spoken yet" {
	cp -r "$P/data/journal" "$P/older"
	pipeline_start
	reviews 1 20 | nv submit --quiet
	pipeline_stop
	rm -r "$P/data/journal"
	mv "$P/older" "$P/data/journal"
	run "$BIN/collect" --config "$P/pipeline.yaml"
	[ "$status" -eq 65 ]
	[[ "$output" == *"the journal is older than the store"* ]]
	[[ "$output" != *event=ready* ]]
}
