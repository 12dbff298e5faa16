/*
 * queries.c: names that are asked once each, and references to answers.
 */
#include "dkim/queries.h"

#include "message/domain.h"

#include <string.h>

void
queries_clear(struct queries *queries)
{
	for (size_t i = 0; i < queries->n; i++)
		seal_record_unref(&queries->items[i].answer.record);
	queries->n = 0;
}

struct query *
queries_add(struct queries *queries, const char *name)
{
	struct query *query;

	if (queries->n == SEAL_MAX_QUERIES)
		return NULL;
	query = &queries->items[queries->n++];
	*query = (struct query){ .name = name };
	return query;
}

static struct query *
find(struct queries *queries, size_t first, const char *name)
{
	for (size_t i = first; i < queries->n; i++) {
		if (strcmp(queries->items[i].name, name) == 0)
			return &queries->items[i];
	}
	return NULL;
}

struct query *
queries_want_key(struct queries *queries, struct arena *arena,
    struct span selector, struct span domain, size_t first, size_t limit,
    enum seal_reason *reason_r)
{
	const char *name = arena_printf(arena, "%.*s._domainkey.%.*s",
	    (int)selector.n, (const char *)selector.p,
	    (int)domain.n, (const char *)domain.p);
	struct query *query;

	*reason_r = SEAL_WHY_NO_MEMORY;
	if (name == NULL)
		return NULL;
	*reason_r = SEAL_WHY_SELECTOR;
	if (strlen(name) > DOMAIN_MAX_OCTETS)
		return NULL;
	query = find(queries, first, name);
	if (query != NULL)
		return query;
	*reason_r = SEAL_WHY_TOO_MANY_SIGNATURES;
	if (queries->n - first >= limit)
		return NULL;
	*reason_r = SEAL_WHY_TOO_MANY_QUERIES;
	return queries_add(queries, name);
}

int
queries_answer(struct queries *queries, size_t i,
    const struct seal_answer *answer)
{
	struct query *query;
	struct seal_record *record;

	if (i >= queries->n || (answer->dns == SEAL_DNS_ANSWERED &&
	    answer->record == NULL))
		return SEAL_E_OPTION;
	query = &queries->items[i];
	record = seal_record_ref(answer->record);
	seal_record_unref(&query->answer.record);
	query->answer = *answer;
	query->answer.record = record;
	query->answered = true;
	return 0;
}

enum seal_reason
query_judge(const struct query *query)
{
	if (!query->answered)
		return SEAL_WHY_NO_ANSWER;
	switch (query->answer.dns) {
	case SEAL_DNS_TIMEOUT:
		return SEAL_WHY_DNS_TIMEOUT;
	case SEAL_DNS_FAILED:
		return SEAL_WHY_DNS_FAILED;
	case SEAL_DNS_BOGUS:
		return SEAL_WHY_DNS_BOGUS;
	case SEAL_DNS_ANSWERED:
		return SEAL_WHY_OK;
	}
	return SEAL_WHY_DNS_FAILED;
}
