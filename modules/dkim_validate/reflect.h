/*
 * reflect.h: reports that were asked for before the message came.
 *
 * What was asked for hangs on the message until it is verified.
 */
#ifndef DKIM_VALIDATE_REFLECT_H
#define DKIM_VALIDATE_REFLECT_H

#include "findings.h"

/*
 * Note that a report is wanted.  subject and note may be NULL.  Returns
 *
 *	1	done
 *	0	this message has enough reports (REFLECT_MOST); the log says so
 *	-3	sender is not one address, or rcpts holds something that is
 *		none, or more than POST_RCPTS
 */
#define REFLECT_MOST 8
int reflect_ask(const struct checker *checker, ec_message *msg,
    const char *sender, const char *rcpts, const char *subject,
    const char *note);

/*
 * Write the reports about a message whose header is still that which came, and
 * have them sent; nobody waits for that.  findings may be NULL: nothing is known,
 * and nothing is sent.  Nor is there an answer to what has the null sender or is
 * automatic itself (RFC 3834 section 2): else two of us could write to each
 * other for ever.
 */
void reflect_answer(const struct checker *checker, ec_message *msg,
    const struct findings *findings);

#endif
