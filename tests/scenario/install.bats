#!/usr/bin/env bats
# What `make install` and `make uninstall` do to a machine: below $P/root, as a package is made.

load ../lib/pipeline

setup() {
	P=$(mktemp -d "${TMPDIR:-/tmp}/nv.XXXXXX")
	ETC=$P/root/etc/normavis
	SHARE=$P/root/usr/local/share/normavis
	made install
}
teardown() { rm -rf "$P"; }

# The programs that are tested are there already: nothing is built.
made() {
	make -C "$TREE" O="$(realpath --relative-to="$TREE" "$(dirname "$BIN")")" DESTDIR="$P/root" "$@"
}

@test "what is installed is found by itself, and its rules are those that were shipped" {
	run bash -c "cd '$ETC' && '$P/root/usr/local/bin/normavis' rules test"
	[ "$status" -eq 0 ]
	[[ "$output" == *" 0 failed" ]]
	diff -r "$SHARE/rules" "$ETC/rules"
	grep -q '^  rules: rules\b' "$ETC/pipeline.yaml"
	grep -q '^  data: /var/lib/normavis$' "$ETC/pipeline.yaml"
}

@test "an upgrade leaves rules and configuration as the operator has them, and shows what is new" {
	echo '# ours' >>"$ETC/rules/policy.yaml"
	echo '# ours' >>"$ETC/rules/moderation/abuse.yaml"
	echo '# ours' >>"$ETC/pipeline.yaml"
	rm "$ETC/rules/moderation/off-topic.yaml"
	cp -r "$ETC" "$P/before"
	made install
	diff -r "$P/before" "$ETC"
	cmp "$TREE/rules/moderation/abuse.yaml" "$SHARE/rules/moderation/abuse.yaml"
	run diff -rq "$SHARE/rules" "$ETC/rules"
	[ "${#lines[@]}" -eq 3 ]
	[[ "$output" == *abuse.yaml*"Only in $SHARE/rules/moderation: off-topic.yaml"*policy.yaml* ]]
}

@test "uninstall takes what install brought, and neither configuration nor rules" {
	cp -r "$ETC" "$P/before"
	made uninstall
	diff -r "$P/before" "$ETC"
	[ -z "$(find "$P/root/usr" ! -type d)" ]
}

@test "without a configuration a verb names both places where it looked" {
	[ ! -e /etc/normavis/pipeline.yaml ] || skip "this machine has one"
	cd "$P"
	run "$BIN/normavis" status
	[ "$status" -eq 78 ]
	[[ "$output" == "pipeline.yaml:1:1: "*" /etc/normavis/pipeline.yaml "*"--config FILE"* ]]
	run "$BIN/normavis" help
	[[ "$output" == *"/etc/normavis/pipeline.yaml"* ]]
}

@test "what make run says to try, make run installs" {
	grep -q '"  sqlite3 -readonly' "$TREE/stages/normavis/cmd_run.c"
	grep -qE '^[[:space:]]build[[:space:]]sqlite3[[:space:]]' "$TREE/.ci/deps"
	grep -A1 '^run:' "$TREE/Makefile" | grep -q '\.ci/deps build$'
}
