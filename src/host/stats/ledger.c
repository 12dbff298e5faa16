/*
 * ledger.c: sharded counters, and a table that only grows.
 *
 * A bucket is a list whose head is replaced by compare-and-swap: who loses the
 * race looks again, for the winner may have added the same pair.  The hash is
 * seeded, since domains of recipients are chosen by whoever sends.
 */
#include "host/stats/ledger.h"

#include "host/stats/shard.h"
#include "host/types/alloc.h"
#include "host/types/hash.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS (1u << 17) /* 1 MB, of which the system gives what is used */
#define ALIGNED __attribute__((aligned(SHARD_LINE)))

struct counters {
	_Atomic uint64_t nanoseconds, signed_ok, failed, processed;
};

struct counted { /* both kinds: one cache line */
	struct counters kinds[LEDGER_KINDS];
} ALIGNED;

struct sharded {
	struct counted shards[SHARDS];
};

struct pair {
	struct pair *next; /* never changes after the pair is in the list */
	uint32_t hash;
	int binding;
	struct counters kinds[LEDGER_KINDS];
	char domain[]; /* lower case */
};

struct binding {
	struct sharded all;
	struct counters others[LEDGER_KINDS]; /* domains that have no place */
};

struct ledger {
	struct sharded all;
	/* the last is for slots that have no place */
	struct binding *_Atomic bindings[LEDGER_BINDINGS + 1];
	struct pair *_Atomic buckets[BUCKETS];
	_Atomic uint32_t pairs;
};

static void *
aligned(size_t size)
{
	size_t whole = (size + SHARD_LINE - 1) / SHARD_LINE * SHARD_LINE;
	void *memory = aligned_alloc(SHARD_LINE, whole);

	if (memory == NULL)
		return xcalloc(whole, SIZE_MAX); /* gives up, with words */
	return memset(memory, 0, whole);
}

struct ledger *
ledger_new(void)
{
	return aligned(sizeof(struct ledger));
}

void
ledger_free(struct ledger **ledger)
{
	struct ledger *l = *ledger;
	struct pair *next;

	*ledger = NULL;
	if (l == NULL)
		return;
	for (size_t i = 0; i <= LEDGER_BINDINGS; i++)
		free(atomic_load(&l->bindings[i]));
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct pair *p = atomic_load(&l->buckets[i]); p != NULL;
		    p = next) {
			next = p->next;
			free(p);
		}
	}
	free(l);
}

