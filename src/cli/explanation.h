/*
 * explanation.h: what the log says of a message, in words for people.
 */
#ifndef CLI_EXPLANATION_H
#define CLI_EXPLANATION_H

#include <jansson.h>
#include <stdbool.h>

/* One result as logline_read() gives it, on standard output. */
void explanation_print(const char *id, const json_t *result);

/* Whether it is about signing, not about verifying. */
bool explanation_is_signing(const json_t *result);

/* What happened, in one sentence. */
const char *explanation_sentence(const json_t *result);

/* What to look at or to do next; NULL: nothing.  The text is the caller's to
 * free. */
char *explanation_advice(const json_t *result);

#endif
