/*
 * by_libseal.c: libseal as a mail server would use it.  Keys, profiles and key
 * records are parsed once; a signer or a verifier serves one message after the
 * other.
 */
#include <stdlib.h>
#include <string.h>

#include "contestant.h"
#include "fatal.h"
#include "seal.h"

struct signing {
	const struct letter *letter;
	struct seal_profile *profile;
	struct seal_signer *signer;
};

struct verifying {
	const struct letter *letter;
	struct seal_verify_options options;
	struct seal_answer answer;
	struct seal_verifier *verifier;
};

static int
sign(void *state)
{
	struct signing *signing = state;
	struct seal_signer *signer = signing->signer;
	const struct letter *letter = signing->letter;
	struct span rest = letter->body;

	if (seal_signer_reset(signer, KEYPAIR_TIME) != 0 ||
	    seal_signer_add(signer, signing->profile) != 0)
		return -1;
	for (size_t i = 0; i < letter->n_fields; i++) {
		if (seal_signer_field(signer, letter->fields[i]) != 0)
			return -1;
	}
	if (seal_signer_end_header(signer) != 0)
		return -1;
	while (rest.n > 0) {
		struct span chunk = span_first(rest, CHUNK);

		if (seal_signer_body(signer, chunk) != 0)
			return -1;
		rest = span_from(rest, chunk.n);
	}
	if (seal_signer_finish(signer) != 0)
		return -1;
	return seal_signer_signature(signer, 0).n > 0 ? 0 : -1;
}

static struct span
signature(void *state)
{
	struct signing *signing = state;

	return seal_signer_signature(signing->signer, 0);
}

static int
verify(void *state)
{
	struct verifying *verifying = state;
	struct seal_verifier *verifier = verifying->verifier;
	const struct letter *letter = verifying->letter;
	struct span rest = letter->body;

	if (seal_verifier_reset(verifier, &verifying->options) != 0)
		return -1;
	for (size_t i = 0; i < letter->n_fields; i++) {
		if (seal_verifier_field(verifier, letter->fields[i]) != 0)
			return -1;
	}
	if (seal_verifier_end_header(verifier) != 0 ||
	    seal_verifier_query_count(verifier) != 1 ||
	    seal_verifier_answer(verifier, 0, &verifying->answer) != 0)
		return -1;
	while (rest.n > 0) {
		struct span chunk = span_first(rest, CHUNK);

		if (seal_verifier_body(verifier, chunk) != 0)
			return -1;
		rest = span_from(rest, chunk.n);
	}
	if (seal_verifier_finish(verifier) != 0)
		return -1;
	return seal_verifier_overall(verifier) == SEAL_PASS ? 0 : 1;
}

/* The grammar of options.headers: "+" takes every instance, "*" also one more
 * than there are. */
static void
format_headers(char *text, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; signed_names[i] != NULL; i++) {
		const char *name = signed_names[i];
		char suffix = strcmp(name, SIGNED_FROM) == 0 ? '*' : '+';

		if (n + strlen(name) + 3 > room)
			fatal("libseal: too many names to sign");
		if (n > 0)
			text[n++] = ':';
		memcpy(text + n, name, strlen(name));
		n += strlen(name);
		text[n++] = suffix;
		text[n] = '\0';
	}
}

static void
signing_free(void *state)
{
	struct signing *signing = state;

	seal_signer_free(&signing->signer);
	seal_profile_unref(&signing->profile);
	free(signing);
}

static struct contestant
signing_new(const struct job *job)
{
	struct signing *signing = fatal_calloc(1, sizeof(*signing));
	struct seal_sign_options options;
	struct seal_key *key = NULL;
	const char *why = "";
	char headers[512];

	signing->letter = job->letter;
	if (seal_key_from_pem(span_of_text(job->keypair->pem), &key, &why) != 0)
		fatal("libseal: %s", why);
	format_headers(headers, sizeof(headers));
	seal_sign_options_init(&options);
	options.domain = SPAN(KEYPAIR_DOMAIN);
	options.selector = SPAN(KEYPAIR_SELECTOR);
	options.headers = span_of_text(headers);
	options.key = key;
	if (seal_profile_new(&options, &signing->profile, &why) != 0)
		fatal("libseal: %s", why);
	seal_key_unref(&key);
	if (seal_signer_new(KEYPAIR_TIME, &signing->signer) != 0)
		fatal("libseal: no signer");
	return (struct contestant){
		.impl = IMPL_LIBSEAL,
		.state = signing,
		.run = sign,
		.signature = signature,
		.free = signing_free,
	};
}

static void
verifying_free(void *state)
{
	struct verifying *verifying = state;

	seal_verifier_free(&verifying->verifier);
	seal_record_unref(&verifying->answer.record);
	free(verifying);
}

static struct contestant
verifying_new(const struct job *job)
{
	struct verifying *verifying = fatal_calloc(1, sizeof(*verifying));
	struct span text = span_of_text(job->keypair->record);

	verifying->letter = job->sealed;
	seal_verify_options_init(&verifying->options);
	verifying->options.now = KEYPAIR_TIME;
	if (seal_record_parse(&text, 1, &verifying->answer.record) != 0)
		fatal("libseal: no key record");
	if (seal_verifier_new(&verifying->options, &verifying->verifier) != 0)
		fatal("libseal: no verifier");
	return (struct contestant){
		.impl = IMPL_LIBSEAL,
		.state = verifying,
		.run = verify,
		.free = verifying_free,
	};
}

struct contestant
by_libseal(const struct job *job)
{
	return job->work == WORK_SIGN ? signing_new(job) : verifying_new(job);
}
