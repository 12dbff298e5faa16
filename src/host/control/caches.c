/*
 * caches.c: cache list, cache stat, cache stats.
 *
 * The attributes of "cache list" have two published lists of names for the same
 * things; both are known here.
 */
#include "host/control/caches.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define VALID \
	"Valid attributes are [capacity,entries,utilization,loads,stores," \
	"hits,misses,\n forced,expired,lru,hit-rate,workload,query-rate]\n"

static unsigned long long
number(u_int64_t n)
{
	return (unsigned long long)n;
}

static double
percent(u_int64_t part, u_int64_t whole)
{
	return whole > 0 ? 100.0 * (double)part / (double)whole : 0.0;
}

static double
utilization(const struct ec_fc_stat *st)
{
	return percent(st->entries, st->capacity);
}

static double
hit_rate(const struct ec_fc_stat *st)
{
	return percent(st->hits, st->loads);
}

/* Reads of all that was done. */
static double
workload(const struct ec_fc_stat *st)
{
	return percent(st->loads, st->loads + st->stores);
}

/* Loads in a second, since the cache is there. */
static u_int64_t
query_rate(const struct ec_fc_stat *st)
{
	return st->loads / (st->seconds > 0 ? st->seconds : 1);
}

static u_int64_t
invalidations(const struct ec_fc_stat *st)
{
	return st->forced + st->expired + st->displaced;
}

/* cache list */

enum attribute {
	CAPACITY, ENTRIES, UTILIZATION, LOADS, STORES, HITS, MISSES, FORCED,
	EXPIRED, LRU, HIT_RATE, WORKLOAD, QUERY_RATE,
	ATTRIBUTES
};

static const struct {
	const char *name, *other; /* other: of the second list, or NULL */
} attributes[ATTRIBUTES] = {
	[CAPACITY] = { "capacity", NULL },
	[ENTRIES] = { "entries", NULL },
	[UTILIZATION] = { "utilization", "used" },
	[LOADS] = { "loads", NULL },
	[STORES] = { "stores", NULL },
	[HITS] = { "hits", NULL },
	[MISSES] = { "misses", NULL },
	[FORCED] = { "forced", NULL },
	[EXPIRED] = { "expired", NULL },
	[LRU] = { "lru", "replaced" },
	[HIT_RATE] = { "hit-rate", "hitratio" },
	[WORKLOAD] = { "workload", NULL },
	[QUERY_RATE] = { "query-rate", "queryrate" },
};

/* ATTRIBUTES: there is none of that name. */
static enum attribute
attribute_of(const char *word)
{
	int i = 0;

	while (i < ATTRIBUTES && strcasecmp(word, attributes[i].name) != 0 &&
	    (attributes[i].other == NULL ||
	    strcasecmp(word, attributes[i].other) != 0))
		i++;
	return (enum attribute)i;
}

static void
write_attribute(string *out, enum attribute attribute,
    const struct ec_fc_stat *st)
{
	u_int64_t n = 0;

	switch (attribute) {
	case UTILIZATION:
		(void)stringprintf(out, "%6.2f%% ", utilization(st));
		return;
	case HIT_RATE:
		(void)stringprintf(out, "%6.2f%% ", hit_rate(st));
		return;
	case WORKLOAD:
		(void)stringprintf(out, "%6.2f%% ", workload(st));
		return;
	case CAPACITY:
		n = st->capacity;
		break;
	case ENTRIES:
		n = st->entries;
		break;
	case LOADS:
		n = st->loads;
		break;
	case STORES:
		n = st->stores;
		break;
	case HITS:
		n = st->hits;
		break;
	case MISSES:
		n = st->misses;
		break;
	case FORCED:
		n = st->forced;
		break;
	case EXPIRED:
		n = st->expired;
		break;
	case LRU:
		n = st->displaced;
		break;
	case QUERY_RATE:
		n = query_rate(st);
		break;
	case ATTRIBUTES:
		break;
	}
	(void)stringprintf(out, "%10llu ", number(n));
}

