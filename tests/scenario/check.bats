#!/usr/bin/env bats
# `check` finds what would stop a start; `run` refuses in the same words.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() {
	pipeline_new
	keep_rules authenticity spam
}
teardown() { pipeline_end; }

# refused_alike [CODE]: both say the same lines, but for what check only notes; check exits
# 78, and run with CODE, else 78.
refused_alike() {
	local checked ran code=0
	checked=$(nv check 2>&1) || code=$?
	[ "$code" -eq 78 ]
	checked=$(grep -v '^note: ' <<<"$checked")
	code=0
	ran=$(nv run 2>&1) || code=$?
	[ "$code" -eq "${1:-78}" ]
	[ "$checked" = "$ran" ]
	said=$checked
}

@test "a sound configuration is fine" {
	run nv check
	[ "$status" -eq 0 ]
	[[ "$output" == "configuration is fine: 5 programs,"* ]]
	[ ! -e "$P/data" ]
}

@test "an unknown option is named with its place and its neighbour" {
	echo "dedup: {worker_windw_bytes: 8MiB}" >>"$P/pipeline.yaml"
	refused_alike
	[[ "$said" == "$P/pipeline.yaml:4:9: "*"did you mean 'worker_window_bytes'"* ]]
}

@test "every complaint is printed, not the first alone" {
	printf 'publish: {batch_records: 0, flush: soon}\n' >>"$P/pipeline.yaml"
	refused_alike
	[ "$(wc -l <<<"$said")" -eq 2 ]
}

@test "a rule on the rating is refused with its place" {
	cat >"$P/rules/moderation/zz.yaml" <<-'END'
		rules:
		  - id: low-stars
		    when: {rating: {at_most: 2}}
	END
	refused_alike
	[[ "$said" == *"zz.yaml:"[0-9]*":"[0-9]*": "* ]]
}

@test "a rule whose example comes out otherwise is refused at the example" {
	sed -i 's/"Réservé sur Booking.com, sans problème."/"www.a.example www.b.example"/' \
		"$P/rules/moderation/spam.yaml"
	refused_alike
	[[ "$said" == *"spam.yaml:"*"rule spam-links: this example must not match, and does"* ]]
}

@test "a policy with an unknown key is refused with its place" {
	echo "publish_dayz: 3" >>"$P/rules/policy.yaml"
	refused_alike
	[[ "$said" == *"policy.yaml:"*"publish_dayz"* ]]
}

@test "a directory of rules that is missing is one complaint" {
	mv "$P/rules" "$P/elsewhere"
	refused_alike
	[ "$said" = "$P/pipeline.yaml:1:1: rules: $P/rules: No such file or directory" ]
}

@test "complaints name the files of the directory that was read" {
	mv "$P/rules" "$P/elsewhere"
	sed -i "s|^pipeline: {|&rules: elsewhere, |" "$P/pipeline.yaml"
	sed -i '0,/match:/s//mtch:/' "$P/elsewhere/moderation/spam.yaml"
	refused_alike
	[[ "$said" == "$P/elsewhere/moderation/spam.yaml:"*"did you mean 'match'?" ]]
	sed -i '0,/mtch:/s//match:/' "$P/elsewhere/moderation/spam.yaml"
	echo "publish_dayz: 3" >>"$P/elsewhere/policy.yaml"
	refused_alike
	[[ "$said" == "$P/elsewhere/policy.yaml:"* ]]
}

@test "beside a running pipeline it says that it runs" {
	pipeline_start
	run nv check
	[ "$status" -eq 0 ]
	[[ "$output" == "configuration is fine: "*"note: the pipeline is running already, and until it stops "* ]]
	nv check --json | jq -e '.fine and .running'
	pipeline_stop
	nv check --json | jq -e '.fine and (.running | not)'
}

