/* rules_text.h - the text of one rule, as it stands in its file, by its id.
 *
 * The comment directly above a rule belongs to it; blank lines around it do not.
 */
#ifndef RULES_TEXT_H
#define RULES_TEXT_H

#include "pack.h"

struct rules_text {
	char path[PACK_PATH_MAX + 1]; /* in the pack */
	uint32_t line;		      /* of `text`, from 1 */
	struct span text;	      /* whole lines; borrows the pack */
};

/* Errors: ST_ENOTFOUND (no such rule; err names the nearest), those of pack.h. A file that
 * is no YAML is passed over. */
enum status rules_text_find(struct rules_text *ret, struct span pack, const char *id,
			    struct err *err) MUST_CHECK;

#endif
