/*
 * commands.c: signing_stats.
 */
#include "host/stats/stats.h"

#include "control.h"
#include "host/control/commands.h"
#include "host/control/form.h"
#include "host/stats/keeper.h"
#include "host/stats/signing.h"

#include <strings.h>

static int
run_show(command_construct *cc, void *closure)
{
	(void)closure;
	if (cc->argc > 1) {
		(void)stringprintf(&cc->response, "There is no "
		    "'signing_stats %s': try 'signing_stats' or "
		    "'signing_stats reset'\n", cc->argv[1]);
		return 0;
	}
	if (cc->json)
		signing_write_json(&cc->response);
	else if (cc->xml)
		signing_write_xml(&cc->response);
	else
		signing_write_text(&cc->response);
	return 1;
}

static int
run_reset(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	signing_reset();
	keeper_was_reset();
	return form_answer_done(cc, "signing_stats", json_pack("{s:b}",
	    "reset", 1), "Signing Statistics are reset\n");
}

void
stats_add_commands(void)
{
	static const struct {
		const char *prefix;
		ec_control_function2 run;
		const char *summary;
	} rows[] = {
		{ "signing_stats", run_show, "messages signed, by domain and "
		  "binding" },
		{ "signing_stats reset", run_reset, "count them from zero" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ec_control_register_command2(rows[i].prefix, NULL,
		    rows[i].run);
		ec_control_register_help(rows[i].prefix, rows[i].summary,
		    rows[i].prefix);
	}
}
