/*
 * signing.c: one ledger in use, and the change to an empty one.
 *
 * A reset replaces the ledger.  Who counts says so in its shard before it takes
 * the pointer, at one of two sides; whoever comes after the change finds the new
 * ledger.  To see that the old one is left by all, newcomers are sent to the
 * other side until this one is empty, and then the other way round: so the wait
 * ends however busy the counting is.
 */
#include "host/stats/signing.h"

#include "ec_config.h"
#include "host/message/message.h"
#include "host/message/state.h"
#include "host/stats/shard.h"
#include "host/types/alloc.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* A message to more domains counts for the first of them only. */
#define DOMAINS_PER_MESSAGE 64

struct inside { /* threads that use the ledger at this moment */
	_Atomic unsigned n[2]; /* on either side */
} __attribute__((aligned(SHARD_LINE)));

struct restored { /* totals of a binding from earlier runs */
	struct restored *next; /* by name */
	char *name;
	struct ledger_sums sums[LEDGER_KINDS];
};

static struct ledger *_Atomic in_use; /* NULL before the first count */
static struct inside insides[SHARDS];
static _Atomic unsigned side; /* where newcomers go: 0 or 1 */
static _Atomic int mode = SIGNING_ALL;

/* Guards the list of what was restored, and lets one at a time replace the
 * ledger.  Nobody who counts takes it, but for the first count of all. */
static pthread_mutex_t books_lock = PTHREAD_MUTEX_INITIALIZER;
static struct restored *restored;
static struct ledger_sums restored_all[LEDGER_KINDS];

void
signing_set_mode(enum signing_mode to)
{
	atomic_store(&mode, to);
}

enum signing_mode
signing_get_mode(void)
{
	return (enum signing_mode)atomic_load_explicit(&mode,
	    memory_order_relaxed);
}

static struct ledger *
first_ledger(void)
{
	struct ledger *none = NULL, *made = ledger_new();

	if (atomic_compare_exchange_strong(&in_use, &none, made))
		return made;
	ledger_free(&made);
	return none;
}

/* From here to leave(), which gets *side_r, the ledger stays. */
static struct ledger *
enter(unsigned *side_r)
{
	struct ledger *ledger;

	*side_r = atomic_load(&side);
	atomic_fetch_add(&insides[shard_here()].n[*side_r], 1);
	ledger = atomic_load(&in_use);
	return ledger != NULL ? ledger : first_ledger();
}

static void
leave(unsigned at)
{
	atomic_fetch_sub(&insides[shard_here()].n[at], 1);
}

/* Until everybody has left the side that newcomers went to. */
static void
turn_and_wait(void)
{
	unsigned before = atomic_fetch_xor(&side, 1);

	for (size_t i = 0; i < SHARDS; i++) {
		while (atomic_load(&insides[i].n[before]) != 0)
			(void)sched_yield();
	}
}

/* Replace the ledger by an empty one and wait until nobody has the old. */
static void
replace(void)
{
	struct ledger *old = atomic_exchange(&in_use, ledger_new());

	turn_and_wait();
	turn_and_wait();
	ledger_free(&old);
}

u_int64_t
ec_signing_stats_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (u_int64_t)now.tv_sec * 1000000000u + (u_int64_t)now.tv_nsec;
}

static bool
was_before(const char *const *domains, size_t n, const char *domain)
{
	for (size_t i = 0; i < n; i++) {
		if (strcasecmp(domains[i], domain) == 0)
			return true;
	}
	return false;
}

/* Where the message goes to: each domain once. */
static size_t
find_domains(ec_message *msg, const char *domains_r[DOMAINS_PER_MESSAGE])
{
	int rcpts = ec_message_rcpt_count(msg);
	const char *domain = msg->_state->routing_domain;
	size_t n = 0;

	if (domain != NULL) {
		domains_r[0] = domain;
		return 1;
	}
	for (int i = 0; i < rcpts && n < DOMAINS_PER_MESSAGE; i++) {
		domain = ec_message_rcpt_domain(msg, i);
		if (domain != NULL && domain[0] != '\0' &&
		    !was_before(domains_r, n, domain))
			domains_r[n++] = domain;
	}
	return n;
}

