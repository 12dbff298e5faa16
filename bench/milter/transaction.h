/*
 * transaction.h: one message from MAIL to the filter's verdict.
 */
#ifndef BENCH_MILTER_TRANSACTION_H
#define BENCH_MILTER_TRANSACTION_H

#include "mail.h"
#include "mta.h"

enum stage {
	STAGE_NONE,
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_HEADER, /* in the middle of the header */
	STAGE_EOH,
	STAGE_BODY, /* after the first piece of the body */
	STAGE_END,
};

/* "connect", "helo", "mail", "rcpt", "data", "header", "eoh", "body", "end".
 * Returns false for another word. */
bool stage_parse(const char *word, enum stage *stage_r);
const char *stage_name(enum stage stage);

#define TRANSACTION_RCPTS 1000

struct transaction {
	const char *from; /* "" is the null sender */
	const char *parameters; /* of MAIL, or NULL */
	const char *const *rcpts;
	size_t n_rcpts; /* 1 to TRANSACTION_RCPTS */
	const struct mail *mail;
	const char *queue_id;
	bool body_at_end; /* the last piece of the body comes with the end */
	size_t chunk; /* octets of body at a time */
	enum stage stop_after; /* go no further; STAGE_NONE: to the end */
	enum stage pause_after; /* call pause() there */
	void (*pause)(void);
};

struct refusal { /* of a recipient */
	size_t rcpt; /* which one */
	char *reply;
};

struct outcome { /* { 0 } before its first use */
	bool stopped; /* as it was told to */
	enum mta_answer answer; /* ACCEPT also where the filter said CONTINUE
	    to the end */
	enum stage stage; /* where it was decided */
	char *reply; /* "550 5.7.1 text", or "" */
	struct edit_list edits; /* of an accepted message */
	struct refusal *refusals;
	size_t n_refusals;
	bool failed; /* out of memory */
};

/* Returns 0 with the outcome; or -1, see mta_why(). */
int transaction_run(const struct transaction *transaction, struct mta *mta,
    struct outcome *outcome_r);
void outcome_deinit(struct outcome *outcome);

/* The reason of the last quarantine among the edits, or { NULL, 0 }. */
struct span outcome_quarantine(const struct outcome *outcome);

#endif
