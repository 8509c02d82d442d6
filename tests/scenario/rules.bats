#!/usr/bin/env bats
# Rules by their text and hash, their examples, and what authors would be told.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() { pipeline_new; }
teardown() { pipeline_end; }

hash_in_force() { nv rules show --json | jq -r '.packs[] | select(.kind == "'"$1"'" and .in_force) | .hash'; }

# keys_are_known < JSON: every key has its words in the glossary
keys_are_known() {
	cat >"$P/output.json"
	(cd "$TREE" && tests/lint/glossary.sh --json "$P/output.json")
}

# add_bad_example: a rule of its own whose second example must match and does not, line 15
add_bad_example() {
	cat >"$P/rules/moderation/zz.yaml" <<-'END'
		rules:
		  - id: soup
		    version: 1
		    clause: [ISO-05]
		    title: {en: Soup, fr: Soupe}
		    scope: {kinds: [review]}
		    when: {words: [soup]}
		    action: hold
		    reason: L-SPAM
		    mode: live
		    owner: tests
		    review_by: 2999-01-01
		    examples:
		      match: ["A good soup",
		        "A good stew", "More soup"]
		      pass: ["A stew", "Bread", "Wine"]
	END
}

@test "test tries every example of the shipped rules and counts them by file" {
	run nv rules test
	[ "$status" -eq 0 ]
	[[ "$output" == *"rules/moderation/abuse.yaml: "*" rules, "*" examples, 0 failed"* ]]
	[[ "${lines[-1]}" =~ ^[0-9]+\ rules,\ [0-9]+\ examples,\ 0\ failed$ ]]
	[ ! -e "$P/data" ]
}

@test "sixty rules and more are shipped, each with four examples and more on each side" {
	nv rules test --json >"$P/tested.json"
	jq -e '[.results[].rule] | unique | length >= 60' "$P/tested.json"
	jq -e '[.results | group_by(.rule)[] |
		select(([.[] | select(.must_match)] | length) < 4 or
		       ([.[] | select(.must_match | not)] | length) < 4) | .[0].rule] == []' "$P/tested.json"
}

@test "an example that fails is named with its place" {
	add_bad_example
	run nv rules test
	[ "$status" -eq 78 ]
	[ "${lines[0]}" = "$P/rules/moderation/zz.yaml:15:9: rule soup: this example must match, and does not" ]
	[[ "$output" == *"zz.yaml: 1 rules, 6 examples, 1 failed"* ]]
	run nv rules test --json
	[ "$status" -eq 78 ]
	jq -e '.schema == "normavis.rules-test/1" and .failed == 1 and
	       ([.results[] | select(.ok | not)] | length == 1) and
	       (.results[] | select(.ok | not) | .rule == "soup" and .line == 15 and
	        .column == 9 and .must_match and (.matched | not))' <<<"$output"
	keys_are_known <<<"$output"
}

@test "one rule is tested alone" {
	add_bad_example
	run nv rules test --rule insult-crude
	[ "$status" -eq 0 ]
	[[ "${lines[-1]}" == "1 rules, "*" examples, 0 failed" ]]
	run nv rules test --rule soup
	[ "$status" -eq 78 ]
	run nv rules test --rule insult-crud
	[ "$status" -eq 65 ]
	[[ "$output" == *"no rule is called 'insult-crud'; did you mean 'insult-crude'?"* ]]
}

@test "rules that do not load are no test, and are refused where they are wrong" {
	add_bad_example
	sed -i 's/L-SPAM/L-SPOM/' "$P/rules/moderation/zz.yaml"
	run nv rules test
	[ "$status" -eq 78 ]
	[[ "$output" == "$P/rules/moderation/zz.yaml:9:13: "* ]]
}

@test "before anything is in force show says how it gets there" {
	run nv rules show
	[ "$status" -eq 0 ]
	[[ "$output" == "nothing is stored yet"* ]]
	nv rules show --json | jq -e '.schema == "normavis.rules/1" and .packs == []'
	run nv rules show --rule soup
	[ "$status" -eq 65 ]
	[[ "$output" == *"no rules are in force yet"* ]]
}

