/*
 * negotiate.h: what we and the MTA agree to at the beginning of a connection.
 */
#ifndef MILTER_NEGOTIATE_H
#define MILTER_NEGOTIATE_H

#include <libmilter/mfapi.h>

struct connection;

/* xxfi_negotiate: f0 is what the MTA can do for us (SMFIF_), f1 how it can
 * talk (SMFIP_); pf0 and pf1 get what we want of it. */
sfsistat negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
    unsigned long f2, unsigned long f3, unsigned long *pf0,
    unsigned long *pf1, unsigned long *pf2, unsigned long *pf3);

/* An MTA that goes on with another client on the same socket does not
 * negotiate again: what was agreed to last holds. */
void negotiate_recall(struct connection *c);

#endif
