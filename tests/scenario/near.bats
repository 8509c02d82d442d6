#!/usr/bin/env bats
# Near duplicates through the whole pipeline: what is found, with which evidence, and what is
# found again after every file of the index was lost or damaged.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python sqlite3
	pipeline_new
	keep_rules authenticity
}
teardown() { pipeline_end; }

TEXT="We booked the blue cabin for our anniversary, the stove would not light, and at midnight the owner drove over with dry birch logs and a thermos of soup."

# say ID AUTHOR SUBJECT TEXT [JQ]: one review; supplier and subject go together.
say() {
	jq -cn --arg id "$1" --arg author "$2" --arg subject "$3" --arg text "$4" \
		'{kind:"review",source:"test",source_id:$id,subject:("s-"+$subject),supplier:("p-"+$subject),
		  rating:{value:5},language:"en",text:$text} + if $author == "" then {} else {author_ref:$author} end'" ${5:-}"
}

committed() { figure_is .conservation.balanced true && [ "$(stored "SELECT count(*) FROM reviews")" = "$1" ]; }

# sent FILE: all of its lines are accepted and stored.
sent() {
	local before
	before=$(stored "SELECT count(*) FROM reviews" 2>/dev/null || echo 0)
	submitted <"$1"
	wait_until committed $((before + $(wc -l <"$1")))
}

# found ID: "kind similarity-in-percent earlier" of each finding about it, the best first.
found() {
	stored "SELECT d.kind || ' ' || CAST(d.jaccard * 100 AS INTEGER) || ' ' || e.source_id FROM duplicates d
		JOIN revision x ON x.n = d.n JOIN revision e ON e.n = d.earlier_n
		WHERE x.source_id = '$1' ORDER BY d.place"
}
state() { stored "SELECT v.state FROM reviews v JOIN revision x ON x.n = v.n WHERE x.source_id = '$1'"; }

@test "one text over many suppliers, with small edits, is found; a phrase of everybody is not" {
	{
		say first a-1 1 "$TEXT"
		say again a-2 2 "$TEXT"
		say edited a-3 3 "${TEXT/blue cabin/green cabin}"
		say hidden a-4 4 "$(sed 's/o/о/g; s/ /  /g; s/anniversary/ANNIVERSARY!!/' <<<"$TEXT")"
		say longer a-5 5 "$TEXT I would go again."
		say unknown "" 6 "$TEXT"
		say own a-1 7 "$TEXT"
		say own-near a-1 1 "${TEXT/dry birch logs and a thermos of soup/a bag of coal and some tea}"
		for i in $(seq 1 18); do say "thanks-$i" "t-$i" "t$i" "Parfait, merci"; done
		say empty e-1 8 ""
		say emoji e-2 9 "👍👍👍"
		say emoji-2 e-3 10 "👍👍👍"
	} >"$P/in"
	pipeline_start
	sent "$P/in"
	[ "$(found first)" = "" ]
	[ "$(found again)" = "other-author 100 first" ]
	[[ "$(found edited)" == "other-author "[89]?" first" ]]
	[ "$(found hidden)" = "other-author 100 first" ]
	[[ "$(found longer)" == "other-author "[89]?" first" ]]
	[ "$(found unknown)" = "other-author 100 first" ]
	[ "$(found own)" = "same-author-other-subject 100 first" ]
	[[ "$(found own-near)" == "same-author-same-subject "[6789]?" first" ]]
	[ "$(stored "SELECT count(*) FROM duplicates d JOIN revision x ON x.n = d.n WHERE x.source_id GLOB 'thanks-*' OR x.source_id GLOB 'em*'")" = 0 ]
	# Likeness alone refuses nobody; so many of one text within the hour are held.
	[ "$(stored "SELECT count(*) FROM reviews WHERE state = 'rejected'")" = 0 ]
	[ "$(stored "SELECT size || ' ' || authors || ' ' || suppliers FROM duplicate_clusters")" = "8 6 7" ]
	store_holds
	pipeline_stop
}

