/*
 * domainkeys_judged.c: libseal signs and verifies DomainKeys, many messages.
 *
 * Usage: domainkeys_judged KEYS <JOBS.  KEYS holds a line for each TXT record,
 * name and text with a tab between; JOBS a line for each message, fields with
 * tabs between:
 *	verify MESSAGE
 *	sign MESSAGE OUT DOMAIN SELECTOR PEM CANON HOW
 * HOW is "bare" for no h=, "all", or names with colons.  Writes a line for each
 * job: of verify the reason of the first signature, a tab and dk_status; of
 * sign "pass", or why not.  A signature goes to OUT.
 */
#include "base/buffer.h"
#include "seal.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_KEYS 64
#define MAX_LINE 65536
#define MAX_FIELDS 8

struct key_line {
	char *name, *text;
};

static struct key_line keys[MAX_KEYS];
static size_t n_keys;

static void
must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "domainkeys_judged: %s\n", what);
	exit(2);
}

/* The file's bytes; for buffer_deinit(). */
static struct buffer
contents(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct buffer out = { 0 };
	unsigned char chunk[8192];
	size_t n;

	must(file != NULL, path);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buffer_add(&out, span_of(chunk, n));
	fclose(file);
	return out;
}

static size_t
split(char *line, char **fields)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line != NULL && n < MAX_FIELDS)
		fields[n++] = strsep(&line, "\t");
	return n;
}

static void
read_keys(const char *path)
{
	FILE *file = fopen(path, "r");
	static char line[MAX_LINE];
	char *fields[MAX_FIELDS];

	must(file != NULL, path);
	while (fgets(line, sizeof(line), file) != NULL && n_keys < MAX_KEYS) {
		must(split(line, fields) == 2, "a bad line of keys");
		keys[n_keys].name = strdup(fields[0]);
		keys[n_keys++].text = strdup(fields[1]);
	}
	fclose(file);
}

static void
answer(struct seal_dk_verifier *verifier, size_t i)
{
	struct seal_answer answer = { .dns = SEAL_DNS_ANSWERED };
	const char *name = seal_dk_verifier_query(verifier, i);
	struct span text = { NULL, 0 };
	size_t n = 0;

	for (size_t k = 0; k < n_keys; k++) {
		if (n == 0 && strcmp(keys[k].name, name) == 0) {
			text = span_of_text(keys[k].text);
			n = 1;
		}
	}
	must(seal_record_parse(&text, n, &answer.record) == 0, "memory");
	must(seal_dk_verifier_answer(verifier, i, &answer) == 0, "answer");
	seal_record_unref(&answer.record);
}

static void
verify(char **fields)
{
	struct buffer message = contents(fields[1]);
	struct seal_dk_verify_options options;
	struct seal_dk_verifier *verifier = NULL;
	struct seal_dk_outcome outcome;

	seal_dk_verify_options_init(&options);
	options.min_rsa_bits = SEAL_MIN_RSA_BITS;
	must(seal_dk_verifier_new(&options, &verifier) == 0, "memory");
	must(seal_dk_verifier_feed(verifier, buffer_span(&message),
	    SEAL_LINES_CRLF) == 0, "feed");
	if (!seal_dk_verifier_in_body(verifier))
		must(seal_dk_verifier_end_header(verifier) == 0, "header");
	for (size_t i = 0; i < seal_dk_verifier_query_count(verifier); i++)
		answer(verifier, i);
	must(seal_dk_verifier_finish(verifier) == 0, "finish");
	outcome = seal_dk_verifier_outcome(verifier);
	printf("%s\t%s\n", seal_dk_verifier_result_count(verifier) == 0 ?
	    "none" : seal_reason_word(
	    seal_dk_verifier_result(verifier, 0)->reason),
	    outcome.status != NULL ? outcome.status : "");
	seal_dk_verifier_free(&verifier);
	buffer_deinit(&message);
}

static void
save(const char *path, struct span field)
{
	FILE *file = fopen(path, "wb");

	must(file != NULL, path);
	must(fwrite(field.p, 1, field.n, file) == field.n, path);
	must(fputs("\r\n", file) >= 0 && fclose(file) == 0, path);
}

static struct seal_dk_profile *
profile_of(char **fields)
{
	struct buffer pem = contents(fields[5]);
	struct seal_dk_profile *profile = NULL;
	struct seal_dk_sign_options options;
	const char *why = NULL;

	seal_dk_sign_options_init(&options);
	must(seal_key_from_pem(buffer_span(&pem), &options.key, &why) == 0,
	    "key");
	options.domain = span_of_text(fields[3]);
	options.selector = span_of_text(fields[4]);
	must(seal_dk_canon_parse(span_of_text(fields[6]), &options.canon) == 0,
	    "canon");
	options.no_list = strcmp(fields[7], "bare") == 0;
	if (!options.no_list && strcmp(fields[7], "all") != 0)
		options.headers = span_of_text(fields[7]);
	must(seal_dk_profile_new(&options, &profile, &why) == 0, "profile");
	seal_key_unref(&options.key);
	buffer_deinit(&pem);
	return profile;
}

static void
sign(char **fields)
{
	struct buffer message = contents(fields[1]);
	struct seal_dk_profile *profile = profile_of(fields);
	struct seal_dk_signer *signer = NULL;

	must(seal_dk_signer_new(&signer) == 0, "memory");
	must(seal_dk_signer_add(signer, profile) == 0, "add");
	if (seal_dk_signer_feed(signer, buffer_span(&message),
	    SEAL_LINES_CRLF) == 0 && seal_dk_signer_finish(signer) == 0) {
		save(fields[2], seal_dk_signer_signature(signer, 0));
		puts("pass");
	} else {
		puts(seal_dk_signer_why(signer));
	}
	seal_dk_signer_free(&signer);
	seal_dk_profile_unref(&profile);
	buffer_deinit(&message);
}

int
main(int argc, char **argv)
{
	static char line[MAX_LINE];
	char *fields[MAX_FIELDS];

	must(argc == 2, "usage: domainkeys_judged KEYS");
	read_keys(argv[1]);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		size_t n = split(line, fields);

		if (n == 2 && strcmp(fields[0], "verify") == 0)
			verify(fields);
		else if (n == 8 && strcmp(fields[0], "sign") == 0)
			sign(fields);
		else
			must(false, "a bad job");
	}
	for (size_t k = 0; k < n_keys; k++) {
		free(keys[k].name);
		free(keys[k].text);
	}
	return 0;
}
