/* made_reviews.h - reviews in French and English that nobody wrote, as many as are asked for.
 *
 * For evaluations that are given no texts. Sentences of patterns with places that hundreds
 * of words fill (made_reviews.def): varied enough that two of them are hardly ever alike,
 * and still no natural language: figures of generated texts say that they are.
 */
#ifndef MADE_REVIEWS_H
#define MADE_REVIEWS_H

#include "buf.h"

/* Appends review `number`, the same one each time. */
void made_review(struct buf *ret, uint64_t number);

#endif
