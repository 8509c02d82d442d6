#!/usr/bin/env bats
# The clients of docs/clients speak with a running intake, where their language is there.

load ../lib/pipeline
load ../lib/look

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

@test "python" {
	needs_python zmq
	answers "$PYTHON" "$TREE/docs/clients/submit.py"
}

@test "php" {
	php -r 'exit(class_exists("ZMQSocket") ? 0 : 1);' 2>/dev/null ||
		not_run "no php with the extension zmq (packages php-cli, php-zmq)"
	answers php "$TREE/docs/clients/submit.php"
}

# `make test` brings the library here where node and npm are there; another may do as well.
@test "node" {
	command -v node >/dev/null || not_run "no node (packages nodejs, npm)"
	NODE_PATH=$TREE/tests/scenario/node/node_modules:${NODE_PATH:-$(npm root -g 2>/dev/null || true)}
	export NODE_PATH
	node -e 'require("zeromq")' 2>"$P/why" ||
		not_run "node has no zeromq (make node-client): $(grep -m 1 Error "$P/why" || true)"
	answers node "$TREE/docs/clients/submit.js"
}
