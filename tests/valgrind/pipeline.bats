#!/usr/bin/env bats
# The four stages under valgrind, from an intake of good and bad lines to a stop in order.
# `make check-valgrind` runs it; it is slow.

load ../lib/pipeline
load ../lib/look
load ../lib/by_hand

setup() {
	DEADLINE=600
	pipeline_new_in_force
	FAST=$BIN
	BIN=$P/bin
	mkdir "$BIN"
	for stage in collect dedup moderate publish; do
		printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite %q "$@"\n' \
			"$FAST/$stage" >"$BIN/$stage"
		chmod +x "$BIN/$stage"
	done
	cp "$FAST/normavis" "$BIN"
}
teardown() {
	by_hand_end
	pipeline_end
}

valgrind_is_silent() { [ "$(grep -c '^==' "$P/log")" -eq 0 ]; }

@test "records of all kinds go through, and no stage reads or loses what is not its own" {
	for slot in publish collect dedup moderate.1; do prog_start "$slot"; done
	python3 "$BATS_TEST_DIRNAME/../lib/bad_lines.py" "$P/bad" "$P/expected"
	{
		reviews 1 200
		cat "$P/bad"
		reviews 100 300
	} >"$P/in"
	code=0
	nv submit <"$P/in" >"$P/answers" || code=$?
	[ "$code" -eq 1 ] # some were refused; all others are stored
	for slot in collect dedup moderate.1 publish; do prog_stop "$slot"; done
	valgrind_is_silent
	figure_is .conservation.balanced true
}

@test "a start behind a kill reads journal and store again" {
	for slot in publish collect dedup moderate.1; do prog_start "$slot"; done
	reviews 1 100 | nv submit --no-wait >"$P/answers"
	for slot in collect dedup publish; do prog_stop "$slot" KILL || true; done
	for slot in publish collect dedup; do prog_start "$slot"; done
	reviews 1 200 | nv submit >"$P/answers"
	figure_is .conservation.reviews.states.published 200
	for slot in collect dedup moderate.1 publish; do prog_stop "$slot"; done
	valgrind_is_silent
}
