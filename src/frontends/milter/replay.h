/*
 * replay.h: the edits of a message, told to the MTA.
 */
#ifndef MILTER_REPLAY_H
#define MILTER_REPLAY_H

#include "frontends/milter/connection.h"

/* What the verdict needs and this MTA cannot do, in words; NULL: nothing. */
const char *replay_lacks(const struct connection *c,
    const struct session_verdict *verdict);

/* Tell all edits, and that the message is to be held.  Only at the end of a
 * message.  0, or -1 when the MTA did not take one: it is gone. */
int replay(SMFICTX *ctx, struct connection *c,
    const struct session_verdict *verdict);

#endif
