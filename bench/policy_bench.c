/*
 * policy_bench.c: what an empty callout in Lua adds to a message.
 *
 * The host runs the same message in turns without the module scriptlet and with
 * a script whose validate_data_spool does nothing; between turns, and untimed,
 * the configuration is replaced.  Nothing is signed, so the difference is the
 * callout.
 *
 * usage: policy_bench
 */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "fatal.h"
#include "host/config/errors.h"
#include "host/host.h"
#include "host/validation/session.h"
#include "letter.h"

#define SIZE 4096
#define TURNS 25
#define MESSAGES 2000 /* in a turn, after as many that warm up */
#define MAX_US 5.0

static const char script[] =
    "require(\"msys.core\")\n"
    "local mod = {}\n"
    "function mod:validate_data_spool(msg, ac, vctx)\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "msys.registerModule(\"empty\", mod)\n";

static double
microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void
write_script(char *path, size_t room)
{
	FILE *file;

	(void)snprintf(path, room, "/tmp/policy_bench-%ld.lua",
	    (long)getpid());
	file = fopen(path, "wx");
	if (file == NULL || fputs(script, file) < 0 || fclose(file) != 0)
		fatal("the script cannot be written");
}

static void
must(int ret, struct config_errors *errors)
{
	if (ret != 0)
		fatal("%s", errors->first == NULL ? "?" :
		    errors->first->message);
	errors_deinit(errors);
}

static void
use(const char *text)
{
	struct host_source source = {
		.text = span_of_text(text), .text_name = "bench",
	};
	struct config_errors errors = { 0 };

	must(host_reload(&source, &errors), &errors);
}

static void
send_one(struct session *session, const struct letter *letter)
{
	(void)session_mail(session, "sender@sender.example", NULL);
	(void)session_rcpt(session, "reader@example.net", NULL);
	for (size_t i = 0; i < letter->n_fields; i++)
		(void)session_header(session, letter->fields[i]);
	(void)session_end_of_header(session);
	(void)session_body(session, letter->body);
	if (session_end_of_message(session)->action != SESSION_ACCEPT)
		fatal("a message was refused");
}

/* Microseconds of processor time for a message. */
static double
turn(const char *text, const struct letter *letter)
{
	struct session_client client = { 0 };
	struct session *session;
	double begin = 0;

	use(text);
	session = session_new(&client);
	(void)session_connect(session);
	for (int i = 0; i < 2 * MESSAGES; i++) {
		if (i == MESSAGES)
			begin = microseconds();
		send_one(session, letter);
	}
	begin = microseconds() - begin;
	session_free(&session);
	return begin / MESSAGES;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values)
{
	qsort(values, TURNS, sizeof(*values), compare);
	return values[TURNS / 2];
}

int
main(int argc, char **argv)
{
	static double without[TURNS], more[TURNS];
	struct host_start start = { .source.text_name = "bench" };
	struct config_errors errors = { 0 };
	struct letter *letter = letter_new(SIZE);
	char path[64], with[256];
	double us;

	(void)argv;
	if (argc > 1) {
		fprintf(stderr, "usage: policy_bench\n");
		return EX_USAGE;
	}
	write_script(path, sizeof(path));
	(void)snprintf(with, sizeof(with), "scriptlet \"scriptlet\" { "
	    "script \"empty\" { source = \"%s\" } }\n", path);
	start.source.text = SPAN("# nothing\n");
	must(host_open(&start, &errors), &errors);
	for (int i = 0; i < TURNS; i++) {
		without[i] = turn("# nothing\n", letter);
		more[i] = turn(with, letter) - without[i];
	}
	host_close();
	(void)unlink(path);
	letter_free(&letter);
	us = median(more);
	printf("%d octets through the host: %.2f us\nan empty "
	    "validate_data_spool callout: %.2f us more, wanted below %.0f  "
	    "%s\n", SIZE, median(without), us, MAX_US,
	    us < MAX_US ? "met" : "MISSED");
	return us < MAX_US ? 0 : 1;
}
