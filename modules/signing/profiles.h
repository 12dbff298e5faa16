/*
 * profiles.h: profiles of the engine, made once for each domain and key.
 *
 * A profile is what the engine prepares: options checked, header list parsed,
 * the constant part of the field written.  Any thread.
 */
#ifndef SIGNING_PROFILES_H
#define SIGNING_PROFILES_H

#include "keys/cache.h"
#include "seal.h"
#include "signing/settings.h"

#include <stddef.h>

struct profiles;

/* size profiles are kept, each for lifetime seconds at most. */
struct profiles *profiles_new(size_t size, int64_t lifetime);
void profiles_free(struct profiles **profiles);

/* The profile with which `domain` signs under these settings and with this key;
 * the caller owns one reference in *profile_r.  Returns 0, or an error of
 * engine.profile_new with *why_r. */
int profiles_get(struct profiles *profiles, const struct settings *settings,
    const char *domain, struct seal_key *key, void **profile_r,
    const char **why_r);

void profiles_flush(struct profiles *profiles);
void profiles_stats(struct profiles *profiles, struct cache_stats *stats_r);

#endif
