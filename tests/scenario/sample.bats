#!/usr/bin/env bats
# The shipped sample through the whole pipeline: each line ends as expected.json says, and
# the store holds what its pages promise.

load ../lib/pipeline
load ../lib/look

SAMPLE_DIR=$TREE/tests/data/sample

setup() {
	needs_python sqlite3
	pipeline_new
}
teardown() { pipeline_end; }

sample_is_as_expected() {
	"$PYTHON" "$TREE/tests/lib/sample_check.py" "$SAMPLE_DIR/reviews.ndjson" \
		"$SAMPLE_DIR/expected.json" "$P/answers" "$P/data/store.db"
}

# altered SQL: on a copy of the store, what the check says of it.
altered() {
	cp "$P/data/store.db" "$P/altered.db"
	sqlite3 "$P/altered.db" "PRAGMA foreign_keys = OFF; $1"
	run "$PYTHON" "$TREE/tests/lib/store_check.py" "$P/altered.db"
	[ "$status" -eq 1 ]
}

@test "every line of the sample ends as expected, and the store holds" {
	pipeline_start
	submitted --admin <"$SAMPLE_DIR/reviews.ndjson"
	sample_is_as_expected
	store_holds

	# Again: only repeats, conflicts and refusals, each as before.
	cp "$P/answers" "$P/first"
	before=$(stored "SELECT count(*) FROM reviews")
	submitted --admin <"$SAMPLE_DIR/reviews.ndjson"
	[ "$(jq -r 'select(.status == "accepted")' "$P/answers")" = "" ]
	[ "$(jq -c '[.line, .seq, .id, .reason]' "$P/answers")" = "$(jq -c '[.line, .seq, .id, .reason]' "$P/first")" ]
	[ "$(stored "SELECT count(*) FROM reviews")" = "$before" ]
	store_holds
	pipeline_stop

	# The check sees what it looks for.
	altered "UPDATE revision SET text = text || '.' WHERE n = (SELECT max(n) FROM revision WHERE text IS NOT NULL)"
	[[ "$output" == *"commitment of text"* ]]
	altered "UPDATE subject SET name = name || '.' WHERE id = 1"
	[[ "$output" == *"commitment of subject"* ]]
	altered "UPDATE supplier SET name = name || '.' WHERE id = 1"
	[[ "$output" == *"commitment of supplier"* ]]
	altered "UPDATE decision SET evidence = evidence || ' ' WHERE evidence <> '[]'"
	[[ "$output" == *"evidence of review"* ]]
	altered "UPDATE record SET key_hash = zeroblob(16) WHERE n IN (SELECT n FROM refusal WHERE reason = 'conflict')"
	[[ "$output" == *"key of refusal"* ]]
	altered "DELETE FROM event WHERE idx = 100"
	[[ "$output" == *"a gap before event 101"* ]]
	altered "UPDATE event SET prev = prev - 1 WHERE idx = 200"
	[[ "$output" == *"prev of event 200"* ]]
	altered "UPDATE rating SET sum = sum + 1 WHERE count > 0"
	[[ "$output" == *"ratings: "* ]]
	altered "DELETE FROM outbox WHERE id = 1"
	[[ "$output" == *"notice of review"* ]]
	altered "UPDATE event SET entry = CAST(' ' || CAST(entry AS TEXT) AS BLOB) WHERE idx = 5"
	[[ "$output" == *"not canonical: event 5"* ]]
}

@test "imported, the sample ends as it does submitted" {
	pipeline_start
	code=0
	nv import --admin --json "$SAMPLE_DIR/reviews.ndjson" >"$P/result" 2>"$P/said" || code=$?
	[ "$code" -eq 1 ]
	# The one review without an id is given one by the import; all else is as submitted.
	jq -e '.accepted == 410 and .repeated == 5 and .refused == 31 and .committed' "$P/result"
	[ "$(stored "SELECT group_concat(state || ' ' || n, ', ') FROM
		(SELECT state, count(*) AS n FROM reviews GROUP BY state ORDER BY state)")" = \
		"held 42, published 281, rejected 53" ]
	store_holds
}
