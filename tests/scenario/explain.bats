#!/usr/bin/env bats
# Why a review is decided as it is, and what a rule can say.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python sqlite3
	pipeline_new
}
teardown() { pipeline_end; }

review() { # ID TEXT
	printf '{"kind":"review","source":"s","source_id":"%s","subject":"p","supplier":"q","rating":{"value":1},"text":"%s"}\n' "$1" "$2"
}

keys_are_known() {
	cat >"$P/output.json"
	(cd "$TREE" && tests/lint/glossary.sh --json "$P/output.json")
}

@test "a review from standard input is explained by the rules on disk" {
	run nv rules explain < <(review 1 "Bande de c0nnards !")
	[ "$status" -eq 0 ]
	[[ "$output" == *"text as it is read: bande de c0nnards !"* ]]
	[[ "$output" == *"insult-crude: holds, and decides (reject L-ABUSE, rules/moderation/abuse.yaml:"* ]]
	[[ "$output" == *'text 9..17 "c0nnards"'* ]]
	[[ "$output" =~ [0-9]+\ other\ rules\ found\ nothing ]]
	[ ! -e "$P/data" ]
}

@test "what is said of conditions is cut between characters" {
	nv rules explain < <(review 1 "Réf 1234. Appelez le 06 12 34 56 78, je suis élu.") >"$P/explained"
	iconv -f utf8 -t utf8 "$P/explained" >/dev/null
	grep -q '…' "$P/explained"
}

@test "the same as JSON, with words of the glossary alone" {
	review 1 "Bande de connards !" >"$P/review.json"
	nv rules explain --text "$P/review.json" --json >"$P/explained.json"
	jq -e '.schema == "normavis.explain/1" and .text == "bande de connards !" and
	       .so == {action: "reject", rule: "insult-crude", reason: "L-ABUSE"} and
	       ([.near[] | select(.decides)] | length == 1) and
	       (.near[] | select(.decides) | .rule == "insult-crude" and .action == "reject" and
	        .spans[0].words == "connards" and (.conditions | length > 1))' "$P/explained.json"
	keys_are_known <"$P/explained.json"
}

@test "what was found in another language, and what follows, is said" {
	spanish="La comida con mucho amor para todos los que llegan, con arroz y pescado, connard muchas gracias"
	sed -i 's/mode: live/mode: shadow/' "$P/rules/moderation/readability.yaml"
	run nv rules explain < <(review 1 "$spanish")
	[ "$status" -eq 0 ]
	[[ "$output" == *"language: es, "*" of 1000 sure"* ]]
	[[ "$output" == *"no "*"{list: insult-fr}   (found, but in another language)"* ]]
	[[ "$output" == *"so: label, by author-unknown" ]]
	review 1 "$spanish" | nv rules explain --json >"$P/explained.json"
	sed -i 's/mode: live/mode: shadow/' "$P/rules/moderation/"*.yaml
	run nv rules explain < <(review 1 "Très bon repas.")
	[[ "$output" == *"so: accept, no rule decides otherwise" ]]
	jq -e '.so == {action: "label", rule: "author-unknown", reason: ""} and .language == "es" and
	       ([.near[].conditions[] | select(.elsewhere)] | length > 0)' "$P/explained.json"
}

@test "a stored review is explained by the rules that decided it" {
	pipeline_start
	review 1 "Bande de connards !" | nv submit --quiet
	id=$(stored "SELECT id FROM records WHERE kind = 'review'")
	rules=$(stored "SELECT rules FROM decisions")
	sed -i "s/mode: live/mode: shadow/" "$P/rules/moderation/abuse.yaml" # another set on disk
	run nv rules explain "$id"
	[ "$status" -eq 0 ]
	[[ "$output" == *"rules ${rules:0:16}"* ]]
	[[ "$output" == *"decided then: rejected by insult-crude"* ]]
	[[ "$output" == *"insult-crude: holds, and decides"* ]]
	run nv rules explain "$id" --disk
	[ "$status" -eq 0 ]
	[[ "$output" == *"insult-crude: holds, in the shadow"* ]]
}

