/* normavis duplicates ID - one cluster: its first text, and what the others changed. */
#include "duplicates_verb.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "cluster.h"
#include "cmd.h"
#include "json_out.h"
#include "readable.h"

#define TEXT_SHOWN    4000 /* bytes of the first text */
#define MEMBERS_SHOWN 5	   /* of a group */

struct show {
	const struct duplicates_arguments *arguments;
	struct store *store;
	struct clusters_row row;
	struct cluster cluster;
	char other[UUID_TEXT_BYTES]; /* id of another cluster that its first is in; "" */
	struct buf first, text;	     /* texts of reviews */
	bool first_there;
};

static void show_release(struct show *s)
{
	clusters_row_release(&s->row);
	cluster_release(&s->cluster);
	buf_release(&s->first);
	buf_release(&s->text);
}

/* The text of a group, or what it changed; *ret_there false: it is not kept, or the first is
 * not. */
static enum status differ(struct show *s, const struct cluster_group *g,
			  struct text_diff *ret, bool *ret_there, struct err *err)
{
	enum status st = cluster_text(&s->text, ret_there, s->store, g->example, err);

	*ret_there = *ret_there && s->first_there;
	if (!st && *ret_there)
		text_diff_make(ret, buf_view(&s->first), buf_view(&s->text));
	return st;
}

/* Of both texts, all that is in either. */
static uint64_t all_of(const struct duplicate *d)
{
	return (uint64_t)d->mine + d->theirs - d->shared;
}

static double part_of(const struct duplicate *d)
{
	return all_of(d) ? (double)d->shared / (double)all_of(d) : 0;
}

/* --- JSON --------------------------------------------------------------------------------- */

static json_t *likeness_object(const struct cluster_member *m)
{
	const struct duplicate *d = &m->likeness;

	return json_pack("{s:s,s:s,s:I,s:I,s:I,s:f,s:i}", "earlier", m->earlier, "kind",
			 duplicate_kind_name(d->kind), "shared", (json_int_t)d->shared,
			 "either", (json_int_t)all_of(d), "smaller",
			 (json_int_t)MIN(d->mine, d->theirs), "similarity", part_of(d),
			 "bits", (int)d->bits);
}

static json_t *member_object(const struct cluster_member *m)
{
	char at[CLOCK_TEXT_BYTES], label[16];
	json_t *object = json_out_sure(json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s}", "id", m->id, "received_at",
		clock_format(at, m->received_at), "source", m->source, "supplier",
		m->supplier, "subject", m->subject, "state", m->state));

	snprintf(label, sizeof(label), "A%u", m->author);
	json_out_put(object, "author", m->author ? json_string(label) : json_null());
	if (m->author_ref)
		json_out_put(object, "author_ref", json_string(m->author_ref));
	if (m->earlier[0])
		json_out_put(object, "likeness", likeness_object(m));
	return object;
}

static json_t *difference_array(const struct text_diff *d)
{
	static const char *const names[] = {
		[TEXT_SAME] = "same", [TEXT_REMOVED] = "removed", [TEXT_ADDED] = "added"};
	json_t *array = json_out_sure(json_array());

	for (size_t i = 0; i < d->count; i++) {
		struct span text = d->pieces[i].text;
		json_t *piece = json_out_sure(json_object());

		json_out_put(piece, names[d->pieces[i].kind],
			     json_stringn((const char *)text.at, text.len));
		json_out_add(array, piece);
	}
	return array;
}

static enum status group_object(struct show *s, size_t number, json_t **ret,
				struct err *err)
{
	const struct cluster_group *g = &s->cluster.groups[number];
	OWNED(text_diff_release) struct text_diff d = {NULL, 0, false};
	bool there = false;
	enum status st = differ(s, g, &d, &there, err);

	if (st)
		return st;
	*ret = json_out_sure(json_pack(
		"{s:I,s:o,s:o}", "count", (json_int_t)g->count, "difference",
		there ? difference_array(&d) : json_null(), "members", json_array()));
	return ST_OK;
}

