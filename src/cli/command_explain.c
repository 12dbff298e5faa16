/*
 * command_explain.c: mailseal explain.
 *
 * Goes through logs for one message, and says why it was or was not signed, or
 * how it was verified.  When there is nothing, it says what there is instead,
 * and what to set so that there is more next time.
 */
#include "cli/command.h"

#include "cli/explanation.h"
#include "cli/logfile.h"
#include "cli/logline.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>

struct explain_settings {
	struct option_list logs;
	bool json;
};

static const struct option_row rows[] = {
	{ .name = "log", .argument = "FILE",
	  .help = "look into this log, also one that gzip made smaller; - is\n"
	      "standard input; may be given several times",
	  .parse = option_text_list,
	  .offset = offsetof(struct explain_settings, logs) },
	{ .name = "json", .help = "print one JSON object",
	  .parse = option_switch,
	  .offset = offsetof(struct explain_settings, json) },
};

static const struct option_page page = {
	.name = "explain",
	.usage = "[OPTION...] QUEUEID [LOG...]\n"
	    "journalctl -u mailseald | mailseal explain QUEUEID -",
	.about = "Say why a message was or was not signed, or how it was verified: what mailseald\n"
	    "wrote into the log, in plain words.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "Without a log, /var/log/mailseal/paniclog, /var/log/mail.log and\n"
	    "/var/log/maillog are looked into, with those that were rotated away.\n"
	    "\n"
	    "exit status: 0 something is known, 1 nothing, 64 misuse, 66 a log cannot be read",
};

/* Where lines are without being told; the oldest first. */
static const char *const usual[] = {
	"/var/log/maillog*", "/var/log/mail.log*",
	"/var/log/mailseal/paniclog*",
};

struct search {
	struct span id;
	json_t *results, *said; /* arrays */
	unsigned long lines, ours, others; /* of all; mailseald's; results of
					      other messages */
	bool elsewhere; /* another program speaks of the message */
	const char *first; /* log that was looked into */
	unsigned logs;
};

static void
take_line(struct search *search, struct span line)
{
	json_t *object = NULL;

	search->lines++;
	switch (logline_read(line, search->id, &object)) {
	case LOGLINE_OTHERS:
		if (line.n > 0 && memmem(line.p, line.n, search->id.p,
		    search->id.n) != NULL)
			search->elsewhere = true;
		return;
	case LOGLINE_OURS:
		search->ours++;
		return;
	case LOGLINE_OURS_RESULT:
		search->ours++;
		search->others++;
		return;
	case LOGLINE_SAID:
		(void)json_array_append_new(search->said, object);
		return;
	case LOGLINE_RESULT:
		(void)json_array_append_new(search->results, object);
		return;
	}
}

static int
search_log(struct search *search, const char *path)
{
	struct logfile file = { .name = NULL };
	int status = logfile_open(&file, path), ret = 0;
	struct span line;

	if (status == 0) {
		while ((ret = logfile_next(&file, &line)) > 0)
			take_line(search, line);
		status = ret < 0 ? EX_NOINPUT : 0;
		if (search->logs++ == 0)
			search->first = file.name;
	}
	logfile_close(&file);
	return status;
}

static int
search_logs(struct search *search, const char *const *paths, size_t n)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < n; i++)
		status = search_log(search, paths[i]);
	return status;
}

static int
compare_age(const void *a, const void *b)
{
	struct stat one, two;

	if (stat(*(char *const *)a, &one) != 0 ||
	    stat(*(char *const *)b, &two) != 0)
		return 0;
	if (one.st_mtime == two.st_mtime)
		return 0;
	return one.st_mtime < two.st_mtime ? -1 : 1;
}

static int
search_usual(struct search *search)
{
	size_t n = sizeof(usual) / sizeof(usual[0]);
	glob_t found;
	int status;

	for (size_t i = 0; i < n; i++)
		(void)glob(usual[i], GLOB_NOSORT | (i > 0 ? GLOB_APPEND : 0),
		    NULL, &found);
	if (found.gl_pathc == 0) {
		globfree(&found);
		report_error("there is no log in the usual places: name one, "
		    "or: journalctl -u mailseald | mailseal explain %.*s -",
		    (int)search->id.n, (const char *)search->id.p);
		return EX_NOINPUT;
	}
	qsort(found.gl_pathv, found.gl_pathc, sizeof(*found.gl_pathv),
	    compare_age);
	status = search_logs(search, (const char *const *)found.gl_pathv,
	    found.gl_pathc);
	globfree(&found);
	return status;
}

