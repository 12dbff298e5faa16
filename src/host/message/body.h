/*
 * body.h: bytes that come in chunks, in memory while they are few and in a
 * file without a name when they are many.
 *
 * A body is filled, then finished, then read any number of times.  Failing to
 * write to disk sticks, and is told by every later call; nothing is cut off
 * silently.  A body belongs to one thread.
 */
#ifndef MESSAGE_BODY_H
#define MESSAGE_BODY_H

#include "base/span.h"

#include <sys/types.h>

struct body_block;

struct body {
	struct body_block *first, *last; /* while in memory; else what is not
	    written to the file yet */
	size_t size; /* of all */
	size_t threshold; /* more than this goes into the file */
	const char *folder; /* of the file; the caller's, outlives the body */
	int fd; /* of the file, or -1 */
	const unsigned char *map; /* the finished file */
	int error; /* errno of the first failure, or 0 */
};

void body_init(struct body *body, size_t threshold, const char *folder);

/* Returns 0, or -1 when the disk would not take it. */
int body_append(struct body *body, struct span s);
int body_finish(struct body *body);

/* A run of bytes at *offset, which moves on.  Returns false at the end. */
bool body_next(const struct body *body, size_t *offset, struct span *run_r);

/* All of it in one run; pieces in memory are joined for good. */
struct span body_join(struct body *body);

bool body_equal(const struct body *a, const struct body *b);

void body_deinit(struct body *body);

#endif
