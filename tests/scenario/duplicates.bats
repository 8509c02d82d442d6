#!/usr/bin/env bats
# `normavis duplicates`: texts that came again, for moderators and auditors.

load ../lib/pipeline

setup() {
	pipeline_new
	keep_rules authenticity
}
teardown() { pipeline_end; }

# said ID AUTHOR SUBJECT TEXT [SUPPLIER]
said() {
	jq -cn --arg id "$1" --arg author "$2" --arg subject "$3" --arg text "$4" \
		--arg supplier "${5:-p-1}" \
		'{kind:"review",source:"test",source_id:$id,subject:$subject,supplier:$supplier,
		  author_ref:$author,rating:{value:4},language:"en",text:$text}'
}

stored() { [ "$(nv status --json | jq '.order.in_flight')" = 0 ]; }

submit_all() { nv submit >"$P/answers" && wait_until stored; }

id_of() { jq -r "select(.line == $1) | .id" "$P/answers"; }

@test "who repeats a text is found with all repetitions, and what was changed in them" {
	pipeline_start
	{
		said 1 anne s-1 "A quiet table and a good soup."
		said 2 anne s-1 "A quiet table and a good soup."
		said 3 anne s-1 "A quiet TABLE and a good soup!"
		said 4 anne s-1 "A quiet table and a good soup."
		said 5 bob s-2 "The bread was stale, the waiter was kind."
		said 6 anne s-1 "a quiet table, and a good soup"
	} | submit_all

	run nv duplicates
	[ "$status" -eq 0 ]
	[ "$(grep -c "$(id_of 1)" <<<"$output")" -eq 1 ]
	[[ "$output" == *same-author-same-subject* ]]
	[[ "$output" != *anne* ]]

	nv duplicates --json >"$P/list.json"
	[ "$(jq -c '[.schema, .count, .clusters[0].cluster, .clusters[0].size,
		.clusters[0].authors, .clusters[0].kinds]' "$P/list.json")" = \
		"$(jq -cn --arg id "$(id_of 1)" \
			'["normavis.duplicates/1", 1, $id, 5, 1, ["same-author-same-subject"]]')" ]

	# Any of its reviews names it; who wrote is not said unless it is asked for.
	run nv duplicates "$(id_of 4)"
	[ "$status" -eq 0 ]
	[[ "$output" == *"cluster $(id_of 1), site main"* ]]
	[[ "$output" == *"5 reviews, 1 author, 1 supplier, 1 subject, "* ]]
	[[ "$output" == *"x 3, this text"* ]]
	[[ "$output" == *"A quiet [-table-]{+TABLE+} and a good soup[-.-]{+!+}"* ]]
	[[ "$output" == *" A1 "*" rejected "*"100.0 % ("* ]]
	[[ "$output" != *anne* ]]
	run nv duplicates "$(id_of 4)" --authors
	[[ "$output" == *"by anne of test"* ]]

	nv duplicates "$(id_of 2)" --json >"$P/one.json"
	[ "$(jq -c '[.schema, .text, [.groups[].count], [.groups[].members | length],
		.groups[0].members[0].state, .groups[0].members[1].state,
		.groups[0].members[1].likeness.similarity == 1]' "$P/one.json")" = \
		'["normavis.duplicate_cluster/1","A quiet table and a good soup.",[3,1,1],[3,1,1],"published","rejected",true]' ]
	[ "$(jq '[.. | .author_ref? // empty] | length' "$P/one.json")" -eq 0 ]
	# The pieces make the text again.
	[ "$(jq -r '.groups[1].difference | map(.same // .added // "") | add' "$P/one.json")" = \
		"A quiet TABLE and a good soup!" ]

	# A decision is explained by what was found then.
	run nv rules explain "$(id_of 2)"
	[[ "$output" == *"{duplicate: same-author-same-subject, similarity: {at_least: 95}}   (it is 100)"* ]]

	bash "$TREE/tests/lint/glossary.sh" --json "$P/list.json"
	bash "$TREE/tests/lint/glossary.sh" --json "$P/one.json"
}

