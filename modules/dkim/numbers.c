/*
 * numbers.c: counters of a cache with the instance's name as labels.
 */
#include "dkim/numbers.h"

#include <stdio.h>
#include <string.h>

#define LABEL_BYTES 256

/* `module="dkim_sign",stanza="one"`, as metrics want it escaped. */
static void
write_labels(const generic_module_infrastructure *self,
    char labels_r[LABEL_BYTES])
{
	const char *instance = ec_module_instance_name(self);
	int n = snprintf(labels_r, LABEL_BYTES, "module=\"%s\",stanza=\"",
	    ec_module_scope_name(self));
	size_t at = n < 0 || n >= LABEL_BYTES ? 0 : (size_t)n;

	for (; instance != NULL && *instance != '\0' && at + 4 < LABEL_BYTES;
	    instance++) {
		if (*instance == '"' || *instance == '\\')
			labels_r[at++] = '\\';
		labels_r[at++] = *instance == '\n' ? ' ' : *instance;
	}
	labels_r[at++] = '"';
	labels_r[at] = '\0';
}

void
numbers_tell_keycache(ec_metrics *metrics,
    const generic_module_infrastructure *self,
    const struct console_keycache *keycache)
{
	struct cache_stats stats;
	char labels[LABEL_BYTES];

	keycache->stats(keycache->of, &stats);
	write_labels(self, labels);
	ec_metrics_tell_counter(metrics, "keycache_hits",
	    "Keys that were found in the cache.", labels, (double)stats.hits);
	ec_metrics_tell_counter(metrics, "keycache_negative_hits",
	    "Keys that the cache knew not to be there.", labels,
	    (double)stats.negative_hits);
	ec_metrics_tell_counter(metrics, "keycache_misses",
	    "Keys that had to be looked for.", labels, (double)stats.misses);
	ec_metrics_tell_counter(metrics, "keycache_evictions",
	    "Keys that left for want of room.", labels,
	    (double)stats.evictions);
	ec_metrics_tell_gauge(metrics, "keycache_entries", "Keys in the cache.",
	    labels, (double)stats.size);
}

void
numbers_tell_cache(ec_caches *caches,
    const generic_module_infrastructure *self, const char *what,
    const struct cache_stats *stats)
{
	const char *instance = ec_module_instance_name(self);
	u_int64_t hits = stats->hits + stats->negative_hits;
	struct ec_fc_stat st = {
		.capacity = stats->capacity,
		.entries = stats->size,
		.loads = hits + stats->misses,
		.hits = hits,
		.misses = stats->loads,
		.pending = stats->misses > stats->loads ? stats->misses -
		    stats->loads : 0,
		.stores = stats->stores,
		.forced = stats->forced,
		.expired = stats->expired,
		.displaced = stats->evictions,
		.seconds = stats->age > 0 ? (u_int64_t)stats->age : 0,
	};
	char name[LABEL_BYTES];

	(void)snprintf(name, sizeof(name), "%s%s%s:%s",
	    ec_module_scope_name(self), instance != NULL ? ":" : "",
	    instance != NULL ? instance : "", what);
	ec_caches_tell(caches, name, &st);
}
