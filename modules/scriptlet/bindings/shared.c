/*
 * shared.c: a list with counts, and a userdata in each interpreter that holds
 * one of them.
 */
#include "scriptlet/bindings/shared.h"

#include "scriptlet/running.h"

#include <lauxlib.h>

#include <pthread.h>
#include <stdlib.h>

struct shared {
	struct shared *next;
	const struct shared_class *class;
	const void *self; /* the stanza, as a name */
	void *object;
	unsigned users;
};

/* Guards the list and its counts. */
static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared *list;

static struct shared *
find_or_make(const struct shared_class *class, const void *self)
{
	struct shared *shared = list;

	while (shared != NULL &&
	    (shared->class != class || shared->self != self))
		shared = shared->next;
	if (shared != NULL)
		return shared;
	shared = calloc(1, sizeof(*shared));
	if (shared == NULL)
		return NULL;
	*shared = (struct shared){ list, class, self, class->make(), 0 };
	if (shared->object == NULL) {
		free(shared);
		return NULL;
	}
	list = shared;
	return shared;
}

static struct shared *
take(const struct shared_class *class, const void *self)
{
	struct shared *shared;

	(void)pthread_mutex_lock(&list_lock);
	shared = find_or_make(class, self);
	if (shared != NULL)
		shared->users++;
	(void)pthread_mutex_unlock(&list_lock);
	return shared;
}

static int
collect(lua_State *L)
{
	struct shared **held = lua_touserdata(L, 1), *gone = *held, **at;

	*held = NULL;
	if (gone == NULL)
		return 0;
	(void)pthread_mutex_lock(&list_lock);
	if (--gone->users == 0) {
		for (at = &list; *at != gone; at = &(*at)->next)
			;
		*at = gone->next;
	} else {
		gone = NULL;
	}
	(void)pthread_mutex_unlock(&list_lock);
	if (gone != NULL) {
		gone->class->free(gone->object);
		free(gone);
	}
	return 0;
}

static struct shared **
push_holder(lua_State *L)
{
	struct shared **held = lua_newuserdatauv(L, sizeof(struct shared *),
	    0);

	*held = NULL;
	if (luaL_newmetatable(L, "scriptlet_shared") != 0) {
		lua_pushcfunction(L, collect);
		lua_setfield(L, -2, "__gc");
		lua_pushboolean(L, 0);
		lua_setfield(L, -2, "__metatable");
	}
	(void)lua_setmetatable(L, -2);
	return held;
}

void *
shared_get(lua_State *L, const struct shared_class *class)
{
	struct shared **held;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, class) == LUA_TUSERDATA) {
		held = lua_touserdata(L, -1);
		lua_pop(L, 1);
		return (*held)->object;
	}
	lua_pop(L, 1);
	held = push_holder(L);
	/* nothing behind this allocates before the holder is in its place */
	lua_pushvalue(L, -1);
	lua_rawsetp(L, LUA_REGISTRYINDEX, class);
	*held = take(class, running_of(L)->self);
	lua_pop(L, 1);
	if (*held == NULL) {
		lua_pushnil(L);
		lua_rawsetp(L, LUA_REGISTRYINDEX, class);
		(void)luaL_error(L, "not enough memory for %s", class->name);
		return NULL;
	}
	return (*held)->object;
}
