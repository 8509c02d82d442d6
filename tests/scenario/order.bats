#!/usr/bin/env bats
# Start and stop in any order; never two of one; journal and store of different ages.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() { needs_python sqlite3; }
teardown() {
	by_hand_end
	pipeline_end
}

STAGES=(collect dedup moderate.1 publish)

# permuted N: the Nth of the 24 orders of the stages
permuted() {
	local n=$1 left=("${STAGES[@]}") size at
	for size in 4 3 2 1; do
		at=$((n % size))
		n=$((n / size))
		echo "${left[at]}"
		left=("${left[@]:0:at}" "${left[@]:at+1}")
	done
}

# refused_with CODE WORDS COMMAND...
refused_with() {
	local code=$1 words=$2
	shift 2
	run "$@"
	[ "$status" -eq "$code" ]
	[[ "$output" == *"$words"* ]]
}

@test "every order of starts and of stops ends with everything committed" {
	pipeline_new_in_force
	# A stop of collect does not wait for those that are gone already.
	sed -i 's/^collect: {/collect: {drain: 0, /' "$P/pipeline.yaml"
	for n in {0..23}; do
		for slot in $(permuted "$n"); do prog_start "$slot"; done
		reviews "$n"00 "$n"19 | nv submit --quiet
		figure_is .order.in_flight 0
		# Some are on their way when the stages leave, in another order.
		reviews "$n"20 "$n"59 | nv submit --quiet --no-wait
		for slot in $(permuted $(((n * 7 + 5) % 24))); do prog_stop "$slot"; done
		figure_is .conservation.balanced true
	done
	for slot in "${STAGES[@]}"; do prog_start "$slot"; done
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.reviews.states.published 1440
	store_holds
}

@test "killed in any order, everything comes back and nothing twice" {
	pipeline_new_in_force
	for n in 0 4 9 13 18 22; do
		for slot in $(permuted "$n"); do prog_start "$slot"; done
		reviews "$n"000 "$n"299 | nv submit --quiet --no-wait
		for slot in $(permuted $((23 - n))); do prog_stop "$slot" KILL || true; done
	done
	for slot in "${STAGES[@]}"; do prog_start "$slot"; done
	wait_until figure_is .order.in_flight 0
	figure_is .conservation.reviews.states.published 1800
	figure_is .conservation.records.quarantined 0
	store_holds
}

@test "a supervisor that is killed and started again at once goes on where it was" {
	pipeline_new
	few_rules
	pipeline_start
	reviews 1 3000 >"$P/in"
	nv submit --quiet --no-wait <"$P/in"
	kill -KILL "$RUN_PID"
	wait "$RUN_PID" || true
	# Its programs may still be leaving: then it is refused, and later it is not.
	comes_up() { pipeline_start; }
	wait_until comes_up
	nv submit --quiet <"$P/in" 2>&1 | grep -q "accepted 0, repeated 3000"
	figure_is .conservation.reviews.states.published 3000
	store_holds
	pipeline_stop
}

@test "nobody waits for a drain when the supervisor is gone: the next one starts at once" {
	pipeline_new "run: {stop: 14min}"
	sed -i 's/^collect: {/collect: {drain: 10min, /' "$P/pipeline.yaml"
	few_rules
	pipeline_start
	reviews 1 20000 >"$P/in"
	nv submit --quiet --no-wait <"$P/in" 2>"$P/said" &
	submit=$!
	some_are_in() { [ "$(figure .order.last_seq)" -gt 2000 ]; }
	wait_until some_are_in
	collect=$(slot_pid collect)
	kill -KILL "$RUN_PID"
	wait "$RUN_PID" || true
	since=$SECONDS
	gone() { ! kill -0 "$collect"; }
	wait_until gone
	[ $((SECONDS - since)) -le 10 ]
	pipeline_start
	[ "$(grep -c 'event=\(died\|refused\)' "$P/log")" -eq 0 ]
	# It goes on with the one that came back, if it had not ended.
	wait "$submit" || true
	nv submit --quiet <"$P/in" 2>&1 | grep -q "refused 0"
	figure_is .conservation.reviews.states.published 20000
	figure_is .order.in_flight 0
	store_holds
	pipeline_stop
}

@test "never two: supervisors, stages, journals, stores" {
	pipeline_new
	few_rules
	pipeline_start
	refused_with 75 "runs already" nv run
	for slot in collect dedup moderate.1 publish; do
		refused_with 75 "$slot.lock" "$BIN/${slot%.*}" --config "$P/pipeline.yaml" --slot "$slot"
	done

	# The same data through another run directory: the lock beside the data decides.
	sed 's/^pipeline: {/pipeline: {run: other, /' "$P/pipeline.yaml" >"$P/other.yaml"
	refused_with 75 "journal/lock" "$BIN/collect" --config "$P/other.yaml"
	refused_with 75 "store.db.lock" "$BIN/publish" --config "$P/other.yaml"

	# None of them took a socket from those that run.
	reviews 1 10 | nv submit --quiet
	pipeline_stop
}

@test "a journal older than the store is refused loudly" {
	pipeline_new
	few_rules
	pipeline_start
	reviews 1 20 | nv submit --quiet
	pipeline_stop
	cp -r "$P/data/journal" "$P/older"
	pipeline_start
	reviews 21 40 | nv submit --quiet
	pipeline_stop
	mv "$P/data/journal" "$P/newer"
	mv "$P/older" "$P/data/journal"

	code=0
	nv run 2>"$P/log" || code=$?
	[ "$code" -eq 65 ]
	grep -q "^$P/pipeline.yaml:1:1: data: .*the journal is older than the store" "$P/log"
	[ "$(grep -c event=started "$P/log")" -eq 0 ]
	run nv status
	[ "$status" -ne 0 ]

	# With the right one everything is as it was.
	rm -r "$P/data/journal"
	mv "$P/newer" "$P/data/journal"
	pipeline_start
	nv submit --quiet 2>&1 < <(reviews 1 40) | grep -q "repeated 40"
	store_holds
	pipeline_stop
}

@test "a store older than the journal, or gone, is made again from it" {
	pipeline_new
	few_rules
	pipeline_start
	reviews 1 20 | nv submit --quiet
	pipeline_stop
	cp "$P/data/store.db" "$P/older.db"
	pipeline_start
	reviews 21 40 | nv submit --quiet
	echo "no json" | nv submit --quiet || true
	pipeline_stop
	log_of_the_store() { stored "SELECT entry FROM events_readable ORDER BY idx"; }
	log_of_the_store >"$P/first.log"

	for store in "$P/older.db" ""; do
		rm "$P"/data/store.db*
		[ -z "$store" ] || cp "$store" "$P/data/store.db"
		pipeline_start
		nv submit --quiet 2>&1 < <(reviews 1 1) | grep -q "repeated 1"
		pipeline_stop
		# The same bytes: the log is a function of the journal.
		log_of_the_store | head -n "$(wc -l <"$P/first.log")" | cmp - "$P/first.log"
		figure_is .conservation.reviews.states.published 40
		store_holds
	done
}