static json_t *
cache_model(const struct cache_row *row)
{
	const struct ec_fc_stat *st = &row->stat;

	return json_pack("{s:o,s:I,s:I,s:f,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,"
	    "s:I,s:f,s:f}", "name", form_text(row->name), "capacity",
	    (json_int_t)st->capacity, "entries", (json_int_t)st->entries,
	    "utilization", utilization(st), "query_rate",
	    (json_int_t)query_rate(st), "loads", (json_int_t)st->loads, "hits",
	    (json_int_t)st->hits, "misses", (json_int_t)st->misses, "pending",
	    (json_int_t)st->pending, "stores", (json_int_t)st->stores,
	    "forced", (json_int_t)st->forced, "expired",
	    (json_int_t)st->expired, "lru", (json_int_t)st->displaced,
	    "hit_rate", hit_rate(st), "workload", workload(st));
}

static int
answer_data(command_construct *cc, const struct cache_view *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->n; i++)
		(void)json_array_append_new(list, cache_model(
		    &view->rows[i]));
	return form_answer(cc, "caches", json_pack("{s:o}", "caches", list));
}

static void
write_summary(string *out, const struct cache_view *view)
{
	(void)stringprintf(out,
	    "CAPACITY    ENTRIES     USED    HT/TL   RD/WR CACHE\n");
	for (size_t i = 0; i < view->n; i++) {
		const struct ec_fc_stat *st = &view->rows[i].stat;

		(void)stringprintf(out, "%-13zu %-7zu%6.2f%%  %6.2f%% %6.2f%% "
		    "%s\n", st->capacity, st->entries, utilization(st),
		    hit_rate(st), workload(st), view->rows[i].name);
	}
	(void)stringprintf(out, "\n  %zu caches listed.\n", view->n);
}

struct chosen { /* attributes, in the order in which they are shown */
	enum attribute list[COMMAND_WORDS];
	size_t n;
};

static bool
choose(const command_construct *cc, struct chosen *chosen)
{
	chosen->n = 0;
	for (int i = 2; i < cc->argc; i++) {
		enum attribute attribute = attribute_of(cc->argv[i]);

		if (strcasecmp(cc->argv[i], "all") == 0) {
			chosen->n = 0;
			while (chosen->n < ATTRIBUTES) {
				chosen->list[chosen->n] =
				    (enum attribute)chosen->n;
				chosen->n++;
			}
			return true;
		}
		if (attribute == ATTRIBUTES)
			return false;
		if (chosen->n < ATTRIBUTES)
			chosen->list[chosen->n++] = attribute;
	}
	return true;
}

static void
write_list(string *out, const struct cache_view *view,
    const struct chosen *chosen)
{
	for (size_t i = 0; i < view->n; i++) {
		for (size_t a = 0; a < chosen->n; a++)
			write_attribute(out, chosen->list[a],
			    &view->rows[i].stat);
		(void)stringprintf(out, "%s%s\n", chosen->n == 0 ? " " : "",
		    view->rows[i].name);
	}
	(void)stringprintf(out, "\n %zu caches listed.\n", view->n);
}

static int
run_list(command_construct *cc, void *closure)
{
	bool summary = cc->argc == 3 && strcasecmp(cc->argv[2],
	    "summary") == 0;
	struct cache_view view;
	struct chosen chosen;
	int ret = 1;

	(void)closure;
	if (!summary && !choose(cc, &chosen)) {
		(void)stringprintf(&cc->response, VALID);
		return 0;
	}
	cache_view_init(&view);
	if (form_is_wanted(cc))
		ret = answer_data(cc, &view);
	else if (summary)
		write_summary(&cc->response, &view);
	else
		write_list(&cc->response, &view, &chosen);
	cache_view_deinit(&view);
	return ret;
}

/* cache stat */

static void
write_stat(string *out, const struct cache_row *row)
{
	const struct ec_fc_stat *st = &row->stat;

	(void)stringprintf(out, "%-14s: %s\n", "Name", row->name);
	(void)stringprintf(out, "%-14s: %zu\n", "Capacity", st->capacity);
	(void)stringprintf(out, "%-14s: %zu\n", "Entries", st->entries);
	(void)stringprintf(out, "%-14s: %6.2f%%\n", "Utilization",
	    utilization(st));
	(void)stringprintf(out, "%-14s: %llu q/s\n", "Query Rate",
	    number(query_rate(st)));
	(void)stringprintf(out, "%-14s: %llu\n", "Loads", number(st->loads));
	(void)stringprintf(out, "%-14s: %llu\n", "  Hits", number(st->hits));
	(void)stringprintf(out, "%-14s: %llu\n", "  Misses",
	    number(st->misses));
	(void)stringprintf(out, "%-14s: %llu\n", "  Pending",
	    number(st->pending));
	(void)stringprintf(out, "%-14s: %llu\n", "Stores", number(st->stores));
	(void)stringprintf(out, "%-14s: %llu\n", "Invalidations",
	    number(invalidations(st)));
	(void)stringprintf(out, "%-14s: %llu\n", "  Forced",
	    number(st->forced));
	(void)stringprintf(out, "%-14s: %llu\n", "  Expired",
	    number(st->expired));
	(void)stringprintf(out, "%-14s: %llu\n", "  Capacity",
	    number(st->displaced));
	(void)stringprintf(out, "%-14s: %6.2f%%\n", "Hit Rate", hit_rate(st));
	(void)stringprintf(out, "%-14s: %6.2f%%\n", "Workload (R/W)",
	    workload(st));
	(void)stringprintf(out, "%-14s: %llu\n", "  Reads", number(st->loads));
	(void)stringprintf(out, "%-14s: %llu\n", "  Writes",
	    number(st->stores));
}

