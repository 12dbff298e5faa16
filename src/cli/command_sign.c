/*
 * command_sign.c: mailseal sign.
 *
 * The message is read twice: once to hash it, and, when the signatures are
 * made, once more to write it behind them as it is.
 */
#include "cli/command.h"

#include "base/span.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/report.h"
#include "keys/keyfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#define ALLOW_WEAK_KEY 0x01u

struct sign_settings {
	struct option_list domain, selector, key;
	unsigned algorithm; /* enum seal_algorithm */
	const char *canon;
	const char *headers;
	const char *identity;
	int64_t time; /* seconds since 1970 */
	int64_t expire; /* seconds after time; 0: never */
	bool body_length;
	bool copy_headers;
	unsigned allow; /* ALLOW_* */
	const char *message;
};

static const struct option_word algorithms[] = {
	{ "rsa-sha256", SEAL_RSA_SHA256 },
	{ "ed25519-sha256", SEAL_ED25519_SHA256 },
	{ "rsa-sha1", SEAL_RSA_SHA1 },
	{ 0 },
};

static const struct option_word allowances[] = {
	{ "weak-key", ALLOW_WEAK_KEY },
	{ 0 },
};

static const struct option_row rows[] = {
	{ .name = "domain", .argument = "DOMAIN",
	  .help = "the domain that signs, d=; required",
	  .parse = option_text_list,
	  .offset = offsetof(struct sign_settings, domain) },
	{ .name = "selector", .argument = "SELECTOR",
	  .help = "where below the domain the public key is, s=; required",
	  .parse = option_text_list,
	  .offset = offsetof(struct sign_settings, selector) },
	{ .name = "key", .argument = "PEM",
	  .help = "the file with the private key, RSA or Ed25519; required.  Give\n"
	      "--selector and --key several times to make as many signatures,\n"
	      "and --domain once for all or once for each",
	  .parse = option_text_list,
	  .offset = offsetof(struct sign_settings, key) },
	{ .name = "algorithm", .argument = "ALGORITHM",
	  .help = "rsa-sha256, ed25519-sha256, or, for historic receivers,\n"
	      "rsa-sha1 (RFC 8301 forbids it); default what the key is for",
	  .parse = option_word, .words = algorithms,
	  .offset = offsetof(struct sign_settings, algorithm) },
	{ .name = "canon", .argument = "HEADER/BODY",
	  .help = "canonicalization, c=: simple or relaxed for the header and for\n"
	      "the body; default relaxed/relaxed",
	  .parse = option_text,
	  .offset = offsetof(struct sign_settings, canon) },
	{ .name = "headers", .argument = "LIST",
	  .help = "the fields to sign, with colons between.  \"Name\": one, or its\n"
	      "absence; \"Name?\": one if there; \"Name*\": all, and that there are\n"
	      "no more; \"Name+\": all that are there.  The default is the fields\n"
	      "of RFC 6376 section 5.4.1, with From signed once more than it\n"
	      "occurs",
	  .parse = option_text,
	  .offset = offsetof(struct sign_settings, headers) },
	{ .name = "identity", .argument = "IDENTITY",
	  .help = "the user or agent it is signed for, i=: user@sub.domain",
	  .parse = option_text,
	  .offset = offsetof(struct sign_settings, identity) },
	{ .name = "time", .argument = "EPOCH",
	  .help = "the time of signing, t=, in seconds since 1970; default now",
	  .parse = option_number, .least = 0, .most = 999999999999,
	  .offset = offsetof(struct sign_settings, time) },
	{ .name = "expire", .argument = "SECONDS",
	  .help = "let the signature expire so long after signing, x=",
	  .parse = option_number, .least = 1, .most = 99999999999,
	  .offset = offsetof(struct sign_settings, expire) },
	{ .name = "body-length",
	  .help = "put the length of the body, l=: what is added behind it later\n"
	      "is then not signed, and many receivers refuse that",
	  .parse = option_switch,
	  .offset = offsetof(struct sign_settings, body_length) },
	{ .name = "copy-headers",
	  .help = "put copies of the signed fields, z=, to find what was changed",
	  .parse = option_switch,
	  .offset = offsetof(struct sign_settings, copy_headers) },
	{ .name = "allow", .argument = "LIST",
	  .help = "weak-key: sign with RSA keys below 1024 bits (RFC 8301 forbids\n"
	      "it)",
	  .parse = option_words, .words = allowances,
	  .offset = offsetof(struct sign_settings, allow) },
};

