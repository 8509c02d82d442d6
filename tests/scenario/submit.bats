#!/usr/bin/env bats
# Records from standard input, an answer line for each; status counts every one of them.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() { pipeline_new; }
teardown() {
	by_hand_end
	pipeline_end
}

@test "without a pipeline submit says so and exits 69" {
	run bash -c "echo '{}' | '$BIN/normavis' submit --config '$P/pipeline.yaml'"
	[ "$status" -eq 69 ]
	[[ "$output" == *"normavis run"* ]]
}

@test "each line has its answer, in order, and status balances" {
	pipeline_start

	# Accepted, refused for its own reason, repeated, in conflict, over the limit.
	{
		review r-1
		echo "no json"
		echo
		review r-1
		review r-1 "Other words."
		review r-2 | jq -c 'del(.subject)'
		printf '%s%300000s\n' "$(review r-3)" ""
		review r-4
	} >"$P/in"
	code=0
	nv submit <"$P/in" >"$P/answers" || code=$?
	[ "$code" -eq 1 ]
	[ "$(jq -r '"\(.line) \(.status) \(.reason // "-")"' "$P/answers")" = "$(
		cat <<-'END'
			1 accepted -
			2 refused not-json
			4 repeated -
			5 refused conflict
			6 refused missing
			7 refused too-big
			8 accepted -
		END
	)" ]
	[ "$(jq -s '.[0].id == .[2].id and .[0].seq == .[2].seq' "$P/answers")" = true ]

	# It returned when all was committed.
	figure_is .conservation.balanced true
	figure_is .conservation.records.kinds.review.accepted 2
	figure_is .conservation.records.kinds.review.repeated 1
	figure_is .conservation.records.kinds.review.in_flight 0
	figure_is .conservation.records.kinds.review.refused_at_intake 3
	figure_is .conservation.records.kinds.illegible.refused_at_intake 1
	figure_is .conservation.reviews.states.published 2

	# The endpoint decides which kinds it takes.
	echo '{"kind":"site","source":"t","source_id":"site","name":"A","operator":"B","country":"FR"}' >"$P/site"
	[ "$(nv submit <"$P/site" | jq -r .reason)" = kind-not-taken ]
	[ "$(nv submit --admin <"$P/site" | jq -r .status)" = accepted ]

	# Whoever writes a line and waits for its answer gets it before the end of the input.
	coproc SUBMIT { nv submit; }
	review c-1 >&"${SUBMIT[1]}"
	read -r -t "$DEADLINE" answer <&"${SUBMIT[0]}"
	[ "$(jq -r .status <<<"$answer")" = accepted ]
	kill "$SUBMIT_PID"

	# Many, in order, and again.
	reviews 1 2000 >"$P/many"
	nv submit <"$P/many" >"$P/answers"
	[ "$(jq -r .line "$P/answers" | sort -n | uniq | wc -l)" -eq 2000 ]
	[ "$(jq -s '[.[].seq] == ([.[].seq] | sort)' "$P/answers")" = true ]
	figure_is .order.in_flight 0
	nv submit --quiet <"$P/many" 2>"$P/quiet"
	[ "$(cat "$P/quiet")" = "accepted 0, repeated 2000, refused 0" ]
	figure_is .conservation.balanced true

	pipeline_stop
	figure_is .running false
	figure_is .conservation.balanced true
	figure_is .order.in_flight 0
}

@test "a byte order mark before the first line is passed over, and nowhere else" {
	pipeline_start
	{ printf '\xef\xbb\xbf'; review r-1; printf '\xef\xbb\xbf'; review r-2; review r-3; } | submitted
	[ "$(jq -r '"\(.line) \(.status) \(.reason // "-")"' "$P/answers" | xargs)" = \
		"1 accepted - 2 refused not-json 3 accepted -" ]
	printf '\xef\xbb\xbf\n' | submitted
	[ ! -s "$P/answers" ]
	pipeline_stop
}

# Another user of the same group where this one is root, whom no mode stops.
member() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid 65534 --regid "$(id -g)" --clear-groups "$@"; else "$@"; fi; }

@test "who may submit and not read is told so before anything is sent" {
	pipeline_end
	pipeline_new "run: {hang: 60s}"
	sed -i "s|^pipeline: {|&run: $P/run, |" "$P/pipeline.yaml"
	few_rules
	pipeline_start
	chmod 0711 "$P" "$P/run"
	chmod a+r "$P/pipeline.yaml"
	chmod 0700 "$P/data"
	[ "$(id -u)" -eq 0 ] || chmod 0 "$P/data/journal"
	member test -x "$BIN/normavis" || not_run "another user cannot reach $BIN"
	review r-1 >"$P/in"
	code=0
	member "$BIN/normavis" submit --config "$P/pipeline.yaml" <"$P/in" >"$P/answers" 2>"$P/said" || code=$?
	[ "$code" -eq 74 ]
	[ ! -s "$P/answers" ]
	grep -q "Permission denied.*nothing was sent, --no-wait" "$P/said"
	member "$BIN/normavis" submit --no-wait --config "$P/pipeline.yaml" <"$P/in" >"$P/answers"
	[ "$(jq -r .status "$P/answers")" = accepted ]

	# An intake that is silent for long is not taken for absent,
	# though its lock may not be opened.
	[ "$(id -u)" -eq 0 ] || chmod 0 "$P/run"/*.lock
	chmod 0700 "$P/data/journal"
	collect=$(pgrep -f "^$BIN/collect .*$P/pipeline.yaml")
	kill -STOP "$collect"
	review r-2 | member "$BIN/normavis" submit --no-wait --config "$P/pipeline.yaml" >"$P/answers" 3>&- &
	submitting=$!
	sleep 6 # CLIENT_ABSENT_MS and more
	kill -CONT "$collect"
	wait "$submitting"
	[ "$(wc -l <"$P/answers")" -eq 1 ]
	chmod 0600 "$P/run"/*.lock
	pipeline_stop
}

@test "what was accepted is said to be durable where the pipeline ends before its commit" {
	pipeline_start
	kill -STOP "$(slot_pid publish)"
	publish=$(slot_pid publish)
	review r-1 | nv submit >"$P/answers" 2>"$P/said" 3>&- &
	submitting=$!
	wait_until grep -q accepted "$P/answers"
	kill -KILL "$RUN_PID" "$publish"
	begun=$SECONDS
	code=0
	wait "$submitting" || code=$?
	[ "$code" -eq 69 ]
	grep -q "accepted and durable, not committed yet: the pipeline is not running" "$P/said"
	# Not for as long as collect waits for a commit that nobody makes.
	[ $((SECONDS - begun)) -lt 20 ]
	collect=$(slot_pid collect)
	[ -z "$collect" ] || kill -KILL "$collect"
	RUN_PID=
	gone() { ! pgrep -f "$P/pipeline.yaml"; }
	wait_until gone
	pipeline_start
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.reviews.states.published 1
	pipeline_stop
}

@test "lines that trickle in while the intake is busy wait their turn" {
	pipeline_end
	pipeline_new "run: {hang: 60s}"
	pipeline_start
	local pid
	pid=$(slot_pid collect)
	kill -STOP "$pid"
	reviews 1 2000 >"$P/in"
	# More messages than may be under way: each pause of the input ends one.
	{
		while read -r -u 4 line; do
			echo "$line"
			sleep 0.02
		done 4< <(head -60 "$P/in")
		: >"$P/window-is-full"
		tail -n +61 "$P/in"
	} | nv submit --no-wait >"$P/answers" &
	wait_until test -e "$P/window-is-full"
	kill -CONT "$pid"
	wait $!
	# On a slow machine some were sent twice: their answer is `repeated`.
	[ "$(jq -r .status "$P/answers" | grep -cvx -e accepted -e repeated)" = 0 ]
	wait_until figure_is .conservation.reviews.states.published 2000
	[ "$(jq -r .line "$P/answers" | cmp - <(seq 1 2000))" = "" ]
	pipeline_stop
}

@test "an interrupted store shows as in flight, and an intake without its stages accepts" {
	pipeline_start
	reviews 1 10 | nv submit --quiet
	kill -STOP "$(slot_pid publish)"
	reviews 11 60 | nv submit --no-wait --quiet
	figure_is .conservation.records.kinds.review.in_flight 50
	figure_is .conservation.balanced true
	kill -CONT "$(slot_pid publish)"
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.reviews.states.published 60
	pipeline_stop
}

@test "status names what does not add up, and exits 1" {
	pipeline_start
	reviews 1 20 | nv submit --quiet
	pipeline_stop
	nv status
	sqlite3 "$P/data/store.db" \
		"PRAGMA foreign_keys = OFF; DELETE FROM record WHERE n = (SELECT max(n) FROM record)"
	run nv status
	[ "$status" -eq 1 ]
	[[ "$output" == *"NOT BALANCED: "* ]]
	[ "$(nv status --json | jq .conservation.balanced)" = false ]
}

withdrawal() { echo '{"kind":"withdrawal","source":"t","source_id":"'"$1"'","target":"x"}'; }

# unbalanced_by SQL SENTENCE: status says so, of a store that was altered by it alone.
unbalanced_by() {
	cp "$P/whole.db" "$P/data/store.db"
	sqlite3 "$P/data/store.db" "PRAGMA foreign_keys = OFF; $1"
	run nv status
	[ "$status" -eq 1 ]
	[[ "$output" == *"NOT BALANCED: $2"* ]]
	[ "$(nv status --json | jq '.conservation.balanced, (.conservation.faults | length > 0)' | xargs)" = "false true" ]
}

@test "status recounts the events of the log, and what they say" {
	pipeline_start
	reviews 1 20 | nv submit --quiet
	withdrawal w-1 | nv submit --quiet
	review bad "Idiot! Call 06 12 34 56 78." | nv submit --quiet
	reviews 1 3 | nv submit --quiet
	echo "no json" | nv submit --quiet || true
	withdrawal w-2 | nv submit --quiet
	pipeline_stop
	nv status
	sqlite3 "$P/data/store.db" "PRAGMA wal_checkpoint(TRUNCATE)" >"$P/null"
	rm -f "$P"/data/store.db-*
	cp "$P/data/store.db" "$P/whole.db"
	local kind=0
	for word in "review.received" "" "record.carried" "record.refused" "record.repeated"; do
		kind=$((kind + 1))
		[ -n "$word" ] || continue
		[ "$(stored "SELECT count(*) > 0 FROM event WHERE kind = $kind")" = 1 ]
		unbalanced_by "DELETE FROM event WHERE idx = (SELECT min(idx) FROM event WHERE kind = $kind)" \
			"events of the log, and their last index plus one: "
		[[ "$output" == *"events $word: "* ]]
	done
	# The chain of a review may go on behind its decision.
	[ "$(stored "SELECT count(*) > 0 FROM review v JOIN event e ON e.idx = v.last_event WHERE e.kind = 14")" = 1 ]
	# The last one leaves no gap.
	unbalanced_by "DELETE FROM event WHERE idx = (SELECT max(idx) FROM event)" \
		"records, and events that tell of one: "
	unbalanced_by "DELETE FROM event WHERE kind = 2 AND idx = (SELECT max(idx) FROM event WHERE kind = 2)" "events of the log"
	[[ "$output" == *"1 reviews have another state than their last decision in the log says"* ]]
	unbalanced_by "UPDATE review SET state = 3 WHERE n = (SELECT max(n) FROM review WHERE state = 2)" \
		"1 reviews have another state than their last decision in the log says, the first is record "
	unbalanced_by "UPDATE event SET entry = CAST(replace(CAST(entry AS TEXT), '\"to\":\"published\"', '\"to\":\"withdrawn\"') AS BLOB) WHERE kind = 2 AND idx < 9" \
		"3 reviews have another state"
	unbalanced_by "UPDATE event SET entry = x'7B' WHERE kind = 2 AND idx < 9" "3 reviews have another state"
}

@test "status of what was never started is empty and balanced" {
	run nv status
	[ "$status" -eq 0 ]
	[[ "$output" == *"not running"* ]]
	figure_is .order.last_seq 0
	[ ! -e "$P/data" ]
}

@test "what another journal had committed ends no wait" {
	pipeline_new_in_force
	pipeline_start
	reviews 1 50 | nv submit --quiet
	pipeline_stop
	mv "$P/data/journal" "$P/data/journal.before"
	touch "$P/data/new-journal"
	local hash
	hash=$(stored "SELECT lower(hex(hash)) FROM pack WHERE kind = 1")

	# A fresh journal, and nobody behind collect who could tell the store of it.
	prog_start collect
	printf '{"kind":"activation","source":"t","source_id":"again","activates":"rules","hash":"%s"}\n' "$hash" |
		nv submit --admin >"$P/answers" 3>&- &
	local pid=$!
	wait_until figure_is .order.last_seq 1
	figure_is .order.in_flight 1
	kill -0 "$pid"
	prog_start publish
	prog_start dedup
	prog_start moderate.1
	wait "$pid"
	[ "$(jq -r .status "$P/answers")" = accepted ]
	figure_is .order.committed_seq 1
}
