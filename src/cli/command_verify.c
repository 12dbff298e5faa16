/*
 * command_verify.c: mailseal verify.
 *
 * The message is read once, in chunks.  Its keys are asked for when the header
 * is complete, and the answers are awaited when the body has been hashed.
 */
#include "cli/command.h"

#include "base/span.h"
#include "cli/input.h"
#include "cli/lookup.h"
#include "cli/report.h"
#include "cli/text.h"
#include "cli/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#define ALLOW_RSA_SHA1 0x01u
#define ALLOW_WEAK_KEY 0x02u
#define ALLOW_PARTIAL_BODY 0x04u

#define LARGEST_MINIMUM 4096 /* larger keys are not accepted (RFC 8301) */

#define TIME_NOW (-1)

struct verify_settings {
	struct lookup_settings lookup;
	int64_t time; /* seconds since 1970, or TIME_NOW */
	bool json;
	const char *authserv_id; /* NULL: no Authentication-Results */
	unsigned allow; /* ALLOW_* */
	int64_t min_key_bits; /* 0: what the rest of the options say */
	const char *message;
};

static const struct option_word allowances[] = {
	{ "rsa-sha1", ALLOW_RSA_SHA1 },
	{ "weak-key", ALLOW_WEAK_KEY },
	{ "partial-body", ALLOW_PARTIAL_BODY },
	{ 0 },
};

static const struct option_row rows[] = {
	LOOKUP_ROWS(struct verify_settings),
	{ .name = "time", .argument = "EPOCH",
	  .help = "verify as if it were exactly so many seconds since 1970;\n"
	      "default now, give or take five minutes",
	  .parse = option_number, .least = 0, .most = 999999999999,
	  .offset = offsetof(struct verify_settings, time) },
	{ .name = "json", .help = "print one JSON object",
	  .parse = option_switch,
	  .offset = offsetof(struct verify_settings, json) },
	{ .name = "authserv-id", .argument = "ID",
	  .help = "print the Authentication-Results field (RFC 8601) of a server\n"
	      "with this name as well",
	  .parse = option_text,
	  .offset = offsetof(struct verify_settings, authserv_id) },
	{ .name = "allow", .argument = "LIST",
	  .help = "accept what is refused with \"policy\" otherwise; words with\n"
	      "commas between: rsa-sha1 (historic, RFC 8301), weak-key (RSA\n"
	      "from 512 bits), partial-body (text that l= leaves unsigned)",
	  .parse = option_words, .words = allowances,
	  .offset = offsetof(struct verify_settings, allow) },
	{ .name = "min-key-bits", .argument = "N",
	  .help = "refuse RSA keys below N bits; default 1024 (RFC 8301), or 512\n"
	      "with --allow weak-key",
	  .parse = option_number, .least = SEAL_MIN_RSA_BITS,
	  .most = LARGEST_MINIMUM,
	  .offset = offsetof(struct verify_settings, min_key_bits) },
};

static const struct option_page page = {
	.name = "verify",
	.usage = "[OPTION...] [MESSAGE]",
	.about = "Verify the DKIM signatures of MESSAGE, or of standard input, and print a\n"
	    "line for each: the verdict, what the signature says, and the reason.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "exit status: 0 if a signature passes, 1 if none does or there is none,\n"
	    "64 misuse, 65 bad zone file, 66 file cannot be read, 74 read or write error,\n"
	    "75 the DNS gave no answer: try again later",
};

/* All that lives while one message is verified. */
struct verification {
	struct input input;
	struct resolver *resolver;
	struct resolver_lookup *lookup; /* NULL until the header is complete */
	struct seal_verifier *verifier;
};

static int
new_verifier(const struct verify_settings *settings,
    struct seal_verifier **verifier_r)
{
	struct seal_verify_options options;
	int error;

	seal_verify_options_init(&options);
	options.now = settings->time;
	if (settings->time == TIME_NOW)
		options.now = time(NULL);
	else
		options.clock_drift = 0; /* a given time is no clock that is off */
	options.allow_rsa_sha1 = (settings->allow & ALLOW_RSA_SHA1) != 0;
	options.allow_partial_body =
	    (settings->allow & ALLOW_PARTIAL_BODY) != 0;
	if ((settings->allow & ALLOW_WEAK_KEY) != 0)
		options.min_rsa_bits = SEAL_MIN_RSA_BITS;
	if (settings->min_key_bits != 0)
		options.min_rsa_bits = (unsigned)settings->min_key_bits;
	error = seal_verifier_new(&options, verifier_r);
	return error != 0 ? report_engine("the verifier", error) : 0;
}

