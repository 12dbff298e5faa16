/*
 * queries.h: the DNS names that a verifier asks its caller about, and what the
 * caller answered.
 */
#ifndef DKIM_QUERIES_H
#define DKIM_QUERIES_H

#include "base/arena.h"
#include "seal.h"

struct query {
	const char *name; /* in the message's arena */
	struct seal_answer answer; /* with a reference to its record */
	bool answered;
};

struct queries { /* all zero: none */
	struct query items[SEAL_MAX_QUERIES];
	size_t n;
};

/* Drop them and their answers. */
void queries_clear(struct queries *queries);

/* Ask about a name that was not asked about yet; NULL: there is no room. */
struct query *queries_add(struct queries *queries, const char *name);

/*
 * Ask for the key SELECTOR._domainkey.DOMAIN (A-labels), unless another
 * signature did.  Queries from `first` on are for keys, and there are `limit`
 * of them at most.  NULL: *reason_r says why not, SEAL_WHY_NO_MEMORY among it.
 */
struct query *queries_want_key(struct queries *queries, struct arena *arena,
    struct span selector, struct span domain, size_t first, size_t limit,
    enum seal_reason *reason_r);

/* As seal_verifier_answer() once the header is complete. */
int queries_answer(struct queries *queries, size_t i,
    const struct seal_answer *answer);

/* SEAL_WHY_OK when there is a record to look at. */
enum seal_reason query_judge(const struct query *query);

#endif