static void
add(_Atomic uint64_t *counter, uint64_t n)
{
	if (n > 0)
		atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static void
count(struct counters *counters, const struct ec_signing_tally *tally)
{
	add(&counters->nanoseconds, tally->nanoseconds);
	add(&counters->signed_ok, tally->signed_ok);
	add(&counters->failed, tally->failed);
	add(&counters->processed, tally->processed);
}

static bool
is_kind(int kind)
{
	return kind >= 0 && kind < LEDGER_KINDS;
}

void
ledger_count_all(struct ledger *ledger, int kind,
    const struct ec_signing_tally *tally)
{
	if (is_kind(kind))
		count(&ledger->all.shards[shard_here()].kinds[kind], tally);
}

static int
place_of(int binding)
{
	return binding < 0 || binding >= LEDGER_BINDINGS ? LEDGER_BINDINGS :
	    binding;
}

static struct binding *
binding_at(struct ledger *ledger, int slot)
{
	struct binding *_Atomic *at = &ledger->bindings[place_of(slot)];
	struct binding *binding = atomic_load_explicit(at,
	    memory_order_acquire), *made;

	if (binding != NULL)
		return binding;
	made = aligned(sizeof(*made));
	if (atomic_compare_exchange_strong(at, &binding, made))
		return made;
	free(made);
	return binding;
}

void
ledger_count_binding(struct ledger *ledger, int binding, int kind,
    const struct ec_signing_tally *tally)
{
	if (is_kind(kind))
		count(&binding_at(ledger, binding)->all.shards[shard_here()]
		    .kinds[kind], tally);
}

/* From `from` up to but not `to`. */
static struct pair *
find(struct pair *from, const struct pair *to, uint32_t hash, int binding,
    const char *domain)
{
	for (struct pair *p = from; p != to; p = p->next) {
		if (p->hash == hash && p->binding == binding &&
		    strcmp(p->domain, domain) == 0)
			return p;
	}
	return NULL;
}

/* One place more: false when all are taken. */
static bool
take_place(struct ledger *ledger)
{
	uint32_t taken = atomic_load_explicit(&ledger->pairs,
	    memory_order_relaxed);

	do {
		if (taken >= LEDGER_PAIRS)
			return false;
	} while (!atomic_compare_exchange_weak(&ledger->pairs, &taken,
	    taken + 1));
	return true;
}

static struct pair *
pair_new(uint32_t hash, int binding, const char *domain, size_t n)
{
	struct pair *pair = xcalloc(1, sizeof(*pair) + n + 1);

	pair->hash = hash;
	pair->binding = binding;
	memcpy(pair->domain, domain, n + 1);
	return pair;
}

static struct pair *
pair_at(struct ledger *ledger, int binding, const char *domain, size_t n)
{
	uint32_t hash = hash_bytes(hash_seed() + (uint32_t)binding, domain, n);
	struct pair *_Atomic *bucket = &ledger->buckets[hash % BUCKETS];
	struct pair *head = atomic_load_explicit(bucket,
	    memory_order_acquire);
	struct pair *found = find(head, NULL, hash, binding, domain), *made;

	if (found != NULL || !take_place(ledger))
		return found;
	made = pair_new(hash, binding, domain, n);
	for (;;) {
		made->next = head;
		if (atomic_compare_exchange_strong(bucket, &head, made))
			return made;
		/* what others put in front meanwhile */
		found = find(head, made->next, hash, binding, domain);
		if (found != NULL) {
			atomic_fetch_sub(&ledger->pairs, 1);
			free(made);
			return found;
		}
	}
}

static size_t
lower(const char *domain, char lower_r[LEDGER_DOMAIN_BYTES + 1])
{
	size_t n = strnlen(domain, LEDGER_DOMAIN_BYTES);

	for (size_t i = 0; i < n; i++)
		lower_r[i] = (char)tolower((unsigned char)domain[i]);
	lower_r[n] = '\0';
	return n;
}

void
ledger_count_domain(struct ledger *ledger, int binding, const char *domain,
    int kind, const struct ec_signing_tally *tally)
{
	char text[LEDGER_DOMAIN_BYTES + 1];
	size_t n = lower(domain, text);
	struct pair *pair;

	if (!is_kind(kind))
		return;
	pair = pair_at(ledger, place_of(binding), text, n);
	count(pair != NULL ? &pair->kinds[kind] :
	    &binding_at(ledger, binding)->others[kind], tally);
}

static uint64_t
get(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

static void
sum(struct ledger_sums *sums, const struct counters *counters)
{
	sums->nanoseconds += get(&counters->nanoseconds);
	sums->signed_ok += get(&counters->signed_ok);
	sums->failed += get(&counters->failed);
	sums->processed += get(&counters->processed);
}

static void
sum_shards(struct ledger_sums *sums_r, const struct sharded *sharded)
{
	for (int kind = 0; kind < LEDGER_KINDS; kind++) {
		sums_r[kind] = (struct ledger_sums){ 0 };
		for (size_t i = 0; i < SHARDS; i++)
			sum(&sums_r[kind], &sharded->shards[i].kinds[kind]);
	}
}

void
ledger_all(const struct ledger *ledger, struct ledger_sums *sums_r)
{
	sum_shards(sums_r, &ledger->all);
}

void
ledger_binding(const struct ledger *ledger, int slot,
    struct ledger_sums *sums_r)
{
	const struct binding *binding = atomic_load_explicit(
	    &ledger->bindings[place_of(slot)], memory_order_acquire);

	memset(sums_r, 0, sizeof(*sums_r) * LEDGER_KINDS);
	if (binding != NULL)
		sum_shards(sums_r, &binding->all);
}

struct visit {
	void (*each)(void *closure, int binding, const char *domain,
	    const struct ledger_sums *sums);
	void *closure;
};

static void
visit(const struct visit *visit, int binding, const char *domain,
    const struct counters *counters)
{
	struct ledger_sums sums[LEDGER_KINDS] = { { 0 } };

	for (int kind = 0; kind < LEDGER_KINDS; kind++)
		sum(&sums[kind], &counters[kind]);
	if (!ledger_sums_is_zero(sums))
		visit->each(visit->closure, binding, domain, sums);
}

void
ledger_each(const struct ledger *ledger, void (*each)(void *closure,
    int binding, const char *domain, const struct ledger_sums *sums),
    void *closure)
{
	const struct visit to = { each, closure };

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct pair *p = atomic_load_explicit(&ledger->buckets[i],
		    memory_order_acquire); p != NULL; p = p->next)
			visit(&to, p->binding, p->domain, p->kinds);
	}
	for (int i = 0; i <= LEDGER_BINDINGS; i++) {
		const struct binding *binding = atomic_load_explicit(
		    &ledger->bindings[i], memory_order_acquire);

		if (binding != NULL)
			visit(&to, i, LEDGER_OTHERS, binding->others);
	}
}

unsigned
ledger_longest_search(const struct ledger *ledger)
{
	unsigned longest = 0, n;

	for (size_t i = 0; i < BUCKETS; i++) {
		const struct pair *p = atomic_load_explicit(
		    &ledger->buckets[i], memory_order_acquire);

		for (n = 0; p != NULL; p = p->next)
			n++;
		longest = n > longest ? n : longest;
	}
	return longest;
}

void
ledger_sums_add(struct ledger_sums *to, const struct ledger_sums *from)
{
	to->nanoseconds += from->nanoseconds;
	to->signed_ok += from->signed_ok;
	to->failed += from->failed;
	to->processed += from->processed;
}

int
ledger_sums_is_zero(const struct ledger_sums *sums)
{
	for (int kind = 0; kind < LEDGER_KINDS; kind++) {
		if ((sums[kind].nanoseconds | sums[kind].signed_ok |
		    sums[kind].failed | sums[kind].processed) != 0)
			return 0;
	}
	return 1;
}
