#!/usr/bin/env bash
# Words that have no place here, with the reason they are told by.
set -euo pipefail
bad=0

# refuse PATTERN REASON [PATH...]
refuse() {
	local pattern=$1 reason=$2 found
	shift 2
	[ $# -gt 0 ] || set -- common stages rules docs tests Makefile README.md pipeline.yaml .ci
	found=$(grep -rnIE "$pattern" --exclude-dir=data --exclude-dir=corpus --exclude-dir=node_modules \
		--exclude=words.sh --exclude="information_*.def" "$@" 2>/dev/null || true)
	[ -z "$found" ] && return
	while read -r line; do
		echo "$line   <- $reason"
	done <<<"$found"
	bad=1
}

refuse '\b(TODO|FIXME|XXX|HACK)\b' 'finish it, or say NEEDSWORK and what it needs'
refuse '(^|[^A-Za-z.])/(work|home|root)/' 'a path of one machine'
refuse '\b(manager|helper|util|misc)\.[ch]\b' 'no noun' common stages
refuse '\b(strcpy|strcat|sprintf|gets|strtok|alloca)\(' 'unbounded, or not reentrant' common stages
refuse '\b(do|process|my)_[a-z]+\(' 'a name that says nothing' common stages
refuse '\b(atoi|atol|atof)\(' 'does not tell a failure' common stages
refuse '#if 0' 'ghost code' common stages tests
refuse '^\s*//.*;\s*$' 'ghost code' common stages
refuse '\bsleep\([0-9]' 'wait for the event, with a deadline' common stages
refuse 'NF (certified|certifi)|certifi(ed|é) (NF|ISO|conforme)|complies with (NF|ISO)' \
	'an instrument, not a certificate'
refuse 'blazing|robust|seamless|leverage|state-of-the-art|cutting-edge|comprehensive' \
	'say what it does instead'

[ $bad -eq 0 ] && echo "words: none of the list"
exit $bad