@test "show lists what is in force, what was, and since when" {
	few_rules
	pipeline_start
	first=$(hash_in_force rules)
	add_bad_example
	sed -i 's/A good stew/Soups and soup/' "$P/rules/moderation/zz.yaml"
	nv rules activate
	reviews 1 5 | nv submit --quiet
	run nv rules show
	[ "$status" -eq 0 ]
	[ "$(grep -c '^rules ' <<<"$output")" -eq 2 ]
	[ "$(grep -c '^policy ' <<<"$output")" -eq 1 ]
	[ "$(grep -c 'in force' <<<"$output")" -eq 2 ]
	[[ "$output" == *" behind record "*", by admin" ]]
	nv rules show --json >"$P/json"
	[ "$(hash_in_force rules)" != "$first" ]
	jq -e --arg old "$first" '.packs[] | select(.hash == $old) |
		(.in_force | not) and .seq > 0 and (.at | endswith("Z")) and .rules > 0 and .reasons == 36 and .by == "admin"' "$P/json"
	keys_are_known <"$P/json"
	pipeline_stop
}

@test "behind a hash stands every byte of every file" {
	pipeline_new_in_force
	hash=$(hash_in_force rules)
	cp -r "$P/rules" "$P/rules.kept"
	echo "# changed since" >>"$P/rules/moderation/readability.yaml"
	nv rules show "$hash" >"$P/list"
	grep -q "rules/messages.yaml" "$P/list"
	for file in reasons.yaml messages.yaml moderation/readability.yaml; do
		nv rules show "${hash:0:8}" "rules/$file" | cmp - "$P/rules.kept/$file"
		grep -q " rules/$file" "$P/list"
	done
	nv rules show "$(hash_in_force policy)" rules/policy.yaml | cmp - "$P/rules/policy.yaml"
	nv rules show "$hash" --json | tee "$P/json" | jq -e '[.files[].file] | index("rules/reasons.yaml")'
	keys_are_known <"$P/json"
	nv rules show "$hash" rules/reasons.yaml --json | jq -j .text | cmp - "$P/rules.kept/reasons.yaml"
	run nv rules show "$hash" rules/none.yaml
	[ "$status" -eq 65 ]
	[[ "$output" == *"that pack has no file rules/none.yaml"* ]]
}

@test "the text of one rule is printed alone, of what is in force or of a hash" {
	pipeline_new_in_force
	id=$(sed -n 's/^  - id: //p' "$P/rules/moderation/readability.yaml" | head -1)
	nv rules show --rule "$id" >"$P/text"
	grep -q "^  - id: $id\$" "$P/text"
	[ "$(grep -c '  - id: ' "$P/text")" -eq 1 ]
	nv rules show "$(hash_in_force rules)" --rule "$id" | cmp - "$P/text"
	nv rules show --rule "$id" --json | tee "$P/json" |
		jq -e '.file == "rules/moderation/readability.yaml" and .line > 0 and (.text | length > 0)'
	keys_are_known <"$P/json"
	run nv rules show --rule "${id}x"
	[ "$status" -eq 65 ]
	[[ "$output" == *"did you mean '$id'?"* ]]
}

