/*
 * process.c: commands about the process as a whole.
 */
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/metrics/metrics.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static time_t began; /* of the monotonic clock */

static time_t
now(void)
{
	struct timespec ts = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void
tell_family(void *closure, const struct cells_family *family)
{
	string *out = closure;

	if (!family->is_histogram)
		(void)stringprintf(out, "        %s%s%s%s: %llu\n",
		    family->name, family->labels != NULL ? "{" : "",
		    family->labels != NULL ? family->labels : "",
		    family->labels != NULL ? "}" : "",
		    (unsigned long long)cells_sum(family->first));
}

static int
run_summary(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "Summary Statistics\n");
	cells_each(tell_family, &cc->response);
	(void)stringprintf(&cc->response, "        Uptime: %lld seconds\n",
	    (long long)(now() - began));
	return 1;
}

/* A line of /proc/self/status after a name. */
static long
status_number(const char *name)
{
	char line[256];
	long number = -1;
	FILE *file = fopen("/proc/self/status", "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		size_t n = strlen(name);

		if (strncmp(line, name, n) == 0 && line[n] == ':')
			(void)sscanf(line + n + 1, "%ld", &number);
	}
	if (file != NULL)
		(void)fclose(file);
	return number;
}

static int
run_threads(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "Current thread count: %ld\n",
	    status_number("Threads"));
	return 1;
}

/* As the signal does: messages in flight have their time. */
static int
run_shutdown(command_construct *cc, void *closure)
{
	(void)closure;
	(void)stringprintf(&cc->response, "Shutting down\n");
	return kill(getpid(), SIGTERM) == 0;
}

void
process_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "shutdown", run_shutdown,
		  "take no more mail, end what is in flight, stop", NULL },
		{ "summary", run_summary, "what was counted so far", NULL },
		{ "threads", run_threads, "how many threads there are", NULL },
	};

	began = now();
	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
