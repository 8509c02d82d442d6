#!/usr/bin/env bats
# Rules that change while reviews come in: one place in the order, the same for every worker.

load ../lib/pipeline
load ../lib/look

setup() {
	needs_python sqlite3
	pipeline_new
	few_rules
	RULE=$P/rules/moderation/zz-word.yaml
}
teardown() {
	stop_feeding
	pipeline_end
}

# write_rule ACTION: from now on a review with the word of `reviews` meets it
write_rule() {
	cat >"$RULE" <<-END
		rules:
		  - id: soup
		    version: 1
		    clause: [ISO-05]
		    title: {en: Soup, fr: Soupe}
		    scope: {kinds: [review]}
		    when: {any: [{words: [soup]}]}
		    action: $1
		    reason: L-SPAM
		    mode: live
		    owner: tests
		    review_by: 2999-01-01
		    examples:
		      match: ["A good soup"]
		      pass: ["A good stew"]
	END
}

# Reviews without end, until stop_feeding.
start_feeding() {
	rm -f "$P/enough"
	(
		at=0
		until [ -e "$P/enough" ]; do
			reviews "$((at + 1))" "$((at + 40))" | sed "s/\"n-/\"$1-/" | nv submit --quiet --no-wait
			at=$((at + 40))
		done
	) 2>"$P/fed" 3>&- &
	FEEDING=$!
}

stop_feeding() {
	[ -n "${FEEDING:-}" ] || return 0
	touch "$P/enough"
	wait "$FEEDING"
	FEEDING=
}

activations() { stored "SELECT count(*) FROM events_readable WHERE kind = 'rules.activated'"; }
activations_are() { [ "$(activations)" -eq "$1" ]; }
decided_under() { stored "SELECT count(*) FROM decisions WHERE rules = '$1' AND outcome = '$2'"; }
decided_since() { [ "$(stored "SELECT count(*) FROM decisions WHERE n > (SELECT max(n) FROM events_readable WHERE kind = 'rules.activated')")" -ge "$1" ]; }

# reload ACTIVATIONS: SIGHUP, until that many are in the store and reviews came behind
reload() {
	kill -HUP "$RUN_PID"
	wait_until activations_are "$1"
	wait_until decided_since 50
}

# Each review was decided by the set in force at its place, and by that one alone.
every_decision_names_the_set_in_force() {
	[ "$(stored "SELECT count(*) FROM decisions d WHERE rules IS NOT (
		SELECT json_extract(entry, '$.hash') FROM events_readable e
		WHERE kind = 'rules.activated' AND e.n < d.n ORDER BY e.n DESC LIMIT 1)")" -eq 0 ]
	[ "$(stored "SELECT count(*) FROM decisions d WHERE policy IS NOT (
		SELECT json_extract(entry, '$.hash') FROM events_readable e
		WHERE kind = 'policy.activated' AND e.n < d.n ORDER BY e.n DESC LIMIT 1)")" -eq 0 ]
	[ "$(stored "SELECT count(*) FROM reviews WHERE state = 'received'")" -eq 0 ]
	store_holds
}

nth_hash() {
	stored "SELECT json_extract(entry, '$.hash') FROM events_readable
		WHERE kind = 'rules.activated' ORDER BY n LIMIT 1 OFFSET $(($1 - 1))"
}

@test "A, B and A again under load: each takes effect at one place for all workers" {
	sed -i 's/moderate: 2/moderate: 3/' "$P/pipeline.yaml"
	pipeline_start
	start_feeding x
	wait_until decided_since 50
	write_rule hold
	reload 2
	rm "$RULE"
	reload 3
	stop_feeding
	wait_until figure_is .order.in_flight 0

	[ "$(nth_hash 1)" = "$(nth_hash 3)" ]
	[ "$(nth_hash 1)" != "$(nth_hash 2)" ]
	[ "$(decided_under "$(nth_hash 1)" published)" -ge 100 ]
	[ "$(decided_under "$(nth_hash 1)" held)" -eq 0 ]
	[ "$(decided_under "$(nth_hash 2)" held)" -ge 50 ]
	[ "$(decided_under "$(nth_hash 2)" published)" -eq 0 ]
	every_decision_names_the_set_in_force
	pipeline_stop
}