static int
start_lookup(struct verification *v)
{
	int error = resolver_start_verifier(v->resolver, v->verifier,
	    &v->lookup);

	if (error == 0)
		return 0;
	report_error("the look-up of keys could not be started");
	return error == RESOLVER_E_NOMEM ? EX_OSERR : EX_SOFTWARE;
}

static int
read_message(struct verification *v)
{
	for (;;) {
		struct span chunk;
		int status = input_read(&v->input, &chunk);
		int error;

		if (status != 0 || chunk.n == 0)
			return status;
		error = seal_verifier_feed(v->verifier, chunk,
		    SEAL_LINES_FILE);
		if (error != 0)
			return report_engine("the verifier", error);
		if (v->lookup == NULL && seal_verifier_in_body(v->verifier))
			status = start_lookup(v);
		if (status != 0)
			return status;
	}
}

/* A message may end with its header. */
static int
end_header(struct verification *v)
{
	int error;

	if (v->lookup != NULL)
		return 0;
	error = seal_verifier_end_header(v->verifier);
	return error != 0 ? report_engine("the verifier", error) :
	    start_lookup(v);
}

static int
judge(struct verification *v)
{
	int error = resolver_answer_verifier(v->lookup, v->verifier);

	if (error == 0)
		error = seal_verifier_finish(v->verifier);
	return error != 0 ? report_engine("the verifier", error) : 0;
}

/* The whole field, as it would stand in the message. */
static int
authres_field(const struct verification *v, const char *authserv_id,
    char **field_r)
{
	struct buffer field = { 0 };
	char *value = NULL;
	int error;

	*field_r = NULL;
	if (authserv_id == NULL)
		return 0;
	error = seal_authres_of_verifier(v->verifier,
	    span_of_text(authserv_id), &value);
	if (error != 0)
		return report_engine("the verifier", error);
	buffer_add_text(&field, "Authentication-Results: ");
	buffer_add_text(&field, value);
	seal_text_free(&value);
	*field_r = buffer_take_text(&field);
	return *field_r != NULL ? 0 : report_no_memory();
}

/* With the line ends of a text file. */
static void
print_field(const char *field)
{
	for (const char *c = field; *c != '\0'; c++) {
		if (*c != '\r')
			putchar(*c);
	}
	putchar('\n');
}

static int
print_verdict(const struct verification *v,
    const struct verify_settings *settings)
{
	json_t *object = NULL;
	char *field = NULL;
	int status;

	status = authres_field(v, settings->authserv_id, &field);
	if (status != 0)
		return status;
	if (!settings->json) {
		verdict_print(v->verifier);
		if (field != NULL)
			print_field(field);
	} else {
		object = verdict_json(v->verifier, field);
		if (object == NULL)
			status = report_no_memory();
		else if (json_dumpf(object, stdout, JSON_COMPACT) == 0)
			putchar('\n');
	}
	json_decref(object);
	free(field);
	return status;
}

static void
warn_of_from_fields(const struct verification *v)
{
	size_t n = seal_verifier_from_count(v->verifier);

	if (n > 1)
		report_warning("%s: has %zu From fields: a reader may be shown one "
		    "that is not signed", v->input.name, n);
}

static int
verify(struct verification *v, const struct verify_settings *settings)
{
	int status;

	status = input_open(&v->input, settings->message, false);
	if (status == 0)
		status = lookup_open(&settings->lookup, &v->resolver);
	if (status == 0)
		status = new_verifier(settings, &v->verifier);
	if (status == 0)
		status = read_message(v);
	if (status == 0)
		status = end_header(v);
	if (status == 0)
		status = judge(v);
	if (status == 0)
		status = print_verdict(v, settings);
	if (status != 0)
		return status;
	warn_of_from_fields(v);
	return verdict_status(seal_verifier_overall(v->verifier));
}

int
command_verify(int argc, char **argv)
{
	struct verify_settings settings = {
		.lookup.timeout = LOOKUP_TIMEOUT,
		.time = TIME_NOW,
	};
	struct verification v = { .input.fd = -1, .input.spool = -1 };
	int operand, status;

	status = options_parse(&page, argc, argv, &settings, &operand);
	if (status != OPTIONS_RUN)
		return status;
	if (argc - operand > 1)
		return options_misuse(&page, "takes one message, not %d",
		    argc - operand);
	settings.message = argv[operand];
	status = verify(&v, &settings);
	resolver_lookup_free(&v.lookup);
	seal_verifier_free(&v.verifier);
	resolver_free(&v.resolver);
	input_close(&v.input);
	return status;
}
