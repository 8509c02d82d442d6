#!/usr/bin/env bats
# Our own sentences through the shipped rules: lawful ones of all trades are published, unlawful
# ones stopped. A file of tests/data/lawful has one review a line, one of tests/data/unlawful
# REASON<tab>review; its name is the language. No classifier takes part.

load ../lib/pipeline
load ../lib/look

HELD_PERCENT_MAX=2

setup() { pipeline_new; }
teardown() { pipeline_end; }

# sentences KIND LANGUAGE: each line as a plain review of its own; its id is KIND/LANGUAGE:LINE.
sentences() {
	cut -f2- "$TREE/tests/data/$1/$2.txt" |
		jq -Rc --arg name "$1/$2" --arg language "$2" \
			'($name + ":" + (input_line_number | tostring)) as $id |
			{kind: "review", source: "test", source_id: $id, subject: ("s-" + $id), supplier: "p-1",
			 author_ref: ("a-" + $id), rating: {value: 3}, language: $language, origin: "unsolicited",
			 attestation: true, text: .}'
}

# ended KIND STATE...: file and line, state, reason, rule and text of those that ended so.
ended() {
	local kind=$1 states
	shift
	states=$(printf ",'%s'" "$@")
	stored "SELECT x.source_id || ': ' || v.state || coalesce(' ' || d.reason || ' ' || d.rule, '') || ': ' || x.text
		FROM reviews v JOIN revision x ON x.n = v.n
		JOIN decisions d ON d.n = v.decision AND d.review = v.n
		WHERE x.source_id LIKE '$kind/%' AND v.state IN (${states#,}) ORDER BY v.n"
}

count() { ended "$@" | grep -c . || true; }

@test "lawful sentences of all trades are published, unlawful ones stopped, doubtful ones not rejected" {
	pipeline_start
	for kind in lawful doubtful unlawful; do
		for language in fr en; do sentences "$kind" "$language"; done
	done >"$P/lines"
	submitted --admin <"$P/lines"
	[ "$(jq -r .status "$P/answers" | sort -u)" = accepted ]
	wait_until figure_is .conservation.balanced true

	lawful=$(cat "$TREE"/tests/data/lawful/*.txt | wc -l)
	unlawful=$(cat "$TREE"/tests/data/unlawful/*.txt | wc -l)
	rejected=$(count lawful rejected)
	held=$((lawful - rejected - $(count lawful published)))
	stopped=$(count unlawful held rejected)
	doubtful=$(cat "$TREE"/tests/data/doubtful/*.txt | wc -l)
	refused=$(count doubtful rejected)

	echo "# lawful: $lawful, rejected $rejected, held $held; unlawful: $unlawful, stopped $stopped; doubtful: $doubtful, rejected $refused" >&3
	ended lawful held rejected
	ended unlawful published
	ended doubtful rejected
	[ "$rejected" -eq 0 ]
	[ $((held * 100)) -le $((lawful * HELD_PERCENT_MAX)) ]
	[ "$stopped" -eq "$unlawful" ]
	[ "$refused" -eq 0 ]
}
