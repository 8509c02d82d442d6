#!/usr/bin/env bats
# What is committed and past its keep time leaves the journal, and nothing is lost by it.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python sqlite3
	pipeline_new
	sed -i 's/^collect: {/&segment_bytes: 1MiB, keep: 0s, /' "$P/pipeline.yaml"
	few_rules
}
teardown() { pipeline_end; }

segments() { find "$P/data/journal" -name '*.journal' -printf '%f\n' | sort; }
one_segment() { [ "$(segments | wc -l)" -eq 1 ]; }
committed() { figure_is .conservation.balanced true && [ "$(stored "SELECT count(*) FROM reviews")" = "$1" ]; }
statuses() { jq -r .status "$P/answers" | sort | uniq -c | xargs; }

# Of some 1 KB each.
wordy() {
	reviews "$1" "$2" | sed "s/A quiet table/$(printf 'A quiet table and bread. %.0s' {1..40})&/"
}

@test "segments go once they are committed and past their keep time; their records are still known" {
	pipeline_start
	wordy 1 4000 >"$P/in"
	submitted <"$P/in"
	[ "$(statuses)" = "4000 accepted" ]
	wait_until committed 4000
	pipeline_stop
	[ "$(segments | wc -l)" -ge 4 ]
	[ "$(segments | head -1)" = 00000000000000000001.journal ]

	# collect looks when it starts, and every ten seconds.
	pipeline_start
	wait_until one_segment
	first=$(segments)
	[ "$((10#${first%.journal}))" -gt 2000 ]
	figure_is .conservation.balanced true
	figure_is .conservation.reviews.states.published 4000

	# The first, of a segment that is gone, and the last, of the one that is left.
	{ head -2 "$P/in"; tail -1 "$P/in"; } >"$P/again"
	submitted <"$P/again"
	[ "$(statuses)" = "3 repeated" ]
	[ "$(jq -r .id "$P/answers" | head -1)" = "$(stored "SELECT id FROM records WHERE kind = 'review' ORDER BY n LIMIT 1")" ]
	pipeline_stop
}

@test "an index of keys that is lost is made again from the store and what is left of the journal" {
	pipeline_start
	wordy 1 3000 >"$P/in"
	submitted <"$P/in"
	wait_until committed 3000
	pipeline_stop
	pipeline_start
	wait_until one_segment
	pipeline_stop

	rm "$P/data/collect.table"
	pipeline_start
	logged event=keys_rebuild
	submitted <"$P/in"
	[ "$(statuses)" = "3000 repeated" ]
	review new >"$P/new"
	submitted <"$P/new"
	[ "$(statuses)" = "1 accepted" ]
	wait_until committed 3001
	store_holds
	pipeline_stop
}
