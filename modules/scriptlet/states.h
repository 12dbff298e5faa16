/*
 * states.h: which state a callout runs in.
 *
 * A state serves one session at a time.  A session gets one with its first
 * callout, the idle one that was used last or a new one, and keeps it until
 * its message is over; if a script left something in `self` or _TLS, until the
 * connection is over.  Outside a session every callout takes one for itself.
 *
 * Threads: any.  One lock guards the list of idle states and the table of
 * sessions; nothing runs under it.
 */
#ifndef SCRIPTLET_STATES_H
#define SCRIPTLET_STATES_H

#include "scriptlet/state.h"

struct states;

/* What the pool knows of a session; only its own thread touches it. */
struct lease {
	struct lease *next; /* in the table */
	const void *session; /* the address of what the session has alone */
	struct state *state; /* or NULL */
	validate_context *vctx; /* of the latest callout that had one */
	uint64_t ran; /* a bit for each module that had a callout */
	int again_callout; /* which said VALIDATE_AGAIN, and ... */
	unsigned again_module; /* ... in which module; see callouts.c */
};

struct states *states_new(struct scriptlet *scriptlet);
/* Only when nothing runs any more; deinit is called in each state. */
void states_free(struct states **states);

/* The session's lease; with make false, NULL when it has none.  session NULL
 * has none. */
struct lease *states_lease(struct states *states, const void *session,
    bool make);
/* The session is over: its state goes back, the lease is gone. */
void states_end(struct states *states, const void *session);

/* An idle state, or a new one with all scripts loaded; NULL with words in why
 * (which the caller has initialised). */
struct state *states_take(struct states *states, string *why);
/* Empty it of what belongs to the session, and keep it for others. */
void states_give(struct states *states, struct state *state);

struct states_count {
	size_t made, idle, sessions;
};
struct states_count states_count(struct states *states);

#endif
