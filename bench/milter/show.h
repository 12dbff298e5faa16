/*
 * show.h: what came of a message, for people and as JSON (an object a line;
 * octets above 127 as the code points of Latin-1, so that none is lost).
 */
#ifndef BENCH_MILTER_SHOW_H
#define BENCH_MILTER_SHOW_H

#include "delivery.h"
#include "transaction.h"

enum show_how { SHOW_TEXT, SHOW_EDITS, SHOW_JSON };

struct show {
	enum show_how how;
	const char *message; /* its path */
	const char *queue_id;
	const char *const *rcpts; /* as they were told to the filter */
};

void show_outcome(const struct show *show, const struct outcome *outcome,
    const struct delivery *delivery);
/* "aborted", "vanished": at the outcome's stage. */
void show_broken_off(const struct show *show, enum stage stage,
    const char *how);
void show_agreement(enum show_how how, const struct speech *agreed);

/* The word for an outcome: "accept", "quarantine", "reject", "tempfail",
 * "discard". */
const char *show_verdict(const struct outcome *outcome);

#endif
