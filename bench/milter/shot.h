/*
 * shot.h: all that an MTA says about a message, prepared once, so that sending
 * it costs a few system calls and nothing else.
 *
 * The bytes are cut into rounds: what is sent without waiting, up to a command
 * that has a reply.  The queue id and the message's own id have fixed places,
 * and get a new number before each use.
 */
#ifndef BENCH_MILTER_SHOT_H
#define BENCH_MILTER_SHOT_H

#include "letter.h"
#include "speech.h"

#define SHOT_ROUNDS 128

struct shot {
	struct buffer bytes;
	size_t ends[SHOT_ROUNDS]; /* of each round, in bytes */
	size_t n_rounds; /* the last one is the end of the message */
	size_t *numbers; /* offsets of digits to be renewed */
	size_t n_numbers;
};

/* speech: what was agreed on, and the macros but for the queue id.  Ends the
 * program when memory runs out. */
struct shot *shot_new(struct speech *speech, const struct letter *letter,
    const char *from, const char *rcpt);
/* Make it another message. */
void shot_renew(struct shot *shot, uint32_t number);
void shot_free(struct shot **shot);

#endif
