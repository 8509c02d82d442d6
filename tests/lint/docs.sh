#!/usr/bin/env bash
# docs.sh BIN-DIR - pages made from tables are those that the tables make; links between
# pages lead somewhere; files that pages name are there.
set -euo pipefail
shopt -s lastpipe
bin=$1
bad=0

complain() {
	echo "$1"
	bad=1
}

same() { # PAGE FILE
	"$bin/normavis" docs "$1" | cmp -s - "$2" ||
		complain "$2: not what the tables say now: normavis docs $1 > $2"
}
same config docs/CONFIG.md
same records docs/RECORDS.md
same config-schema docs/schema/pipeline.schema.json
same records-schema docs/schema/records.schema.json
same rules-schema docs/schema/rules.schema.json

# docs/STATES.md has words of its own around the chapter of the table.
"$bin/normavis" docs states | while IFS= read -r line; do
	[ -z "$line" ] || grep -qxF -- "$line" docs/STATES.md || {
		complain "docs/STATES.md: lacks a line of \`normavis docs states\`: $line"
		break
	}
done

# Why the intake is busy: what docs/INTAKE.md lists behind `reason` of `busy` is what it says.
said=$(awk '/^static void answer_busy/ { here = 1 } here && /why\[/ { list = 1 } list { print } here && /;$/ { exit }' \
	stages/collect/intake.c | grep -oE '"[a-z-]+"' | tr -d '"' | sort)
# shellcheck disable=SC2016  # backquotes are Markdown's
told=$(sed -n '/`reason` of `busy`:/,/^$/p' docs/INTAKE.md | tr '\n' ' ' | sed 's/.*`reason` of `busy`://; s/([^)]*)//g' |
	grep -oE '`[a-z-]+`' | tr -d '`' | sort)
[ -n "$said" ] || complain "docs.sh: no reason of \`busy\` found: mend the search"
[ "$said" = "$told" ] || complain "docs/INTAKE.md: \`reason\` of \`busy\`: lists ${told//$'\n'/, }; the intake says ${said//$'\n'/, }"

# [text](file): relative to the page.
{ grep -noE '\]\([^)#: ]+' README.md docs/*.md docs/decisions/*.md rules/*.md || true; } | while IFS=: read -r page line link; do
	link=${link#](}
	[ -e "$(dirname "$page")/$link" ] || complain "$page:$line: no such file: $link"
done

# Paths of ours in the text of a page or a header: common/x.c, docs/X.md, tests/...
{ grep -noE '\b(common|docs|stages|rules|tests)/[A-Za-z0-9_./-]*[A-Za-z0-9_]\.(c|h|md|def|sql|yaml|json|sh|mk|ndjson|bats|service)\b' \
	README.md docs/*.md docs/decisions/*.md rules/*.md common/*/*.[ch] stages/*/*.[ch] || true; } |
	while IFS=: read -r page line path; do
		[ -e "$path" ] || [[ $path == */NAME.* ]] || complain "$page:$line: no such file: $path"
	done

[ $bad -eq 0 ] && echo "docs: generated pages are current, files that are named are there"
exit $bad
