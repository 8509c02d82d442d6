#include "policies.h"

#include <stdlib.h>

#include "alloc.h"
#include "pack.h"

struct policies {
	char *packs;
	struct policy **policy;
	size_t count;
};

struct policies *policies_new(const char *data)
{
	struct policies *p = xcalloc(1, sizeof(*p));

	p->packs = xasprintf("%s/packs", data);
	return p;
}

void policies_free(struct policies *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		policy_free(p->policy[i]);
	free(p->policy);
	free(p->packs);
	free(p);
}

enum status policies_find(void *policies, const struct policy **ret,
			  const uint8_t hash[SHA256_BYTES], struct err *err)
{
	struct policies *p = policies;
	OWNED(buf_release) struct buf pack = BUF_INIT(PACK_BYTES_MAX);
	OWNED(policy_freep) struct policy *policy = NULL;

	for (size_t i = 0; i < p->count; i++) {
		if (memcmp(p->policy[i]->hash, hash, SHA256_BYTES) == 0) {
			*ret = p->policy[i];
			return ST_OK;
		}
	}
	enum status st = pack_open(&pack, p->packs, hash, err);
	if (st == ST_OK)
		st = policy_load(&policy, buf_view(&pack), err);
	if (st)
		return st;
	p->policy = xrealloc(p->policy, (p->count + 1) * sizeof(struct policy *));
	p->policy[p->count] = TAKE(policy);
	*ret = p->policy[p->count++];
	return ST_OK;
}
