#!/usr/bin/env bats
# The clients of docs/clients speak with a running intake, where their language is there.

load ../lib/pipeline

setup() {
	pipeline_new
	{ reviews 1 120; echo '{"kind":"review"'; } >"$P/in"
}
teardown() { pipeline_end; }

# answers COMMAND...: what the client prints for 120 reviews and a line that is no JSON.
answers() {
	pipeline_start
	"$@" "ipc://$P/data/run/submit.sock" <"$P/in" >"$P/answers"
	[ "$(jq -r .status "$P/answers" | sort | uniq -c | xargs)" = "120 accepted 1 refused" ]
	"$@" "ipc://$P/data/run/submit.sock" <"$P/in" >"$P/again"
	[ "$(jq -r .status "$P/again" | sort | uniq -c | xargs)" = "1 refused 120 repeated" ]
	[ "$(jq -r '.id // empty' "$P/again")" = "$(jq -r '.id // empty' "$P/answers")" ]
}

absent() {
	echo "# NOT RUN: $1" >&3
	skip "$1"
}

@test "python" {
	python=
	for p in /usr/bin/python3 python3; do
		"$p" -c 'import zmq' 2>/dev/null && python=$p && break
	done
	[ -n "$python" ] || absent "no python3 with the module zmq (package python3-zmq)"
	answers "$python" "$TREE/docs/clients/submit.py"
}

@test "php" {
	php -r 'exit(class_exists("ZMQSocket") ? 0 : 1);' 2>/dev/null ||
		absent "no php with the extension zmq (package php-zmq)"
	answers php "$TREE/docs/clients/submit.php"
}

@test "node" {
	NODE_PATH=${NODE_PATH:-$(npm root -g 2>/dev/null || true)}
	export NODE_PATH
	node -e 'require("zeromq")' 2>/dev/null || absent "no node with the package zeromq (npm)"
	answers node "$TREE/docs/clients/submit.js"
}
