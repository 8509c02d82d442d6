#include "report.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include <jansson.h>

#define NAME_WIDTH   28
#define CELL_WIDTH   9
#define BARS_MAX     128
#define NAME_BYTES   64
#define JSON_LAYOUT  (JSON_INDENT(1) | JSON_REAL_PRECISION(8))
#define BAR_WIDTH    52
#define BAR_DECIMALS 4

static struct {
	bool json;
	json_t *all, *table;
	const struct report_column *columns;
	struct {
		char name[NAME_BYTES];
		double value, bar;
		bool at_most, missed;
	} bars[BARS_MAX];
	size_t bar_count;
} self;

void report_begin(bool json)
{
	self.json = json;
	self.all = json_object();
}

static int width_of(const struct report_column *c)
{
	int len = (int)strlen(c->name);

	return MAX(len, CELL_WIDTH) + 1;
}

void report_table(const char *title, const struct report_column *columns)
{
	self.columns = columns;
	self.table = json_object();
	json_object_set_new(self.all, title, self.table);
	report_say("\n%-*s", NAME_WIDTH, title);
	for (const struct report_column *c = columns; c->name; c++)
		report_say("%*s", width_of(c), c->name);
	report_say("\n");
}

void report_row(const char *name, const double *values)
{
	json_t *row = json_object();

	json_object_set_new(self.table, name, row);
	report_say("%-*s", NAME_WIDTH, name);
	for (const struct report_column *c = self.columns; c->name; c++, values++) {
		bool none = isnan(*values);
		json_object_set_new(row, c->name,
				    none ? json_null() : json_real(*values));
		if (none)
			report_say("%*s", width_of(c), "-");
		else
			report_say("%*.*f", width_of(c), c->decimals, *values);
	}
	report_say("\n");
}

void report_say(const char *format, ...)
{
	va_list list;

	if (self.json)
		return;
	va_start(list, format);
	vprintf(format, list);
	va_end(list);
}

void report_bar(const char *name, double value, double bar, bool at_most)
{
	size_t i = self.bar_count++;

	assert(i < BARS_MAX);
	snprintf(self.bars[i].name, sizeof(self.bars[i].name), "%s", name);
	self.bars[i].value = value;
	self.bars[i].bar = bar;
	self.bars[i].at_most = at_most;
	self.bars[i].missed = !(at_most ? value <= bar : value >= bar);
}

static void put_bar(size_t i, json_t *table)
{
	double value = self.bars[i].value, bar = self.bars[i].bar;
	json_t *row = json_object();

	report_say("%-*s %9.*f  %s %.*f  %s\n", BAR_WIDTH, self.bars[i].name,
		   BAR_DECIMALS, value, self.bars[i].at_most ? "<=" : ">=", BAR_DECIMALS,
		   bar, self.bars[i].missed ? "MISSED" : "ok");
	json_object_set_new(row, "value", isnan(value) ? json_null() : json_real(value));
	json_object_set_new(row, self.bars[i].at_most ? "at_most" : "at_least",
			    json_real(bar));
	json_object_set_new(row, "ok", json_boolean(!self.bars[i].missed));
	json_object_set_new(table, self.bars[i].name, row);
}

size_t report_end(void)
{
	json_t *table = json_object();
	size_t missed = 0;

	report_say("\nbars\n");
	for (size_t i = 0; i < self.bar_count; i++) {
		put_bar(i, table);
		missed += self.bars[i].missed;
	}
	json_object_set_new(self.all, "bars", table);
	if (self.json) {
		json_dumpf(self.all, stdout, JSON_LAYOUT);
		printf("\n");
	}
	json_decref(self.all);
	return missed;
}
