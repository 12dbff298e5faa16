/*
 * macros.h: what the MTA tells beside its commands.
 *
 * Postfix has Sendmail's names for most of it.
 */
#ifndef MILTER_MACROS_H
#define MILTER_MACROS_H

#include "frontends/milter/connection.h"

/* Where the client connected to; AF_UNSPEC when it is not told. */
void macros_local_address(SMFICTX *ctx, ec_sockaddr *address_r);

/* TLS, into the connection's variables, once it is told. */
void macros_tell_tls(SMFICTX *ctx, struct connection *c);

/* Who authenticated, when that is news.  NULL: nothing was told. */
const struct session_verdict *macros_tell_auth(SMFICTX *ctx,
    struct connection *c);

/* The queue id. */
void macros_tell_id(SMFICTX *ctx, struct connection *c);

#endif
