#!/usr/bin/env bash
# glossary.sh BIN-DIR - every word that output can print is in docs/GLOSSARY.md, in the
# list it belongs to; and no list there has a word that nothing prints.
#
#	glossary.sh --json FILE		the keys of any --json output: for scenario tests
#
# Words come from the .def files, the tables of names, the sources of answers and log
# lines, and the command itself, run on an installation that holds nothing.
set -euo pipefail
shopt -s lastpipe # `| check` counts in this shell
glossary=docs/GLOSSARY.md
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
count=0

# defined LIST: the words of that list of the glossary
defined() {
	awk -v list="<!-- list: $1 -->" '
		/^## / { here = 0 }
		$0 == list { here = 1 }
		here && /^\| `/ { split($0, part, "`"); print part[2] }
	' "$glossary" | sort -u
}

# check LIST < words
check() {
	sort -u > "$tmp/printed"
	defined "$1" > "$tmp/defined"
	if ! [ -s "$tmp/printed" ]; then
		echo "glossary: no word found for the list $1: mend the search"
		bad=1
	fi
	while read -r word; do
		echo "$glossary: '$word' ($1) can be printed and is not there"
		bad=1
	done < <(comm -23 "$tmp/printed" "$tmp/defined")
	while read -r word; do
		echo "$glossary: '$word' ($1) is there and nothing prints it"
		bad=1
	done < <(comm -13 "$tmp/printed" "$tmp/defined")
	count=$((count + $(wc -l < "$tmp/printed")))
}

# strings MACRO N FILE: the Nth quoted string of each use of an X-macro
strings() {
	sed -nE "s/^$1\\(([^\"]*\"[^\"]*\"){$(($2 - 1))}[^\"]*\"([^\"]*)\".*/\\2/p" "$3"
}

json_keys() {
	grep -ohE '"[a-z_]+":' "$@" | tr -d '":'
}

if [ "${1:-}" = --json ]; then
	# Names of lists that stand as keys (states, kinds) are defined in those lists.
	for list in json import-json rules-json explain-json vocabulary-json model-json duplicates-json answer state kind outcome; do defined "$list"; done | sort -u > "$tmp/defined"
	json_keys "$2" | sort -u > "$tmp/printed"
	comm -23 "$tmp/printed" "$tmp/defined" > "$tmp/unknown"
	sed "s|^|$glossary: not there: |" "$tmp/unknown"
	exit "$(($(wc -l < "$tmp/unknown") > 0))"
fi
bin=$1

# --- closed lists -----------------------------------------------------------------------
strings STATE 1 common/record/state.def | check state
strings TRIGGER 1 common/record/state.def | check trigger
strings GUARD 1 common/record/state.def | check guard
strings KIND 1 common/record/kinds.def | check kind
strings REFUSAL 1 common/record/refusals.def | check refusal
strings EVENT 1 common/record/events.def | check event
strings STATUS 1 common/base/status.def | check status
for list in $(strings CODE 1 common/store/store.def | sort -u); do
	sed -nE "s/^CODE\\(\"$list\",.*\"([^\"]+)\"\\)/\\1/p" common/store/store.def | check "$list"
done
# The list of a choice is called after the path of its field.
grep -oE '^CHOICE\(\w+' common/record/choices.def | sed 's/.*(//' | sort -u | while read -r field; do
	list=$(sed -nE "s/^FIELD\\($field, [0-9]+, \"([^\"]+)\".*/\\1/p" common/record/fields.def)
	sed -nE "s/^CHOICE\\($field,.*\"([^\"]+)\"\\)/\\1/p" common/record/choices.def | check "$list"
done
names_of() { # ARRAY: its strings in findings.c
	awk -v array="$1" 'index($0, "const " array "[") { here = 1 } here { print } here && /^};/ { exit }' \
		common/record/findings.c | grep -oE '"[^"]+"' | tr -d '"'
}
names_of action_names | check action
names_of duplicate_kind_names | check duplicate
names_of arrival_names | check arrival
names_of window_names | check window

# --- log lines --------------------------------------------------------------------------
# One call a line; comments left out.
cat common/pipeline/stage.c common/base/log.c stages/*/*.c | tr '\n\t' '  ' | sed 's|/\*[^*]*\*/||g' |
	grep -oE '\blog_(error|warn|info|debug)\([^;]*;' > "$tmp/calls"
