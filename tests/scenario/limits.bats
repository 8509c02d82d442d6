#!/usr/bin/env bats
# The last value that is taken and the first that is not; what is empty; what comes twice.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python zmq
	pipeline_new
	few_rules
	pipeline_start
}
teardown() { pipeline_end; }

# made FILTER: a review, changed by a jq filter, as a line; named after the filter
made() { review "$(cksum <<<"$1" | tr ' ' -)" | jq -c "$1"; }

# ends STATUS [REASON]: how the lines of stdin end, all alike
ends() {
	submitted
	[ "$(jq -r '"\(.status) \(.reason // "")"' "$P/answers" | sort -u)" = "$1 ${2:-}" ]
}

@test "texts and titles to the last byte" {
	{
		made '.text = "x" * 65536'
		made '.text = "é" * 32768'
		made '.text = "\u0001" * 16384'
		made '.title = "t" * 512 | .display_name = "d" * 128'
		made '.source_id = "i" * 256 | .author_ref = "a" * 256'
		made '.extra = {x: ("x" * 8184)}'
		made '.extra = {a: {b: {c: {d: {e: {f: {g: 1}}}}}}}'
		made '.ratings = [range(32) | {criterion: "c\(.)", value: 5}]'
		made '.media = [range(32) | {hash: ("0123456789abcdef" * 4), type: "image/png"}]'
		made '.consents = [range(16) | {purpose: "p\(.)", given: true}]'
	} >"$P/in"
	ends accepted <"$P/in"
	[ "$(stored "SELECT length(CAST(text AS BLOB)) || ' ' || length(text) FROM revision WHERE text IS NOT NULL
		ORDER BY n LIMIT 3")" = "$(printf '65536 65536\n65536 32768\n16384 16384')" ]
	ends refused too-long < <(
		made '.text = "x" * 65537'
		made '.text = "é" * 32768 + "x"'
		made '.title = "t" * 513'
		made '.display_name = "d" * 129'
		made '.source_id = "i" * 257'
		made '.extra = {x: ("x" * 8185)}'
		made '.ratings = [range(33) | {criterion: "c\(.)", value: 5}]'
		made '.media = [range(33) | {hash: ("0123456789abcdef" * 4), type: "image/png"}]'
		made '.consents = [range(17) | {purpose: "p\(.)", given: true}]'
	)
	ends refused too-deep < <(made '.extra = {a: {b: {c: {d: {e: {f: {g: {h: 1}}}}}}}}')

	# A whole line, white space and all.
	line=$(made .)
	padded() { printf "%s%*s\n" "$line" "$(($1 - ${#line}))" ""; }
	ends accepted < <(padded 262144)
	ends refused too-big < <(padded 262145)
	[ "$(jq -r .detail "$P/answers")" = "262145 bytes, at most 262144" ]
	[ "$(stored "SELECT kind || ' ' || source || ' ' || rating FROM refusals WHERE reason = 'too-big'")" = \
		"$(jq -r '"\(.kind) \(.source) \(.rating.value * 1000)"' <<<"$line")" ]
	store_holds
}

@test "ratings and dates to the last value" {
	ends accepted < <(
		made '.rating = {value: 1}'
		made '.rating = {value: 5}'
		made '.rating = {value: 0, worst: 0, best: 10}'
		made '.rating = {value: -1000000, worst: -1000000, best: 1000000}'
		made '.rating = {value: 4.125}'
		made '.experience_date = "1990-01-01"'
		made '.experience_date = (now | strftime("%Y-%m-%d"))'
		made '.submitted_at = "1990-01-01T00:00:00Z"'
		made '.submitted_at = (now + 240 | strftime("%Y-%m-%dT%H:%M:%SZ"))'
		made '.submitted_at = "2020-02-29T23:59:59.999+14:00"'
	)
	ends refused out-of-bounds < <(
		made '.rating = {value: 0.999}'
		made '.rating = {value: 5.001}'
		made '.rating = {value: 1000001, worst: 0, best: 1000001}'
		made '.rating = {value: -0.001, worst: 0, best: 10}'
	)
	ends refused too-old < <(
		made '.experience_date = "1989-12-31"'
		made '.submitted_at = "1989-12-31T23:59:59Z"'
	)
	ends refused in-future < <(
		made '.experience_date = (now + 3 * 86400 | strftime("%Y-%m-%d"))'
		made '.submitted_at = (now + 600 | strftime("%Y-%m-%dT%H:%M:%SZ"))'
	)
	store_holds
}

@test "a rating alone and a text alone are reviews; nothing is none" {
	ends accepted < <(
		made 'del(.text) | .subject = "alone"'
		made '.text = "" | .subject = "alone"'
		made 'del(.rating) | .subject = "alone"'
		made '.rating = {value: 2} | .subject = "alone"'
	)
	[ "$(stored "SELECT group_concat(coalesce(rating, '-') || ' ' || (text IS NOT NULL), ', ')
		FROM (SELECT * FROM public_reviews ORDER BY n)")" = "4000 0, 4000 0, - 1, 2000 1" ]
	[ "$(stored "SELECT count || ' ' || fifth2 || ' ' || fifth4 FROM public_ratings
		WHERE scope = 'subject' AND id = 'alone'")" = "3 1 2" ]
	ends refused empty < <(made 'del(.text, .rating)' && made '.text = "" | del(.rating)')
	store_holds
}

@test "a thousand lines in one message, each with its answer" {
	printf id >"$P/id"
	reviews 1 1000 >"$P/lines"
	"$PYTHON" "$TREE/tests/lib/say.py" "ipc://$P/data/run/submit.sock" "$P/id" "$P/lines" | sed 1d >"$P/reply"
	[ "$(jq -r .line "$P/reply")" = "$(seq 1000)" ]
	[ "$(jq -r .status "$P/reply" | sort -u)" = accepted ]
	[ "$(jq -r .seq "$P/reply" | sort -n | uniq | wc -l)" -eq 1000 ]
	wait_until figure_is .order.in_flight 0
	[ "$(stored "SELECT count(*) FROM public_reviews")" -eq 1000 ]
	store_holds
}

@test "what comes again adds nothing; the same name with other words is a conflict" {
	reviews 1 300 >"$P/in.ndjson"
	nv import --json "$P/in.ndjson" >"$P/result" 2>/dev/null
	for again in 1 2 3; do
		nv import --json "$P/in.ndjson" 2>/dev/null |
			jq -e '.accepted == 0 and .repeated == 300 and .refused == 0 and .committed'
	done
	# Keys in another order and white space are no other content; a word is.
	ends repeated < <(jq -c 'to_entries | reverse | from_entries' "$P/in.ndjson" | sed 's/:/ : /')
	ends refused conflict < <(sed 's/soup/stew/' "$P/in.ndjson")
	# The same id in another source or site is another review.
	ends accepted < <(sed 's/"source":"test"/"source":"other"/' "$P/in.ndjson")
	ends accepted < <(sed 's/"source":"test"/"source":"test","site":"second"/' "$P/in.ndjson")
	pipeline_stop
	pipeline_start
	ends repeated <"$P/in.ndjson"
	[ "$(stored "SELECT count(*) FROM reviews")" -eq 900 ]
	[ "$(stored "SELECT count(*) FROM reviews WHERE site = 'second'")" -eq 300 ]
	figure_is .conservation.records.kinds.review.repeated 1500
	figure_is .conservation.records.kinds.review.refused_at_intake 300
	store_holds
}
