/*
 * state.c: memory that is counted, and calls that end.
 *
 * A script is stopped by the count hook of Lua: it looks at the budget every
 * now and then, and once that is used up it raises an error at every single
 * instruction, so that pcall catches nothing for long.  C functions that may
 * work long between two instructions take steps from the budget themselves,
 * and large allocations look at the clock.
 */
#include "scriptlet/state.h"

#include "scriptlet/binding.h"
#include "scriptlet/sandbox.h"
#include "scriptlet/scriptlet.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <time.h>

#define TICK 200 /* instructions between two looks at the budget */
#define LARGE_BLOCK 65536 /* filling it takes time worth a look */
#define SETTLED_ROOM (1024 * 1024) /* bytes of garbage that may wait */
#define SPARE_ROOM (4 * SETTLED_ROOM) /* bytes kept for blocks to come */
#define KEPT_BLOCKS 2 /* times script_memory, with those that wait for reuse */
#define LOOK_EVERY 20000 /* steps charged between two looks at the clock */
#define NS_PER_MS 1000000u

static void tick(lua_State *L, lua_Debug *ar);

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* the budget */

static void
look_at_clock(struct state *state)
{
	struct budget *budget = &state->budget;

	if (budget->over == NULL && budget->deadline != 0 &&
	    budget->waiting_since == 0 && now_ns() > budget->deadline)
		budget->over = "stopped: it took too long (option script_time)";
}

static void
look(struct state *state)
{
	if (state->budget.over == NULL && state->budget.instructions <= 0)
		state->budget.over = "stopped: too many instructions (option "
		    "script_instructions)";
	look_at_clock(state);
}

/* From here on every instruction is an error. */
static int
stop(lua_State *L)
{
	lua_sethook(L, tick, LUA_MASKCOUNT, 1);
	return luaL_error(L, "%s", state_of(L)->budget.over);
}

static void
tick(lua_State *L, lua_Debug *ar)
{
	struct state *state = state_of(L);

	(void)ar;
	if (state->budget.depth == 0)
		return;
	state->budget.instructions -= TICK;
	look(state);
	if (state->budget.over != NULL)
		(void)stop(L);
}

void
state_charge(lua_State *L, size_t steps)
{
	struct state *state = state_of(L);
	struct budget *budget = &state->budget;

	if (budget->depth == 0)
		return;
	budget->instructions -= steps < INT64_MAX / 2 ? (int64_t)steps :
	    INT64_MAX / 2;
	budget->unlooked += steps;
	if (budget->unlooked >= LOOK_EVERY || budget->instructions <= 0) {
		budget->unlooked = 0;
		look(state);
	}
	if (budget->over != NULL)
		(void)stop(L);
}

void
running_charge(lua_State *L, size_t steps)
{
	state_charge(L, steps);
}

void
running_wait_begins(lua_State *L)
{
	state_of(L)->budget.waiting_since = now_ns();
}

void
running_wait_ends(lua_State *L)
{
	struct budget *budget = &state_of(L)->budget;

	if (budget->waiting_since != 0 && budget->deadline != 0)
		budget->deadline += now_ns() - budget->waiting_since;
	budget->waiting_since = 0;
}

static void
budget_begin(struct state *state)
{
	struct budget *budget = &state->budget;

	if (budget->depth++ > 0)
		return;
	*budget = (struct budget){
		.depth = 1,
		.deadline = now_ns() +
		    (uint64_t)state->scriptlet->script_time * NS_PER_MS,
		.instructions = state->scriptlet->script_instructions,
	};
	state->memory.refused = false;
	/* it is at every instruction after a script was stopped */
	if (lua_gethookcount(state->L) != TICK)
		lua_sethook(state->L, tick, LUA_MASKCOUNT, TICK);
}

static void
budget_end(struct state *state)
{
	state->budget.depth--;
}

/* memory */

static void *
allocate(void *closure, void *p, size_t had, size_t want)
{
	struct state *state = closure;
	struct memory *memory = &state->memory;
	size_t old = p == NULL ? 0 : had;
	void *new;

	if (want > old && want - old > memory->limit - memory->used) {
		memory->refused = true;
		return NULL; /* Lua collects garbage and asks once more */
	}
	if (want > old && want >= LARGE_BLOCK && state->budget.depth > 0) {
		look_at_clock(state);
		if (state->budget.over != NULL)
			return NULL;
	}
	new = blocks_resize(&state->blocks, p, old, want);
	if (new != NULL || want == 0)
		memory->used += want - old;
	else
		memory->refused = true;
	return new;
}

/* calls */

/* The error in words, with where it happened. */
static int
describe(lua_State *L)
{
	const char *text;

	if (lua_type(L, 1) != LUA_TSTRING)
		(void)luaL_tolstring(L, 1, NULL);
	text = lua_tostring(L, -1);
	luaL_traceback(L, L, text, 1);
	return 1;
}