sed -E 's/^[a-z_]+\(//; s/, *"[^"]*=.*//' "$tmp/calls" | grep -oE '"[a-z_]+"' | tr -d '"' |
	check log-event
{
	grep -oE '[a-z_]+=%' "$tmp/calls" | tr -d '=%'
	printf '%s\n' ts level prog event stage # of every line; `stage=` also has a fixed value
} | check log-key

# --- the command ------------------------------------------------------------------------
"$bin/normavis" help | sed -nE 's/^  ([a-z-]+) {2,}[a-z].*/\1/p' | check verb

cp -r rules pipeline.yaml "$tmp"
{
	"$bin/normavis" status --json --config "$tmp/pipeline.yaml"
	"$bin/normavis" check --json --config "$tmp/pipeline.yaml"
} > "$tmp/output.json"
{
	json_keys "$tmp/output.json"
	# What an empty installation does not show: rows, complaints, a process's number
	# and figures.
	printf '%s\n' pid outcomes illegible reviews refused_at_intake state reason rule count \
		kind field file line column text
	printf '%s\n' restarts figures
	grep -ohE 'figures_set\((ret|&?f), *"[a-z_]+"' stages/*/*.c | grep -oE '"[a-z_]+"' | tr -d '"'
} | grep -vxFf <(defined state; defined kind | grep -vx refusal) | cat - \
	<(printf '%s\n' erased) | check json # a key of the first line, and a state

# Keys of an import, and flaws of rows: they need a pipeline that runs.
cat stages/normavis/cmd_import.c stages/normavis/import_report.c | tr '\n\t' '  ' |
	grep -oE '(json_pack|json_object_set_new|set_text)\([^;]*;' |
	grep -oE '"[a-z_]+",' | tr -d '",' | check import-json

# Keys of a model, and the names of its figures.
{
	tr '\n\t' '  ' < stages/normavis/cmd_model.c | grep -oE '(json_pack|json_object_set_new)\([^;]*;' |
		grep -oE '"[a-z_0-9]+",' | tr -d '",'
	grep -oE 'add_figure\(ret, "[a-z-]+"' stages/normavis/model_train.c | sed 's/.*, "//; s/"//'
} | check model-json
# Keys of `rules`: they need a pipeline that has run.
cat stages/normavis/rules_show.c stages/normavis/rules_test.c | tr '\n\t' '  ' |
	grep -oE '(json_pack|json_object_set(_new)?)\([^;]*;' |
	grep -oE '"[a-z_]+",' | tr -d '",' | check rules-json
tr '\n\t' '  ' < stages/normavis/rules_explain.c | grep -oE 'json_pack\([^;]*;' |
	grep -oE '"[a-z_]+",' | tr -d '",' | check explain-json
# Keys of `duplicates`: they need a pipeline that has run. What a text is made of stands in a table.
{
	cat stages/normavis/duplicates_list.c stages/normavis/duplicates_show.c | tr '\n\t' '  ' |
		grep -oE '(json_pack|json_out_put)\([^;]*;' | grep -oE '"[a-z_]+",' | tr -d '",'
	sed -n '/names\[\] = {$/,/};/p' stages/normavis/duplicates_show.c | grep -oE '"[a-z]+"' | tr -d '"'
} | check duplicates-json
"$bin/normavis" rules vocabulary --json > "$tmp/vocabulary.json"
json_keys "$tmp/vocabulary.json" | check vocabulary-json
sed -n '/^} flaws\[/,/^};/p' stages/normavis/csv.c | grep -oE '= \{"[a-z0-9-]+"' | tr -d '={" ' |
	check row

# Answers of the intake: keys and words, where they are written.
{
	grep -oE '\\"[a-z_]+\\":' stages/collect/intake.c | tr -d '\\":'
	sed -n '/^static void answer_/,/^}/p' stages/collect/intake.c |
		grep -oE '"(line|status|field|reason|detail|refused)"' | tr -d '"'
	sed -n '/why\[GATE_COUNT\]/,/};/p' stages/collect/intake.c | grep -oE '"[a-z-]+"' | tr -d '"'
	grep -oE '"(accepted|repeated)"' stages/collect/intake.c | tr -d '"'
	grep -oE '\\"status\\":\\"[a-z]+' stages/collect/intake.c | sed 's/.*"//'
} | check answer

[ $bad -eq 0 ] && echo "glossary: $count words, each in both languages"
exit $bad