/* What to do about a log in which there is nothing. */
static const char *
what_to_do(const struct search *search)
{
	if (search->ours == 0 && search->elsewhere)
		return "the mail server writes of this message there, but "
		    "mailseald writes nothing at all: it logs elsewhere (its "
		    "options Paniclog and Syslog; with systemd: journalctl -u "
		    "mailseald | mailseal explain ID -)";
	if (search->ours == 0)
		return "mailseald writes nothing there: it logs elsewhere (its "
		    "options Paniclog and Syslog; with systemd: journalctl -u "
		    "mailseald | mailseal explain ID -)";
	if (search->others == 0)
		return "mailseald writes there, but of no message what became "
		    "of it: set Log_Results = \"all\" in its configuration and "
		    "reload, and look at the next message";
	if (search->elsewhere)
		return "the mail server knows this message, and mailseald "
		    "wrote of others: it was not shown to mailseald "
		    "(smtpd_milters, non_smtpd_milters, "
		    "receive_override_options of Postfix), or Log_Results is "
		    "\"failures\"";
	return "mailseald wrote of other messages: is the queue id right, and "
	    "was the log rotated since (name the older one, too)?";
}

static void
report_nothing(const struct search *search)
{
	report_error("nothing is known of '%.*s': %lu lines in %s%s, %lu of "
	    "them mailseald's", (int)search->id.n,
	    (const char *)search->id.p, search->lines, search->first,
	    search->logs > 1 ? " and other logs" : "", search->ours);
	report_error("%s", what_to_do(search));
}

/* printing */

static void
print_said(const struct search *search)
{
	const json_t *line;
	size_t i;

	if (json_array_size(search->said) == 0)
		return;
	puts("The log says besides:");
	json_array_foreach(search->said, i, line) {
		const char *time = json_string_value(json_object_get(line,
		    "time"));

		fputs("  ", stdout);
		if (time != NULL) {
			text_print(span_of_text(time));
			fputs(": ", stdout);
		}
		text_print(span_of_text(json_string_value(
		    json_object_get(line, "text"))));
		putchar('\n');
	}
}

static bool
is_puzzling(const json_t *result)
{
	static const char *const words[] = { "unsigned", "failed",
		"incomplete", "error" };
	const char *word = json_string_value(json_object_get(result,
	    "result"));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (word != NULL && strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

static void
print_words(const struct search *search, const char *id)
{
	const json_t *result;
	bool puzzling = false, is_signing = false;
	size_t i;

	json_array_foreach(search->results, i, result) {
		if (i > 0)
			putchar('\n');
		explanation_print(id, result);
		puzzling |= is_puzzling(result);
		is_signing |= explanation_is_signing(result);
	}
	if (i > 0 && !is_signing)
		puts("\nNo signing module wrote of it: there is no stanza "
		    "that signs, or the message was\nrefused before it came "
		    "to signing, or Log_Results is \"failures\".");
	if (i == 0)
		puts("No line says what became of it: set Log_Results = "
		    "\"all\" in mailseald's\nconfiguration and reload, and "
		    "look at the next message.");
	print_said(search);
	if (puzzling)
		puts("\nEvery step of a decision: mailseald --inject MESSAGE "
		    "--client ADDRESS --trace");
}

static int
print_json(const struct search *search)
{
	json_t *result, *object;
	size_t i;

	json_array_foreach(search->results, i, result) {
		char *advice = explanation_advice(result);

		(void)json_object_set_new(result, "words",
		    json_string(explanation_sentence(result)));
		if (advice != NULL)
			(void)json_object_set_new(result, "next",
			    json_string(advice));
		free(advice);
	}
	object = json_pack("{s:o, s:O, s:O}", "id", text_json(search->id),
	    "results", search->results, "said", search->said);
	if (object == NULL)
		return report_no_memory();
	if (json_dumpf(object, stdout, JSON_COMPACT) == 0)
		putchar('\n');
	json_decref(object);
	return 0;
}

static int
explain(struct search *search, const struct explain_settings *settings,
    const char *const *more, size_t n_more, const char *id)
{
	int status;

	if (settings->logs.n + n_more == 0) {
		status = search_usual(search);
	} else {
		status = search_logs(search, settings->logs.items,
		    settings->logs.n);
		if (status == 0)
			status = search_logs(search, more, n_more);
	}
	if (status != 0)
		return status;
	if (json_array_size(search->results) +
	    json_array_size(search->said) == 0) {
		report_nothing(search);
		return COMMAND_NEGATIVE;
	}
	if (settings->json)
		return print_json(search);
	print_words(search, id);
	return 0;
}

int
command_explain(int argc, char **argv)
{
	struct explain_settings settings = { .json = false };
	struct search search = { .lines = 0 };
	int operand, status;

	status = options_parse(&page, argc, argv, &settings, &operand);
	if (status != OPTIONS_RUN)
		return status;
	if (operand == argc || argv[operand][0] == '\0')
		return options_misuse(&page, "wants a QUEUEID");
	search.id = span_of_text(argv[operand]);
	search.results = json_array();
	search.said = json_array();
	status = search.results == NULL || search.said == NULL ?
	    report_no_memory() : explain(&search, &settings,
	    (const char *const *)argv + operand + 1,
	    (size_t)(argc - operand - 1), argv[operand]);
	json_decref(search.results);
	json_decref(search.said);
	return status;
}