void
ec_signing_stats_add(ec_message *msg, int kind,
    const struct ec_signing_tally *tally)
{
	const char *domains[DOMAINS_PER_MESSAGE];
	enum signing_mode how = signing_get_mode();
	struct ledger *ledger;
	unsigned at;
	size_t n;

	if (how == SIGNING_OFF)
		return;
	ledger = enter(&at);
	ledger_count_all(ledger, kind, tally);
	if (how == SIGNING_ALL) {
		n = find_domains(msg, domains);
		ledger_count_binding(ledger, msg->binding_slot, kind, tally);
		for (size_t i = 0; i < n; i++)
			ledger_count_domain(ledger, msg->binding_slot,
			    domains[i], kind, tally);
	}
	leave(at);
}

/* what was before */

static struct restored *
restored_at(const char *name)
{
	struct restored **at = &restored, *r;

	while (*at != NULL && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	if (*at != NULL && strcmp((*at)->name, name) == 0)
		return *at;
	r = xcalloc(1, sizeof(*r));
	r->name = xstrdup(name);
	r->next = *at;
	*at = r;
	return r;
}

void
signing_restore(const char *name, const struct ledger_sums *sums)
{
	(void)pthread_mutex_lock(&books_lock);
	memcpy(name == NULL ? restored_all : restored_at(name)->sums, sums,
	    sizeof(restored_all));
	(void)pthread_mutex_unlock(&books_lock);
}

void
signing_reset(void)
{
	struct restored *next;

	(void)pthread_mutex_lock(&books_lock);
	replace();
	memset(restored_all, 0, sizeof(restored_all));
	for (; restored != NULL; restored = next) {
		next = restored->next;
		free(restored->name);
		free(restored);
	}
	(void)pthread_mutex_unlock(&books_lock);
}

/* rows */

struct rows { /* in the making */
	struct signing_row *at;
	size_t n, room;
};

static struct signing_row *
rows_add(struct rows *rows, const char *binding, const char *domain,
    const struct ledger_sums *sums)
{
	struct signing_row *row;

	if (rows->n == rows->room) {
		rows->room = rows->room == 0 ? 64 : rows->room * 2;
		rows->at = xrealloc(rows->at, rows->room * sizeof(*rows->at));
	}
	row = &rows->at[rows->n++];
	row->binding = binding != NULL ? xstrdup(binding) : NULL;
	row->domain = domain != NULL ? xstrdup(domain) : NULL;
	memcpy(row->sums, sums, sizeof(row->sums));
	return row;
}

static void
rows_free(struct signing_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(rows[i].binding);
		free(rows[i].domain);
	}
	free(rows);
}