@test "near copies under several names are one cluster, and their changes are seen" {
	local text="We waited forty minutes beside the aquarium until Lucie brought the wrong lasagne, and the manager laughed."
	pipeline_start
	{
		said 1 anne s-1 "$text"
		said 2 bob s-1 "$text"
		said 3 cy s-2 "${text/lasagne/risotto}" p-2
		said 4 dan s-3 "${text/forty/fifty}" p-3
		said 5 eve s-1 "${text/lasagne/risotto}"
		said 6 anne s-1 "${text/lasagne/risotto}"
		said 7 fay s-4 "Parfait, merci"
		said 8 gus s-4 "Parfait, merci"
	} | submit_all

	nv duplicates --json --kind other-author >"$P/list.json"
	[ "$(jq -c '[.count, .clusters[0].size, .clusters[0].authors, .clusters[0].suppliers]' \
		"$P/list.json")" = '[1,6,5,3]' ]
	[ "$(nv duplicates --json --kind same-author-same-subject | jq .count)" = 1 ]
	run nv duplicates "$(id_of 3)"
	[[ "$output" == *"cluster $(id_of 1), "* ]]
	[[ "$output" == *"x 2, this text"* ]]
	[[ "$output" == *"x 3"*"the wrong [-lasagne-]{+risotto+}, and"* ]]
	[[ "$output" == *"x 1"*"We waited [-forty-]{+fifty+} minutes"* ]]
	[[ "$output" != *Parfait* ]]
	# Likeness refuses nobody: all are published, and labelled.
	[ "$(sqlite3 -readonly "$P/data/store.db" \
		"SELECT count(*), count(DISTINCT n) FROM duplicates WHERE state = 'published'")" = \
		"$(sqlite3 -readonly "$P/data/store.db" \
			"SELECT count(*), count(DISTINCT n) FROM duplicates")" ]
	[ "$(sqlite3 -readonly "$P/data/store.db" \
		"SELECT group_concat(rule) FROM (SELECT DISTINCT rule FROM labels ORDER BY rule)")" = \
		copy-other-author,duplicate-near ]
}

@test "what is looked for narrows the list" {
	pipeline_start
	{
		for i in 1 2 3; do said "a$i" anne s-1 "A quiet table and a good soup."; done
		for i in 1 2; do said "b$i" bob s-2 "The bread was stale, the waiter was kind." p-2; done
	} | submit_all
	found() { nv duplicates --json "$@" | jq -c '[.clusters[].size]'; }

	[ "$(found)" = '[3,2]' ]
	[ "$(found --sort newest)" = '[2,3]' ]
	[ "$(found --limit 1)" = '[3]' ]
	[ "$(found --supplier p-2)" = '[2]' ]
	[ "$(found --author anne 2>"$P/note")" = '[3]' ]
	grep -q "personal data" "$P/note"
	[ "$(found --site main)" = '[3,2]' ]
	[ "$(found --site elsewhere)" = '[]' ]
	[ "$(found --kind other-author)" = '[]' ]
	[ "$(found --min-size 3)" = '[3]' ]
	[ "$(found --since "$(date -u +%F)")" = '[3,2]' ]
	[ "$(found --until 2020-01-01)" = '[]' ]
	run nv duplicates --kind other-author
	[ "$status" -eq 0 ]
	[[ "$output" == *"no duplicates like that"* ]]
	run nv duplicates --limit 1
	[[ "$output" == *"1 of 2 clusters"* ]]
}

@test "it says what it cannot do" {
	run nv duplicates
	[ "$status" -eq 65 ]
	[[ "$output" == *"nothing is stored yet"* ]]
	pipeline_start
	said 1 anne s-1 "A quiet table and a good soup." | submit_all
	run nv duplicates "$(id_of 1)"
	[ "$status" -eq 65 ]
	[[ "$output" == *"nothing was found that is like $(id_of 1)"* ]]
	run nv duplicates 00000000-0000-7000-8000-000000000000
	[ "$status" -eq 65 ]
	[[ "$output" == *"no review "* ]]
	for wrong in "nonsense" "--kind twins" "--sort age" "--since yesterday" "--min-size 0" \
		"--limit x" "--authors" "a b" "$(id_of 1) --kind other-author"; do
		# shellcheck disable=SC2086  # several arguments
		run nv duplicates $wrong
		[ "$status" -eq 64 ]
	done
	run "$BIN/normavis" duplicates --help
	[ "$status" -eq 0 ]
	[[ "$output" == *Examples:* ]]
}

@test "a text that is read cannot act on the terminal that shows it" {
	pipeline_start
	{
		said 1 anne s-1 $'A quiet table \033[2J and a good soup.'
		said 2 anne s-1 $'A quiet table \033[2J and a good SOUP.'
	} | submit_all
	run nv duplicates "$(id_of 1)"
	[ "$status" -eq 0 ]
	[[ "$output" == *"A quiet table "* ]]
	[[ "$output" != *$'\033'* ]]
}
