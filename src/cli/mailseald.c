/*
 * mailseald.c: the host as a program.
 *
 * The work is done in src/host, src/frontends and src/daemon; here it is begun.
 * What the log says goes to standard error until the daemon has read where else
 * it should go.
 */
#include "cli/mailseald_options.h"

#include "daemon/serve.h"
#include "frontends/inject/inject.h"
#include "host/config/options_doc.h"
#include "host/host.h"
#include "host/loader/directories.h"
#include "host/loader/loaded.h"
#include "host/loader/options.h"
#include "host/log/journal.h"
#include "host/log/log.h"
#include "host/log/results.h"

#include <stdio.h>
#include <sysexits.h>

static void
tell_errors(struct config_errors *errors)
{
	struct buffer out = { 0 };

	errors_format_all(errors, &out);
	journal_complain(out.p, out.n);
	buffer_deinit(&out);
}

static int
check(const struct mailseald_options *options)
{
	struct host_source source = { .path = options->config };
	struct config_errors errors = { 0 };
	int ret;

	host_examine_with(daemon_examine);
	ret = host_check(&source, &errors);

	if (ret == 0)
		(void)printf("%s: configuration is fine\n", options->config);
	else
		tell_errors(&errors);
	errors_deinit(&errors);
	return ret == 0 ? EX_OK : EX_CONFIG;
}

static int
open_host(const struct mailseald_options *options)
{
	struct host_start start = { .source.path = options->config };
	struct config_errors errors = { 0 };
	int ret = host_open(&start, &errors);

	if (ret != 0)
		tell_errors(&errors);
	errors_deinit(&errors);
	return ret;
}

static int
inject(const struct mailseald_options *options)
{
	struct inject in = {
		.path = options->message,
		.from = options->from,
		.rcpts = options->rcpts,
		.rcpt_count = options->rcpt_count,
		.client = options->client,
		.auth = options->auth,
		.helo = options->helo,
	};
	enum inject_result result;

	if (open_host(options) != 0)
		return EX_CONFIG;
	if (options->trace) {
		log_trace_process(true);
		results_begin();
	}
	result = inject_run(&in, stdout, stderr);
	host_close();
	return (int)result;
}

/* Modules bring options of their own, so all that can be found are loaded. */
static int
write_options_doc(void)
{
	struct manifests *manifests;
	struct buffer out = { 0 }, why = { 0 };
	string trouble;
	bool good = true;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	directories_refresh(&trouble);
	(void)fwrite(trouble.buffer, 1, (size_t)trouble.len, stderr);
	(void)string_destroy(&trouble);
	manifests = manifests_current();
	for (const struct manifest *m = manifests_first(manifests); m != NULL;
	    m = m->next) {
		buffer_clear(&why);
		if (loaded_get(manifests, m, &why) == NULL) {
			(void)fprintf(stderr, "mailseald: %.*s\n", (int)why.n,
			    (const char *)why.p);
			good = false;
		}
	}
	manifests_unref(manifests);
	options_doc_write(options_registry(), &out);
	if (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)
		good = false;
	buffer_deinit(&out);
	buffer_deinit(&why);
	return good ? EX_OK : EX_SOFTWARE;
}

static int
run(const struct mailseald_options *options)
{
	const struct daemon_start start = {
		.path = options->config,
		.foreground = options->foreground,
	};

	host_examine_with(daemon_examine);
	return daemon_serve(&start);
}

int
main(int argc, char **argv)
{
	struct mailseald_options options;
	int ret = mailseald_options_parse(argc, argv, &options);

	if (ret != MAILSEALD_GO)
		return ret;
	switch (options.task) {
	case TASK_CHECK:
		return check(&options);
	case TASK_INJECT:
		return inject(&options);
	case TASK_OPTIONS_DOC:
		return write_options_doc();
	case TASK_RUN:
		break;
	}
	return run(&options);
}
