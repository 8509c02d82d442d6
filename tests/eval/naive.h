/* naive.h - Jaccard similarity as the definition has it, by nothing that the product uses:
 * to check what the product says. */
#ifndef NAIVE_H
#define NAIVE_H

#include "base.h"

/* In millionths, rounded down, of the sets of character 4-grams of two folded texts. */
uint32_t naive_jaccard(struct span a, struct span b);

#endif