int
state_call(struct state *state, int nargs, int nresults)
{
	lua_State *L = state->L;
	int base = lua_gettop(L) - nargs;
	int status;

	lua_pushcfunction(L, describe);
	lua_insert(L, base);
	budget_begin(state);
	status = lua_pcall(L, nargs, nresults, base);
	budget_end(state);
	lua_remove(L, base);
	return status;
}

/* handles */

void
state_forget(struct state *state, enum handle_kind kind)
{
	if (state->handles[kind] != NULL)
		state->handles[kind]->object = NULL;
	state->handles[kind] = NULL;
}

void
state_forget_all(struct state *state)
{
	for (int kind = 0; kind < HANDLE_KINDS; kind++) {
		state_forget(state, (enum handle_kind)kind);
		/* not nil: the slot is to stay, so that nothing is allocated */
		lua_pushboolean(state->L, 0);
		lua_rawseti(state->L, LUA_REGISTRYINDEX,
		    state->handle_refs[kind]);
	}
}

/* sessions */

void
state_settle(struct state *state)
{
	struct memory *memory = &state->memory;

	if (memory->used < memory->settled * 2 + SETTLED_ROOM)
		return;
	(void)lua_gc(state->L, LUA_GCCOLLECT);
	memory->settled = memory->used;
}

bool
state_is_worn(struct state *state)
{
	/* one that ran out of memory would do so again */
	return state->memory.refused ||
	    state->blocks.bytes > state->memory.used * 2 + SPARE_ROOM;
}

static bool
is_empty(lua_State *L, int ref)
{
	bool empty;

	(void)lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
	lua_pushnil(L);
	empty = lua_next(L, -2) == 0;
	lua_pop(L, empty ? 1 : 3);
	return empty;
}

bool
state_is_clean(struct state *state)
{
	for (struct script_module *m = state->modules; m != NULL; m = m->next) {
		if (!is_empty(state->L, m->self))
			return false;
	}
	return is_empty(state->L, state->session_ref);
}

static void
empty(lua_State *L, int ref)
{
	(void)lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
	lua_pushnil(L);
	/* a metatable would outlive what is in the table */
	(void)lua_setmetatable(L, -2);
	lua_pushnil(L);
	while (lua_next(L, -2) != 0) {
		lua_pop(L, 1);
		lua_pushvalue(L, -1);
		lua_pushnil(L);
		lua_rawset(L, -4);
	}
	lua_pop(L, 1);
}

void
state_clean(struct state *state)
{
	for (struct script_module *m = state->modules; m != NULL; m = m->next)
		empty(state->L, m->self);
	empty(state->L, state->session_ref);
}

/* life */

static int
open_all(lua_State *L)
{
	struct state *state = state_of(L);

	for (int kind = 0; kind < HANDLE_KINDS; kind++) {
		lua_pushboolean(L, 0);
		state->handle_refs[kind] = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	sandbox_open(L);
	bindings_open(L);
	lua_newtable(L);
	lua_setglobal(L, "_OSTLS");
	lua_newtable(L);
	lua_pushvalue(L, -1);
	lua_setglobal(L, "_TLS");
	state->session_ref = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

struct state *
state_new(struct scriptlet *scriptlet)
{
	struct state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return NULL;
	state->scriptlet = scriptlet;
	state->running.self = scriptlet->self;
	state->memory.limit = scriptlet->script_memory;
	state->blocks.most = KEPT_BLOCKS * scriptlet->script_memory;
	state->modules_end = &state->modules;
	state->L = lua_newstate(allocate, state);
	if (state->L == NULL) {
		blocks_deinit(&state->blocks);
		free(state);
		return NULL;
	}
	*(struct state **)lua_getextraspace(state->L) = state;
	(void)lua_gc(state->L, LUA_GCINC, scriptlet->gc_pause,
	    scriptlet->gc_stepmul, 0);
	lua_pushcfunction(state->L, open_all);
	if (lua_pcall(state->L, 0, 0, 0) != LUA_OK) {
		ec_mod_debug(scriptlet->self, DERROR, "no interpreter: %s",
		    lua_tostring(state->L, -1));
		state_free(&state);
	}
	return state;
}

void
state_free(struct state **state)
{
	struct state *s = *state;
	struct script_module *next;

	*state = NULL;
	if (s == NULL)
		return;
	for (int kind = 0; kind < HANDLE_KINDS; kind++)
		state_forget(s, (enum handle_kind)kind);
	lua_close(s->L);
	for (struct script_module *m = s->modules; m != NULL; m = next) {
		next = m->next;
		free(m->functions);
		free(m->name);
		free(m);
	}
	blocks_deinit(&s->blocks);
	free(s);
}
