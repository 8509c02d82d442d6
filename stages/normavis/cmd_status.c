#include "cmd.h"
static int run_status(int argc, char **argv)
{
	(void)argc; (void)argv;
	return 0;
}
const struct cmd cmd_status = { .name = "status", .summary = "where every record is, recounted", .help = "", .run = run_status };
