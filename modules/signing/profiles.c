/*
 * profiles.c: a cache whose names are made of settings, key and domain.
 *
 * A profile that is kept holds its key, so that no other key can have the same
 * address meanwhile: the address is a good name.  A profile that cannot be made
 * is kept, too, as the reason.
 */
#include "signing/profiles.h"

#include "dkim/memory.h"
#include "keys/cache.h"
#include "signing/signing.h"

#include <stdatomic.h>
#include <stdio.h>

#define NAME_BYTES 1024 /* of most names */
#define ADDRESS_BYTES 32 /* a pointer as text, two blanks and a NUL */

struct profiles {
	struct cache *cache;
};

struct kept {
	atomic_uint references;
	struct seal_key *key; /* so that its address stays its own */
	void *profile; /* NULL: error and why */
	int error;
	const char *why; /* constant text */
};

struct wanted {
	const struct settings *settings;
	const char *domain;
	struct seal_key *key;
};

static void *
kept_ref(void *value)
{
	struct kept *kept = value;

	(void)atomic_fetch_add_explicit(&kept->references, 1,
	    memory_order_relaxed);
	return kept;
}

static void
kept_unref(void *value)
{
	struct kept *kept = value;

	if (atomic_fetch_sub_explicit(&kept->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	signing.engine->profile_unref(kept->profile);
	seal_key_unref(&kept->key);
	memory_free(kept);
}

struct profiles *
profiles_new(size_t size, int64_t lifetime)
{
	struct profiles *profiles = memory_new(sizeof(*profiles));
	struct cache_options options;

	cache_options_init(&options);
	options.size = size;
	options.positive_lifetime = lifetime;
	options.negative_lifetime = lifetime;
	options.ref = kept_ref;
	options.unref = kept_unref;
	if (cache_new(&options, &profiles->cache) != 0) {
		memory_free(profiles);
		return NULL;
	}
	return profiles;
}

void
profiles_free(struct profiles **profiles)
{
	struct profiles *p = *profiles;

	*profiles = NULL;
	if (p == NULL)
		return;
	cache_free(&p->cache);
	memory_free(p);
}

static int
load(void *context, const char *name, struct cache_load *load_r)
{
	const struct wanted *wanted = context;
	struct kept *kept = memory_new(sizeof(*kept));

	(void)name;
	atomic_init(&kept->references, 1);
	kept->key = seal_key_ref(wanted->key);
	kept->error = signing.engine->profile_new(wanted->settings,
	    wanted->domain, wanted->key, &kept->profile, &kept->why);
	load_r->value = kept;
	load_r->negative = kept->error != 0;
	if (kept->error == SEAL_E_NOMEM)
		load_r->max_lifetime = 0;
	return 0;
}

int
profiles_get(struct profiles *profiles, const struct settings *settings,
    const char *domain, struct seal_key *key, void **profile_r,
    const char **why_r)
{
	struct wanted wanted = { settings, domain, key };
	size_t room = strlen(settings->id) + strlen(domain) + ADDRESS_BYTES;
	char short_name[NAME_BYTES], *name = short_name;
	struct kept *kept;
	void *value;
	int ret;

	*profile_r = NULL;
	if (room > sizeof(short_name))
		name = memory_new(room);
	(void)snprintf(name, room, "%p %s %s", (const void *)key, domain,
	    settings->id);
	ret = cache_get(profiles->cache, name, load, &wanted, &value);
	if (name != short_name)
		memory_free(name);
	if (ret != 0) {
		*why_r = "out of memory";
		return ret;
	}
	kept = value;
	*profile_r = signing.engine->profile_ref(kept->profile);
	*why_r = kept->why;
	ret = kept->error;
	kept_unref(kept);
	return ret;
}

void
profiles_flush(struct profiles *profiles)
{
	(void)cache_flush(profiles->cache);
}

void
profiles_stats(struct profiles *profiles, struct cache_stats *stats_r)
{
	cache_stats(profiles->cache, stats_r);
}
