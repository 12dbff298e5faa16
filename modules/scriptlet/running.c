/*
 * running.c: handles.
 *
 * The present message, context and connection have one handle each, made when
 * a callout first hands them out and used again while they last.  Other
 * messages, those that a script made, have handles that own a reference.
 */
#include "scriptlet/running.h"

#include "scriptlet/bindings/ec_string.h"
#include "scriptlet/state.h"

#include <lauxlib.h>

#define MAX_OWNED 64 /* messages: a policy needs one or two */

static const char *const class_names[HANDLE_KINDS] = {
	[HANDLE_MESSAGE] = "ec_message",
	[HANDLE_CONTEXT] = "validate_context",
	[HANDLE_ACCEPT] = "accept_construct",
};
static const char *const nouns[HANDLE_KINDS] = {
	[HANDLE_MESSAGE] = "message",
	[HANDLE_CONTEXT] = "validation context",
	[HANDLE_ACCEPT] = "connection",
};

struct running *
running_of(lua_State *L)
{
	return &state_of(L)->running;
}

/* asking */

static void *
object_at(lua_State *L, int arg, enum handle_kind kind, void *present)
{
	struct handle *handle;

	if (lua_isnoneornil(L, arg)) {
		if (present == NULL)
			(void)luaL_argerror(L, arg, lua_pushfstring(L,
			    "there is no %s here to take by default",
			    nouns[kind]));
		return present;
	}
	handle = luaL_checkudata(L, arg, class_names[kind]);
	if (handle->object == NULL)
		(void)luaL_argerror(L, arg, lua_pushfstring(L,
		    "this %s is gone: it was kept longer than it lived",
		    nouns[kind]));
	return handle->object;
}

ec_message *
running_message(lua_State *L, int arg)
{
	return object_at(L, arg, HANDLE_MESSAGE, running_of(L)->msg);
}

validate_context *
running_context(lua_State *L, int arg)
{
	return object_at(L, arg, HANDLE_CONTEXT, running_of(L)->vctx);
}

accept_construct *
running_accept(lua_State *L, int arg)
{
	return object_at(L, arg, HANDLE_ACCEPT, running_of(L)->ac);
}

/* pushing */

static struct handle *
push_new(lua_State *L, enum handle_kind kind)
{
	struct handle *handle = lua_newuserdatauv(L, sizeof(*handle), 0);

	*handle = (struct handle){ .object = NULL };
	luaL_setmetatable(L, class_names[kind]);
	return handle;
}

static void
push(lua_State *L, enum handle_kind kind, void *object)
{
	struct state *state = state_of(L);
	struct handle *handle = state->handles[kind];

	if (object == NULL) {
		lua_pushnil(L);
		return;
	}
	if (handle != NULL && handle->object == object) {
		(void)lua_rawgeti(L, LUA_REGISTRYINDEX,
		    state->handle_refs[kind]);
		return;
	}
	handle = push_new(L, kind);
	lua_pushvalue(L, -1);
	lua_rawseti(L, LUA_REGISTRYINDEX, state->handle_refs[kind]);
	state_forget(state, kind);
	handle->object = object;
	state->handles[kind] = handle;
}

/* Messages take memory that Lua does not see, so it would wait too long before
 * it lets them go. */
static void
make_room(lua_State *L)
{
	struct state *state = state_of(L);

	if (state->owned < MAX_OWNED)
		return;
	(void)lua_gc(L, LUA_GCCOLLECT);
	if (state->owned >= MAX_OWNED)
		(void)luaL_error(L, "a script may keep %d messages of its own "
		    "at most", MAX_OWNED);
}

void
running_push_message(lua_State *L, ec_message *msg)
{
	struct handle *handle;

	if (msg == NULL || msg == running_of(L)->msg) {
		push(L, HANDLE_MESSAGE, msg);
		return;
	}
	make_room(L);
	handle = push_new(L, HANDLE_MESSAGE);
	handle->object = ec_message_addref(msg);
	handle->owned = true;
	state_of(L)->owned++;
}

void
running_push_context(lua_State *L, validate_context *vctx)
{
	push(L, HANDLE_CONTEXT, vctx);
}

void
running_push_accept(lua_State *L, accept_construct *ac)
{
	push(L, HANDLE_ACCEPT, ac);
}

void
running_push_text(lua_State *L, const char *text, size_t n)
{
	ec_string_push(L, text, n);
}

int
running_collect(lua_State *L)
{
	struct handle *handle = lua_touserdata(L, 1);

	if (handle != NULL && handle->owned) {
		handle->owned = false;
		state_of(L)->owned--;
		ec_message_free(handle->object);
		handle->object = NULL;
	}
	return 0;
}
