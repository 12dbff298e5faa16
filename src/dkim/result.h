/*
 * result.h: verdicts and reasons, as one table (RFC 8601 section 2.7.1).
 */
#ifndef DKIM_RESULT_H
#define DKIM_RESULT_H

#include "base/arena.h"
#include "seal.h"

/* Set verdict, reason and sentence; detail, when not empty, is what is at
 * fault and is appended in quotes if it is short and printable.  Without
 * memory the sentence stands alone. */
void result_set(struct seal_result *result, struct arena *arena,
    enum seal_reason reason, struct span detail);

/* What it comes to that the value of a tag was decoded: 0 good, negative
 * without memory, else `bad`. */
enum seal_reason result_of_decoding(int ret, enum seal_reason bad);

#endif
