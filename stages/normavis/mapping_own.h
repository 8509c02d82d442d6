/* mapping_own.h - a mapping from inside: mapping_load.c makes it, mapping.c applies it. */
#ifndef MAPPING_OWN_H
#define MAPPING_OWN_H

#include "buf.h"
#include "mapping.h"
#include "yaml.h"

#define MAPPING_PIECES_MAX   16 /* of a template */
#define MAPPING_ELEMENTS_MAX 32 /* of a group */

/* A piece of a template: text, then a column (-1: none). */
struct mapping_piece {
	const char *text;
	size_t len;
	int column;
};

/* Text to text, and whether the right side is "no value". */
struct mapping_pair {
	const char *from, *to; /* to: NULL for none */
};

struct mapping_field {
	const struct yaml_node *node;
	const char *path; /* as written: "ratings[0].value", "extra.size" */
	enum field field; /* FIELD_EXTRA for "extra.size" */
	char key[2][65];  /* "ratings" and "value"; second "" where there is one level */
	int element;	  /* index in a group, -1 where none */
	const char *constant; /* NULL: from columns */
	struct mapping_piece piece[MAPPING_PIECES_MAX];
	size_t piece_count;
	const char *date; /* format, NULL: as it stands */
	struct mapping_pair *values;
	size_t value_count;
	const char *fallback; /* where the value is empty; NULL: absent */
	const char **empty;   /* values that count as empty */
	size_t empty_count;
};

struct mapping_column {
	const char *name;
	const struct yaml_node *node; /* that names it first */
	char *owned; /* the name, where it is a piece of a template; else NULL */
};

/* Ratings of another scale: values as doubles, since they are only ever compared with and
 * rounded to thousandths. */
struct mapping_step {
	double upto, is;
};

struct mapping_rating {
	bool given, converts;
	double from_worst, from_best, to_worst, to_best;
	struct mapping_step *steps;
	size_t step_count;
};

struct mapping {
	struct yaml_doc *doc;
	const char *name, *source, *site; /* NULL: not said */
	enum kind kind;
	enum mapping_format format;
	struct csv_dialect dialect;
	char decimal; /* '.' or ',' */
	struct mapping_field field[MAPPING_FIELDS_MAX];
	size_t field_count;
	struct mapping_column column[MAPPING_COLUMNS_MAX];
	size_t column_count;
	const struct yaml_node *ignore;
	struct mapping_rating rating;
};

/* mapping_field.c: reads one entry of `fields`. */
enum status mapping_field_load(struct mapping *m, const struct yaml_node *node,
			       struct err *err) MUST_CHECK;

/* mapping_value.c: the field's value of a row, NULL where it has none. `room` holds what a
 * template makes, until the next call. */
json_t *mapping_value(const struct mapping *m, const struct mapping_field *f,
		      const struct span *column, struct buf *room);

#endif
