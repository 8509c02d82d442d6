#!/usr/bin/env bats
# `check` finds what would stop a start; `run` refuses in the same words.

load ../lib/pipeline

setup() { pipeline_new; }
teardown() { pipeline_end; }

# Both say the same lines and exit 78.
refused_alike() {
	local checked ran code=0
	checked=$(nv check 2>&1) || code=$?
	[ "$code" -eq 78 ]
	code=0
	ran=$(nv run 2>&1) || code=$?
	[ "$code" -eq 78 ]
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
	[[ "$output" == "configuration is fine: "*"note: the pipeline is running already"* ]]
	nv check --json | jq -e '.fine and .running'
	pipeline_stop
	nv check --json | jq -e '.fine and (.running | not)'
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
