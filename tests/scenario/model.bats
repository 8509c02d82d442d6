#!/usr/bin/env bats
# The local classifier: trained on a few lines, shown, measured; bad input refused at its place.

load ../lib/pipeline

setup() {
	P=$(mktemp -d "${TMPDIR:-/tmp}/nv.XXXXXX")
	lines >"$P/data.ndjson"
}
teardown() { rm -rf "$P"; }

# word N: one of 26, to make each line another
word() { printf "\\$(printf %o $((97 + $1 % 26)))$1"; }

# lines: 40 for training and 8 for testing, half of them with an insult.
lines() {
	local split i insult calm n=0
	for split in train train train train train test; do
		for i in 1 2 3 4; do
			n=$((n + 1))
			insult=("" "You idiot" "Bande d'idiots" "What an idiot" "Quel idiot")
			calm=("" "Good coffee" "Bon café" "Nice room, quiet street" "Chambre calme")
			printf '{"text":"%s, %s %s","label":true,"language":"%s","split":"%s","group":"own/insult"}\n' \
				"${insult[i]}" "$(word $n)" "$(word $((n * 7)))" "$([ $((i % 2)) = 1 ] && echo en || echo fr)" "$split"
			printf '{"text":"%s, %s %s","label":false,"split":"%s","group":"own/calm","weight":2}\n' \
				"${calm[i]}" "$(word $((n * 3)))" "$(word $((n * 5)))" "$split"
		done
	done
}

train() { # OUT [OPTION...]
	local out=$1
	shift
	"$BIN/normavis" model train --data "$P/data.ndjson" --name tiny --out "$out" --buckets 4096 \
		--created 2026-11-22 "$@"
}

@test "training says what it made, and makes the same bytes of the same data" {
	run train "$P/one.model"
	[ "$status" -eq 0 ]
	[[ "$output" == *"name       tiny"* ]]
	[[ "$output" == *"languages  en fr"* ]]
	train "$P/two.model"
	cmp "$P/one.model" "$P/two.model"
}

@test "show reads the head, for people and for programs" {
	train "$P/tiny.model" --seed 7
	run "$BIN/normavis" model show "$P/tiny.model"
	[ "$status" -eq 0 ]
	[[ "$output" == *"created    2026-11-22"* ]]
	[[ "$output" == *"buckets    4096"* ]]
	"$BIN/normavis" model show --json "$P/tiny.model" >"$P/shown"
	[ "$(jq -r .schema "$P/shown")" = normavis.model/1 ]
	[ "$(jq -r .data "$P/shown")" = "$(sha256sum "$P/data.ndjson" | cut -d' ' -f1)" ]
	[ "$(jq -r .hash "$P/shown")" = "$(sha256sum "$P/tiny.model" | cut -d' ' -f1)" ]
	[ "$(jq '.figures.seed, .figures["train-true"]' "$P/shown" | tr '\n' ' ')" = "7 20 " ]
	cd "$TREE" && tests/lint/glossary.sh --json "$P/shown"
}

@test "eval counts the lines that training has not seen, by group, beside a list of words" {
	train "$P/tiny.model"
	echo idiot >"$P/words"
	"$BIN/normavis" model eval --model "$P/tiny.model" --data "$P/data.ndjson" --words "$P/words" \
		--json >"$P/result"
	[ "$(jq -c '[.rows[] | [.group, .true, .false]]' "$P/result")" = \
		'[["",4,4],["own",4,4],["own/calm",0,4],["own/insult",4,0]]' ]
	[ "$(jq -c '.rows[1] | [.recall, .wrongly, .macro_f1, .largest]' "$P/result")" = '[1000,0,1000,333]' ]
	# "Bande d'idiots" is not on the list.
	[ "$(jq -c '.rows[1].words.recall' "$P/result")" = 750 ]
	cd "$TREE" && tests/lint/glossary.sh --json "$P/result"
}

