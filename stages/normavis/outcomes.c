#include "outcomes.h"

#include <stdio.h>

#include <sqlite3.h>

#include "store.h"

static const char by_reason[] =
	"SELECT v.state AS state, d.reason AS reason, d.rule AS rule, count(*) AS count"
	" FROM reviews v LEFT JOIN decisions d ON d.n = v.decision AND d.review = v.n"
	" GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3";

static const char at_intake[] =
	"SELECT kind, field, reason, count(*) AS count FROM refusals"
	" GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3";

/* The row under the names of its columns, without those that are NULL. */
static json_t *row_object(sqlite3_stmt *row)
{
	json_t *object = json_object();

	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const char *name = sqlite3_column_name(row, i);
		int type = sqlite3_column_type(row, i);

		if (type == SQLITE_INTEGER)
			json_object_set_new(object, name,
					    json_integer(sqlite3_column_int64(row, i)));
		else if (type == SQLITE_TEXT)
			json_object_set_new(
				object, name,
				json_string((const char *)sqlite3_column_text(row, i)));
	}
	return object;
}

static enum status read_rows(json_t **ret, struct store *store, const char *sql,
			     struct err *err)
{
	sqlite3_stmt *rows = NULL;
	enum status st = store_prepare(store, &rows, sql, err);
	json_auto_t *list = json_array();
	int result = SQLITE_DONE;

	while (st == ST_OK && (result = sqlite3_step(rows)) == SQLITE_ROW)
		json_array_append_new(list, row_object(rows));
	if (st == ST_OK && result != SQLITE_DONE)
		st = store_failed(store, result, "outcomes", err);
	sqlite3_finalize(rows);
	if (st == ST_OK)
		*ret = json_incref(list);
	return st;
}

enum status outcomes_read(json_t **ret, const struct installation *installation,
			  struct err *err)
{
	OWNED(store_closep) struct store *store = NULL;
	json_auto_t *reviews = NULL, *refused = NULL;
	enum status st = store_open(&store, installation->store, STORE_READ, err);

	if (st == ST_OK)
		st = read_rows(&reviews, store, by_reason, err);
	if (st == ST_OK)
		st = read_rows(&refused, store, at_intake, err);
	if (st == ST_OK)
		*ret = json_pack("{s:O,s:O}", "reviews", reviews, "refused_at_intake",
				 refused);
	return st;
}

static const char *text_of(const json_t *row, const char *name)
{
	const char *text = json_string_value(json_object_get(row, name));

	return text ? text : "";
}

static long long count_of(const json_t *row)
{
	return (long long)json_integer_value(json_object_get(row, "count"));
}

void outcomes_print(const json_t *outcomes)
{
	const json_t *reviews = json_object_get(outcomes, "reviews");
	const json_t *refused = json_object_get(outcomes, "refused_at_intake");
	const json_t *row;
	size_t i;

	printf("%8s  %-16s %-14s %s\n", "reviews", "state", "reason", "rule");
	json_array_foreach(reviews, i, row)
		printf("%8lld  %-16s %-14s %s\n", count_of(row), text_of(row, "state"),
		       text_of(row, "reason"), text_of(row, "rule"));
	if (json_array_size(refused) == 0)
		return;
	printf("\n%8s  %-16s %-28s %s\n", "refused", "kind", "field", "reason");
	json_array_foreach(refused, i, row)
		printf("%8lld  %-16s %-28s %s\n", count_of(row), text_of(row, "kind"),
		       text_of(row, "field"), text_of(row, "reason"));
}
