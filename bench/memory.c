/*
 * memory.c: one child signs a streamed message and hands the signature back,
 * a second one verifies the same message.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fatal.h"
#include "keypair.h"
#include "letter.h"
#include "memory.h"
#include "seal.h"

#define PIECE 65535
#define MAX_FIELD 4096
#define PROCESSES 7 /* for each size; an odd number */

struct errand {
	const struct keypair *keypair;
	size_t n; /* octets of the message */
	unsigned char field[MAX_FIELD]; /* the signature with its CRLF */
	size_t n_field;
};

static struct seal_profile *
profile_of(const struct keypair *keypair)
{
	struct seal_profile *profile = NULL;
	struct seal_sign_options options;
	struct seal_key *key = NULL;
	const char *why = "";

	if (seal_key_from_pem(span_of_text(keypair->pem), &key, &why) != 0)
		fatal("libseal: %s", why);
	seal_sign_options_init(&options);
	options.domain = SPAN(KEYPAIR_DOMAIN);
	options.selector = SPAN(KEYPAIR_SELECTOR);
	options.key = key;
	if (seal_profile_new(&options, &profile, &why) != 0)
		fatal("libseal: %s", why);
	seal_key_unref(&key);
	return profile;
}

/* Sign the stream and write the field to the descriptor. */
static void
sign_stream(struct errand *errand, int out)
{
	struct seal_profile *profile = profile_of(errand->keypair);
	struct seal_signer *signer = NULL;
	struct letter_stream stream;
	unsigned char piece[PIECE];
	struct span text, field;
	int ret;

	ret = seal_signer_new(KEYPAIR_TIME, &signer);
	if (ret == 0)
		ret = seal_signer_add(signer, profile);
	text = letter_stream_init(&stream, errand->n);
	while (ret == 0 && text.n > 0) {
		ret = seal_signer_feed(signer, text, SEAL_LINES_CRLF);
		text = span_of(piece,
		    letter_stream_read(&stream, piece, sizeof(piece)));
	}
	if (ret == 0)
		ret = seal_signer_finish(signer);
	if (ret != 0)
		fatal("libseal: cannot sign: %s", seal_error_word(ret));
	field = seal_signer_signature(signer, 0);
	if (write(out, field.p, field.n) != (ssize_t)field.n)
		fatal("cannot hand over a signature");
}

static void
give_answer(struct seal_verifier *verifier, const struct keypair *keypair)
{
	struct span text = span_of_text(keypair->record);
	struct seal_answer answer = { 0 };

	if (seal_record_parse(&text, 1, &answer.record) != 0 ||
	    seal_verifier_answer(verifier, 0, &answer) != 0)
		fatal("libseal: takes no answer");
	seal_record_unref(&answer.record);
}

static void
verify_stream(struct errand *errand, int out)
{
	struct span text = span_of(errand->field, errand->n_field);
	struct seal_verifier *verifier = NULL;
	struct seal_verify_options options;
	struct letter_stream stream;
	unsigned char piece[PIECE];
	int ret;

	(void)out;
	seal_verify_options_init(&options);
	options.now = KEYPAIR_TIME;
	ret = seal_verifier_new(&options, &verifier);
	if (ret == 0)
		ret = seal_verifier_feed(verifier, text, SEAL_LINES_CRLF);
	text = letter_stream_init(&stream, errand->n);
	while (ret == 0 && text.n > 0) {
		ret = seal_verifier_feed(verifier, text, SEAL_LINES_CRLF);
		text = span_of(piece,
		    letter_stream_read(&stream, piece, sizeof(piece)));
	}
	if (ret == 0)
		give_answer(verifier, errand->keypair);
	if (ret == 0)
		ret = seal_verifier_finish(verifier);
	if (ret != 0)
		fatal("libseal: cannot verify: %s", seal_error_word(ret));
	if (seal_verifier_overall(verifier) != SEAL_PASS)
		fatal("libseal: its own signature does not pass");
}

/* Run in a child; returns its peak, with what it wrote in the field. */
static long
in_child(void (*run)(struct errand *errand, int out), struct errand *errand)
{
	struct rusage usage;
	int ends[2], status;
	ssize_t n;
	pid_t pid;

	fflush(NULL);
	if (pipe(ends) < 0 || (pid = fork()) < 0)
		fatal("no child process");
	if (pid == 0) {
		close(ends[0]);
		run(errand, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	/* one write of less than a pipe holds comes out in one read */
	n = read(ends[0], errand->field + errand->n_field,
	    sizeof(errand->field) - 2 - errand->n_field);
	close(ends[0]);
	if (wait4(pid, &status, 0, &usage) != pid || status != 0 || n < 0)
		fatal("the child process failed");
	errand->n_field += (size_t)n;
	return usage.ru_maxrss;
}

static long
peak(const struct keypair *keypair, size_t n)
{
	struct errand errand = { .keypair = keypair, .n = n };

	in_child(sign_stream, &errand);
	memcpy(errand.field + errand.n_field, "\r\n", 2);
	errand.n_field += 2;
	return in_child(verify_stream, &errand);
}

static int
compare_peaks(const void *a, const void *b)
{
	const long *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The kernel counts resident pages in batches, and a single peak may be off
 * by some hundred KiB: take the one in the middle. */
static long
median_peak(const struct keypair *keypair, size_t n)
{
	long peaks[PROCESSES];

	for (size_t i = 0; i < PROCESSES; i++)
		peaks[i] = peak(keypair, n);
	qsort(peaks, PROCESSES, sizeof(*peaks), compare_peaks);
	return peaks[PROCESSES / 2];
}

struct memory
memory_measure(void)
{
	struct keypair *keypair = keypair_new(ALGORITHM_RSA_2048);
	struct memory memory = {
		.small = median_peak(keypair, MEMORY_SMALL),
		.large = median_peak(keypair, MEMORY_LARGE),
	};

	keypair_free(&keypair);
	return memory;
}
