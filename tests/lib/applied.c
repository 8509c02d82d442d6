#include "applied.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "alloc.h"

const uint8_t no_hash[SHA256_BYTES];
static const uint8_t rules_hash[SHA256_BYTES] = {0xAA};
static const uint8_t policy_hash[SHA256_BYTES] = {0xBB};

static enum status give_policy(void *context, const struct policy **ret,
			       const uint8_t hash[SHA256_BYTES], struct err *err)
{
	struct fixture *f = context;

	(void)err;
	assert_memory_equal(hash, policy_hash, SHA256_BYTES);
	*ret = f->policy;
	return ST_OK;
}

void open_apply(struct fixture *f)
{
	const struct apply_options options = {
		.policy = give_policy, .context = f, .listing_step = 8};
	struct err err;

	if (apply_open(&f->apply, f->path, &options, &err))
		fail_msg("%s", err.text);
}

int applied_set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	f->directory = xasprintf("%s/apply_test.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->directory))
		return -1;
	f->path = xasprintf("%s/store", f->directory);
	open_apply(f);
	*state = f;
	return store_open(&f->reader, f->path, STORE_READ, NULL) ? -1 : 0;
}

int applied_tear_down(void **state)
{
	struct fixture *f = *state;
	OWNED(freep) char *command = xasprintf("rm -rf '%s'", f->directory);

	store_close(f->reader);
	apply_close(f->apply);
	int result = system(command);
	free(f->path);
	free(f->directory);
	free(f);
	return result;
}

int64_t number(struct fixture *f, const char *sql)
{
	struct err err;
	int64_t value;

	if (store_int(f->reader, &value, sql, -1, &err))
		fail_msg("%s", err.text);
	return value;
}

void assert_number(struct fixture *f, const char *sql, int64_t expected)
{
	int64_t found = number(f, sql);

	if (found != expected)
		fail_msg("%s\n\tgives %lld, not %lld", sql, (long long)found,
			 (long long)expected);
}

static enum status put_findings(struct fixture *f, const struct made *m,
				const struct findings *findings)
{
	OWNED(buf_release) struct buf keep = BUF_INIT(RECORD_BYTES_MAX);
	struct record r;

	made_parse(&keep, &r, m);
	return apply_record(f->apply, JOURNAL, &r, findings, rules_hash,
			    f->policy ? policy_hash : no_hash, NULL);
}

/* Applies one record inside the open transaction. */
enum status put(struct fixture *f, const struct made *m, struct hit *hits, size_t count)
{
	const struct findings findings = {
		.has_verdict = true, .hit_count = count, .hits = hits};

	return put_findings(f, m, &findings);
}

/* The same in a transaction of its own. */
void store_one(struct fixture *f, const struct made *m, struct hit *hits, size_t count)
{
	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put(f, m, hits, count), ST_OK);
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
}

void store_found(struct fixture *f, const struct made *m, const struct duplicates *found,
		 struct hit *hits, size_t count)
{
	const struct findings findings = {.has_duplicates = true,
					  .duplicates = *found,
					  .has_verdict = true,
					  .hit_count = count,
					  .hits = hits};

	assert_int_equal(apply_begin(f->apply, NULL), ST_OK);
	assert_int_equal(put_findings(f, m, &findings), ST_OK);
	assert_int_equal(apply_commit(f->apply, NULL), ST_OK);
}

void store_plain(struct fixture *f, uint64_t seq)
{
	const struct made m = made_review(seq);

	store_one(f, &m, NULL, 0);
}

struct hit hit_of(enum action action, const char *rule, const char *reason)
{
	return (struct hit){.action = action,
			    .rule = span_of(rule),
			    .version = 3,
			    .reason = span_of(reason),
			    .clauses = SPAN_OF("ISO-27")};
}

struct hit duplicate_hit(uint64_t of)
{
	struct hit hit = hit_of(ACTION_REJECT, "dup", "L-DUP");

	hit.duplicate_of = of;
	return hit;
}

/* State of the review of record `seq`, by name's code. */
enum state state_of(struct fixture *f, uint64_t seq)
{
	OWNED(freep)
	char *sql = xasprintf("SELECT state FROM review WHERE n = %lld",
			      (long long)store_n(1, seq));

	return (enum state)number(f, sql);
}

void assert_ratings_equal_recomputation(struct fixture *f)
{
	assert_number(
		f,
		"SELECT count(*) FROM (SELECT scope, target, count, sum, fifth1, fifth2, "
		"fifth3, fifth4, fifth5 FROM rating WHERE count > 0 EXCEPT "
		"SELECT * FROM ratings_recomputed)",
		0);
	assert_number(f,
		      "SELECT count(*) FROM (SELECT * FROM ratings_recomputed EXCEPT "
		      "SELECT scope, target, count, sum, fifth1, fifth2, fifth3, fifth4, "
		      "fifth5 FROM rating)",
		      0);
}