static int
no_cache(command_construct *cc, const char *name)
{
	(void)stringprintf(&cc->response, "There is no cache '%s' "
	    "(\"cache list\" names them)\n", name);
	return 0;
}

static int
run_stat(command_construct *cc, void *closure)
{
	const char *name = cc->argc > 2 ? cc->argv[2] : "";
	const struct cache_row *row;
	struct cache_view view;
	int ret = 1;

	(void)closure;
	cache_view_init(&view);
	row = cache_view_find(&view, name);
	if (row == NULL)
		ret = no_cache(cc, name);
	else if (form_is_wanted(cc))
		ret = form_answer(cc, "cache", cache_model(row));
	else
		write_stat(&cc->response, row);
	cache_view_deinit(&view);
	return ret;
}

/* cache stats */

/* Shares of all look-ups; whole percents, as published. */
static void
write_row(string *out, const struct cache_row *row)
{
	const struct ec_fc_stat *st = &row->stat;

	(void)stringprintf(out, "%-22s %4zu %3.0f %3.0f %3.0f %8llu %8llu "
	    "%3llu %3llu %3llu %8llu\n", row->name, st->entries,
	    hit_rate(st), percent(st->misses, st->loads),
	    percent(st->pending, st->loads), number(st->loads),
	    number(st->stores), number(st->forced), number(st->expired),
	    number(st->displaced), number(invalidations(st)));
}

static void
write_head(string *out)
{
	(void)stringprintf(out,
	    "cache name                      lookups %%                  "
	    "deletions %%\n"
	    "                       elts  hit miss pend  total  inserts man "
	    "ttl lru  total\n"
	    "---------------------- ----- -------------------- -------- "
	    "------------------\n\n");
}

/* The caches that are named, in a view that borrows their names. */
static const char *
pick(const command_construct *cc, const struct cache_view *all,
    struct cache_view *picked, struct cache_row rows[COMMAND_WORDS])
{
	const struct cache_row *row;

	*picked = (struct cache_view){ rows, 0, 0 };
	for (int i = 2; i < cc->argc; i++) {
		row = cache_view_find(all, cc->argv[i]);
		if (row == NULL)
			return cc->argv[i];
		rows[picked->n++] = *row;
	}
	return NULL;
}

static int
run_stats(command_construct *cc, void *closure)
{
	struct cache_row rows[COMMAND_WORDS];
	struct cache_view all, picked;
	const char *unknown;
	int ret = 1;

	(void)closure;
	cache_view_init(&all);
	unknown = pick(cc, &all, &picked, rows);
	if (cc->argc <= 2)
		picked = all;
	if (unknown != NULL) {
		ret = no_cache(cc, unknown);
	} else if (form_is_wanted(cc)) {
		ret = answer_data(cc, &picked);
	} else {
		write_head(&cc->response);
		for (size_t i = 0; i < picked.n; i++)
			write_row(&cc->response, &picked.rows[i]);
	}
	cache_view_deinit(&all);
	return ret;
}

void
caches_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "cache list", run_list, "names of all caches, or counters",
		    "cache list [ATTRIBUTE...]\nATTRIBUTE is summary, all, "
		    "capacity, entries, utilization, loads, stores,\nhits, "
		    "misses, forced, expired, lru, hit-rate, workload or "
		    "query-rate." },
		{ "cache stat", run_stat, "counters of one cache",
		    "cache stat NAME" },
		{ "cache stats", run_stats, "a table of all caches",
		    "cache stats [NAME...]" },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
