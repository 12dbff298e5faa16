/*
 * engine_dkim.h: DKIM (RFC 6376).
 */
#ifndef SIGNING_ENGINE_DKIM_H
#define SIGNING_ENGINE_DKIM_H

#include "signing/engine.h"

extern const struct engine engine_dkim;

#endif
