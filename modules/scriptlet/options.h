/*
 * options.h: the options of scriptlet, a row each.
 */
#ifndef SCRIPTLET_OPTIONS_H
#define SCRIPTLET_OPTIONS_H

#include "ec_types.h"

enum scriptlet_option {
	OPTION_ALWAYS_GC,
	OPTION_GC_PAUSE,
	OPTION_GC_STEPMUL,
	OPTION_MAX_SPARE_PER_MASTER,
	OPTION_REAP_INTERVAL,
	OPTION_SCRIPT_ERROR,
	OPTION_SCRIPT_INSTRUCTIONS,
	OPTION_SCRIPT_MEMORY,
	OPTION_SCRIPT_TIME,
	OPTION_SCRIPT_TTL,
	OPTION_SOURCE,
	OPTION_UNSAFE_LIBRARIES,
	OPTION_COUNT,
};

/* Register all rows, once in the process.  Returns 0 or -1, with the reason in
 * the log. */
int options_register(void);

/* The slot of a registered option. */
int options_slot(enum scriptlet_option option);

#endif
