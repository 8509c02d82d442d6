#!/usr/bin/env bats
# Bad input through the real intake: each refused with field and reason, as an event of the
# log; what is good beside it goes through; nothing stops.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python zmq
	pipeline_new
	few_rules
}
teardown() { pipeline_end; }

SUBMIT() { echo "ipc://$P/data/run/submit.sock"; }
say() { "$PYTHON" "$TREE/tests/lib/say.py" "$@"; }
answers_in() { jq -r .status "$1" | sort | uniq -c | xargs; }

# The programs that run now are those that were started: none has died.
none_died() { ! grep -E 'event=(died|hangs|refused|quarantined) ' "$P/log"; }

# refused_events: "kind field reason" of each refusal in the log, in its order
refused_events() {
	stored "SELECT coalesce(json_extract(entry, '$.of'), 'illegible') || ' ' ||
			coalesce(json_extract(entry, '$.field'), '-') || ' ' ||
			json_extract(entry, '$.reason')
		FROM events_readable WHERE kind = 'record.refused' ORDER BY idx"
}

@test "each bad line is refused for its reason, and every good one beside it goes through" {
	"$PYTHON" "$TREE/tests/lib/bad_lines.py" "$P/lines" "$P/expected"
	pipeline_start
	submitted <"$P/lines"
	diff <(cut -d' ' -f1,2,4,5 "$P/expected") <(jq -r \
		'"\(.line) \(.status) \(if (.field // "") == "" then "-" else .field end) \(.reason // "-")"' "$P/answers")

	# The log says the same, of each; but no name that the sender made up.
	diff <(grep ' refused ' "$P/expected" | cut -d' ' -f3- | sed 's/ [^ ]* unknown-field$/ - unknown-field/') <(refused_events)
	[ "$(stored "SELECT count(*) FROM public_reviews")" = "$(grep -c ' accepted ' "$P/expected")" ]
	[ "$(stored "SELECT count(*) FROM refusals WHERE rating IS NOT NULL")" -gt 40 ]
	[ "$(stored "SELECT count(*) FROM refusals WHERE reason IN ('nul', 'bad-utf8', 'duplicate-key')
		AND (source IS NULL OR field IS NULL AND reason <> 'nul')")" = 0 ]
	[ "$(stored "SELECT count(*) FROM refusals WHERE reason IN ('nul', 'bad-utf8') AND rating IS NULL")" = 0 ]
	store_holds
	none_died

	# Not one byte of what was refused is in the answers.
	! jq -r '.detail // empty' "$P/answers" | grep -e 'xxx' -e 'quiet'
}

@test "messages: too many lines, none, too many parts, any request id" {
	pipeline_start
	printf id >"$P/id"
	reviews 1 1001 >"$P/lines"
	say "$(SUBMIT)" "$P/id" "$P/lines" | sed 1d >"$P/reply"
	[ "$(answers_in "$P/reply")" = "1000 accepted 1 refused" ]
	[ "$(sed -n 1001p "$P/reply" | jq -r '"\(.line) \(.reason)"')" = "1001 too-big" ]

	# No lines, no answers; a line that is empty is no record.
	: >"$P/nothing"
	[ "$(say "$(SUBMIT)" "$P/id" "$P/nothing")" = id ]
	printf '\n\n' >"$P/empty"
	[ "$(say "$(SUBMIT)" "$P/id" "$P/empty" | sed 1d | jq -r .reason)" = "$(printf 'not-json\nnot-json')" ]

	# One part, three parts, and more: one refusal.
	[ "$(say "$(SUBMIT)" "$P/lines" | tail -1 | jq -r .reason)" = too-big ]
	[ "$(say "$(SUBMIT)" "$P/id" "$P/lines" "$P/id" | tail -1 | jq -r .reason)" = too-big ]
	say "$(SUBMIT)" "$P/id" "$P/lines" "$P/id" "$P/id" "$P/lines" >"$P/reply"
	[ "$(sed -n 1p "$P/reply")" = id ]
	[ "$(sed 1d "$P/reply" | jq -r '"\(.status) \(.reason)"')" = "refused too-big" ]

	# Request ids come back as they are; so do answers to ends that name themselves.
	reviews 1 1 >"$P/one"
	head -c 64 /dev/urandom >"$P/random"
	say "$(SUBMIT)" "$P/random" "$P/one" | head -c 64 | cmp - "$P/random"
	[ "$(say "$(SUBMIT)" "$P/nothing" "$P/one" | sed 1d | jq -r .status)" = repeated ]
	[ "$(say "$(SUBMIT)" --as "$(printf 'x%.0s' {1..255})" "$P/id" "$P/one" | sed 1d | jq -r .status)" = repeated ]

	# A message beyond every bound is cut off by the wire, and nobody else suffers.
	head -c 9000000 /dev/zero | tr '\0' x >"$P/huge"
	say "$(SUBMIT)" "$P/id" "$P/huge" "$P/id" "$P/id" "$P/id" >"$P/reply" & # never answered
	huge=$!
	reviews 2001 2010 | nv submit --quiet
	kill "$huge"
	store_holds
	none_died
}

