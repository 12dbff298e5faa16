/*
 * keytext.h: private keys that policy hands over as text.
 *
 * The text is PEM, or the base64 that stands in a PEM file between its BEGIN
 * and END lines, in one line or several.
 */
#ifndef SIGNING_KEYTEXT_H
#define SIGNING_KEYTEXT_H

#include "keys/cache.h"
#include "keys/why.h"
#include "seal.h"

#include <stdbool.h>

/* Whether this is such a text, or looks like one: what stands where a path is
 * expected, and must not reach the log as the name of a file. */
bool keytext_is_key(const char *text);

/* A cache for keytext_get(): its names are digests, no text stays in it. */
struct cache *keytext_cache_new(size_t size, int64_t lifetime);

/* The key in text; the caller owns a reference in *key_r.  Returns 0, SEAL_E_KEY
 * or SEAL_E_NOMEM with words in *why_r. */
int keytext_get(struct cache *cache, const char *text,
    struct seal_key **key_r, struct why *why_r);

#endif
