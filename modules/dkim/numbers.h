/*
 * numbers.h: what modules with a cache of keys tell monitoring systems.
 */
#ifndef DKIM_NUMBERS_H
#define DKIM_NUMBERS_H

#include "dkim/console.h"
#include "ec_caches.h"
#include "ec_metrics.h"
#include "module.h"

/* The counters of an instance's key cache. */
void numbers_tell_keycache(ec_metrics *metrics,
    const generic_module_infrastructure *self,
    const struct console_keycache *keycache);

/* One of its caches for the console: "MODULE:INSTANCE:what". */
void numbers_tell_cache(ec_caches *caches,
    const generic_module_infrastructure *self, const char *what,
    const struct cache_stats *stats);

#endif
