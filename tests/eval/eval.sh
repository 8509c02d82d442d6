#!/usr/bin/env bash
# eval.sh TOOLS DATA [OUT] - every evaluation there is data for, printed; docs/MODERATION.md
# has what it said last. TOOLS: where eval_rules and the others are. OUT: where the labelled
# texts go (a temporary directory).
set -euo pipefail
tools=$1
data=$2
[ -d "$data" ] || {
	echo "NOT RUN: no data in $data (DATA=DIR names another place)"
	exit 0
}
out=${3:-}
[ -n "$out" ] || {
	out=$(mktemp -d)
	trap 'rm -rf "$out"' EXIT
}
here=$(dirname "$0")
python3 -B "$here/datasets.py" "$data" "$out"

echo "== personal data"
DATA=$data "$tools/eval_pii"

echo "== languages"
"$tools/eval_language" "$data"

echo "== over-blocking: every clothing review"
if [ -s "$out/reviews.ndjson" ]; then
	"$tools/eval_rules" "$out/reviews.ndjson"
else
	echo "NOT RUN: no clothing reviews in $data"
fi

# What is never trained or tuned on: all of HateCheck, a fifth of the tweets.
list_of() {
	case $1 in
	*-fr) echo "$data/ldnoobw/fr" ;;
	*) echo "$data/ldnoobw/en" ;;
	esac
}
for set in hatecheck-en davidson-en mlma-fr; do
	echo "== $set"
	[ -e "$out/eval/$set.ndjson" ] || {
		echo "NOT RUN: no $set in $data"
		continue
	}
	"$tools/eval_rules" --words "$(list_of "$set")" "$out/eval/$set.ndjson"
done
