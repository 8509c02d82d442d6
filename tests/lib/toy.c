#include "toy.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"
#include "digest.h"
#include "file.h"

char toy_directory[256];

uint64_t toy_mix(uint64_t a, uint64_t b)
{
	return hash64((struct span){(const uint8_t *)&a, sizeof(a)}, b);
}

void toy_key(uint8_t ret[TABLE_KEY_BYTES], uint64_t number)
{
	put_le64(ret, toy_mix(number, 1));
	put_le64(ret + 8, toy_mix(number, 2));
}

static uint64_t key_number(const struct toy_model *m, uint64_t seq)
{
	return toy_mix(seq, 3) % m->keys;
}

static bool is_removal(const struct toy_model *m, uint64_t seq)
{
	return toy_mix(seq, 4) % m->remove_one_in == 0;
}

void toy_model_apply(struct toy_model *m, uint64_t upto)
{
	while (m->seq < upto) {
		uint64_t seq = ++m->seq, i = key_number(m, seq);
		if (is_removal(m, seq)) {
			m->live -= m->of[i].count > 0;
			m->of[i].count = m->of[i].trace = 0;
			continue;
		}
		m->live += m->of[i].count == 0;
		m->of[i].count++;
		m->of[i].trace = toy_mix(m->of[i].trace, seq);
	}
}

void toy_apply_record(struct table *t, const struct toy_model *m, uint64_t seq)
{
	uint8_t key[TABLE_KEY_BYTES], value[TABLE_VALUE_BYTES] = {0};
	struct err err;

	toy_key(key, key_number(m, seq));
	if (is_removal(m, seq)) {
		table_remove(t, key);
		return;
	}
	const struct table_line *line = table_find(t, key);
	put_le64(value, (line ? get_le64(line->value) : 0) + 1);
	put_le64(value + 32, toy_mix(line ? get_le64(line->value + 32) : 0, seq));
	if (table_put(t, key, seq, value, &err) != ST_OK)
		fail_msg("%s", err.text);
}

void toy_apply(struct table *t, const struct toy_model *m, uint64_t after, uint64_t upto)
{
	for (uint64_t seq = after + 1; seq <= upto; seq++) {
		toy_apply_record(t, m, seq);
		table_cover(t, seq);
	}
}

void toy_assert_same(const struct table *t, const struct toy_model *m)
{
	for (uint64_t i = 0; i < m->keys; i++) {
		uint8_t key[TABLE_KEY_BYTES];
		toy_key(key, i);
		const struct table_line *line = table_find(t, key);
		assert_int_equal(line ? get_le64(line->value) : 0, m->of[i].count);
		assert_int_equal(line ? get_le64(line->value + 32) : 0, m->of[i].trace);
	}
	assert_int_equal(table_lines(t), m->live);
}

struct table *toy_open(const char *path, uint64_t *ret_from)
{
	struct table *t = NULL;
	struct err err;

	if (table_open(&t, ret_from, path, TOY_PARAMETERS, TOY_JOURNAL_ID, &err) != ST_OK)
		fail_msg("%s", err.text);
	return t;
}

enum status toy_try_open(const char *path, uint64_t parameters, uint64_t journal_id)
{
	OWNED(table_closep) struct table *t = NULL;
	uint64_t from;
	struct err err;

	return table_open(&t, &from, path, parameters, journal_id, &err);
}

struct toy_model *toy_model_new(uint64_t keys, unsigned remove_one_in)
{
	struct toy_model *m = xcalloc(1, sizeof(*m));

	m->keys = keys;
	m->remove_one_in = remove_one_in;
	return m;
}

void toy_read_bytes(struct buf *ret, const char *path)
{
	assert_int_equal(file_read(ret, path, NULL), ST_OK);
}

void toy_write_bytes(const char *path, struct span bytes)
{
	(void)unlink(path); /* most often there is none */
	OWNED(file_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_int_equal(file_pwrite(fd, bytes.at, bytes.len, 0, NULL), ST_OK);
}

void toy_overwrite(const char *path, const void *bytes, size_t len, uint64_t offset)
{
	OWNED(file_close) int fd = open(path, O_WRONLY);

	assert_int_equal(file_pwrite(fd, bytes, len, offset, NULL), ST_OK);
}

char *toy_path(const char *name)
{
	return xasprintf("%s/%s", toy_directory, name);
}

int toy_make_directory(void **state)
{
	const char *under = getenv("TMPDIR");

	(void)state;
	snprintf(toy_directory, sizeof(toy_directory), "%s/table-XXXXXX",
		 under ? under : "/tmp");
	return mkdtemp(toy_directory) ? 0 : -1;
}

int toy_remove_directory(void **state)
{
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", toy_directory);

	(void)state;
	return system(command);
}