@test "the numbers that conditions compared are told, and kept with the decision" {
	cat >"$P/rules/moderation/zz.yaml" <<-'END'
		rules:
		  - {id: zz-long, version: 1, clause: [AF-10], title: {en: long, fr: long}, action: label, mode: live,
		     when: {all: [{words: [zzsoup]}, {measure: words, above: 3}]}, owner: tests, review_by: 2999-01-01,
		     examples: {match: [zzsoup and more of it], pass: [zzsoup]}}
	END
	review 1 "Really good zzsoup at noon" >"$P/review.json"
	nv rules explain --text "$P/review.json" | grep -q 'measure: words, above: 3.*(it is 5)'
	nv rules explain --text "$P/review.json" --json |
		jq -e '[.near[] | select(.rule == "zz-long") | .conditions[].value] == [null, null, 5]'
	pipeline_start
	submitted <"$P/review.json"
	wait_until figure_is .conservation.balanced true
	[ "$(stored "SELECT evidence FROM decisions" | jq -c '.[] | select(.rule == "zz-long") | .values')" = \
		'[{"name":"measure.words","value":5}]' ]
}

@test "what cannot be explained is said" {
	run nv rules explain <<<'{"kind":"review"}'
	[ "$status" -eq 65 ]
	[[ "$output" == *"it would be refused: "* ]]
	run nv rules explain not-an-id
	[ "$status" -eq 65 ]
	[[ "$output" == *"'not-an-id' is no id of a review"* ]]
	pipeline_start
	run nv rules explain 01a200f9-1dc5-70f9-869a-e10adf355610
	[ "$status" -ne 0 ]
	[[ "$output" == *"no review 01a200f9-1dc5-70f9-869a-e10adf355610"* ]]
}

@test "the vocabulary lists what the loader takes" {
	run nv rules vocabulary
	[ "$status" -eq 0 ]
	[[ "$output" == *"detect: phone, countries: [fr, gb]"* ]]
	[[ "$output" == *"L-ABUSE"* ]]
	[[ "$output" != *"rating.value"* ]]
	[[ "$output" =~ insult-fr\ +fr,\ [0-9]+\ entries ]]
	[[ "$output" == *"FR-01 to FR-24"* ]]
	[[ "$output" == *"docs/MODELS.md says how"* ]]
	nv rules vocabulary --json >"$P/vocabulary.json"
	keys_are_known <"$P/vocabulary.json"
	[ "$(jq -c '[.lists[].name]' "$P/vocabulary.json")" = \
		"$(basename -s .yaml "$P"/rules/lists/*.yaml | jq -Rnc '[inputs]')" ]
	# Every example of a condition loads.
	{
		echo "rules:"
		jq -r '.conditions[] | select(.name != "list") | .example' "$P/vocabulary.json" | nl | while read -r n example; do
			echo "  - {id: x-$n, version: 1, clause: [AF-10], title: {en: X $n, fr: Y}, when: {$example}, action: label,"
			echo "     mode: live, owner: tests, review_by: 2999-01-01, examples: {match: [a], pass: [b]}}"
		done
	} >"$P/rules/moderation/zz.yaml"
	run nv rules check
	[[ "$output" != *"zz.yaml:"*"expected"* ]]
	[[ "$output" != *"zz.yaml:"*"unknown"* ]]
}

@test "the schema for editors takes every shipped rule, and no restriction without a reason" {
	python3 -c 'import jsonschema, yaml' 2>/dev/null || not_run "no python3-jsonschema, no python3-yaml"
	"$BIN/normavis" docs rules-schema >"$P/schema.json"
	run python3 - "$P/schema.json" "$TREE"/rules/moderation/*.yaml <<-'END'
		import json, sys, yaml, jsonschema
		# Dates stay texts, and `on` is a key: as editors read YAML, by 1.2.
		class Loader(yaml.SafeLoader): pass
		Loader.yaml_implicit_resolvers = {
		    k: [r for r in v if not r[0].endswith(":timestamp") and not (r[0].endswith(":bool") and k in "oO")]
		    for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
		schema = json.load(open(sys.argv[1]))
		jsonschema.Draft202012Validator.check_schema(schema)
		for path in sys.argv[2:]:
		    for e in jsonschema.Draft202012Validator(schema).iter_errors(yaml.load(open(path), Loader)):
		        print(path, list(e.path), e.message[:200])
		    if not path.endswith("spam.yaml"): continue
		    bare = yaml.load(open(path), Loader)
		    for rule in bare["rules"]: rule.pop("reason", None); rule["action"] = "hold"
		    wrong = list(jsonschema.Draft202012Validator(schema).iter_errors(bare))
		    if len(wrong) != len(bare["rules"]): print("without a reason:", len(wrong))
	END
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}
