# look.bash - looks into the store of the pipeline in $P from outside, beside pipeline.bash.

# The interpreter that has the module: Debian's own may stand beside another.
python_with() { # MODULE
	local python
	for python in /usr/bin/python3 python3; do
		"$python" -c "import $1" 2>/dev/null && echo "$python" && return
	done
	return 1
}

# What cannot be tested here is said aloud.
not_run() { # WHY
	echo "# NOT RUN: $1" >&3
	skip "$1"
}

needs_python() { # MODULE
	PYTHON=$(python_with "$1") || not_run "no python3 with the module $1 (packages python3, python3-zmq)"
}

stored() { sqlite3 -readonly "$P/data/store.db" "$1"; }

# Everything that docs/STORE.md and docs/EVENTS.md promise, and both lines of status.
store_holds() {
	"$PYTHON" "$TREE/tests/lib/store_check.py" "$P/data/store.db" &&
		figure_is .conservation.balanced true
}

# submitted [OPTION...]: answers go to $P/answers; refused lines are no failure.
submitted() {
	local code=0
	nv submit "$@" >"$P/answers" || code=$?
	[ "$code" -le 1 ]
}

# The directory of outside data (tests/unit/record_json_corpus_test.c reads it too).
data_dir() { echo "${DATA:-$TREE/../shared/data}"; }

# For tests that are not about the rules: fewer patterns start faster.
# Lists that no rule names any more would be refused.
few_rules() {
	find "$P/rules/moderation" -name '*.yaml' ! -name readability.yaml -delete
	rm -rf "$P/rules/lists"
}
