/*
 * options.c: names, types, defaults, and what values are good.
 */
#include "scriptlet/options.h"

#include "dkim/option.h"
#include "dkim/option_check.h"

#include <limits.h>

#define HERE "scriptlet"
#define MIN_MEMORY (1024 * 1024) /* bytes: less does not hold the libraries */
#define MAX_PERCENT 1000 /* what the collector takes */

static const struct ec_config_value_mapping script_errors[] = {
	{ "continue", "0" },
	{ "tempfail", "1" },
	{ NULL, NULL },
};

static int
check_positive(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, INT_MAX);
}

static int
check_percent(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, MAX_PERCENT);
}

static int
check_memory(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, MIN_MEMORY, INT_MAX);
}

static ec_config_option_def rows[OPTION_COUNT] = {
	[OPTION_ALWAYS_GC] = { .name = "always_gc",
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
	[OPTION_GC_PAUSE] = { .name = "gc_pause",
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "200",
	    .validate_value = check_percent },
	[OPTION_GC_STEPMUL] = { .name = "gc_stepmul",
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "200",
	    .validate_value = check_percent },
	[OPTION_MAX_SPARE_PER_MASTER] = { .name = "max_spare_per_master",
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "5000",
	    .validate_value = check_positive },
	[OPTION_REAP_INTERVAL] = { .name = "reap_interval",
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "1" },
	[OPTION_SCRIPT_ERROR] = { .name = "script_error",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "tempfail",
	    .map = script_errors },
	[OPTION_SCRIPT_INSTRUCTIONS] = { .name = "script_instructions",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "200000000",
	    .validate_value = check_positive },
	[OPTION_SCRIPT_MEMORY] = { .name = "script_memory",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "134217728",
	    .validate_value = check_memory },
	[OPTION_SCRIPT_TIME] = { .name = "script_time",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "5000",
	    .validate_value = check_positive },
	[OPTION_SCRIPT_TTL] = { .name = "script_ttl",
	    .type = ECCFGTYPE_INT, .fallback = HERE, .defval = "300" },
	[OPTION_SOURCE] = { .name = "source",
	    .flags = EC_CFG_OPT_REQUIRED,
	    .type = ECCFGTYPE_STRING, .fallback = HERE ":script",
	    .validate_value = option_check_given },
	[OPTION_UNSAFE_LIBRARIES] = { .name = "unsafe_libraries",
	    .flags = EC_CFG_OPT_ADDITION,
	    .type = ECCFGTYPE_BOOL, .fallback = HERE, .defval = "false" },
};

/* For the manual. */
static const char *const helps[OPTION_COUNT] = {
	[OPTION_ALWAYS_GC] = "Known, without effect.",
	[OPTION_GC_PAUSE] =
	    "How much memory grows, in per cent, before the collector begins "
	    "again.",
	[OPTION_GC_STEPMUL] =
	    "How fast the collector works, in per cent of the memory that is "
	    "taken meanwhile.",
	[OPTION_MAX_SPARE_PER_MASTER] =
	    "Interpreters that are kept while no session needs them.",
	[OPTION_REAP_INTERVAL] = "Known, without effect.",
	[OPTION_SCRIPT_ERROR] =
	    "What becomes of a message, or a command, when a script fails.",
	[OPTION_SCRIPT_INSTRUCTIONS] =
	    "Instructions of Lua that one callout may take.",
	[OPTION_SCRIPT_MEMORY] =
	    "Bytes that one interpreter may take.",
	[OPTION_SCRIPT_TIME] =
	    "Milliseconds that one callout may take, waiting for DNS and "
	    "databases not counted.",
	[OPTION_SCRIPT_TTL] =
	    "Known, without effect: scripts are read when the configuration "
	    "is loaded.",
	[OPTION_SOURCE] =
	    "The script: directories and file, separated by `.` or `/`, "
	    "without `.lua`.",
	[OPTION_UNSAFE_LIBRARIES] =
	    "Give scripts the libraries io, os and debug as they are, and "
	    "native modules.",
};

static int slots[OPTION_COUNT];

int
options_register(void)
{
	return option_register_all(rows, helps, slots, OPTION_COUNT);
}

int
options_slot(enum scriptlet_option option)
{
	return slots[option];
}
