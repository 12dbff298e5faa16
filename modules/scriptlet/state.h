/*
 * state.h: one Lua interpreter with everything that scripts find in it.
 *
 * A state belongs to one thread at a time, and to one session or message at a
 * time: see states.h.  All of its memory is counted, and a script in it is
 * stopped when it takes more time, instructions or memory than the limits say.
 */
#ifndef SCRIPTLET_STATE_H
#define SCRIPTLET_STATE_H

#include "scriptlet/blocks.h"
#include "scriptlet/running.h"

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

struct scriptlet;

enum handle_kind {
	HANDLE_MESSAGE,
	HANDLE_CONTEXT,
	HANDLE_ACCEPT,
	HANDLE_KINDS
};

/* What a userdata of these kinds holds. */
struct handle {
	void *object; /* NULL: it is gone */
	bool owned; /* a reference of our own: messages */
};

struct budget {
	unsigned depth; /* of callouts in callouts: they share one */
	uint64_t deadline; /* ns on the monotonic clock; 0: none */
	uint64_t waiting_since; /* in running_wait_begins; 0: not */
	int64_t instructions; /* left */
	size_t unlooked; /* steps since the clock was last looked at */
	const char *over; /* why scripts are to stop now; or NULL */
};

struct memory {
	size_t used, limit;
	size_t settled; /* used after the latest full collection */
	bool refused; /* the limit was hit */
};

struct state {
	lua_State *L;
	struct scriptlet *scriptlet;
	struct running running;
	struct budget budget;
	struct memory memory;
	struct blocks blocks; /* what is counted there */
	struct handle *handles[HANDLE_KINDS]; /* the present ones, or NULL */
	int handle_refs[HANDLE_KINDS];
	unsigned owned; /* handles with a reference of their own */
	unsigned verified; /* handles of opendkim */
	int session_ref; /* _TLS */
	struct script_module *modules; /* as they registered */
	struct script_module **modules_end;
	unsigned module_count;
	bool loading; /* scripts are being run: they may register */
	bool first; /* of its configuration: it tells what is strange */
	struct state *next; /* in the pool */
};

/* What a script registered. */
struct script_module {
	struct script_module *next;
	unsigned number; /* from 0 */
	char *name;
	int table; /* reference */
	int self; /* reference: the table of the session */
	int *functions; /* by callout: reference, or LUA_NOREF */
};

/* An interpreter with libraries and bindings, in which nothing was loaded
 * yet.  NULL: no memory. */
struct state *state_new(struct scriptlet *scriptlet);
void state_free(struct state **state);

static inline struct state *
state_of(lua_State *L)
{
	return *(struct state **)lua_getextraspace(L);
}

/*
 * As lua_pcall with a budget, and with a traceback in the error.  Returns
 * LUA_OK with the results, or another status and the words on the stack.
 * Inside another call it uses what that has left.
 */
int state_call(struct state *state, int nargs, int nresults);

/* Take that many steps from the budget; raises an error when it is used up.
 * For functions in C that work long on what a script gave them: a step is
 * about an instruction. */
void state_charge(lua_State *L, size_t steps);

/* The handles given out so far are of nothing any more. */
void state_forget(struct state *state, enum handle_kind kind);
void state_forget_all(struct state *state);

/* Collect what a large message left behind, so that idle states are small. */
void state_settle(struct state *state);

/* Better ended than kept for another message: it met its limit, or holds much
 * memory that it does not use. */
bool state_is_worn(struct state *state);

/* No session has left anything in it: self tables and _TLS are empty. */
bool state_is_clean(struct state *state);
/* Empty them. */
void state_clean(struct state *state);

#endif