static int
compare_text(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

static int
compare(const void *a, const void *b)
{
	const struct signing_row *one = a, *two = b;
	int ret = compare_text(one->binding, two->binding);

	return ret != 0 ? ret : compare_text(one->domain, two->domain);
}

static bool
is_same(const struct signing_row *a, const struct signing_row *b)
{
	return compare(a, b) == 0;
}

/* Sort, and make one row of those that agree. */
static void
rows_join(struct rows *rows)
{
	size_t kept = 0;

	if (rows->n == 0)
		return;
	qsort(rows->at, rows->n, sizeof(*rows->at), compare);
	for (size_t i = 1; i < rows->n; i++) {
		struct signing_row *row = &rows->at[i];

		if (!is_same(&rows->at[kept], row)) {
			rows->at[++kept] = *row;
			continue;
		}
		for (int kind = 0; kind < LEDGER_KINDS; kind++)
			ledger_sums_add(&rows->at[kept].sums[kind],
			    &row->sums[kind]);
		free(row->binding);
		free(row->domain);
	}
	rows->n = kept + 1;
}

static const char *
binding_name(int slot)
{
	const char *name = slot < LEDGER_BINDINGS ?
	    config_get_binding_name_from_id(slot) : NULL;

	return name != NULL ? name : LEDGER_OTHERS;
}

/* Under books_lock. */
static void
gather_bindings(const struct ledger *ledger, struct rows *rows)
{
	struct ledger_sums sums[LEDGER_KINDS];

	for (int slot = 0; slot <= LEDGER_BINDINGS; slot++) {
		ledger_binding(ledger, slot, sums);
		if (!ledger_sums_is_zero(sums))
			(void)rows_add(rows, binding_name(slot), NULL, sums);
	}
	for (const struct restored *r = restored; r != NULL; r = r->next)
		(void)rows_add(rows, r->name, NULL, r->sums);
	rows_join(rows);
}

static void
gather_all(const struct ledger *ledger,
    struct ledger_sums all_r[LEDGER_KINDS])
{
	ledger_all(ledger, all_r);
	for (int kind = 0; kind < LEDGER_KINDS; kind++)
		ledger_sums_add(&all_r[kind], &restored_all[kind]);
}

void
signing_totals(void (*each)(void *closure, const char *name,
    const struct ledger_sums *sums), void *closure)
{
	struct ledger_sums all[LEDGER_KINDS];
	struct rows rows = { 0 };
	const struct ledger *ledger;
	unsigned at;

	(void)pthread_mutex_lock(&books_lock);
	ledger = enter(&at);
	gather_all(ledger, all);
	gather_bindings(ledger, &rows);
	leave(at);
	(void)pthread_mutex_unlock(&books_lock);
	each(closure, NULL, all);
	for (size_t i = 0; i < rows.n; i++)
		each(closure, rows.at[i].binding, rows.at[i].sums);
	rows_free(rows.at, rows.n);
}

void
signing_get_all(struct ledger_sums *sums_r)
{
	const struct ledger *ledger;
	unsigned at;

	(void)pthread_mutex_lock(&books_lock);
	ledger = enter(&at);
	gather_all(ledger, sums_r);
	leave(at);
	(void)pthread_mutex_unlock(&books_lock);
}

void
ec_signing_stats_totals(int kind, struct ec_signing_totals *totals_r)
{
	struct ledger_sums sums[LEDGER_KINDS];

	signing_get_all(sums);
	*totals_r = (struct ec_signing_totals){
		.processed = sums[kind].processed,
		.signed_ok = sums[kind].signed_ok,
		.failed = sums[kind].failed,
		.nanoseconds = sums[kind].nanoseconds,
	};
}

static void
gather_pair(void *closure, int binding, const char *domain,
    const struct ledger_sums *sums)
{
	(void)rows_add(closure, binding_name(binding), domain, sums);
}

static bool
is_configured(const char *binding)
{
	return strcmp(binding, LEDGER_OTHERS) == 0 ||
	    config_get_binding_id_from_name(binding) >= 0;
}

/* What was counted for a binding that is gone is kept, and not shown. */
static void
leave_out_gone(struct rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (is_configured(rows->at[i].binding)) {
			rows->at[kept++] = rows->at[i];
			continue;
		}
		free(rows->at[i].binding);
		free(rows->at[i].domain);
	}
	rows->n = kept;
}

void
signing_view_init(struct signing_view *view)
{
	struct rows domains = { 0 }, bindings = { 0 }, pairs = { 0 };
	const struct ledger *ledger;
	unsigned at;

	(void)pthread_mutex_lock(&books_lock);
	ledger = enter(&at);
	gather_all(ledger, view->all);
	gather_bindings(ledger, &bindings);
	ledger_each(ledger, gather_pair, &pairs);
	leave(at);
	(void)pthread_mutex_unlock(&books_lock);
	for (size_t i = 0; i < pairs.n; i++)
		(void)rows_add(&domains, NULL, pairs.at[i].domain,
		    pairs.at[i].sums);
	leave_out_gone(&bindings);
	leave_out_gone(&pairs);
	rows_join(&domains);
	rows_join(&pairs);
	view->domains = domains.at;
	view->domains_n = domains.n;
	view->bindings = bindings.at;
	view->bindings_n = bindings.n;
	view->pairs = pairs.at;
	view->pairs_n = pairs.n;
}

void
signing_view_deinit(struct signing_view *view)
{
	rows_free(view->domains, view->domains_n);
	rows_free(view->bindings, view->bindings_n);
	rows_free(view->pairs, view->pairs_n);
}
