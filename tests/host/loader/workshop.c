/*
 * workshop.c: folder, build helper, host.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "workshop.h"

#include "host/control/commands.h"
#include "host/host.h"

static char folder[] = "/tmp/workshop.XXXXXX";
static char helper[4096], where[4096];
static char errors_text[65536];
static char events_text[65536];
static string events, answer; /* events: under events_lock */
static pthread_mutex_t events_lock = PTHREAD_MUTEX_INITIALIZER;

int test_refuse_init;

static void
run(const char *command)
{
	if (system(command) != 0)
		fail_msg("%s", command);
}

void
workshop_open(const char *ecxs, const char *sources)
{
	(void)snprintf(helper, sizeof(helper), "%s", ecxs);
	(void)snprintf(where, sizeof(where), "%s", sources);
	assert_non_null(mkdtemp(folder));
	(void)string_init_type(&events, 1, STRING_TYPE_MALLOC);
	(void)string_init_type(&answer, 1, STRING_TYPE_MALLOC);
}

void
workshop_close(void)
{
	char command[4200];

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	run(command);
	(void)string_destroy(&events);
	(void)string_destroy(&answer);
}

const char *
workshop_folder(void)
{
	return folder;
}

void
workshop_build(const char *name, const char *source, const char *arguments)
{
	char command[16384];

	(void)snprintf(command, sizeof(command),
	    "'%s' -c -o '%s/%s.so' %s '%s/%s'", helper, folder, name,
	    arguments, where, source);
	run(command);
}

void
workshop_write(const char *name, const char *text)
{
	char path[4200];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	(void)fputs(text, file);
	(void)fclose(file);
}

/* All of them, with "DIR" for the folder's name. */
static void
keep_errors(struct config_errors *errors)
{
	struct buffer out = { 0 };
	const char *at;
	size_t n = 0;

	errors_format_all(errors, &out);
	buffer_add_byte(&out, '\0');
	for (at = (const char *)out.p; *at != '\0' &&
	    n < sizeof(errors_text) - 8;) {
		if (strncmp(at, folder, strlen(folder)) == 0) {
			n += (size_t)sprintf(errors_text + n, "DIR");
			at += strlen(folder);
		} else {
			errors_text[n++] = *at++;
		}
	}
	errors_text[n] = '\0';
	buffer_deinit(&out);
	errors_deinit(errors);
}

enum use { LOAD, RELOAD, CHECK };

static bool
use(enum use what, const char *text)
{
	struct config_errors errors = { 0 };
	struct host_start start = { 0 };
	char whole[65536];
	int ret;

	/* one line, so that the test's own begin with line 2 */
	(void)snprintf(whole, sizeof(whole), "module_path = ( \"%s\" )\n%s",
	    folder, text);
	start.source.text = span_of_text(whole);
	start.source.text_name = "test.conf";
	if (what == LOAD)
		ret = host_open(&start, &errors);
	else if (what == RELOAD)
		ret = host_reload(&start.source, &errors);
	else
		ret = host_check(&start.source, &errors);
	assert_int_equal(ret == 0, errors.count == 0);
	keep_errors(&errors);
	return ret == 0;
}

bool
workshop_load(const char *text)
{
	return use(LOAD, text);
}

bool
workshop_reload(const char *text)
{
	return use(RELOAD, text);
}

bool
workshop_check(const char *text)
{
	return use(CHECK, text);
}

const char *
workshop_errors(void)
{
	return errors_text;
}

void
test_event(const char *fmt, ...)
{
	va_list args;

	(void)pthread_mutex_lock(&events_lock);
	va_start(args, fmt);
	(void)stringvprintf(&events, fmt, args);
	va_end(args);
	(void)stringprintf(&events, ";");
	(void)pthread_mutex_unlock(&events_lock);
}

const char *
workshop_events(void)
{
	(void)snprintf(events_text, sizeof(events_text), "%s", events.buffer);
	string_truncate(&events, 0);
	return events_text;
}

const char *
workshop_command(const char *line)
{
	string_truncate(&answer, 0);
	(void)commands_run(line, NULL, &answer);
	return answer.buffer;
}
