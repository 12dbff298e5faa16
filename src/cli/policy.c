/*
 * policy.c: mailseal policy, a script's callouts on one message.
 *
 * The host runs as it does in mailseald, with a configuration that is made for
 * the script; what happens is recorded, and shown at the end.  Nobody is made to
 * wait, and nothing is delivered.
 */
#include "cli/options.h"
#include "cli/policy_config.h"
#include "cli/policy_record.h"
#include "cli/policy_show.h"
#include "cli/report.h"
#include "frontends/inject/inject.h"
#include "host/host.h"
#include "host/loader/directories.h"
#include "host/loader/loaded.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MAX_RECIPIENTS 1000

struct recipients {
	const char *items[MAX_RECIPIENTS];
	size_t n;
};

struct policy_settings {
	const char *config, *zone, *output;
	struct inject inject;
	struct recipients recipients;
	bool json, reference;
};

static int
parse_recipient(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	struct recipients *recipients = target;

	(void)row;
	*why_r = "no more than 1000 recipients";
	if (recipients->n == MAX_RECIPIENTS)
		return -1;
	recipients->items[recipients->n++] = text;
	return 0;
}

static int
parse_client(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	(void)row;
	*why_r = "an IPv4 or IPv6 address";
	if (!inject_is_client(text))
		return -1;
	*(const char **)target = text;
	return 0;
}

/* The null sender is written as an empty text. */
static int
parse_sender(const struct option_row *row, const char *text, void *target,
    const char **why_r)
{
	(void)row;
	(void)why_r;
	*(const char **)target = text;
	return 0;
}

#define AT(member) offsetof(struct policy_settings, member)

static const struct option_row rows[] = {
	{ .name = "zone", .argument = "FILE",
	  .help = "take the DNS from this master file alone",
	  .parse = option_text, .offset = AT(zone) },
	{ .name = "from", .argument = "ADDRESS",
	  .help = "the sender; the null sender unless given",
	  .parse = parse_sender, .offset = AT(inject.from) },
	{ .name = "rcpt", .argument = "ADDRESS",
	  .help = "a recipient; may be given again",
	  .parse = parse_recipient, .offset = AT(recipients) },
	{ .name = "client", .argument = "IP",
	  .help = "the client that the message comes from",
	  .parse = parse_client, .offset = AT(inject.client) },
	{ .name = "auth", .argument = "USER",
	  .help = "the user that the client authenticated as",
	  .parse = option_text, .offset = AT(inject.auth) },
	{ .name = "helo", .argument = "NAME",
	  .help = "what the client calls itself",
	  .parse = option_text, .offset = AT(inject.helo) },
	{ .name = "config", .argument = "FILE",
	  .help = "use this configuration as it is, and no SCRIPT",
	  .parse = option_text, .offset = AT(config) },
	{ .name = "output", .argument = "FILE",
	  .help = "write the message as it goes on to this file; with -\n"
	  "to standard output, and all else to standard error",
	  .parse = option_text, .offset = AT(output) },
	{ .name = "json", .help = "print one JSON object",
	  .parse = option_switch, .offset = AT(json) },
	{ .name = "reference",
	  .help = "print the reference of all functions for scripts, and end",
	  .parse = option_switch, .offset = AT(reference) },
};

static const struct option_page page = {
	.name = "policy",
	.usage = "[OPTION...] SCRIPT MESSAGE\n"
	    "--config FILE [OPTION...] MESSAGE\n"
	    "--reference",
	.about = "Run the callouts of a policy script on a message (- is standard input), and\n"
	    "show what it printed, set and returned, and what becomes of the message.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "exit status: 0 accepted, 1 rejected, 75 deferred, 99 discarded; 64 misuse,\n"
	    "66 a file cannot be read, 69 not installed, 70 the script failed, 74 the result\n"
	    "cannot be written, 78 the script does not load or the configuration is wrong",
};

/* the reference */

static const char reference_head[] =
    "# Functions for scripts\n\n"
    "<!-- written by mailseal policy --reference -->\n\n"
    "Every library, function and object that policy scripts find. How to write "
    "and try a\nscript is in [policy.md](policy.md), the module and its callouts "
    "in\n[modules/scriptlet.md](modules/scriptlet.md). What Momentum does not "
    "have is marked\n*Addition*.\n\n"
    "`name(a [, b])` means that `b` may be left out. Where a message (`msg`) or "
    "a context\n(`vctx`) may be left out or nil, those of the running callout "
    "are meant.\n\n";

static int
write_reference(void)
{
	struct manifests *manifests;
	const struct manifest *m;
	const struct loaded *module;
	struct buffer why = { 0 };
	int (*document)(void) = NULL;
	string trouble;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	directories_refresh(&trouble);
	(void)string_destroy(&trouble);
	manifests = manifests_current();
	m = manifests_find(manifests, "scriptlet");
	module = m == NULL ? NULL : loaded_get(manifests, m, &why);
	if (module != NULL)
		document = (int (*)(void))dlsym(module->object,
		    "bindings_document");
	manifests_unref(manifests);
	if (document == NULL)
		report_error("no module scriptlet: %.*s", (int)why.n,
		    (const char *)why.p);
	buffer_deinit(&why);
	if (document == NULL)
		return EX_UNAVAILABLE;
	(void)fputs(reference_head, stdout);
	return document() == 0 ? EX_OK : EX_IOERR;
}

