#include "moderate.h"

#include <stdlib.h>
#include <unistd.h>

#include "alloc.h"
#include "hook.h"
#include "pack.h"
#include "policy.h"
#include "ruleset.h"

#define KEPT 2

struct kept {
	uint8_t rules_hash[SHA256_BYTES], policy_hash[SHA256_BYTES];
	struct ruleset *rules; /* NULL: free */
	uint64_t used;	       /* turn of its last use */
};

struct moderate {
	char *packs;
	size_t scan_bytes_max;
	struct kept kept[KEPT];
	struct ruleset *current; /* NULL: none in force */
	uint64_t turn;
	struct hit hits[HITS_MAX], found[HITS_MAX];
};

struct moderate *moderate_new(const char *data, size_t scan_bytes_max)
{
	struct moderate *m = xcalloc(1, sizeof(*m));

	m->packs = xasprintf("%s/packs", data);
	m->scan_bytes_max = scan_bytes_max;
	return m;
}

void moderate_free(struct moderate *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < KEPT; i++)
		ruleset_free(m->kept[i].rules);
	free(m->packs);
	free(m);
}

static bool is_none(const uint8_t hash[SHA256_BYTES])
{
	static const uint8_t none[SHA256_BYTES];

	return memcmp(hash, none, sizeof(none)) == 0;
}

/* The profile decides which rules apply, and the policy names it. */
static enum status use_profile(const struct moderate *m, struct ruleset *rules,
			       const uint8_t policy_hash[SHA256_BYTES], struct err *err)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(policy_freep) struct policy *policy = NULL;

	if (is_none(policy_hash))
		return ST_OK;
	enum status st = pack_open(&pack, m->packs, policy_hash, err);
	if (st == ST_OK)
		st = policy_load(&policy, buf_view(&pack), err);
	if (st == ST_OK)
		ruleset_use_profile(rules, policy->profile);
	return st;
}

static enum status load(const struct moderate *m, struct ruleset **ret,
			const uint8_t rules_hash[SHA256_BYTES],
			const uint8_t policy_hash[SHA256_BYTES], struct err *err)
{
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(ruleset_freep) struct ruleset *rules = NULL;
	OWNED(freep) char *cache = pack_path(m->packs, rules_hash, ".hsdb");
	enum status st = pack_open(&pack, m->packs, rules_hash, err);

	if (st == ST_OK)
		st = ruleset_load(&rules, buf_view(&pack), cache, err);
	if (st == ST_OK)
		st = use_profile(m, rules, policy_hash, err);
	if (st)
		return st;
	*ret = TAKE(rules);
	return ST_OK;
}

static struct kept *find_kept(struct kept kept[KEPT], const uint8_t rules_hash[32],
			      const uint8_t policy_hash[32])
{
	for (size_t i = 0; i < KEPT; i++) {
		struct kept *k = &kept[i];
		if (k->rules && memcmp(k->rules_hash, rules_hash, SHA256_BYTES) == 0 &&
		    memcmp(k->policy_hash, policy_hash, SHA256_BYTES) == 0)
			return k;
	}
	return NULL;
}

bool moderate_ready(struct moderate *m, const uint8_t rules_hash[32],
		    const uint8_t policy_hash[32])
{
	if (is_none(rules_hash) || find_kept(m->kept, rules_hash, policy_hash))
		return true;
	OWNED(freep) char *cache = pack_path(m->packs, rules_hash, ".hsdb");
	return access(cache, R_OK) == 0;
}

enum status moderate_use(struct moderate *m, const uint8_t rules_hash[32],
			 const uint8_t policy_hash[32], struct err *err)
{
	struct kept *k = find_kept(m->kept, rules_hash, policy_hash);

	m->current = NULL;
	if (is_none(rules_hash))
		return ST_OK;
	if (!k) {
		k = m->kept[0].used <= m->kept[1].used ? &m->kept[0] : &m->kept[1];
		struct ruleset *rules = NULL;
		enum status st = load(m, &rules, rules_hash, policy_hash, err);
		if (st)
			return st;
		ruleset_free(k->rules);
		memcpy(k->rules_hash, rules_hash, SHA256_BYTES);
		memcpy(k->policy_hash, policy_hash, SHA256_BYTES);
		k->rules = rules;
	}
	k->used = ++m->turn;
	m->current = k->rules;
	return ST_OK;
}

enum status moderate_record(struct moderate *m, const struct record *record,
			    struct span sections, struct buf *out, struct err *err)
{
	struct findings findings;

	if (!m->current || record->kind != KIND_REVIEW ||
	    record->flags & (RECORD_QUARANTINED | RECORD_ERASED))
		return ST_OK;
	hook_stage("moderate", record);
	enum status st = findings_parse(&findings, m->found, sections, err);
	if (st)
		return st;
	hits_put(out, m->hits, ruleset_evaluate(m->current, record, &findings, m->hits));
	return ST_OK;
}
