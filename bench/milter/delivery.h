/*
 * delivery.h: the message that an MTA delivers, a filter's edits done.
 *
 * Where a field goes is Postfix's way, which it measured from Sendmail:
 *
 * - The MTA puts its own Received field on top, and shows it to no filter.
 * - CHANGE counts the fields that the filter saw; a field that is not there is
 *   appended.
 * - INSERT counts all of them: index 0 is above the MTA's Received, index 1
 *   below it.  Behind the last field it appends.
 * - What was appended is not found by later edits.
 */
#ifndef BENCH_MILTER_DELIVERY_H
#define BENCH_MILTER_DELIVERY_H

#include "edit.h"
#include "mail.h"

#include <stdio.h>

struct delivery_line; /* a field */

struct delivery {
	struct delivery_line *lines;
	size_t n, room;
	size_t n_counted; /* those above what was appended */
	struct buffer body;
	bool body_replaced;
	struct span mail_body;
	char *sender;
	char **rcpts;
	size_t n_rcpts;
	const char *colon; /* what stands between name and value of an edit */
	bool failed; /* out of memory */
};

/* received: the MTA's own field without line end, or NULL.  leading_blank:
 * values of edits come without the blank behind the colon.  The mail outlives
 * the delivery. */
void delivery_init(struct delivery *delivery, const struct mail *mail,
    const char *received, bool leading_blank);
void delivery_set_sender(struct delivery *delivery, const char *address);
void delivery_add_rcpt(struct delivery *delivery, const char *address);
void delivery_apply(struct delivery *delivery, const struct edit_list *edits);
/* Returns 0, or -1 with errno. */
int delivery_write(const struct delivery *delivery, FILE *out);
void delivery_deinit(struct delivery *delivery);

#endif
