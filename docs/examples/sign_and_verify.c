/*
 * sign_and_verify.c: sign a message and verify it again, with libseal alone.
 *
 * Usage: sign_and_verify MESSAGE
 *
 * This is the whole of what a program needs to do that embeds libseal: it has
 * the message as a stream, the private key in memory, and gets the key record
 * from where it likes (here the key itself; elsewhere the DNS).  Build with
 *
 *	cc sign_and_verify.c $(pkg-config --cflags --libs libseal)
 *
 * It prints the signature and the Authentication-Results field, and ends with
 * status 0 if the signature passes, 1 if not, 2 if anything went wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <seal.h>

#define DOMAIN "example.com"
#define SELECTOR "demo"

static struct span
text_span(const char *text)
{
	return (struct span){ (const unsigned char *)text, strlen(text) };
}

static int
give_up(const char *what, int error, const char *why)
{
	fprintf(stderr, "%s: %s\n", what,
	    why != NULL ? why : seal_error_word(error));
	return 2;
}

/* A profile is made once and signs any number of messages. */
static int
make_profile(struct seal_key *key, struct seal_profile **profile_r)
{
	struct seal_sign_options options;
	const char *why = NULL;
	int error;

	seal_sign_options_init(&options);
	options.domain = text_span(DOMAIN);
	options.selector = text_span(SELECTOR);
	options.key = key;
	error = seal_profile_new(&options, profile_r, &why);
	return error == 0 ? 0 : give_up("profile", error, why);
}

/* Feed the file, a piece at a time as it would come from a socket. */
static int
sign(struct seal_signer *signer, struct seal_profile *profile, FILE *file)
{
	unsigned char piece[4096];
	int error;

	error = seal_signer_add(signer, profile);
	while (error == 0) {
		size_t n = fread(piece, 1, sizeof(piece), file);

		if (n == 0)
			break;
		error = seal_signer_feed(signer, (struct span){ piece, n },
		    SEAL_LINES_FILE);
	}
	if (error == 0)
		error = seal_signer_finish(signer);
	return error == 0 ? 0 :
	    give_up("signer", error, seal_signer_why(signer));
}

/* Where the record comes from is the caller's business. */
static int
answer(struct seal_verifier *verifier, size_t i, const struct seal_key *key)
{
	struct seal_answer found = { .dns = SEAL_DNS_ANSWERED };
	char *text = NULL;
	struct span record;
	int error;

	printf("The key is wanted from %s.\n\n",
	    seal_verifier_query(verifier, i));
	error = seal_key_to_record(key, &text);
	if (error == 0) {
		record = text_span(text);
		error = seal_record_parse(&record, 1, &found.record);
	}
	if (error == 0)
		error = seal_verifier_answer(verifier, i, &found);
	seal_record_unref(&found.record);
	seal_text_free(&text);
	return error;
}

/* With the header complete, the names of the keys are known. */
static int
answer_all(struct seal_verifier *verifier, const struct seal_key *key)
{
	int error = 0;

	for (size_t i = 0; error == 0 &&
	    i < seal_verifier_query_count(verifier); i++)
		error = answer(verifier, i, key);
	return error;
}

/* The signature is one more field at the top; then comes the rest. */
static int
verify(struct seal_verifier *verifier, struct span signature,
    const struct seal_key *key, FILE *file)
{
	unsigned char piece[4096];
	int error;

	error = seal_verifier_field(verifier, signature);
	while (error == 0) {
		size_t n = fread(piece, 1, sizeof(piece), file);

		if (n == 0)
			break;
		error = seal_verifier_feed(verifier,
		    (struct span){ piece, n }, SEAL_LINES_FILE);
	}
	if (error == 0 && !seal_verifier_in_body(verifier))
		error = seal_verifier_end_header(verifier);
	/* a server would ask as soon as the header is there, and go on */
	if (error == 0)
		error = answer_all(verifier, key);
	if (error == 0)
		error = seal_verifier_finish(verifier);
	return error == 0 ? 0 : give_up("verifier", error, NULL);
}

static int
show(struct span signature, const struct seal_verifier *verifier)
{
	char *field = NULL;
	int error;

	error = seal_authres_of_verifier(verifier,
	    text_span("mail.example.net"), &field);
	if (error != 0)
		return give_up("results", error, NULL);
	printf("%.*s\n\nAuthentication-Results: %s\n", (int)signature.n,
	    (const char *)signature.p, field);
	seal_text_free(&field);
	return seal_verifier_overall(verifier) == SEAL_PASS ? 0 : 1;
}

static int
sign_and_verify(struct seal_key *key, FILE *file)
{
	struct seal_verify_options options;
	struct seal_verifier *verifier = NULL;
	struct seal_profile *profile = NULL;
	struct seal_signer *signer = NULL;
	struct span signature;
	int status;

	seal_verify_options_init(&options);
	options.now = time(NULL);
	status = make_profile(key, &profile);
	if (status == 0 && (seal_signer_new(options.now, &signer) != 0 ||
	    seal_verifier_new(&options, &verifier) != 0))
		status = 2;
	if (status == 0)
		status = sign(signer, profile, file);
	if (status == 0) {
		rewind(file);
		signature = seal_signer_signature(signer, 0);
		status = verify(verifier, signature, key, file);
	}
	if (status == 0)
		status = show(signature, verifier);
	seal_verifier_free(&verifier);
	seal_signer_free(&signer);
	seal_profile_unref(&profile);
	return status;
}

int
main(int argc, char **argv)
{
	struct seal_key *key = NULL;
	const char *why = NULL;
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	int error, status;

	if (file == NULL) {
		fprintf(stderr, "usage: %s MESSAGE\n", argv[0]);
		return 2;
	}
	/* seal_key_from_pem() reads one that is there already. */
	error = seal_key_generate(SEAL_ED25519_SHA256, 0, &key, &why);
	status = error == 0 ? sign_and_verify(key, file) :
	    give_up("key", error, why);
	seal_key_unref(&key);
	fclose(file);
	return status;
}
