/*
 * transaction.h: config begin, commit, rollback and replay.
 *
 * A console has one transaction at most.  Its changes are held against options
 * and modules as they are made, and seen by its own "config show" and the like;
 * in use they are after the commit, all or none.  The first commit wins: what
 * was begun before it cannot be committed any more.
 */
#ifndef HOST_TRANSACTION_H
#define HOST_TRANSACTION_H

#include "control.h"
#include "host/config/config.h"

/* A console begins and ends in this thread; what it left open is dropped. */
void transaction_open(void);
void transaction_close(void);

bool transaction_is_begun(void);

/* As it is by now, or NULL. */
const struct config *transaction_draft(void);

/* What the commands of this console are about: the transaction's configuration,
 * else the one that the command began with. */
const struct config *transaction_config(const command_construct *cc);

/* Change the transaction's, and remember the words of the command.  0, or -1
 * with the errors told. */
int transaction_change(const command_construct *cc, struct span text,
    struct config_errors *errors);

#endif