@test "a run directory where another pipeline runs is told, and nothing is sent to that one" {
	sed -i "s|^pipeline: {|&run: $P/run, |" "$P/pipeline.yaml"
	pipeline_start
	first=$P/pipeline.yaml other=$P/other.yaml
	sed 's|^pipeline: {|&data: elsewhere, |' "$first" >"$other"
	told="run: $P/run: a pipeline runs there whose data are others, in $P/data"

	run "$BIN/normavis" check --config "$other"
	[ "$status" -eq 78 ]
	[ "$output" = "$other:1:17: $told" ] || [[ "$output" == "$other:1:"*": $told" ]]
	"$BIN/normavis" check --json --config "$other" >"$P/checked" || true
	jq -e '.fine == false and .running == false' "$P/checked"
	run "$BIN/normavis" run --config "$other"
	[ "$status" -eq 78 ]
	[[ "$output" == *"$told" ]]
	review r-1 >"$P/in"
	for verb in "submit --no-wait" "import --no-wait $P/in" status; do
		# shellcheck disable=SC2086
		run "$BIN/normavis" $verb --config "$other" <"$P/in"
		[ "$status" -eq 78 ]
		[[ "$output" == *"${told#run: }"* ]]
	done
	[ ! -e "$P/elsewhere" ]
	figure_is .conservation.records.kinds.review null

	# With that one gone the directory is free.
	pipeline_stop
	run "$BIN/normavis" check --config "$other"
	[ "$status" -eq 0 ]
}

@test "a missing configuration says so" {
	rm "$P/pipeline.yaml"
	refused_alike
	[[ "$said" == *"pipeline.yaml"*"No such file"* ]]
}

@test "--json lists each complaint with file, line, column and text" {
	echo "dedup: {worker_windw_bytes: 8MiB}" >>"$P/pipeline.yaml"
	run nv check --json
	[ "$status" -eq 78 ]
	jq -e '.schema == "normavis.check/1" and .fine == false and
	       (.complaints[0] | .line == 4 and .column == 9 and (.text | length > 0))' <<<"$output"
	sed -i '$d' "$P/pipeline.yaml"
	nv check --json | jq -e '.fine and .complaints == [] and .rules > 0'
}

@test "run refuses without a program that it would start" {
	mkdir "$P/bin"
	cp "$BIN/normavis" "$P/bin/"
	run "$P/bin/normavis" run --config "$P/pipeline.yaml"
	[ "$status" -eq 78 ]
	[[ "$output" == *"publish"* ]]
}

# A pipeline that has run, and the option at which its data are complained about.
pipeline_new_with_data() {
	rm -rf "$P"
	pipeline_new_in_force
	sed -i "s|^pipeline: {|&data: data, |" "$P/pipeline.yaml"
	AT="$P/pipeline.yaml:1:18: data: "
}

# alone_says PROGRAM CODE TEXT: so would the program if it were started.
alone_says() {
	run "$BIN/$1" --config "$P/pipeline.yaml"
	[ "$status" -eq "$2" ]
	[[ "$output" == *"$3"* ]]
}

# status_says TEXT: and not what all would not balance because of it.
status_says() {
	run nv status
	[ "$status" -eq 65 ]
	[ "$output" = "normavis status: $1" ]
}

@test "a store of a newer version is refused with the code of publish" {
	pipeline_new_with_data
	sqlite3 "$P/data/store.db" "PRAGMA user_version = 99"
	refused_alike 78
	[ "$said" = "${AT}store: version 99, this program knows 1" ]
	alone_says publish 78 "store: version 99, this program knows 1"
}

@test "a store that is none is refused with the code of publish" {
	pipeline_new_with_data
	rm "$P"/data/store.db*
	head -c 20000 /dev/urandom >"$P/data/store.db"
	refused_alike 65
	[[ "$said" == "${AT}store: "*"file is not a database" ]]
	alone_says publish 65 "file is not a database"
	rm "$P"/data/store.db*
	nv check # it would be made again from the journal
}

