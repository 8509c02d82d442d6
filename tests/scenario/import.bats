#!/usr/bin/env bats
# Files in: every row accepted, repeated, or refused with its line; nothing twice.

load ../lib/pipeline
load ../lib/look

setup() {
	pipeline_new
	IN=$TREE/tests/data/import
}
teardown() { pipeline_end; }

imported() { nv import --json "$@" >"$P/result" 2>"$P/said"; }
result() { jq -r "$1" "$P/result"; }

@test "files and mapping are looked at before the pipeline is" {
	run nv import "$IN/clothing.csv"
	[ "$status" -eq 64 ]
	[[ "$output" == *"a CSV file needs --map"* ]]
	sed 's/{column: Title}/{column: Titel}/' "$IN/clothing.yaml" >"$P/map.yaml"
	run nv import --map "$P/map.yaml" "$IN/clothing.csv"
	[ "$status" -eq 78 ]
	[[ "$output" == "$P/map.yaml:16:19: $IN/clothing.csv has no column 'Titel'"* ]]
	run nv import --map "$P/nope.yaml" "$IN/clothing.csv"
	[ "$status" -eq 78 ]
	[ "$output" = "$P/nope.yaml:1:1: No such file or directory" ]
	run nv import --map "$P" "$IN/clothing.csv"
	[ "$status" -eq 78 ]
	[ "$output" = "$P:1:1: is a directory" ]
	printf '\xff\xfea\0' >"$P/utf16.csv"
	run nv import --map "$IN/clothing.yaml" "$P/utf16.csv"
	[ "$status" -eq 65 ]
	[[ "$output" == *"UTF-16"* ]]
	review r-1 | gzip >"$P/rows.ndjson.gz"
	run nv import "$P/rows.ndjson.gz"
	[ "$status" -eq 65 ]
	[[ "$output" == *"$P/rows.ndjson.gz: packed (gzip); unpack it first: zcat FILE | normavis import"* ]]
	run nv import "$P/absent.ndjson"
	[ "$status" -eq 65 ]
	run nv import --map "$IN/judgeme.yaml" "$IN/judgeme.csv"
	[ "$status" -eq 64 ]
	[[ "$output" == *"--legacy"* ]]
}

@test "a named report overwrites nothing, not what is imported, and makes no directories" {
	cp "$IN/flawed.csv" "$P/rows.csv"
	ln -s nowhere "$P/link"
	before=$(sha256sum <"$P/rows.csv")
	for name in rows.csv link; do
		run nv import --report "$P/$name" --map "$IN/ten.yaml" "$P/rows.csv"
		[ "$status" -eq 74 ]
		[[ "$output" == *"$P/$name is there already, and none overwrites a file"* ]]
	done
	[ "$(sha256sum <"$P/rows.csv")" = "$before" ]
	[ ! -e "$P/nowhere" ]
	run nv import --report "$P/absent/report" --map "$IN/ten.yaml" "$P/rows.csv"
	[ "$status" -eq 74 ]
	[[ "$output" == *"$P/absent/report: No such file or directory"* ]]
	[ ! -e "$P/absent" ]
	# Nor does a report become the next file to be imported.
	run nv import --report "$P/next" --map "$IN/ten.yaml" "$P/rows.csv" "$P/next"
	[ "$status" -eq 65 ]
	[ ! -e "$P/next" ]
	run nv import "$P"
	[ "$status" -eq 65 ]
	[[ "$output" == *"$P: a directory"* ]]
}

@test "without a pipeline import says so and exits 69" {
	run nv import --map "$IN/clothing.yaml" "$IN/clothing.csv"
	[ "$status" -eq 69 ]
	[[ "$output" == *"normavis run"* ]]
}

