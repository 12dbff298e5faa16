/*
 * logs.c: paniclog, reopen logs.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include "hooks/core/log_reopen.h"
#include "host/log/log.h"

static void
add_line(void *closure, int level, const char *line)
{
	(void)json_array_append_new(closure, json_pack("{s:s,s:o}", "level",
	    log_level_name(level), "line", form_text(line)));
}

static int
run_paniclog(command_construct *cc, void *closure)
{
	json_t *list;

	(void)closure;
	if (commands_has_rest(cc, 1))
		return 0;
	if (!form_is_wanted(cc)) {
		log_tail(&cc->response);
		return 1;
	}
	list = json_array();
	log_tail_each(add_line, list);
	return form_answer(cc, "paniclog", json_pack("{s:o}", "lines", list));
}

static int
run_reopen(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	if (log_reopen() != 0) {
		(void)stringprintf(&cc->response, "The log cannot be opened: "
		    "the old one is written on\n");
		return 0;
	}
	call_core_log_reopen_hook();
	return form_answer_done(cc, "logs", json_pack("{s:b}", "reopened", 1),
	    "Logs reopened\n");
}

void
logs_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "paniclog", run_paniclog,
		    "the latest log lines, ten of each level", NULL },
		{ "reopen logs", run_reopen,
		    "open log files again, after rotation", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
