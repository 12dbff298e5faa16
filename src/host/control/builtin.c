/*
 * builtin.c: the commands that the host answers itself.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"

#include "ec_fc.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/loader/instance.h"
#include "host/log/log.h"
#include "hooks/core/log_reopen.h"
#include "module.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct help { /* one question for help */
	string *out;
	const char *about; /* NULL: a list */
	bool found;
};

static void
tell_help(void *closure, const char *prefix, const char *summary,
    const char *text)
{
	struct help *help = closure;

	if (help->about == NULL) {
		(void)stringprintf(help->out, "  %-24s %s\n", prefix, summary);
	} else if (strcasecmp(prefix, help->about) == 0) {
		help->found = true;
		(void)stringprintf(help->out, "%s: %s\n", prefix, summary);
		if (text != NULL)
			(void)stringprintf(help->out, "%s\n", text);
	}
}

static int
run_help(command_construct *cc, void *closure)
{
	struct help help = { .out = &cc->response };

	(void)closure;
	if (cc->argc > 1)
		help.about = cc->argv_offsets[1];
	commands_each(tell_help, &help);
	if (help.about == NULL)
		(void)stringprintf(help.out,
		    "A module's own: MODULE:INSTANCE command, or MODULE "
		    "command (see \"module list\")\n");
	else if (!help.found)
		(void)stringprintf(help.out, "There is no command '%s'\n",
		    help.about);
	return help.about == NULL || help.found;
}

static int
run_version(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "mailseal version %s\n",
	    MAILSEAL_VERSION);
	return 1;
}

static int
run_pid(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "%ld\n", (long)getpid());
	return 1;
}

static int
run_module_list(command_construct *cc, void *closure)
{
	struct generation *generation = generation_of(cc->transaction);
	string *out = &cc->response;

	(void)closure;
	for (struct instance *i = generation != NULL ? generation->instances :
	    NULL; i != NULL; i = i->next) {
		const char *name = ec_module_instance_name(i->infra);
		const shared_module_infrastructure_9 *shared =
		    &i->infra->shared;

		(void)stringprintf(out, "Module: ");
		instance_format_name(i, out);
		(void)stringprintf(out, "\n  Scope_Name: %s\n",
		    i->module->name);
		if (name != NULL)
			(void)stringprintf(out, "  Instance_Name: %s\n", name);
		(void)stringprintf(out, "  Enabled: %s\n  API: %s\n"
		    "  Name: %s\n  Description: %s\n",
		    ec_module_is_enabled(i->infra) != 0 ? "enabled" :
		    "disabled", loaded_kind(i->module),
		    shared->module_name != NULL ? shared->module_name : "",
		    shared->module_description != NULL ?
		    shared->module_description : "");
	}
	return 1;
}

static int
run_module_hooks(command_construct *cc, void *closure)
{
	(void)closure;
	hooks_list(&cc->response);
	return 1;
}

static int
run_paniclog(command_construct *cc, void *closure)
{
	(void)closure;
	log_tail(&cc->response);
	return 1;
}

static int
run_reopen_logs(command_construct *cc, void *closure)
{
	(void)closure;
	if (log_reopen() != 0) {
		(void)stringprintf(&cc->response, "The log cannot be opened: "
		    "the old one is written on\n");
		return 0;
	}
	call_core_log_reopen_hook();
	(void)stringprintf(&cc->response, "Logs reopened\n");
	return 1;
}

struct cache_list {
	string *out;
	unsigned count;
};

static int
tell_cache(void *closure, ec_fc_t *cache)
{
	struct cache_list *list = closure;
	struct ec_fc_stat st;

	ec_fc_stat(cache, &st);
	(void)stringprintf(list->out, "  %s\n", st.name);
	list->count++;
	return 0;
}

static int
run_cache_list(command_construct *cc, void *closure)
{
	struct cache_list list = { &cc->response, 0 };

	(void)closure;
	(void)ec_fc_caches_each(tell_cache, &list);
	(void)stringprintf(list.out, " %u caches listed.\n", list.count);
	return 1;
}

