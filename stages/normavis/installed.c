#include "installed.h"

/* Written by the Makefile; in a file of its own, so that a test says another. */
const char installed_config[] =
#include "installed_config.inc"
	;