static enum status print_json(struct show *s, size_t shown, struct err *err)
{
	OWNED(buf_release) struct buf text = BUF_INIT(SIZE_MAX / 2);
	json_t *object = json_out_sure(
		json_pack("{s:s}", "schema", "normavis.duplicate_cluster/1"));
	json_t *row = json_out_sure(duplicates_row_object(&s->row));
	json_t *groups = json_out_sure(json_array()), *group = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; i < shown && !st; i++) {
		st = group_object(s, s->cluster.shown[i], &group, err);
		if (!st)
			json_out_add(groups, group);
	}
	for (size_t i = 0; i < s->cluster.count && !st; i++) {
		const struct cluster_member *m = &s->cluster.members[i];
		size_t order = s->cluster.groups[m->group].order;

		if (order < shown)
			json_out_add(
				json_object_get(json_array_get(groups, order), "members"),
				member_object(m));
	}
	json_object_update(object, row);
	json_decref(row);
	json_out_put(object, "also_in",
		     s->other[0] ? json_string(s->other) : json_null());
	json_out_put(object, "text",
		     s->first_there ? json_stringn(buf_string(&s->first), s->first.len)
				    : json_null());
	json_out_put(object, "groups", groups);
	if (st) {
		json_decref(object);
		return st;
	}
	json_out_print(&text, object);
	fputs(buf_string(&text), stdout);
	return ST_OK;
}

/* --- text --------------------------------------------------------------------------------- */

static void print_names(const struct cluster_member *m)
{
	OWNED(buf_release) struct buf line = BUF_INIT(READABLE_BYTES_MAX);

	readable_name(&line, span_of(m->supplier));
	buf_text(&line, "  ");
	readable_name(&line, span_of(m->subject));
	if (m->author_ref) {
		buf_text(&line, "  by ");
		readable_name(&line, span_of(m->author_ref));
		buf_text(&line, " of ");
		readable_name(&line, span_of(m->source));
	}
	puts(buf_string(&line));
}

static void print_member(const struct show *s, const struct cluster_member *m)
{
	const struct duplicate *d = &m->likeness;
	char day[CLOCK_TEXT_BYTES], label[16] = "-", percent[16], fraction[48] = "first";
	bool to_first = strcmp(m->earlier, s->row.id) == 0;

	if (m->author)
		snprintf(label, sizeof(label), "A%u", m->author);
	if (m->earlier[0])
		snprintf(fraction, sizeof(fraction), "%s%s (%u/%llu)",
			 to_first ? "" : "~", duplicates_percent(percent, part_of(d)),
			 d->shared, (unsigned long long)all_of(d));
	printf("%*s%s  %s  %-5s %-15s %-22s ", READABLE_INDENT, "", m->id,
	       duplicates_day(day, m->received_at), label, m->state, fraction);
	print_names(m);
}

static void print_members(const struct show *s, size_t group)
{
	size_t left = s->cluster.groups[group].count, shown = 0;

	for (size_t i = 0; i < s->cluster.count && shown < MEMBERS_SHOWN; i++) {
		if (s->cluster.members[i].group != group)
			continue;
		print_member(s, &s->cluster.members[i]);
		shown++;
	}
	if (left > shown)
		printf("%*sand %zu more\n", READABLE_INDENT, "", left - shown);
}

/* `what` is more than one. */
static void print_count(int64_t count, const char *what, const char *behind)
{
	int len = (int)strlen(what) - (count == 1);

	printf("%lld %.*s%s", (long long)count, len, what, behind);
}