static double
percent(u_int64_t part, u_int64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

static void
tell_stat(string *out, const struct ec_fc_stat *st)
{
	(void)stringprintf(out, "%-14s: %s\n", "Name", st->name);
	(void)stringprintf(out, "%-14s: %zu\n", "Capacity", st->capacity);
	(void)stringprintf(out, "%-14s: %zu\n", "Entries", st->entries);
	(void)stringprintf(out, "%-14s: %.2f%%\n", "Utilization",
	    percent(st->entries, st->capacity));
	(void)stringprintf(out, "%-14s: %llu (Hits: %llu, Misses: %llu)\n",
	    "Loads", (unsigned long long)st->loads,
	    (unsigned long long)st->hits, (unsigned long long)st->misses);
	(void)stringprintf(out, "%-14s: %llu\n", "Stores",
	    (unsigned long long)st->stores);
	(void)stringprintf(out, "%-14s: %llu (Forced: %llu, Expired: %llu, "
	    "Capacity: %llu)\n", "Invalidations",
	    (unsigned long long)(st->forced + st->expired + st->displaced),
	    (unsigned long long)st->forced, (unsigned long long)st->expired,
	    (unsigned long long)st->displaced);
	(void)stringprintf(out, "%-14s: %.2f%%\n", "Hit Rate",
	    percent(st->hits, st->loads));
}

static int
run_cache_stat(command_construct *cc, void *closure)
{
	ec_fc_t *cache = cc->argc > 2 ? ec_fc_caches_find(cc->argv[2]) : NULL;
	struct ec_fc_stat st;

	(void)closure;
	if (cache == NULL) {
		(void)stringprintf(&cc->response, "There is no cache '%s'\n",
		    cc->argc > 2 ? cc->argv[2] : "");
		return 0;
	}
	ec_fc_stat(cache, &st);
	tell_stat(&cc->response, &st);
	ec_fc_delref(cache);
	return 1;
}

static int
run_memory(command_construct *cc, void *closure)
{
	struct ec_mem_type_usage usage;

	(void)closure;
	(void)stringprintf(&cc->response, "%-32s %8s %10s %10s %12s %14s\n",
	    "memory type", "buf size", "active", "peak", "allocd", "bytes");
	for (int type = 0; type < MEMTYPE_MAX; type++) {
		if (ec_memtype_get_stats(type, &usage) == 0 ||
		    (cc->argc > 1 && strcmp(cc->argv[1],
		    usage.memtype_description) != 0))
			continue;
		(void)stringprintf(&cc->response,
		    "%-32s %8zu %10ld %10ld %12ld %14ld\n",
		    usage.memtype_description, usage.size, usage.active,
		    usage.peak, usage.allocd, usage.bytes);
	}
	return 1;
}

void
commands_add_rows(const struct command_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ec_control_register_command2(rows[i].prefix, NULL,
		    rows[i].run);
		ec_control_register_help(rows[i].prefix, rows[i].summary,
		    rows[i].text);
	}
}

void
commands_add_builtin(void)
{
	static const struct command_row rows[] = {
		{ "cache list", run_cache_list, "names of all caches", NULL },
		{ "cache stat", run_cache_stat, "counters of a cache",
		    "cache stat NAME" },
		{ "help", run_help, "this list, or one command",
		    "help [COMMAND]" },
		{ "memory", run_memory, "memory in use, by type",
		    "memory [TYPE]" },
		{ "module hooks", run_module_hooks,
		    "hooks that are known, with their prototypes", NULL },
		{ "module list", run_module_list, "modules in use", NULL },
		{ "paniclog", run_paniclog, "the latest log lines", NULL },
		{ "pid", run_pid, "the process's number", NULL },
		{ "reopen logs", run_reopen_logs,
		    "open log files again, after rotation", NULL },
		{ "version", run_version, "which mailseal this is", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
	configured_add_commands();
	change_add_commands();
	process_add_commands();
}
