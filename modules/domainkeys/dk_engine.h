/*
 * dk_engine.h: DomainKeys (RFC 4870) for the signer.
 */
#ifndef DOMAINKEYS_DK_ENGINE_H
#define DOMAINKEYS_DK_ENGINE_H

#include "signing/engine.h"

extern const struct engine dk_engine;

#endif
