/*
 * states.c: idle states on a stack, leases in a table.
 *
 * The latest idle state comes first: its memory is warm, and those that were
 * made for a rush stay unused at the end.
 */
#include "scriptlet/states.h"

#include "dkim/memory.h"
#include "scriptlet/bindings/lock.h"
#include "scriptlet/scripts.h"
#include "scriptlet/scriptlet.h"

#include <pthread.h>

#define BUCKETS 256 /* of the table; as many sessions at once are many */

struct states {
	struct scriptlet *scriptlet;
	pthread_mutex_t lock; /* guards the rest */
	struct state *idle;
	size_t idle_count, made, sessions;
	struct lease *buckets[BUCKETS];
};

struct states *
states_new(struct scriptlet *scriptlet)
{
	struct states *states = memory_new(sizeof(*states));

	states->scriptlet = scriptlet;
	(void)pthread_mutex_init(&states->lock, NULL);
	return states;
}

static void
end_state(struct states *states, struct state *state)
{
	if (state == NULL)
		return;
	(void)lock_release_all(state->L);
	scripts_deinit(state);
	state_free(&state);
	(void)pthread_mutex_lock(&states->lock);
	states->made--;
	(void)pthread_mutex_unlock(&states->lock);
}

void
states_free(struct states **states)
{
	struct states *s = *states;
	struct state *state;

	*states = NULL;
	if (s == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct lease *lease = s->buckets[i], *next; lease != NULL;
		    lease = next) {
			next = lease->next;
			end_state(s, lease->state);
			memory_free(lease);
		}
	}
	while ((state = s->idle) != NULL) {
		s->idle = state->next;
		end_state(s, state);
	}
	(void)pthread_mutex_destroy(&s->lock);
	memory_free(s);
}

/* leases */

static struct lease **
bucket(struct states *states, const void *session)
{
	uint64_t bits = (uint64_t)(uintptr_t)session;

	/* the low bits of an address say little */
	return &states->buckets[(bits * 0x9e3779b97f4a7c15u) >> 56];
}

/* Under the lock. */
static struct lease **
find(struct states *states, const void *session)
{
	struct lease **at = bucket(states, session);

	while (*at != NULL && (*at)->session != session)
		at = &(*at)->next;
	return at;
}

struct lease *
states_lease(struct states *states, const void *session, bool make)
{
	struct lease **at, *lease;

	if (session == NULL)
		return NULL;
	(void)pthread_mutex_lock(&states->lock);
	at = find(states, session);
	if (*at == NULL && make) {
		*at = memory_new(sizeof(**at));
		(*at)->session = session;
		states->sessions++;
	}
	lease = *at;
	(void)pthread_mutex_unlock(&states->lock);
	return lease;
}

void
states_end(struct states *states, const void *session)
{
	struct lease **at, *lease;

	(void)pthread_mutex_lock(&states->lock);
	at = find(states, session);
	lease = *at;
	if (lease != NULL) {
		*at = lease->next;
		states->sessions--;
	}
	(void)pthread_mutex_unlock(&states->lock);
	if (lease != NULL && lease->state != NULL)
		states_give(states, lease->state);
	memory_free(lease);
}

/* states */

struct state *
states_take(struct states *states, string *why)
{
	struct state *state;

	(void)pthread_mutex_lock(&states->lock);
	state = states->idle;
	if (state != NULL) {
		states->idle = state->next;
		states->idle_count--;
	} else {
		states->made++;
	}
	(void)pthread_mutex_unlock(&states->lock);
	if (state != NULL)
		return state;
	state = scripts_load(states->scriptlet, why);
	if (state == NULL) {
		(void)pthread_mutex_lock(&states->lock);
		states->made--;
		(void)pthread_mutex_unlock(&states->lock);
	}
	return state;
}

void
states_give(struct states *states, struct state *state)
{
	bool keep, worn;

	(void)lock_release_all(state->L);
	state_forget_all(state);
	state_clean(state);
	state_settle(state);
	worn = state_is_worn(state);
	(void)pthread_mutex_lock(&states->lock);
	keep = !worn &&
	    states->idle_count < states->scriptlet->max_spare;
	if (keep) {
		state->next = states->idle;
		states->idle = state;
		states->idle_count++;
	}
	(void)pthread_mutex_unlock(&states->lock);
	if (!keep)
		end_state(states, state);
}

struct states_count
states_count(struct states *states)
{
	struct states_count count;

	(void)pthread_mutex_lock(&states->lock);
	count = (struct states_count){ states->made, states->idle_count,
	    states->sessions };
	(void)pthread_mutex_unlock(&states->lock);
	return count;
}
