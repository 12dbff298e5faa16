/*
 * logging_test.c: the options Paniclog and Syslog, and where lines then go.
 *
 * The functions of syslog(3) here stand in for the C library's and keep what
 * they are given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/logging.h"
#include "host/config/config.h"
#include "host/config/host_options.h"
#include "host/log/log.h"

static struct {
	char ident[32];
	int options, facility, priority;
	char line[256]; /* "" when there was none */
} system_log;

void
openlog(const char *ident, int options, int facility)
{
	(void)snprintf(system_log.ident, sizeof(system_log.ident), "%s",
	    ident);
	system_log.options = options;
	system_log.facility = facility;
}

void
closelog(void)
{
}

void
syslog(int priority, const char *format, ...)
{
	va_list args;

	system_log.priority = priority;
	va_start(args, format);
	(void)vsnprintf(system_log.line, sizeof(system_log.line), format,
	    args);
	va_end(args);
}

static const struct row {
	const char *text; /* of the configuration */
	bool foreground;
	int facility; /* 0: not to syslog */
	bool to_stderr, to_file;
} rows[] = {
	{ "", true, 0, true, false },
	{ "", false, LOG_MAIL, false, false },
	{ "paniclog = FILE", true, 0, false, true },
	{ "paniclog = FILE", false, 0, false, true },
	{ "syslog = local3", true, LOG_LOCAL3, false, false },
	{ "syslog = daemon", false, LOG_DAEMON, false, false },
	{ "syslog = User", false, LOG_USER, false, false },
	{ "syslog = mail paniclog = FILE", true, LOG_MAIL, false, true },
	{ "syslog = local7 paniclog = FILE", false, LOG_LOCAL7, false, true },
	{ "syslog = off", true, 0, true, false },
	{ "syslog = off", false, 0, false, false },
	{ "syslog = off paniclog = FILE", false, 0, false, true },
};

static struct registry *registry;
static char file[] = "/tmp/logging_test.XXXXXX";
static char err[] = "/tmp/logging_test.XXXXXX";
static int real_stderr;

static int
begin(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	registry = registry_new();
	host_options_add(registry);
	(void)close(fd);
	fd = mkstemp(err);
	real_stderr = dup(STDERR_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	return close(fd);
}

static int
end(void **state)
{
	(void)state;
	(void)dup2(real_stderr, STDERR_FILENO);
	(void)close(real_stderr);
	registry_free(&registry);
	(void)unlink(err);
	return unlink(file);
}

static struct config *
load(const char *text)
{
	struct config_errors errors = { 0 };
	struct config_load load = { .text_name = "test" };
	struct buffer whole = { 0 };
	const char *place = strstr(text, "FILE");
	struct config *config;

	buffer_add(&whole, span_of(text, place == NULL ? strlen(text) :
	    (size_t)(place - text)));
	if (place != NULL) {
		buffer_add_text(&whole, file);
		buffer_add_text(&whole, place + 4);
	}
	load.text = buffer_span(&whole);
	config = config_load(registry, &load, &errors);
	assert_non_null(config);
	errors_deinit(&errors);
	buffer_deinit(&whole);
	return config;
}

/* Is the line the last thing in the file? */
static bool
has_line(const char *path, const char *line)
{
	char text[4096] = "";
	FILE *in = fopen(path, "r");
	size_t n = fread(text, 1, sizeof(text) - 1, in);

	(void)fclose(in);
	assert_int_equal(truncate(path, 0), 0);
	(void)lseek(STDERR_FILENO, 0, SEEK_SET);
	return n > strlen(line) && strstr(text, line) != NULL;
}

static void
lines_go_where_the_options_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct config *config = load(row->text);
		struct buffer why = { 0 };

		memset(&system_log, 0, sizeof(system_log));
		print_message("# %s, %s\n", row->text, row->foreground ?
		    "foreground" : "background");
		assert_int_equal(logging_open(config, row->foreground, NULL,
		    &why), 0);
		log_line(DWARNING, "message %zu", i);
		assert_int_equal(system_log.facility, row->facility);
		if (row->facility != 0) {
			char line[32];

			(void)snprintf(line, sizeof(line), "message %zu", i);
			assert_string_equal(system_log.line, line);
			assert_string_equal(system_log.ident, "mailseald");
			assert_true((system_log.options & LOG_PID) != 0);
			assert_int_equal(system_log.priority, LOG_WARNING);
		} else {
			assert_string_equal(system_log.line, "");
		}
		assert_int_equal(has_line(err, "[warning] message"),
		    row->to_stderr);
		assert_int_equal(has_line(file, "[warning] message"),
		    row->to_file);
		config_unref(&config);
	}
}

static void
a_line_about_a_message_has_its_id_in_syslog(void **state)
{
	struct config *config = load("syslog = mail");
	struct buffer why = { 0 };
	const char *before;

	(void)state;
	assert_int_equal(logging_open(config, false, NULL, &why), 0);
	before = log_message_set("4bTx9Q");
	log_line(DERROR, "from <%s>", "a\nb");
	(void)log_message_set(before);
	assert_string_equal(system_log.line, "4bTx9Q: from <a?b>");
	assert_int_equal(system_log.priority, LOG_ERR);
	config_unref(&config);
}

static void
a_file_that_cannot_be_made_changes_nothing(void **state)
{
	struct config *good = load("paniclog = FILE");
	struct config *bad = load("paniclog = /nonexistent/log");
	struct buffer why = { 0 };
	char *words;

	(void)state;
	assert_int_equal(logging_open(good, false, NULL, &why), 0);
	assert_int_equal(logging_open(bad, false, NULL, &why), -1);
	words = buffer_take_text(&why);
	assert_string_equal(words,
	    "/nonexistent/log: No such file or directory");
	free(words);
	log_line(DERROR, "still here");
	assert_true(has_line(file, "[error] still here"));
	config_unref(&good);
	config_unref(&bad);
}

/* Opening a pipe waits for its reader, and mail would wait for the log. */
static void
a_pipe_that_nobody_reads_holds_nothing_up(void **state)
{
	char text[80], path[] = "/tmp/logging_test.XXXXXX";
	struct buffer why = { 0 };
	struct config *config;

	(void)state;
	(void)close(mkstemp(path));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	(void)snprintf(text, sizeof(text), "paniclog = %s", path);
	config = load(text);
	(void)alarm(10);
	assert_int_equal(logging_open(config, false, NULL, &why), -1);
	(void)alarm(0);
	assert_int_equal(unlink(path), 0);
	buffer_deinit(&why);
	config_unref(&config);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_go_where_the_options_say),
		cmocka_unit_test(a_line_about_a_message_has_its_id_in_syslog),
		cmocka_unit_test(a_file_that_cannot_be_made_changes_nothing),
		cmocka_unit_test(a_pipe_that_nobody_reads_holds_nothing_up),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
