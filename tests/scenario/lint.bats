#!/usr/bin/env bats
# A rule that is unlawful, unclear or useless: refused alike by every door, with its place.

load ../lib/pipeline
load ../lib/look

setup() {
	pipeline_new
	keep_rules authenticity
}
teardown() { pipeline_end; }

# add_rule WHEN [ACTION [MATCH]]: a rule of its own; its `when` stands in line 7, column 11
add_rule() {
	cat >"$P/rules/moderation/zz.yaml" <<-END
		rules:
		  - id: zz
		    version: 1
		    clause: [ISO-05]
		    title: {en: A rule, fr: Une règle}
		    scope: {kinds: [review]}
		    when: $1
		    action: ${2:-hold}
		    reason: L-SPAM
		    mode: live
		    owner: tests
		    review_by: 2999-01-01
		    examples:
		      match: [${3:-soup}]
		      pass: [stew]
	END
}

# refused_alike PLACE TEXT: by check, rules check, rules activate and run, with exit 78
refused_alike() {
	local door
	for door in check 'rules check' 'rules activate' run; do
		# shellcheck disable=SC2086  # words of a command
		run nv $door
		[ "$status" -eq 78 ] || { echo "$door: $status: $output"; return 1; }
		[[ "$output" == *"$P/rules/$1: "*"$2"* ]] || { echo "$door: $output"; return 1; }
	done
}

@test "a rule on the rating, the tone or the plan is refused with its clause" {
	add_rule '{stars: 1}'
	refused_alike moderation/zz.yaml:7:12 '(U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)'
	add_rule '{field: supplier, is: acme}'
	refused_alike moderation/zz.yaml:7:19 '(U-SUPREQ; AF-30, UK-20, DE-02)'
	add_rule '{words: [soup]}' hide
	refused_alike moderation/zz.yaml:8:13 '(U-HIDE; DSA-11, UK-04)'
}

@test "a rule that a harsh opinion meets is refused, naming the sentence" {
	add_rule '{words: [soup, arnaque]}'
	refused_alike moderation/zz.yaml:7:11 'for the tone (U-NEG; '
	run nv rules check
	[[ "$output" == *"rules/controls/criticism.yaml:"[0-9]*": \""*"[arnaque]"*"\""* ]]
}

@test "a rule that hides the tone behind a link is refused, naming both sentences" {
	add_rule '{all: [{detect: url}, {words: [nul, honteux, worst]}]}' hold 'honteux https://shop.example.org'
	refused_alike moderation/zz.yaml:7:11 'for the tone (U-NEG; '
	run nv rules check
	[[ "$output" == *"rules/controls/criticism.yaml:"[0-9]*": \""*"\" is hit, rules/controls/criticism.yaml:"[0-9]*": \""*"\" is not"* ]]
}

@test "a rule that compares a title with harsh words is refused: no sentence could show it" {
	add_rule '{field: title, in: [Arnaque, Nul, Scam]}' reject '{title: Nul}'
	refused_alike moderation/zz.yaml:7:19 '(U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28); look for words'
}

@test "a rule of more ways than are tried is refused" {
	local dummies
	dummies=$(printf '{words: [zz%d]}, ' {1..17})
	add_rule "{any: [{all: [{any: [$dummies]}, {any: [$dummies]}]}, {all: [{words: [zebre]}, {words: [nul, bad, horrible, avoid]}]}]}" hold zebre
	refused_alike moderation/zz.yaml:7:11 'in more than 256 ways'
}