@test "workers that die and restarts in between change nothing about it" {
	pipeline_start
	start_feeding x
	write_rule reject
	kill -HUP "$RUN_PID"
	kill -KILL "$(slot_pid moderate.1)" "$(slot_pid dedup)"
	wait_until activations_are 2
	kill -KILL "$(slot_pid moderate.2)" "$(slot_pid publish)"
	wait_until decided_since 50
	stop_feeding
	pipeline_stop

	# On disk they change while nothing runs: the next start puts them in force.
	write_rule hold
	pipeline_start
	reviews 1 10 | nv submit --quiet
	activations_are 3
	[ "$(decided_under "$(nth_hash 3)" held)" -eq 10 ]
	every_decision_names_the_set_in_force
	pipeline_stop
}

@test "a change of a file is none of the rules in force" {
	pipeline_start
	write_rule reject
	reviews 1 10 | nv submit --quiet
	[ "$(stored "SELECT count(*) FROM public_reviews")" -eq 10 ]
	activations_are 1
	pipeline_stop
}

@test "a bad rule keeps the old ones, in the words of check" {
	pipeline_start
	write_rule hold
	sed -i 's/L-SPAM/L-SPOM/; s/good stew/good soup/' "$RULE"
	code=0
	nv check >"$P/said" 2>&1 || code=$?
	[ "$code" -eq 78 ]
	# The complaints, without the note that the pipeline runs.
	grep -E '^[^ ]+:[0-9]+:[0-9]+: ' "$P/said" >"$P/checked"
	grep -q "zz-word.yaml:[0-9]*:[0-9]*: " "$P/checked"

	kill -HUP "$RUN_PID"
	wait_until logged event=not_activated
	# Each complaint is a line of the log, with the same place and words.
	[ "$(grep -c event=bad_rules "$P/log")" -eq "$(wc -l <"$P/checked")" ]
	while IFS= read -r complaint; do
		at=$(grep -oE '^[^ ]+:[0-9]+:[0-9]+' <<<"$complaint")
		words=${complaint#"$at": }
		grep -F "at=$at " "$P/log" | tr -d '\\' | grep -qF "${words}"
	done <"$P/checked"
	run nv rules activate
	[ "$status" -eq 78 ]
	[ "$output" = "$(cat "$P/checked")" ]

	reviews 1 10 | nv submit --quiet
	activations_are 1
	[ "$(decided_under "$(nth_hash 1)" published)" -eq 10 ]

	# Mended, it takes effect.
	write_rule hold
	kill -HUP "$RUN_PID"
	wait_until activations_are 2
	reviews 11 20 | nv submit --quiet
	[ "$(decided_under "$(nth_hash 2)" held)" -eq 10 ]

	# So does a policy, by itself.
	sed -i 's/^publish_days: 10/publish_days: 9/' "$P/rules/policy.yaml"
	kill -HUP "$RUN_PID"
	wait_until logged_times 'event=activated what=policy' 2
	reviews 21 30 | nv submit --quiet
	activations_are 2
	[ "$(stored "SELECT count(DISTINCT policy) FROM decisions")" -eq 2 ]
	every_decision_names_the_set_in_force
	pipeline_stop
}

@test "a rule in the shadow acts on nothing and is told of; who activated it stands in the log" {
	pipeline_start
	write_rule hold
	sed -i 's/mode: live/mode: shadow/' "$RULE"
	nv rules activate
	reviews 1 3 | nv submit --quiet
	[ "$(stored "SELECT group_concat(state) FROM (SELECT DISTINCT state FROM reviews)")" = published ]
	[ "$(stored "SELECT count(*) FROM events_readable WHERE entry LIKE '%\"shadow\":[\"soup\"]%'")" -eq 3 ]
	stored "SELECT entry FROM events_readable WHERE kind = 'rules.activated' ORDER BY n DESC LIMIT 1" |
		jq -e '.actor == "principal:admin" and (.hash | length == 64)'
}
