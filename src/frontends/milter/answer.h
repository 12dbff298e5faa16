/*
 * answer.h: a verdict in the words of the milter protocol.
 */
#ifndef MILTER_ANSWER_H
#define MILTER_ANSWER_H

#include "frontends/milter/connection.h"

/* The answer to a command: CONTINUE unless it is refused.  Makes the client
 * wait when policy wants that. */
sfsistat answer_command(SMFICTX *ctx, const struct session_verdict *verdict);

/* The answer to a whole message, its edits told. */
sfsistat answer_message(SMFICTX *ctx, struct connection *c,
    const struct session_verdict *verdict);

/* 421: the process is about to end. */
sfsistat answer_stopping(SMFICTX *ctx);

#endif
