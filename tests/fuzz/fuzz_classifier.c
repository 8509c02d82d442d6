/* fuzz_classifier - any bytes are a model or are refused; a model scores any text within
 * bounds. The last bytes of an input are tried as weights behind the others as a head with
 * a checksum that fits, which chance would not find. */
#include "classifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define WEIGHTS ((size_t)1 << CLASSIFIER_BITS_MIN)

static void try_bytes(struct span file, struct span text)
{
	OWNED(classifier_freep) struct classifier *c = NULL;
	struct err err = {""};

	if (classifier_load(&c, file, &err)) {
		assert(*err.text && !c);
		return;
	}
	int32_t margin = classifier_margin(c, text);
	assert(classifier_score(c, text) <= CLASSIFIER_SCORE_MAX);
	assert(classifier_score(c, text) == classifier_score_of_margin(margin));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	OWNED(buf_release) struct buf file = BUF_INIT(CLASSIFIER_BYTES_MAX);
	struct span all = {bytes, len};
	uint8_t sum[SHA256_BYTES];
	char hex[HEX_BYTES(SHA256_BYTES)];

	try_bytes(all, all);
	if (len < WEIGHTS || len > CLASSIFIER_HEAD_BYTES_MAX)
		return 0;
	struct span weights = {bytes + len - WEIGHTS, WEIGHTS};
	buf_bytes(&file, bytes, len - WEIGHTS);
	sha256_pieces(sum, (struct span[]){buf_view(&file), weights}, 2);
	buf_format(&file, "sha256 %s\n\n", hex_format(hex, sum, SHA256_BYTES));
	buf_span(&file, weights);
	try_bytes(buf_view(&file), all);
	return 0;
}