/* the message */

static int
open_host(const struct policy_settings *settings, struct span text)
{
	struct host_start start = { .source.path = settings->config };
	struct config_errors errors = { 0 };
	struct buffer told = { 0 };
	int ret;

	if (settings->config == NULL) {
		start.source.text = text;
		start.source.text_name = "mailseal policy";
	}
	ret = host_open(&start, &errors);
	if (ret != 0) {
		errors_format_all(&errors, &told);
		(void)fwrite(told.p, 1, told.n, stderr);
		buffer_deinit(&told);
	}
	errors_deinit(&errors);
	return ret == 0 ? 0 : EX_CONFIG;
}

static int
write_output(const char *path, const char *bytes, size_t n)
{
	bool to_stdout = strcmp(path, "-") == 0;
	FILE *file = to_stdout ? stdout : fopen(path, "w");
	bool good = file != NULL && fwrite(bytes, 1, n, file) == n;

	if (file != NULL && (to_stdout ? fflush(file) : fclose(file)) != 0)
		good = false;
	if (good)
		return 0;
	report_error("%s: cannot be written: %s", path, strerror(errno));
	return EX_IOERR;
}

static int
show_record(const struct policy_settings *settings)
{
	FILE *out = settings->output != NULL &&
	    strcmp(settings->output, "-") == 0 ? stderr : stdout;
	json_t *record = policy_record_end();
	int ret = 0;

	policy_show_errors(record);
	if (!settings->json)
		policy_show(record, out);
	else if (json_dumpf(record, out, JSON_COMPACT) == 0)
		(void)fputs("\n", out);
	else
		ret = EX_OSERR;
	json_decref(record);
	if (ret == 0 && (ferror(out) || fflush(out) != 0))
		ret = EX_IOERR;
	if (ret != 0)
		report_error("what happened cannot be written");
	return ret;
}

/* Nothing was recorded but an unreadable message: its words are told. */
static int
tell_trouble(const char *reports, enum inject_result result)
{
	report_error("%.*s", (int)strcspn(reports, "\n"), reports);
	json_decref(policy_record_end());
	return (int)result;
}

static int
finish(const struct policy_settings *settings, enum inject_result result,
    struct span message)
{
	int status = show_record(settings);

	if (status == 0 && settings->output != NULL &&
	    result == INJECT_ACCEPTED)
		status = write_output(settings->output,
		    (const char *)message.p, message.n);
	if (status != 0)
		return status;
	return policy_record_failed() ? EX_SOFTWARE : (int)result;
}

static int
run_message(struct policy_settings *settings)
{
	char *message = NULL, *reports = NULL;
	size_t message_n = 0, reports_n = 0;
	FILE *out = open_memstream(&message, &message_n);
	FILE *said = open_memstream(&reports, &reports_n);
	enum inject_result result;
	int status;

	if (out == NULL || said == NULL)
		return report_no_memory();
	settings->inject.rcpts = settings->recipients.items;
	settings->inject.rcpt_count = settings->recipients.n;
	settings->inject.watch = policy_record_watch;
	settings->inject.closure = &settings->inject;
	result = inject_run(&settings->inject, out, said);
	host_close();
	if (fclose(out) != 0 || fclose(said) != 0)
		return report_no_memory();
	if (result == INJECT_UNREADABLE || result == INJECT_UNWRITABLE)
		status = tell_trouble(reports, result);
	else
		status = finish(settings, result, span_of(message, message_n));
	free(message);
	free(reports);
	return status;
}

static int
run(struct policy_settings *settings, const char *script)
{
	struct buffer text = { 0 };
	int status = 0;

	if (settings->config == NULL)
		status = policy_config_write(script, settings->zone, &text);
	if (status == 0) {
		policy_record_begin();
		status = open_host(settings, buffer_span(&text));
		if (status == 0)
			status = run_message(settings);
		else
			json_decref(policy_record_end());
	}
	buffer_deinit(&text);
	return status;
}

int
main(int argc, char **argv)
{
	static struct policy_settings settings;
	int operand, wanted;
	int status = options_parse(&page, argc, argv, &settings, &operand);

	if (status != OPTIONS_RUN)
		return status;
	(void)signal(SIGPIPE, SIG_IGN);
	if (settings.reference)
		return write_reference();
	if (settings.config != NULL && settings.zone != NULL)
		return options_misuse(&page, "--zone does not go with "
		    "--config: the configuration says dns_zone_file");
	wanted = settings.config != NULL ? 1 : 2;
	if (argc - operand != wanted)
		return options_misuse(&page, wanted == 1 ?
		    "with --config, one message is wanted" :
		    "a script and a message are wanted");
	settings.inject.path = argv[argc - 1];
	return run(&settings, argv[operand]);
}
