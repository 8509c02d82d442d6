/* classifier_own.h - what classifier.c and classifier_file.c share. */
#ifndef CLASSIFIER_OWN_H
#define CLASSIFIER_OWN_H

#include "classifier.h"

struct classifier {
	struct classifier_about about;
	uint8_t hash[SHA256_BYTES];
	int8_t *weights; /* 2^about.bits */
};

#endif