static const struct option_page page = {
	.name = "sign",
	.usage = "--domain DOMAIN --selector SELECTOR --key PEM\n"
	    "           [OPTION...] [MESSAGE]",
	.about = "Sign MESSAGE, or standard input, and write it with its signature on top to\n"
	    "standard output.  If its first line ends in LF alone, all line ends are\n"
	    "hashed as CRLF, and the signature's lines end in LF as well.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "exit status: 0 signed, 64 misuse, 65 the message or a key cannot be used,\n"
	    "66 file cannot be read, 73 or 74 read or write error, 75 the message changed\n"
	    "meanwhile, 78 a key file that others could read or change",
};

/* What the rows cannot check one by one. */
static int
check_settings(const struct sign_settings *s)
{
	if (s->domain.n == 0)
		return options_misuse(&page, "--domain is required");
	if (s->selector.n == 0)
		return options_misuse(&page, "--selector is required");
	if (s->key.n == 0)
		return options_misuse(&page, "--key is required");
	if (s->selector.n != s->key.n)
		return options_misuse(&page, "%zu times --selector but %zu times "
		    "--key: they belong together", s->selector.n, s->key.n);
	if (s->domain.n != 1 && s->domain.n != s->key.n)
		return options_misuse(&page, "%zu times --domain but %zu times "
		    "--key: give it once, or as often", s->domain.n, s->key.n);
	return 0;
}

static int
load_key(const char *path, struct seal_key **key_r)
{
	struct why why = { 0 };
	int outcome = keyfile_load(path, 0, key_r, &why);

	if (outcome == KEYFILE_OK)
		return 0;
	report_error("%s", why.text);
	switch (outcome) {
	case KEYFILE_UNSAFE:
		return EX_CONFIG;
	case KEYFILE_UNUSABLE:
		return EX_DATAERR;
	case KEYFILE_E_NOMEM:
		return EX_OSERR;
	default:
		return EX_NOINPUT;
	}
}

/* The options and the key of signature i; the text stays the settings'. */
static int
fill_options(const struct sign_settings *s, size_t i,
    struct seal_sign_options *options)
{
	seal_sign_options_init(options);
	options->domain =
	    span_of_text(s->domain.items[s->domain.n == 1 ? 0 : i]);
	options->selector = span_of_text(s->selector.items[i]);
	options->algorithm = (enum seal_algorithm)s->algorithm;
	if (s->identity != NULL)
		options->identity = span_of_text(s->identity);
	if (s->headers != NULL)
		options->headers = span_of_text(s->headers);
	options->lifetime = s->expire;
	options->body_length = s->body_length;
	options->copy_headers = s->copy_headers;
	options->allow_rsa_sha1 = s->algorithm == SEAL_RSA_SHA1;
	options->allow_weak_key = (s->allow & ALLOW_WEAK_KEY) != 0;
	if (s->canon != NULL && seal_canon_parse(span_of_text(s->canon),
	    &options->header_canon, &options->body_canon) != 0)
		return options_misuse(&page, "--canon '%s': wants "
		    "simple or relaxed, twice, such as relaxed/simple", s->canon);
	return load_key(s->key.items[i], &options->key);
}

static void
warn_of_key(const struct sign_settings *s, const char *path,
    const struct seal_key *key)
{
	if (s->algorithm == SEAL_RSA_SHA1)
		report_warning("rsa-sha1 must not be used any more (RFC 8301): "
		    "receivers will refuse the signature");
	if (seal_key_algorithm(key) == SEAL_RSA_SHA256 &&
	    seal_key_bits(key) < 1024)
		report_warning("%s: an RSA key of %u bits is too small "
		    "(RFC 8301): receivers will refuse the signature", path,
		    seal_key_bits(key));
}

static int
profile_failed(int error, const char *key, const char *why)
{
	if (error == SEAL_E_NOMEM)
		return report_no_memory();
	if (error == SEAL_E_KEY) {
		report_error("%s: %s", key, why);
		return EX_DATAERR;
	}
	return options_misuse(&page, "%s", why);
}

