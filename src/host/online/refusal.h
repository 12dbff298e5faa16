/*
 * refusal.h: what is told when a changed configuration does not load.
 */
#ifndef HOST_REFUSAL_H
#define HOST_REFUSAL_H

#include "control.h"
#include "host/config/errors.h"

/* Answer with the errors, and the words behind them.  As data each error is
 * {"file": ..., "line": ..., "message": ...}, null where there is none.
 * Gives 0. */
int refusal_answer(command_construct *cc, const struct config_errors *errors,
    const char *words);

#endif
