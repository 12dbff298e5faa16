/*
 * contestant.h: one implementation, set up to do one piece of work over and
 * over.  Each is a file of its own, by_<implementation>.c.
 */
#ifndef BENCH_CONTESTANT_H
#define BENCH_CONTESTANT_H

#include "keypair.h"
#include "letter.h"
#include "row.h"

/* The work, kept by the caller for as long as its contestants. */
struct job {
	enum work work;
	enum algorithm algorithm;
	const struct letter *letter; /* without a signature */
	const struct letter *sealed; /* with one on top; NULL for signing */
	const struct keypair *keypair;
};

struct contestant {
	enum impl impl;
	void *state;

	/* Do the work once.  Returns 0, 1 when verifying found the signature
	 * bad, -1 when the work could not be done. */
	int (*run)(void *state);

	/* The whole DKIM-Signature field that the last run made, without a
	 * final CRLF, until the next run; NULL for one that makes none. */
	struct span (*signature)(void *state);

	void (*free)(void *state);
};

/* All end the program when the set-up fails. */
struct contestant contestant_new(enum impl impl, const struct job *job);
struct contestant by_libseal(const struct job *job);
struct contestant by_openssl(const struct job *job);
struct contestant by_libopendkim(const struct job *job);
struct contestant by_host(const struct job *job); /* one at a time */

void contestant_free(struct contestant *contestant);

/* Whether the implementation is there, does the work and knows the algorithm. */
bool contestant_can(enum impl impl, enum work work, enum algorithm algorithm);
bool libopendkim_can(enum algorithm algorithm);

/* The fields signed, every instance of each; From once more than it occurs, so
 * that none can be added (RFC 6376 section 8.15).  NULL ends the list. */
#define SIGNED_FROM "From"
extern const char *const signed_names[];

/* A server hands a body on in pieces; these are a milter's. */
#define CHUNK 65535

#endif
