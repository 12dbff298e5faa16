/*
 * process.c: commands about the process and the console as a whole.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/debugging.h"
#include "host/control/form.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* A console has a thread of its own as long as it is connected. */
static _Thread_local bool debugging;

bool
debugging_is_on(void)
{
	return debugging;
}

void
debugging_set(bool on)
{
	debugging = on;
}

/* The answer is known to scripts that ask whether somebody is there: it is the
 * same when the mode ends. */
static int
run_debugging(command_construct *cc, void *closure)
{
	(void)closure;
	debugging = !debugging;
	return form_answer_done(cc, "debugging", json_pack("{s:b}",
	    "debugging", debugging), "I am Ten Ninjas\n");
}

/* As the signal does: messages in flight have their time. */
static int
run_shutdown(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 1)) /* "shutdown --help" is a question */
		return 0;
	if (kill(getpid(), SIGTERM) != 0) {
		(void)stringprintf(&cc->response, "Not shut down: %s\n",
		    strerror(errno));
		return 0;
	}
	return form_answer_done(cc, "shutdown", json_pack("{s:b,s:I}",
	    "shutting_down", 1, "pid", (json_int_t)getpid()),
	    "Shutting down\n");
}

void
process_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "debugging mode", run_debugging,
		    "on or off, for this console",
		    "While it is on, an answer in words ends with a line that "
		    "begins with '#': how long\nthe command took, and the "
		    "number of the configuration that it ran on." },
		{ "shutdown", run_shutdown,
		    "take no more mail, end what is in flight, stop", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
