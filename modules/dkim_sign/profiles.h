/*
 * profiles.h: signing profiles, made once for each domain and key.
 *
 * A profile is what the engine prepares: options checked, header list parsed,
 * the constant part of the field written.  Any thread.
 */
#ifndef DKIM_SIGN_PROFILES_H
#define DKIM_SIGN_PROFILES_H

#include "seal.h"
#include "settings.h"

#include <stddef.h>

struct profiles;

/* size profiles are kept, each for lifetime seconds at most. */
struct profiles *profiles_new(size_t size, int64_t lifetime);
void profiles_free(struct profiles **profiles);

/* The profile with which `domain` signs under these settings and with this key;
 * the caller owns one reference in *profile_r.  Returns 0, or an error of
 * seal_profile_new() with *why_r. */
int profiles_get(struct profiles *profiles, const struct settings *settings,
    const char *domain, struct seal_key *key,
    struct seal_profile **profile_r, const char **why_r);

void profiles_flush(struct profiles *profiles);

#endif