static void print_head(const struct show *s)
{
	const struct clusters_row *row = &s->row;
	OWNED(buf_release) struct buf site = BUF_INIT(READABLE_BYTES_MAX);
	char first[CLOCK_TEXT_BYTES], last[CLOCK_TEXT_BYTES], lowest[16];

	readable_name(&site, span_of(row->site));
	printf("cluster %s, site %s\n", row->id, buf_string(&site));
	print_count(row->size, "reviews", ", ");
	print_count(row->authors, "authors", ", ");
	print_count(row->suppliers, "suppliers", ", ");
	print_count(row->subjects, "subjects", ", ");
	printf("%s to %s\n", duplicates_day(first, row->first_ms),
	       duplicates_day(last, row->last_ms));
	printf("%s; each is at least %s like an earlier one\n", row->kinds,
	       duplicates_percent(lowest, row->lowest));
	if (s->other[0])
		printf("its first review is in cluster %s, too\n", s->other);
}

static void print_first(const struct show *s)
{
	OWNED(buf_release) struct buf out = BUF_INIT(READABLE_BYTES_MAX);

	puts("\nfirst text:");
	if (s->first_there)
		readable_text(&out, buf_view(&s->first), TEXT_SHOWN);
	else
		buf_format(&out, "%*s(not kept any more)\n", READABLE_INDENT, "");
	fputs(buf_string(&out), stdout);
}

static enum status print_group(struct show *s, size_t number, struct err *err)
{
	const struct cluster_group *g = &s->cluster.groups[number];
	OWNED(buf_release) struct buf out = BUF_INIT(READABLE_BYTES_MAX);
	OWNED(text_diff_release) struct text_diff d = {NULL, 0, false};
	bool there = false;
	enum status st = differ(s, g, &d, &there, err);

	if (st)
		return st;
	printf("\nx %zu%s\n", g->count,
	       !there	     ? ", no text to compare"
	       : number == 0 ? ", this text"
	       : d.coarse    ? ", too different to be compared word by word"
			     : "");
	if (there && number != 0)
		readable_diff(&out, &d, readable_colour());
	fputs(buf_string(&out), stdout);
	print_members(s, number);
	return ST_OK;
}

static enum status print_text(struct show *s, size_t shown, struct err *err)
{
	size_t left = 0;
	enum status st = ST_OK;

	print_head(s);
	print_first(s);
	for (size_t i = 0; i < shown && !st; i++)
		st = print_group(s, s->cluster.shown[i], err);
	for (size_t i = shown; i < s->cluster.group_count; i++)
		left += s->cluster.groups[s->cluster.shown[i]].count;
	if (!st && left > 0)
		printf("\nand %zu more texts of %zu reviews; --limit N shows more, --json "
		       "all\n",
		       s->cluster.group_count - shown, left);
	return st;
}

/* --- both --------------------------------------------------------------------------------- */

static enum status load(struct show *s, struct err *err)
{
	struct clusters_row other = {0};
	int64_t n = 0, also = 0;
	enum status st = cluster_named(&n, &also, s->store, s->arguments->id, err);

	if (!st)
		st = clusters_find(&s->row, s->store, n, err);
	if (!st && also) {
		st = clusters_find(&other, s->store, also, err);
		snprintf(s->other, sizeof(s->other), "%s", other.id);
		clusters_row_release(&other);
	}
	if (!st)
		st = cluster_load(&s->cluster, s->store, n, s->arguments->authors, err);
	return st ? st : cluster_text(&s->first, &s->first_there, s->store, n, err);
}

int duplicates_show(const struct duplicates_arguments *arguments, struct store *store)
{
	OWNED(show_release)
	struct show s = {.arguments = arguments,
			 .store = store,
			 .first = BUF_INIT(READABLE_BYTES_MAX),
			 .text = BUF_INIT(READABLE_BYTES_MAX)};
	struct err err = {""};
	enum status st = load(&s, &err);

	size_t shown = MIN(s.cluster.group_count, arguments->limit);
	if (!st)
		st = arguments->json ? print_json(&s, shown, &err)
				     : print_text(&s, shown, &err);
	if (st == ST_EMALFORMED)
		return cmd_usage(&cmd_duplicates, "%s", err.text);
	return st ? cmd_failed(&cmd_duplicates, st, &err) : EXIT_CODE_OK;
}
