/* applied.h - a store of its own for each test of publish, and records applied to it.
 *
 *	static void test_x(void **state)
 *	{
 *		struct fixture *f = *state;
 *		const struct made m = made_review(1);
 *		store_one(f, &m, NULL, 0);
 *		assert_number(f, "SELECT count(*) FROM public_reviews", 1);
 *	}
 */
#ifndef APPLIED_H
#define APPLIED_H

#include "../../stages/publish/apply.h"
#include "made.h"
#include "state.h"

#define JOURNAL UINT64_C(0x1122334455667788)

struct fixture {
	char *directory, *path;
	struct apply *apply;
	struct store *reader;
	const struct policy *policy; /* NULL: none in force */
};

extern const uint8_t no_hash[SHA256_BYTES];

/* For cmocka: *state is the fixture. */
int applied_set_up(void **state);
int applied_tear_down(void **state);

void open_apply(struct fixture *f); /* again, after apply_close */

/* Applies one record inside the open transaction; or in one of its own. */
enum status put(struct fixture *f, const struct made *m, struct hit *hits, size_t count);
void store_one(struct fixture *f, const struct made *m, struct hit *hits, size_t count);
/* The same with what dedup found. */
void store_found(struct fixture *f, const struct made *m, const struct duplicates *found,
		 struct hit *hits, size_t count);
void store_plain(struct fixture *f, uint64_t seq); /* an ordinary review without hits */

struct hit hit_of(enum action action, const char *rule, const char *reason);
struct hit duplicate_hit(uint64_t of); /* rejects as duplicate of that seq */

int64_t number(struct fixture *f, const char *sql);
void assert_number(struct fixture *f, const char *sql, int64_t expected);
enum state state_of(struct fixture *f, uint64_t seq);
void assert_ratings_equal_recomputation(struct fixture *f);

#endif
