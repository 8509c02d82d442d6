#include "rules_disk.h"

#include "activation.h"
#include "alloc.h"
#include "cmd.h"
#include "pack.h"

void rules_disk_release(struct rules_disk *d)
{
	ruleset_free(d->rules);
	buf_release(&d->pack);
	*d = (struct rules_disk){.rules = NULL};
}

static int refuse(const struct conf_report *wrong,
		  const struct installation *installation)
{
	OWNED(conf_report_release) struct conf_report real = {0};

	for (size_t i = 0; i < wrong->count; i++) {
		const struct conf_complaint *at = &wrong->at[i];
		OWNED(freep) char *path = activation_path(installation, at->file);

		conf_complain(&real, path,
			      (struct conf_place){at->line, at->column, true}, "%s",
			      at->text);
	}
	real.left_out += wrong->left_out;
	return installation_refuse(&real);
}

int rules_disk_load(struct rules_disk *ret, const struct installation *installation)
{
	OWNED(conf_report_release) struct conf_report wrong = {0};
	struct err err = {""};

	*ret = (struct rules_disk){.pack = BUF_INIT(PACK_BYTES_MAX)};
	enum status st =
		pack_build(&ret->pack, installation->options->pipeline.rules, &err);
	if (st) {
		(void)cmd_failed(&cmd_rules, st, &err);
		return EXIT_CODE_CONFIG;
	}
	st = ruleset_judge(&ret->rules, buf_view(&ret->pack), NULL, &wrong, &err);
	if (!st)
		return 0;
	return wrong.count > 0 ? refuse(&wrong, installation)
			       : cmd_failed(&cmd_rules, st, &err);
}