@test "the same rows, renamed, appended to or sorted otherwise, come in once" {
	pipeline_start
	imported --map "$IN/clothing.yaml" "$IN/clothing.csv"
	[ "$(result '[.rows, .accepted, .repeated, .refused, .committed] | @csv')" = 6,6,0,0,true ]
	[ "$(result '.last_seq - .first_seq')" = 5 ]
	[ "$(result '[.outcomes[].records] | add')" = 6 ]
	[ "$(result .report)" = null ]

	imported --map "$IN/clothing.yaml" "$IN/clothing.csv"
	[ "$(result '[.accepted, .repeated] | @csv')" = 0,6 ]
	[ "$(result '[.first_seq, .last_seq] | tojson')" = "[null,null]" ]

	cp "$IN/clothing.csv" "$P/more.csv"
	echo "6,44,62,Fine,Nothing to add.,4,1,0,,," >>"$P/more.csv"
	imported --map "$IN/clothing.yaml" "$P/more.csv"
	[ "$(result '[.accepted, .repeated] | @csv')" = 1,6 ]
	figure_is .conservation.balanced true
}

@test "a refused row stops no other and stands in the report with its line" {
	pipeline_start
	code=0
	imported --map "$IN/ten.yaml" "$IN/flawed.csv" || code=$?
	[ "$code" -eq 1 ]
	[ "$(result '[.rows, .accepted, .refused] | @csv')" = 10,3,7 ]
	report=$(result .report)
	[ "$(stat -c %a "$report")" = 600 ]
	[ "$(jq -r '"\(.line) \(.reason) \(.field // .column // "-")"' "$report" | sort -n)" = "$(
		cat <<-'END'
			3 text-after-quote body
			4 too-few-columns -
			5 bad-utf8 -
			6 wrong-type rating.value
			7 bad-date experience_date
			8 missing subject
			11 unclosed-quote body
		END
	)" ]
	[ "$(jq -r 'select(.line == 6).column' "$report")" = stars ]
	# No word of the rows, unless asked for.
	[ "$(grep -c Boils "$report")" -eq 0 ]
	code=0
	imported --report "$P/rows" --report-rows --map "$IN/ten.yaml" "$IN/flawed.csv" || code=$?
	[ "$code" -eq 1 ]
	[ "$(jq -r 'select(.line == 6).row | fromjson | .text' "$P/rows")" = "Boils fast." ]
	[ "$(stat -c %a "$P/rows")" = 600 ]
	figure_is .conservation.balanced true
}

@test "a stray quote costs its row, and the good ones beside it come in" {
	pipeline_start
	code=0
	imported --map "$IN/ten.yaml" "$IN/stray.csv" || code=$?
	[ "$code" -eq 1 ]
	[ "$(result '[.rows, .accepted, .refused] | @csv')" = 6,5,1 ]
	[ "$(jq -r '"\(.line) \(.last_line) \(.reason) \(.column)"' "$(result .report)")" = \
		"2 null unclosed-quote body" ]
	# Put right, it comes in, and nothing twice.
	sed 's/"Never/Never/' "$IN/stray.csv" >"$P/right.csv"
	imported --map "$IN/ten.yaml" "$P/right.csv"
	[ "$(result '[.accepted, .repeated, .refused] | @csv')" = 1,5,0 ]
}

@test "a converted rating keeps the native one and names its mapping" {
	pipeline_start
	imported --map "$IN/ten.yaml" "$IN/flawed.csv" || true
	[ "$(sqlite3 -readonly "$P/data/store.db" \
		"SELECT group_concat(rating, ' ') FROM (SELECT rating FROM reviews ORDER BY n)")" = \
		"4111 3222 3667" ]
	sqlite3 -readonly "$P/data/store.db" "SELECT extra FROM revision ORDER BY n LIMIT 1" |
		jq -e '.native_rating == {value: 8, worst: 1, best: 10, mapping: "ten-to-five"}'
}

@test "JSON lines go through a mapping, or as they are" {
	pipeline_start
	code=0
	imported --map "$IN/export.yaml" "$IN/export.ndjson" || code=$?
	[ "$code" -eq 1 ]
	[ "$(result '[.accepted, .refused] | @csv')" = 2,1 ]
	[ "$(result '.refusals[0].reason')" = not-json ]

	reviews 1 250 >"$P/plain.ndjson"
	imported "$P/plain.ndjson"
	[ "$(result '[.accepted, .repeated] | @csv')" = 250,0 ]
	# The same without ids, twice: named by their content.
	jq -c 'del(.source_id)' "$P/plain.ndjson" >"$P/bare.ndjson"
	imported --source bare "$P/bare.ndjson"
	[ "$(result '[.accepted, .repeated] | @csv')" = 250,0 ]
	tac "$P/bare.ndjson" >"$P/turned.ndjson"
	imported --source bare "$P/turned.ndjson"
	[ "$(result '[.accepted, .repeated] | @csv')" = 0,250 ]
	figure_is .conservation.balanced true
}

@test "what a killed import left is removed by the next one, what a running one has is not" {
	export TMPDIR=$P/tmp
	mkdir -p "$TMPDIR"/normavis-import.{killed,runs,begins} "$TMPDIR/other.dead"
	touch "$TMPDIR"/normavis-import.{killed,runs}/{ordinals,lock} "$TMPDIR/other.dead/"{ordinals,lock}
	exec 8>"$TMPDIR/normavis-import.runs/lock"
	flock 8

	pipeline_start
	imported --map "$IN/clothing.yaml" "$IN/clothing.csv" 8>&-
	[ "$(ls "$TMPDIR" | grep -v '^bats' | xargs)" = "normavis-import.begins normavis-import.runs other.dead" ]
	[ "$(ls "$TMPDIR/normavis-import.runs" "$TMPDIR/other.dead" | grep -c .)" = 6 ]

	# A real one, killed while it waits for the rest of a pipe.
	mkfifo "$P/rows"
	"$BIN/normavis" import --config "$P/pipeline.yaml" --map "$IN/clothing.yaml" "$P/rows" 2>"$P/said" 8>&- 3>&- &
	pid=$!
	{ cat "$IN/clothing.csv"; seq 4000 | sed 's/.*/6,44,62,Fine &,Nothing to add.,4,1,0,,,/'; wait_until ls "$TMPDIR"/normavis-import.??????/ordinals; kill -KILL "$pid"; } >"$P/rows"
	wait "$pid" || true
	ls "$TMPDIR"/normavis-import.??????/ordinals
	imported --map "$IN/clothing.yaml" "$IN/clothing.csv" 8>&-
	[ "$(ls "$TMPDIR" | grep -v '^bats' | xargs)" = "normavis-import.begins normavis-import.runs other.dead" ]
}

@test "when the pipeline stops under it, import says how many rows were not answered" {
	pipeline_start
	mkfifo "$P/rows"
	"$BIN/normavis" import --config "$P/pipeline.yaml" --map "$IN/clothing.yaml" "$P/rows" >"$P/result" 2>"$P/said" 3>&- &
	pid=$!
	{ cat "$IN/clothing.csv"; kill -TERM "$RUN_PID"; wait_until logged 'prog=normavis event=stopped'; seq 4000 | sed 's/.*/6,44,62,Fine &,Nothing to add.,4,1,0,,,/'; } >"$P/rows" &
	code=0
	wait "$pid" || code=$?
	[ "$code" -eq 69 ]
	grep -E '^rows [0-9]+: accepted 0, repeated 0, refused 0, not answered [1-9][0-9]*; run it again$' "$P/result"
}

@test "a pipe is as good as a file" {
	pipeline_start
	imported --map "$IN/clothing.yaml" <(cat "$IN/clothing.csv")
	[ "$(result .accepted)" = 6 ]
	review r-1 | gzip | zcat | nv import /dev/stdin | grep -q "accepted 1,"
}

@test "a rating with decimals comes in as it stands in the file" {
	few_rules
	pipeline_start
	printf 'name: d\nformat: csv\nsource: d\nfields:\n' >"$P/map.yaml"
	printf '  %s\n' 'subject: {column: s}' 'supplier: {constant: p-1}' 'text: {column: t}' \
		'rating.value: {column: r}' >>"$P/map.yaml"
	printf 's,r,t\na,4.9,"Good, all of it."\nb,4.333,Fine.\nc,1.001,Bad.\n' >"$P/rows.csv"
	imported --map "$P/map.yaml" "$P/rows.csv"
	[ "$(result '[.accepted, .refused] | @csv')" = 3,0 ]
	[ "$(stored 'SELECT group_concat(rating) FROM (SELECT rating FROM reviews ORDER BY rating)')" = 1001,4333,4900 ]
}

@test "legacy keeps the state of the source and says what the rules would have decided" {
	pipeline_start
	imported --legacy --map "$IN/judgeme.yaml" "$IN/judgeme.csv"
	[ "$(result .accepted)" = 3 ]
	[ "$(result '[.outcomes[] | .is] | sort | join(" ")')" = "held published rejected" ]
	[ "$(result '[.would[].records] | add')" -ge 1 ]
	[ "$(sqlite3 -readonly "$P/data/store.db" \
		"SELECT count(*) FROM reviews WHERE legacy AND verification = 'none'
		 AND published_at_origin IS NOT NULL")" = 3 ]
	[ "$(sqlite3 -readonly "$P/data/store.db" "SELECT count(*) FROM notices")" = 0 ]
}

@test "legacy keeps the date of the decision, of a file and of JSON lines, and takes it from nobody else" {
	needs_python sqlite3
	cat >"$P/moved.yaml" <<-'END'
		format: csv
		source: old-site
		fields:
		  source_id: {column: id}
		  subject: {constant: teapot}
		  supplier: {constant: pot-shop}
		  rating.value: {column: stars}
		  origin_state: {column: state}
		  origin_decided_at: {column: decided, date: DD/MM/YYYY hh:mm}
	END
	cat >"$P/moved.csv" <<-'END'
		id,stars,state,decided
		o-1,5,published,03/02/2024 08:30
		o-2,1,rejected,04/02/2024 09:00
		o-3,3,published,
		o-4,3,rejected,30/02/2024 09:00
	END
	sed '/origin_state/d' "$P/moved.yaml" >"$P/dated.yaml"
	run nv import --map "$P/dated.yaml" "$P/moved.csv"
	[ "$status" -eq 64 ]
	[[ "$output" == *"origin_decided_at"*"--legacy"* ]]

	pipeline_start
	imported --legacy --map "$P/moved.yaml" "$P/moved.csv" || true
	[ "$(result '[.accepted, .refused, .refusals[0].reason] | @csv')" = '3,1,"bad-date"' ]
	review o-5 | jq -c '.origin_state = "withdrawn" | .origin_decided_at = "2024-02-05T12:00:00+02:00"' >"$P/moved.ndjson"
	imported --legacy "$P/moved.ndjson"
	[ "$(result .accepted)" = 1 ]
	[ "$(sqlite3 -readonly "$P/data/store.db" "SELECT origin_state || ' ' || state || ' ' ||
		ifnull(strftime('%Y-%m-%dT%H:%M', origin_decided_at / 1000, 'unixepoch'), '-') FROM reviews ORDER BY n")" = "$(
		cat <<-'END'
			published published 2024-02-03T08:30
			rejected rejected 2024-02-04T09:00
			published published -
			withdrawn withdrawn 2024-02-05T10:00
		END
	)" ]
	# The log commits to it and tells it to nobody.
	[ "$(sqlite3 -readonly "$P/data/store.db" "SELECT count(*) FROM events_readable
		WHERE kind = 'review.received' AND json_extract(entry, '$.commit.origin_decided_at') IS NOT NULL")" = 3 ]
	store_holds

	# Without --legacy it goes through the door for everybody.
	review o-6 | jq -c '.origin_decided_at = "2024-02-05T12:00:00Z"' >"$P/claimed.ndjson"
	imported "$P/claimed.ndjson" || true
	[ "$(result '[.refused, .refusals[0].field, .refusals[0].reason] | @csv')" = '1,"origin_decided_at","kind-not-taken"' ]
}