@test "a page that is fetched again and again is one review" {
	for i in $(seq 1 42); do
		say "row-$i" "" 1 "Correct." '+ {display_name: "Jo", submitted_at: "2026-03-01T10:00:00Z"}'
	done >"$P/in"
	say other "" 1 "Correct." '+ {display_name: "Jo", submitted_at: "2026-03-02T10:00:00Z"}' >>"$P/in"
	say nameless-1 "" 1 "Correct." '+ {submitted_at: "2026-03-01T10:00:00Z"}' >>"$P/in"
	say nameless-2 "" 1 "Correct." '+ {submitted_at: "2026-03-01T10:00:00Z"}' >>"$P/in"
	pipeline_start
	sent "$P/in"
	[ "$(stored "SELECT count(*) FROM duplicates WHERE kind = 'collector-fault'")" = 41 ]
	[ "$(stored "SELECT count(*) FROM duplicates")" = 41 ]
	[ "$(stored "SELECT group_concat(state || ' ' || c) FROM (SELECT state, count(*) AS c FROM reviews GROUP BY state ORDER BY state)")" = "held 41,published 4" ]
	[ "$(state other)" = published ]
	pipeline_stop
}

# damage FILE: one byte in each of its pages is another one.
damage() {
	"$PYTHON" - "$1" <<-'PY'
		import sys
		with open(sys.argv[1], "r+b") as f:
		    data = bytearray(f.read())
		    for at in range(4096 + 21, len(data), 4096):
		        data[at] ^= 0x5A
		    f.seek(0)
		    f.write(data)
	PY
}

many() { # FIRST LAST: half of them are like an earlier one
	for i in $(seq "$1" "$2"); do
		say "m-$i" "a-$i" "$i" "Number $((i / 2 * 7919)) of the tour kept us busy with $((i / 2 * 104729)) small stones, a lamp and $((i / 2 * 1299709)) stairs up to the old tower."
	done
}

@test "an index that is lost, cut, damaged or of another version is made again, and finds the same" {
	many 1 400 >"$P/in"
	pipeline_start
	sent "$P/in"
	pipeline_stop
	expected=$(stored "SELECT count(*) FROM duplicates")
	[ "$expected" -ge 200 ]
	first=1
	for what in lose cut damage head kill rebuild; do
		case $what in
		lose) rm "$P/data"/near.* ;;
		cut) for f in "$P/data"/near.*; do truncate -s 5000 "$f"; done ;;
		damage) for f in "$P/data"/near.*; do damage "$f"; done ;;
		head) for f in "$P/data"/near.*; do printf 'x' | dd of="$f" bs=1 seek=40 conv=notrunc status=none; done ;;
		kill) ;;
		rebuild)
			nv rebuild 2>"$P/rebuilt"
			[ "$(grep -c "event=rebuilt records=.* texts=$((400 - 0))" "$P/rebuilt")" -le 1 ]
			;;
		esac
		pipeline_start
		[ "$what" != kill ] || kill -KILL "$(slot_pid dedup)"
		# Each is the text of an earlier one, by somebody else.
		many "$first" $((first + 9)) | sed "s/\"m-/\"$what-/; s/\"a-/\"$what-a-/" >"$P/in"
		sent "$P/in"
		[ "$(stored "SELECT count(DISTINCT d.n) FROM duplicates d JOIN revision x ON x.n = d.n WHERE x.source_id GLOB '$what-*'")" = 10 ]
		first=$((first + 10))
		pipeline_stop
	done
	store_holds_stopped=$(nv status --json | jq -r .conservation.balanced)
	[ "$store_holds_stopped" = true ]
}

@test "without a store there is nothing to make again, and it says so" {
	run nv rebuild
	[ "$status" -eq 65 ]
	[[ "$output" == *"has no store yet"* ]]
}
