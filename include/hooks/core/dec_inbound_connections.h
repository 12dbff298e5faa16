/*
 * core_dec_inbound_connections: a connection is gone.
 */
#ifndef HOOKS_CORE_DEC_INBOUND_CONNECTIONS_H
#define HOOKS_CORE_DEC_INBOUND_CONNECTIONS_H

#include "module-hooks.h"

EC_DECLARE_VOID_HOOK(core, dec_inbound_connections,
    (void *, char *, int, accept_construct *),
    (char *conntype, int fd, accept_construct *ac),
    (EC_HOOK_CLOSURE, conntype, fd, ac))

#endif