@test "a journal whose head is broken is refused with the code of collect" {
	pipeline_new_with_data
	local segment
	segment=$(ls "$P"/data/journal/*.journal)
	printf X | dd of="$segment" bs=1 seek=100 conv=notrunc status=none
	refused_alike 65
	[ "$said" = "$AT$segment: offset 0: the head does not check" ]
	alone_says collect 65 "the head does not check"
}

@test "a journal older than the store is refused with the code of collect" {
	pipeline_new_with_data
	cp -r "$P/data/journal" "$P/older"
	pipeline_start
	reviews 1 5 | nv submit --quiet
	pipeline_stop
	rm -r "$P/data/journal"
	mv "$P/older" "$P/data/journal"
	refused_alike 65
	[[ "$said" == "${AT}the store has record 7 of this journal, which ends at 2: "* ]]
	alone_says collect 65 "the journal is older than the store"
	status_says "${said#"$AT"}"
}

@test "a journal that is gone is refused, and status does not call that balanced" {
	pipeline_new_with_data
	rm -r "$P/data/journal"
	refused_alike 65
	[[ "$said" == "$AT$P/data/journal: no journal is there, but the store has records of one: "* ]]
	status_says "${said#"$AT"}"
	touch "$P/data/new-journal" # the operator says that it is meant
	nv status
}

@test "a damaged journal is named with file and offset" {
	pipeline_new_with_data
	local segment
	segment=$(ls "$P"/data/journal/*.journal)
	pipeline_start
	reviews 1 5 | nv submit --quiet
	pipeline_stop
	printf X | dd of="$segment" bs=1 seek=4120 conv=notrunc status=none
	refused_alike 65
	[[ "$said" == "$AT$P/data/journal: segment "*", offset 4096: damaged, and records synced later stand at offset "* ]]
	status_says "$segment: offset 4096: damaged, and records synced later stand at offset ${said##* }"
}

@test "damage far from the end of the journal stops a start too" {
	pipeline_new_with_data
	sed -i 's/^collect: {/&segment_bytes: 1MiB, /' "$P/pipeline.yaml"
	pipeline_start
	reviews 1 6000 | nv submit --quiet
	pipeline_stop
	[ "$(find "$P/data/journal" -name '*.journal' | wc -l)" -gt 1 ]
	nv check
	local first
	first=$(find "$P/data/journal" -name '*.journal' | sort | head -1)
	printf X | dd of="$first" bs=1 seek=300000 conv=notrunc status=none
	refused_alike 65
	echo "$said"
	[[ "$said" == "$AT"*"$first"*"offset "* ]]
}

@test "faults of configuration and of data are told together, and are configuration's" {
	pipeline_new_with_data
	sqlite3 "$P/data/store.db" "PRAGMA user_version = 99"
	printf X | dd of="$(ls "$P"/data/journal/*.journal)" bs=1 seek=100 conv=notrunc status=none
	sed -i "s|^collect: {|&submit: ipc:///nowhere/s.sock, |" "$P/pipeline.yaml"
	refused_alike 78
	[ "$(wc -l <<<"$said")" -eq 3 ]
}

@test "check leaves data as they are, a torn tail too" {
	pipeline_new_with_data
	local segment before
	segment=$(ls "$P"/data/journal/*.journal)
	printf 'JENT' | dd of="$segment" bs=1 seek="$(stat -c %s "$segment")" conv=notrunc status=none
	before=$(cd "$P/data" && find journal packs -type f -exec sha256sum {} + | sort)
	nv check
	[ "$(cd "$P/data" && find journal packs -type f -exec sha256sum {} + | sort)" = "$before" ]
}

# intake_at PATH: the pipeline in $P takes records there.
intake_at() { sed -i "s|^collect: {|&submit: 'ipc://$1', |" "$P/pipeline.yaml"; }

@test "a socket that another pipeline has is refused, and stays its own" {
	local first=$P second=$P/second
	mkdir "$second"
	cp -r "$P/rules" "$P/pipeline.yaml" "$second"
	intake_at "$first/shared.sock"
	pipeline_start
	P=$second
	intake_at "$first/shared.sock"
	refused_alike
	P=$first
	[ "$said" = "$second/pipeline.yaml:3:19: submit: $first/shared.sock: another process has it already" ]
	review 1 | nv submit | jq -e '.status == "accepted"'
	nv check | grep "configuration is fine"
	figure_is .conservation.reviews.applied 1

	# What a dead one left is in nobody's way.
	pipeline_stop
	[ -S "$first/shared.sock" ]
	P=$second
	nv check
	pipeline_start
	pipeline_stop
	P=$first
}
