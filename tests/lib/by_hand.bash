# by_hand.bash - the stages of the pipeline in $P, each started and stopped by hand. Beside
# pipeline.bash; no supervisor.

declare -gA PID=() # `load` is a function: without -g the array would be its own

# prog_start SLOT [OPTION...]: returns when it is ready; its log lines go to $P/log.
prog_start() {
	local slot=$1 before
	shift
	touch "$P/log"
	before=$(readies "$slot")
	"$BIN/${slot%.*}" --config "$P/pipeline.yaml" --slot "$slot" "$@" 2>>"$P/log" 3>&- &
	PID[$slot]=$!
	wait_until is_ready_again "$slot" "$before"
	kill -0 "${PID[$slot]}"
}

readies() { grep -c "event=ready slot=$1 " "$P/log" 2>/dev/null || true; }
is_ready_again() { [ "$(readies "$1")" -gt "$2" ] || ! kill -0 "${PID[$1]}"; }

# prog_stop SLOT [SIGNAL]: its exit code.
prog_stop() {
	local code=0 pid=${PID[$1]}
	unset "PID[$1]"
	kill "-${2:-TERM}" "$pid"
	wait "$pid" || code=$?
	return "$code"
}

# For teardown, before pipeline_end.
by_hand_end() {
	local slot
	for slot in "${!PID[@]}"; do
		prog_stop "$slot" KILL || true
	done
}

# A pipeline that has run once and has its rules in force.
pipeline_new_in_force() {
	pipeline_new "$@"
	few_rules
	pipeline_start
	pipeline_stop
}
