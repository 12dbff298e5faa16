/*
 * reply.h: what is said to the mail server in the end.
 */
#ifndef VALIDATION_REPLY_H
#define VALIDATION_REPLY_H

#include "validate_context.h"

#include <stdbool.h>

#define REPLY_TEXT_BYTES 400 /* RFC 5321 4.5.3.1.5: 512 with code and CRLF */

struct reply {
	int code; /* 400 to 599; 0: no refusal */
	char status[16]; /* enhanced: "5.7.1" (RFC 3463) */
	char text[REPLY_TEXT_BYTES]; /* the rest; one line of printable text */
};

/* A text begins with an enhanced status or gets the usual one of its code.
 * NULL or "": the usual text.  Code and status that stand in front of the text
 * once more are taken off. */
void reply_set(struct reply *reply, int code, const char *text);

/* What a phase left in the context, or no refusal. */
void reply_from_context(struct reply *reply, const validate_context *ctx);

#endif