@test "a hash that is none, is unknown or fits several is refused" {
	pipeline_new_in_force
	for bad in 1234567 ABCDEF0123 xyzxyzxyz "$(printf '0%.0s' {1..65})"; do
		run nv rules show "$bad"
		[ "$status" -eq 64 ]
		[[ "$output" == *"is no hash: 8 to 64 digits"* ]]
	done
	run nv rules show 0123456789abcdef
	[ "$status" -eq 65 ]
	[[ "$output" == *"no pack that begins with 0123456789abcdef is stored"* ]]
	# Two packs whose hashes begin with the same eight digits.
	for comment in '# 54672' '# 103676'; do
		printf 'normavis-pack 1\nfile rules/policy.yaml %d\n%s\n\n' "$((${#comment} + 1))" "$comment" >"$P/pack"
		mv "$P/pack" "$P/data/packs/$(sha256sum <"$P/pack" | cut -d' ' -f1).pack"
	done
	run nv rules show d355f02d
	[ "$status" -eq 64 ]
	[[ "$output" == *"2 packs begin with d355f02d: d355f02d"*" d355f02d"* ]]
	one=$(basename "$(ls "$P"/data/packs/d355f02d* | head -1)" .pack)
	[ "$(nv rules show "$one" rules/policy.yaml | head -c 2)" = "# " ]
	# A pack whose bytes are not those of its hash is damage, and is not shown.
	echo x >>"$P/data/packs/$one.pack"
	run nv rules show "$one"
	[ "$status" -eq 65 ]
	[[ "$output" == *"its content has another hash"* ]]
}

@test "message prints what an author would be told, in both languages" {
	printf 'Bande de connards !\nTout était froid.' >"$P/text"
	run nv rules message --reason L-ABUSE --language fr --text "$P/text"
	[ "$status" -eq 0 ]
	[[ "$output" == *"«"$'\u202f'"Bande de [connards] ! Tout était froid."$'\u202f'"»"* ]]
	[[ "$output" == *"réclamation, gratuitement, pendant 6 mois"* ]]
	[[ "$output" == *"https://example.org/write"* ]]
	[[ "${lines[0]}" != *connards* ]]
	run nv rules message --reason L-DUP
	[ "$status" -eq 0 ]
	[[ "$output" == *"is not published"*"Same author and same experience twice"* ]]
	[[ "$output" != *"https://example.org/write"* ]]
	[[ "$output" != *"["* ]]
	run nv rules message --reason L-PII --action hold
	[[ "$output" == *"A person will read it and decide by "* ]]
}

@test "message says what is missing" {
	run nv rules message
	[ "$status" -eq 64 ]
	run nv rules message --reason L-ABSE
	[ "$status" -eq 65 ]
	[[ "$output" == *"did you mean 'L-ABUSE'?"* ]]
	run nv rules message --reason L-COURT
	[ "$status" -eq 64 ]
	[[ "$output" == *"--note"* ]]
	nv rules message --reason L-COURT --note "Order 26/1234 of the court" | grep -q 'Order 26/1234'
	run nv rules message --reason L-PII --language de
	[ "$status" -eq 64 ]
	run nv rules message --reason L-PII --action publish
	[ "$status" -eq 64 ]
	run nv rules message --reason L-PII --json
	[ "$status" -eq 64 ]
	[[ "$output" == *"message takes no --json"* ]]
}

@test "a template that is wrong is refused with its place, and a set without templates has none" {
	line=$(grep -n '^  greeting:' "$P/rules/messages.yaml" | cut -d: -f1)
	sed -i "${line}s/Hello,/Hello {nam},/" "$P/rules/messages.yaml"
	run nv rules message --reason L-PII
	[ "$status" -eq 78 ]
	[[ "$output" == "$P/rules/messages.yaml:$line:"*": unknown placeholder '{nam}'"* ]]
	rm "$P/rules/messages.yaml"
	run nv rules message --reason L-PII
	[ "$status" -eq 78 ]
	[[ "$output" == *"messages.yaml: there is none"* ]]
	nv rules test
}

@test "a verb that is none and options of another verb are usage errors" {
	run nv rules
	[ "$status" -eq 64 ]
	run nv rules shw
	[ "$status" -eq 64 ]
	[[ "$output" == *"did you mean 'show'?"* ]]
	run nv rules activate --rule x
	[ "$status" -eq 64 ]
	[[ "$output" == *"activate takes no --rule"* ]]
	run nv rules show a b c
	[ "$status" -eq 64 ]
	run nv rules show 12345678 rules/reasons.yaml --rule x
	[ "$status" -eq 64 ]
}