@test "what no program says, on every socket: nothing dies and work goes on" {
	pipeline_start
	for seed in 1 2 3; do
		reviews "${seed}001" "${seed}500" | nv submit --quiet &
		submitting=$!
		"$PYTHON" "$TREE/tests/lib/garbage.py" "$P/data/run" "$seed"
		wait "$submitting"
	done
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.records.kinds.review.applied 1500
	none_died
	store_holds
	pipeline_stop
}

@test "hostile strings are stored as they are, or refused with a reason" {
	strings=$(data_dir)/blns/blns.json
	[ -e "$strings" ] || not_run "no list of naughty strings at $strings (DATA=DIR)"
	pipeline_start
	# Each as text, as title and as name; once as UTF-8, once in escapes.
	jq -c 'to_entries[] | {kind: "review", source: "blns", source_id: "u-\(.key)", subject: "s-\(.key)",
		supplier: "p", rating: {value: 3}, text: .value, title: .value, display_name: (.value + "!")[0:60]}' \
		"$strings" >"$P/plain"
	jq -ac '.source_id |= sub("u"; "a")' "$P/plain" >"$P/escaped"
	submitted < <(cat "$P/plain" "$P/escaped")
	[ "$(jq -r 'select(.status == "refused") | .reason // "none"' "$P/answers" | grep -cx none)" = 0 ]
	[ "$(jq -r .status "$P/answers" | grep -cx accepted)" -ge 1000 ]

	# Byte for byte: the store's words, as JSON, against what went in.
	jq -sc --slurpfile line "$P/answers" 'to_entries[] | select($line[.key].status == "accepted") | .value |
		[.source_id, .text, .title, .display_name]' <(cat "$P/plain" "$P/escaped") | sort >"$P/sent"
	stored "SELECT json_array(source_id, coalesce(text, ''), coalesce(title, ''), display_name)
		FROM revision" | jq -c . | sort >"$P/kept"
	cmp "$P/sent" "$P/kept"
	store_holds
	none_died
}

@test "every text of JSONTestSuite that is no JSON is refused, alone and inside a record" {
	suite=$(data_dir)/jsontestsuite/test_parsing
	[ -d "$suite" ] || not_run "no JSONTestSuite at $suite (DATA=DIR)"
	pipeline_start
	for file in "$suite"/n_*.json; do
		cat "$file"
		echo
	done | grep -av '^[[:space:]]*$' >"$P/alone"
	for file in "$suite"/n_*.json; do
		[ "$(wc -l <"$file")" -eq 0 ] || continue # two lines here
		printf '{"kind":"review","source":"n","source_id":"%s","subject":"s","supplier":"p","text":"Fine.","extra":{"x":' "${file##*/}"
		cat "$file"
		echo '}}'
	done >"$P/inside"
	submitted < <(cat "$P/alone" "$P/inside"; review good)
	[ "$(answers_in "$P/answers")" = "1 accepted $(cat "$P/alone" "$P/inside" | wc -l) refused" ]
	[ "$(jq -r 'select(.status == "refused") | .reason' "$P/answers" | sort -u |
		grep -vxe not-json -e bad-utf8 -e too-deep -e too-big -e nul -e not-an-object -e out-of-bounds)" = "" ]

	# What is JSON is never called something else.
	for file in "$suite"/y_*.json; do
		tr '\n' ' ' <"$file"
		echo
	done >"$P/valid"
	submitted <"$P/valid"
	[ "$(jq -r .reason "$P/answers" | grep -cxe not-json -e bad-utf8 -e too-deep)" = 0 ]
	store_holds
	none_died
}