static int
add_signature(struct seal_signer *signer, const struct sign_settings *s,
    size_t i)
{
	struct seal_sign_options options;
	struct seal_profile *profile = NULL;
	const char *why = "cannot be used";
	int error, status;

	status = fill_options(s, i, &options);
	if (status == 0) {
		error = seal_profile_new(&options, &profile, &why);
		if (error != 0)
			status = profile_failed(error, s->key.items[i], why);
	}
	if (status == 0) {
		warn_of_key(s, s->key.items[i], options.key);
		error = seal_signer_add(signer, profile);
		if (error != 0)
			status = report_engine("the signer", error);
	}
	seal_profile_unref(&profile);
	seal_key_unref(&options.key);
	return status;
}

static int
refuse_message(const struct seal_signer *signer, const struct input *input,
    int error)
{
	const char *why = seal_signer_why(signer);

	switch (error) {
	case SEAL_E_NO_FROM:
	case SEAL_E_SEVERAL_FROM:
	case SEAL_E_LIMIT:
	case SEAL_E_SYNTAX:
		report_error("%s: not signed: %s", input->name,
		    why != NULL ? why : seal_error_word(error));
		return EX_DATAERR;
	default:
		return report_engine("the signer", error);
	}
}

static int
hash_message(struct seal_signer *signer, struct input *input)
{
	for (;;) {
		struct span chunk;
		int status = input_read(input, &chunk);
		int error;

		if (status != 0)
			return status;
		if (chunk.n > 0)
			error = seal_signer_feed(signer, chunk,
			    SEAL_LINES_FILE);
		else
			error = seal_signer_finish(signer);
		if (error != 0)
			return refuse_message(signer, input, error);
		if (chunk.n == 0)
			return 0;
	}
}

static int
write_out(struct span s)
{
	if (s.n == 0 || fwrite(s.p, 1, s.n, stdout) == s.n)
		return 0;
	report_error("standard output: cannot be written: %s",
	    strerror(errno));
	return EX_IOERR;
}

/* One signature field, its line ends like the message's. */
static int
write_signature(struct span field, bool bare_lf)
{
	struct span end = bare_lf ? SPAN("\n") : SPAN("\r\n");
	struct span line;
	int status = 0;

	while (status == 0 && span_cut(&field, '\n', &line)) {
		status = write_out(span_first(line, line.n - 1));
		if (status == 0)
			status = write_out(end);
	}
	if (status == 0)
		status = write_out(line);
	return status == 0 ? write_out(end) : status;
}

static int
write_signed(const struct seal_signer *signer, struct input *input)
{
	struct span chunk;
	int status = input_rewind(input);

	for (size_t i = 0; status == 0 && i < seal_signer_count(signer); i++)
		status = write_signature(seal_signer_signature(signer, i),
		    input->bare_lf);
	while (status == 0) {
		status = input_read(input, &chunk);
		if (status == 0 && chunk.n == 0)
			break;
		if (status == 0)
			status = write_out(chunk);
	}
	return status;
}

static int
sign(struct seal_signer *signer, struct input *input,
    const struct sign_settings *s)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < s->key.n; i++)
		status = add_signature(signer, s, i);
	if (status == 0)
		status = input_open(input, s->message, true);
	if (status == 0)
		status = hash_message(signer, input);
	if (status == 0)
		status = write_signed(signer, input);
	return status;
}

int
command_sign(int argc, char **argv)
{
	struct sign_settings settings = { .time = time(NULL) };
	struct input input = { .fd = -1, .spool = -1 };
	struct seal_signer *signer = NULL;
	int error, operand, status;

	status = options_parse(&page, argc, argv, &settings, &operand);
	if (status != OPTIONS_RUN)
		return status;
	if (argc - operand > 1)
		return options_misuse(&page, "takes one message, not %d",
		    argc - operand);
	settings.message = argv[operand];
	status = check_settings(&settings);
	if (status != 0)
		return status;
	error = seal_signer_new(settings.time, &signer);
	status = error != 0 ? report_engine("the signer", error) :
	    sign(signer, &input, &settings);
	seal_signer_free(&signer);
	input_close(&input);
	return status;
}