@test "a rule gives the reason of its ground, and rejects with none that only a person can give" {
	add_rule '{field: purchase_ref, present: false}'
	sed -i 's/L-SPAM/L-FAKE/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:9:13 'the reason of that is C-NOPROOF, which the terms declare, and not L-FAKE (U-HIDDENRULE; '
	add_rule '{words: [soup]}' reject
	sed -i 's/L-SPAM/L-ILLEGAL/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:9:13 'no rule knows its evidence (the passage and the legal ground); hold instead (U-OTHER; '
	sed -i 's/action: reject/action: hold/' "$P/rules/moderation/zz.yaml"
	nv rules check
}

@test "a rule on short texts gives the reason that the terms declare, or is refused" {
	add_rule '{all: [{not: {measure: length_chars, above: 8}}, {measure: letters, above: 2}]}' reject
	refused_alike moderation/zz.yaml:7:11 'for being short: the reason of that is C-SHORT'
}

@test "a rule that stops every text is refused, and one on length is told so" {
	add_rule '{measure: words, above: 40}' hold "$(printf 'soup %.0s' {1..41})"
	refused_alike moderation/zz.yaml:7:11 'stops everything: all '
	add_rule '{measure: words, below: 10}'
	refused_alike moderation/zz.yaml:7:11 'for being short: the reason of that is C-SHORT'
	run nv rules check
	[[ "$output" != *'for the tone'* ]]
}

@test "without the harsh opinions, or what authors are told, nothing is put in force" {
	mv "$P/rules/controls/criticism.yaml" "$P/away"
	refused_alike controls/criticism.yaml:1:1 U-NEG
	mv "$P/away" "$P/rules/controls/criticism.yaml"
	rm "$P/rules/messages.yaml"
	refused_alike messages.yaml:1:1 FR-04
}

@test "the shipped harsh opinions are a floor: added to, never taken away" {
	add_rule '{words: [nul]}' hold nul
	sed -i 's/pass: \[stew\]/pass: [zzz]/' "$P/rules/moderation/zz.yaml"
	cat >"$P/rules/controls/criticism.yaml" <<-END
		owner: tests
		review_by: 2999-01-01
		controls:
		  - {text: zzz, language: fr, why: {en: x, fr: x}}
		praise:
		  - {text: yyy, language: fr}
	END
	refused_alike controls/criticism.yaml:1:1 'none taken away (U-NEG; EU-04, UK-03, US-12, AF-14, ISO-28)'
	rm "$P/rules/moderation/zz.yaml"
	mv "$P/rules/controls/criticism.yaml" "$P/rules/controls/criticism-ours.yaml"
	cp "$TREE/rules/controls/criticism.yaml" "$P/rules/controls/"
	nv rules check
	sed -i 's/"À fuir !"/"À voir !"/' "$P/rules/controls/criticism.yaml"
	refused_alike controls/criticism.yaml:1:1 '1 of the '
	refused_alike controls/criticism.yaml:1:1 'the first of them (fr): "À fuir !"'
}

@test "a contradiction, a twin and a rule in the shadow of another are refused" {
	add_rule '{all: [{words: [soup]}, {not: {words: [soup]}}]}'
	refused_alike moderation/zz.yaml:7:41 'this can never hold beside another: see line 7'
	add_rule '{duplicate: same-author-same-subject, similarity: {at_least: 95}}' reject '{text: soup, duplicate: same-author-same-subject}'
	run nv rules check
	[ "$status" -eq 78 ]
	[[ "$output" == *"moderation/zz.yaml:7:11: rule duplicate looks for the same in the same scope: "* ]]
	add_rule '{words: [soup]}' label '{text: soup, duplicate: same-author-same-subject}'
	refused_alike moderation/zz.yaml:14:7 'decides none of its own examples: rule duplicate is there each time'
}

@test "stems stand without words, in a rule and in a list" {
	add_rule '{any: [{stems: [simmer], language: en}, {list: ours}]}' hold 'It simmered, they stewed it'
	sed -i 's/pass: \[stew\]/pass: [broth]/' "$P/rules/moderation/zz.yaml"
	printf '%s\n' 'list: ours' 'language: en' 'owner: tests' 'review_by: 2999-01-01' \
		'stems: [stew]' >"$P/rules/lists/ours.yaml"
	nv rules check
	sed -i '/stems/d' "$P/rules/lists/ours.yaml"
	refused_alike lists/ours.yaml:1:1 "'words' or 'stems' is missing"
}

@test "a pattern that would take long to compile is refused at once" {
	add_rule "{pattern: 'a.{0,400}b.{0,400}c'}"
	refused_alike moderation/zz.yaml:7:21 'too large'
	add_rule "{pattern: '.*soup'}"
	refused_alike moderation/zz.yaml:7:21 'begins with what may be anything'
}

@test "what is wrong with the whole is refused at its place" {
	add_rule '{words: [soup]}'
	sed 's/soup/stock/; s/pass: \[stew\]/pass: [broth]/' "$P/rules/moderation/zz.yaml" >"$P/rules/moderation/zzz.yaml"
	refused_alike moderation/zzz.yaml:2:9 "the id 'zz' is there already, in rules/moderation/zz.yaml:2"
	rm "$P/rules/moderation"/{zz,zzz,authenticity}.yaml
	echo 'rules: []' >"$P/rules/moderation/none.yaml"
	for door in check 'rules check' 'rules activate' run; do
		# shellcheck disable=SC2086  # words of a command
		run nv $door
		[ "$status" -eq 78 ]
		[[ "$output" == *'there is no rule in it'* ]]
	done
}

@test "a rule that nobody would ask is refused, and a file that nobody would read" {
	add_rule '{field: source, in: [x]}'
	sed -i 's/kinds: \[review\]/kinds: [complaint]/' "$P/rules/moderation/zz.yaml"
	sed -i 's/match: .*/match: [{fields: {source: x}}]/; s/pass: .*/pass: [{fields: {source: y}}]/' "$P/rules/moderation/zz.yaml"
	run nv rules check
	echo "$output"; [ "$status" -eq 78 ]
	[[ "$output" == *"moderation/zz.yaml:2:1: rule zz: rules are asked about reviews alone"* ]]
	mv "$P/rules/moderation/zz.yaml" "$P/rules/moderation/zz.yml"
	run nv rules check
	echo "$output"; [ "$status" -eq 78 ]
	[[ "$output" == *"moderation/zz.yml: is not read: its name must end in .yaml"* ]]
}

@test "rules check says which condition is unavailable, as check does" {
	cp "$TREE/rules/moderation/classifier.yaml" "$P/rules/moderation/"
	run nv rules check
	[ "$status" -eq 0 ]
	[[ "$output" == *"note: $P/rules/moderation/classifier.yaml:"*": no model 'abuse' in rules/models: the condition is unavailable"* ]]
	nv rules check --json | jq -e '.unavailable | length == 2'
	run nv check
	[[ "$output" == *"no model 'abuse' in rules/models: the condition is unavailable"* ]]
}

@test "a model of nearly that name is named beside it, and in the vocabulary" {
	cp "$TREE/rules/moderation/classifier.yaml" "$P/rules/moderation/"
	local n
	for n in {1..8}; do
		echo "{\"text\":\"you idiot $n\",\"label\":true,\"language\":\"en\",\"split\":\"train\"}"
		echo "{\"text\":\"good soup $n\",\"label\":false,\"language\":\"en\",\"split\":\"train\"}"
	done >"$P/data.ndjson"
	mkdir -p "$P/rules/models"
	"$BIN/normavis" model train --data "$P/data.ndjson" --name abuses --buckets 256 \
		--out "$P/rules/models/abuses.model"
	run nv rules check
	[ "$status" -eq 0 ]
	[[ "$output" == *"no model 'abuse' in rules/models (did you mean 'abuses'?): the condition"* ]]
	[ "$(nv rules vocabulary --json | jq -c .models)" = '[{"name":"abuses","language":"en"}]' ]
}

@test "a clause that no source has is refused with the nearest" {
	add_rule '{words: [soup]}'
	sed -i 's/ISO-05/IS0-05/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:4:14 "did you mean 'ISO'?"
}

# break_reasons SED TEXT: the shipped reasons, edited, are refused by every door
break_reasons() {
	local door
	sed -i "$1" "$P/rules/reasons.yaml"
	for door in check 'rules check' 'rules activate' run; do
		# shellcheck disable=SC2086  # words of a command
		run nv $door
		[ "$status" -eq 78 ] || { echo "$door: $status: $output"; return 1; }
		[[ "$output" == *"$P/rules/reasons.yaml:"[0-9]*:[0-9]*": "*"$2"* ]] || { echo "$door: $output"; return 1; }
	done
	cp "$TREE/rules/reasons.yaml" "$P/rules/reasons.yaml"
}

@test "the catalogue of reasons is closed, and every unlawful code is in it" {
	break_reasons 's/code: L-SUBJGONE/code: L-MOOD/' "no reason in the closed catalogue 'L-MOOD'"
	break_reasons '/code: U-NEG,/d' "'U-NEG' is missing"
	break_reasons 's/fr: Doublon/fr: ""/' "'fr' has no word in it"
	break_reasons 's/KEYWORD_DEFAMATION/&N/' "did you mean 'KEYWORD_DEFAMATION'?"
	break_reasons 's/seen_in: \[ISO-32\]/seen_in: [ZZ-99]/' "no source of requirements 'ZZ'"
}

@test "what an unlawful code breaks is what the catalogue says" {
	sed -i 's/breaks: \[EU-04, UK-03, /breaks: [EU-04, /' "$P/rules/reasons.yaml"
	add_rule '{stars: 1}'
	refused_alike moderation/zz.yaml:7:12 '(U-NEG; EU-04, US-12, AF-14, ISO-28)'
}

@test "nobody is asked for anything without a reason" {
	add_rule '{words: [soup]}' await-author
	sed -i '/reason: L-SPAM/d' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:2:1 "rule zz: 'reason' is missing: no review is kept waiting without one (U-OTHER; "
}

@test "one slip of a rule hides none of the others" {
	add_rule '{stars: 1}' ban
	sed -i 's/version: 1/verzion: 1/; s/2999-01-01/2027-13-41/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:3:5 "unknown key 'verzion'"
	refused_alike moderation/zz.yaml:7:12 '(U-NEG; '
	refused_alike moderation/zz.yaml:8:13 '(U-RETAL; '
	refused_alike moderation/zz.yaml:12:16 'expected a date'
}

@test "a reason that the policy does not declare is refused" {
	add_rule '{words: [soup]}'
	sed -i 's/L-SPAM/C-OLD/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:9:13 '(U-HIDDENRULE; FR-16, AF-10, DSA-17)'
}

@test "the reason of a duplicate is given for duplicates alone" {
	add_rule '{words: [soup]}'
	sed -i 's/L-SPAM/L-DUP/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:9:13 'L-DUP is the reason of a duplicate'
	add_rule '{all: [{words: [soup]}, {not: {duplicate: other-author}}]}'
	sed -i 's/L-SPAM/L-DUP/' "$P/rules/moderation/zz.yaml"
	refused_alike moderation/zz.yaml:9:13 'L-DUP is the reason of a duplicate'
}

@test "rules check says every complaint, as JSON too, and writes nothing" {
	nv rules check | grep -q '^rules are fine: [0-9]* rules, '
	nv rules check --json >"$P/fine.json"
	jq -e '.schema == "normavis.rules-check/1" and .fine and .complaints == [] and
	       (.hash | length == 64)' "$P/fine.json"
	add_rule '{all: [{stars: 1}]}' hide
	echo "publish_dayz: 3" >>"$P/rules/policy.yaml"
	run nv rules check --json
	[ "$status" -eq 78 ]
	jq -e '(.fine | not) and (.complaints | length == 3) and
	       ([.complaints[] | select(.line == 7 and .column == 19)] | length == 1)' <<<"$output"
	[ ! -e "$P/data" ]
	echo "$output" >"$P/output.json"
	(cd "$TREE" && tests/lint/glossary.sh --json "$P/output.json")
}