@test "eval finds the threshold that a share of a group may reach" {
	train "$P/tiny.model"
	run "$BIN/normavis" model eval --model "$P/tiny.model" --data "$P/data.ndjson" --at-most 0 --of own
	[ "$status" -eq 0 ]
	[[ "$output" == "threshold "* ]]
	[[ "$output" == *"own/calm "*" 0.000 "* ]]
	run "$BIN/normavis" model eval --model "$P/tiny.model" --data "$P/data.ndjson" --at-most 1 --of own
	[[ "$output" == "threshold 0"* ]]
	run "$BIN/normavis" model eval --model "$P/tiny.model" --data "$P/data.ndjson" --at-most 0 --of others
	[ "$status" -eq 65 ]
	[[ "$output" == *"no line of group 'others'"* ]]
}

@test "a line that is wrong is named by file, line and column" {
	refused() { # EXPECTED LINE
		{
			head -n 2 "$P/data.ndjson"
			echo "$2"
		} >"$P/bad.ndjson"
		run "$BIN/normavis" model train --data "$P/bad.ndjson" --name tiny --out "$P/bad.model"
		[ "$status" -eq 65 ] && [[ "$output" == "$P/bad.ndjson:$1"* ]] && [ ! -e "$P/bad.model" ] && return
		echo "expected $1, got $status: $output"
		return 1
	}
	refused "3:1: no 'label'" '{"text":"x"}'
	refused "3:1: no 'text'" '{"label":true}'
	refused "3:14: 'label' is neither" '{"text":"x", "label":1}'
	refused "3:2: 'text' is no string" '{"text":1,"label":true}'
	refused "3:26: 'split' is neither" '{"text":"x","label":true,"split":"dev"}'
	refused "3:26: a key" '{"text":"x","label":true,"splt":"test"}'
	refused "3:26: 'weight' is no integer" '{"text":"x","label":true,"weight":0}'
	refused "3:26: 'language' is no code" '{"text":"x","label":true,"language":"English"}'
	refused "3:26: 'group' has a character" '{"text":"x","label":true,"group":"a b"}'
	refused "3:1: no object" '[1]'
	refused "3:" '{"text":"x"'
	: >"$P/data.ndjson"
	run train "$P/bad.model"
	[ "$status" -eq 65 ]
	[[ "$output" == "$P/data.ndjson:1:1: no line in it"* ]]
}

@test "one label alone cannot be learnt" {
	grep '"label":true' "$P/data.ndjson" >"$P/half" && mv "$P/half" "$P/data.ndjson"
	run train "$P/bad.model"
	[ "$status" -eq 65 ]
	[[ "$output" == *"texts of both labels"* ]]
	[ ! -e "$P/bad.model" ]
}

@test "what is no model, or one of a newer version, is refused" {
	train "$P/tiny.model"
	sed 's/^normavis-model 1/normavis-model 2/' "$P/tiny.model" >"$P/newer.model"
	run "$BIN/normavis" model show "$P/newer.model"
	[ "$status" -eq 78 ]
	[[ "$output" == *"version 2"* ]]
	head -c 3000 "$P/tiny.model" >"$P/cut.model"
	run "$BIN/normavis" model show "$P/cut.model"
	[ "$status" -eq 65 ]
	run "$BIN/normavis" model show "$P/data.ndjson"
	[ "$status" -eq 65 ]
	[[ "$output" == *"no model"* ]]
}

@test "what the command line lacks is said" {
	for arguments in "" "train" "eval" "show" "fly" "train --data a --name B --out c" \
		"train --data a --name b --out c --buckets 1000" "train --data a --name b --out c --holdout 0.6" \
		"train --data a --name b --out c --created today" "eval --model a --data b --threshold 1001"; do
		# shellcheck disable=SC2086  # words of a command line
		run "$BIN/normavis" model $arguments
		[ "$status" -eq 64 ]
		[[ "$output" == *"normavis help model"* ]]
	done
	run "$BIN/normavis" model train --data "$P/none.ndjson" --name a --out "$P/a"
	[ "$status" -ne 0 ]
	[[ "$output" == *"none.ndjson"* ]]
}

@test "a share of the lines can be kept from training" {
	sed -i 's/,"split":"[a-z]*"//' "$P/data.ndjson"
	train "$P/tiny.model" --holdout 0.3
	"$BIN/normavis" model show --json "$P/tiny.model" >"$P/shown"
	trained=$(jq '.figures["train-true"] + .figures["train-false"]' "$P/shown")
	[ "$trained" -gt 20 ] && [ "$trained" -lt 46 ]
}
