// uses: stages/publish/act.c stages/publish/apply.c stages/publish/apply_review.c stages/publish/apply_fact.c
// uses: stages/publish/apply_other.c stages/publish/verdict.c stages/publish/outbox.c
// uses: stages/publish/rating.c stages/publish/names.c stages/publish/rows.c stages/publish/copies.c
/* bench_publish - how long publish takes for N generated reviews of about 1 KB.
 *
 *	bench_publish STORE [N] [BATCH]
 *
 * In one process, without sockets: each batch is generated first, then applied and committed on the
 * clock. Prints µs per review: all, of which CPU of this process, and the parts that can be
 * measured apart over the same records: the bytes of the events, and of those the hashes.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "event.h"
#include "seal.h"

#define SUBJECTS       2000
#define CHECKPOINT_WAL (256 << 20)
#define JOURNAL_ID     UINT64_C(0x0123456789abcdef)
#define FIRST_MS       INT64_C(1795000000000)

static uint64_t state = 88172645463325252U;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

PRINTF(3, 4)
static void put_text(struct buf *body, enum field field, const char *format, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	body_put_bytes(body, field, span_of(text));
}

static void make_text(char *ret, size_t len)
{
	static const char *const words[] = {"service", "parfait", "livraison", "tres",
					    "rapide",  "produit", "conforme",  "merci",
					    "chambre", "propre",  "accueil",   "bruyant"};
	size_t at = 0;

	while (at + 12 < len)
		at += (size_t)snprintf(ret + at, len - at, "%s ",
				       words[next_random() % ARRAY_LEN(words)]);
	ret[at] = '\0';
}

static void put_review(struct buf *out, uint64_t seq)
{
	OWNED(buf_release) struct buf body = BUF_INIT(RECORD_BYTES_MAX);
	char text[640];
	uint64_t subject = next_random() % SUBJECTS;
	struct record_head head = {.kind = KIND_REVIEW,
				   .version = 1,
				   .seq = seq,
				   .received_at = FIRST_MS + (int64_t)seq,
				   .site = SPAN_OF("main"),
				   .principal = SPAN_OF("submit")};

	make_text(text, sizeof(text));
	for (size_t i = 0; i < RECORD_SECRET_BYTES; i++)
		head.secret[i] = (uint8_t)next_random();
	put_le64(head.id, next_random());
	put_le64(head.body_hash, seq);
	put_le64(head.key_hash, next_random());
	put_text(&body, FIELD_SOURCE, "shop");
	put_text(&body, FIELD_SOURCE_ID, "order-%llu", (unsigned long long)seq);
	body_put_int(&body, FIELD_SUBMITTED_AT, head.received_at - 1000);
	put_text(&body, FIELD_SUBJECT, "product-%llu", (unsigned long long)subject);
	put_text(&body, FIELD_SUPPLIER, "supplier-%llu",
		 (unsigned long long)(subject / 10));
	put_text(&body, FIELD_AUTHOR_REF, "customer-%llu",
		 (unsigned long long)(next_random() % 100000));
	body_put_code(&body, FIELD_CONTACT_CHANNEL, CHANNEL_EMAIL);
	put_text(&body, FIELD_CONTACT_VALUE, "c%llu@example.org",
		 (unsigned long long)(next_random() % 100000));
	put_text(&body, FIELD_DISPLAY_NAME, "Claire %llu.",
		 (unsigned long long)(seq % 26));
	body_put_int(&body, FIELD_RATING_VALUE,
		     1000 + (int64_t)(next_random() % 5) * 1000);
	put_text(&body, FIELD_TITLE, "Commande numero %llu", (unsigned long long)seq);
	body_put_bytes(&body, FIELD_TEXT, span_of(text));
	body_put_bytes(&body, FIELD_LANGUAGE, SPAN_OF("fr"));
	body_put_bytes(&body, FIELD_COUNTRY, SPAN_OF("FR"));
	body_put_int(&body, FIELD_EXPERIENCE_DATE, 20000);
	put_text(&body, FIELD_PURCHASE_REF, "po-%llu", (unsigned long long)seq);
	body_put_code(&body, FIELD_ORIGIN, ORIGIN_SOLICITED);
	body_put_code(&body, FIELD_ATTESTATION, 1);
	record_put(out, &head, buf_view(&body));
}

static double seconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum status st, const struct err *err)
{
	if (!st)
		return;
	fprintf(stderr, "bench_publish: %s: %s\n", status_name(st), err->text);
	exit(1);
}

static struct {
	double wall, cpu, events, hashes;
	uint64_t bytes;
} spent;

static void apply_batch(struct apply *apply, struct span records)
{
	static const uint8_t rules[SHA256_BYTES] = {1}, policy[SHA256_BYTES] = {2};
	struct findings none = {0};
	struct record r;
	struct err err;
	double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);

	must(apply_begin(apply, &err), &err);
	while (records.len) {
		must(record_parse(&r, records, &err), &err);
		must(apply_record(apply, JOURNAL_ID, &r, &none, rules, policy, &err),
		     &err);
		records.at += r.bytes.len;
		records.len -= r.bytes.len;
	}
	must(apply_commit(apply, &err), &err);
	if (apply_wal_bytes(apply) > CHECKPOINT_WAL)
		must(apply_checkpoint(apply, false, &err), &err);
	spent.wall += seconds(CLOCK_MONOTONIC) - wall;
	spent.cpu += seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
}

static void hash_all(const struct record *r)
{
	static struct buf keep = {.max = RECORD_BYTES_MAX};
	uint8_t salt[SHA256_BYTES];

	for (enum field f = 0; f < FIELD_COUNT; f++)
		if ((field_table[f].flags & COMMITTED) && record_has(r, f)) {
			seal_salt(salt, r->secret, field_table[f].path);
			seal_commit(salt, field_table[f].path, salt,
				    event_value(&keep, r, f));
		}
}

static void measure_parts(struct span records)
{
	static struct buf out = {.max = EVENT_BYTES_MAX};
	struct record r;
	struct err err;
	double start = seconds(CLOCK_MONOTONIC), middle;
	struct span at = records;

	for (; at.len; at.at += r.bytes.len, at.len -= r.bytes.len) {
		must(record_parse(&r, at, &err), &err);
		event_put(&out, &(struct event){.kind = EVENT_REVIEW_RECEIVED,
						.record = &r,
						.review = r.id,
						.actor_role = "principal",
						.actor = r.principal,
						.commits = true,
						.shows_review = true});
		event_put(&out, &(struct event){.kind = EVENT_REVIEW_DECIDED,
						.record = &r,
						.review = r.id,
						.actor_role = "system",
						.actor = r.principal});
	}
	middle = seconds(CLOCK_MONOTONIC);
	for (at = records; at.len; at.at += r.bytes.len, at.len -= r.bytes.len) {
		must(record_parse(&r, at, &err), &err);
		hash_all(&r);
	}
	spent.events += middle - start;
	spent.hashes += seconds(CLOCK_MONOTONIC) - middle;
}

int main(int argc, char **argv)
{
	uint64_t total = argc > 2 ? strtoull(argv[2], NULL, 10) : 200000;
	uint64_t batch = argc > 3 ? strtoull(argv[3], NULL, 10) : 2000;
	OWNED(buf_release) struct buf records = BUF_INIT((size_t)1 << 30);
	OWNED(apply_closep) struct apply *apply = NULL;
	const struct apply_options options = {0};
	struct err err;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_publish STORE [N] [BATCH]\n");
		return EXIT_CODE_USAGE;
	}
	must(apply_open(&apply, argv[1], &options, &err), &err);
	for (uint64_t seq = apply_committed(apply, JOURNAL_ID), end = seq + total;
	     seq < end;) {
		buf_clear(&records);
		for (uint64_t i = 0; i < batch && seq < end; i++)
			put_review(&records, ++seq);
		spent.bytes += records.len;
		apply_batch(apply, buf_view(&records));
		measure_parts(buf_view(&records));
	}
	double n = (double)total / 1e6;
	printf("%llu reviews of %llu bytes, %llu in a transaction: %.0f/s, %.1f us each\n",
	       (unsigned long long)total, (unsigned long long)(spent.bytes / total),
	       (unsigned long long)batch, (double)total / spent.wall, spent.wall / n);
	printf("cpu %.1f us, of which events %.1f us, of which hashes %.1f us\n",
	       spent.cpu / n, spent.events / n, spent.hashes / n);
	return 0;
}
