/*
 * lock.c: msys.lock, msys.unlock, and the library thread.
 *
 * Scripts run in many interpreters, so a mutex that a script makes while it is
 * loaded would be a different one in each.  As all load the same scripts in
 * the same order, the n-th mutex of one is the n-th of the others: they are
 * one lock of the process.  A mutex made later is its interpreter's own.
 */
#include "scriptlet/bindings/lock.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/mutexes.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include <stdio.h>
#include <string.h>

#define CLASS "thread_mutex"
#define NAME_MAX_BYTES 256
#define OWN_NAME 64 /* of a mutex */

enum kind {
	KIND_NORMAL = 0,
	KIND_RECURSIVE = 1,
	KIND_ERRORCHECK = 2,
};

struct mutex_object { /* userdata */
	enum kind kind;
	unsigned depth; /* how often its holder locked it */
	char name[OWN_NAME]; /* "" for one that no other can have */
};

static const char owner_key, count_key; /* registry */

/* An address that is this interpreter's own; what it holds is given back when
 * it ends. */
static int
collect_owner(lua_State *L)
{
	(void)mutexes_unlock_all(lua_touserdata(L, 1));
	return 0;
}

static const void *
owner_of(lua_State *L)
{
	const void *owner;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &owner_key) == LUA_TUSERDATA) {
		owner = lua_touserdata(L, -1);
		lua_pop(L, 1);
		return owner;
	}
	lua_pop(L, 1);
	owner = lua_newuserdatauv(L, 1, 0);
	lua_createtable(L, 0, 2);
	lua_pushcfunction(L, collect_owner);
	lua_setfield(L, -2, "__gc");
	(void)lua_setmetatable(L, -2);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &owner_key);
	return owner;
}

size_t
lock_release_all(lua_State *L)
{
	return mutexes_in_use() ? mutexes_unlock_all(owner_of(L)) : 0;
}

static enum mutex_outcome
lock_waiting(lua_State *L, const char *name, size_t n)
{
	const void *owner = owner_of(L);
	enum mutex_outcome outcome = mutexes_try(owner, name, n);

	if (outcome != MUTEX_BUSY)
		return outcome;
	running_wait_begins(L);
	outcome = mutexes_lock(owner, name, n);
	running_wait_ends(L);
	return outcome;
}

static int
fail(lua_State *L, enum mutex_outcome outcome, const char *what)
{
	switch (outcome) {
	case MUTEX_OWN:
		return luaL_error(L, "%s is locked by this script already",
		    what);
	case MUTEX_TIMEOUT:
		return luaL_error(L, "%s was not given back within %d seconds",
		    what, MUTEX_WAIT / 1000);
	case MUTEX_TOO_MANY:
		return luaL_error(L, "there are too many locks");
	case MUTEX_TAKEN:
	case MUTEX_BUSY:
		break;
	}
	return 0;
}

/* msys */

static const char *
name_at(lua_State *L, size_t *n_r)
{
	const char *name = args_text(L, 1, n_r);

	if (*n_r > NAME_MAX_BYTES)
		(void)luaL_argerror(L, 1, "the name is too long");
	return name;
}

static int
lock(lua_State *L)
{
	size_t n;
	const char *name = name_at(L, &n);
	enum mutex_outcome outcome = lock_waiting(L, name, n);

	if (outcome != MUTEX_TAKEN)
		return fail(L, outcome, lua_pushfstring(L, "the lock '%s'",
		    name));
	return 0;
}

static int
unlock(lua_State *L)
{
	size_t n;
	const char *name = name_at(L, &n);

	if (!mutexes_unlock(owner_of(L), name, n))
		return luaL_error(L, "the lock '%s' is not locked by this "
		    "script", name);
	return 0;
}

/* thread */

static struct mutex_object *
mutex_at(lua_State *L)
{
	return luaL_checkudata(L, 1, CLASS);
}

static int
mutex_lock(lua_State *L)
{
	struct mutex_object *mutex = mutex_at(L);
	enum mutex_outcome outcome = mutex->depth > 0 ? MUTEX_OWN :
	    MUTEX_TAKEN;

	if (mutex->name[0] != '\0')
		outcome = lock_waiting(L, mutex->name, strlen(mutex->name));
	/* a lock that was given back for us at the end of a session */
	if (outcome == MUTEX_TAKEN)
		mutex->depth = 0;
	if (outcome != MUTEX_TAKEN &&
	    !(outcome == MUTEX_OWN && mutex->kind == KIND_RECURSIVE))
		return fail(L, outcome, "the mutex");
	mutex->depth++;
	return 0;
}

static int
mutex_trylock(lua_State *L)
{
	struct mutex_object *mutex = mutex_at(L);
	enum mutex_outcome outcome = mutex->depth > 0 ? MUTEX_OWN :
	    MUTEX_TAKEN;

	if (mutex->name[0] != '\0')
		outcome = mutexes_try(owner_of(L), mutex->name,
		    strlen(mutex->name));
	if (outcome == MUTEX_TOO_MANY)
		return fail(L, outcome, "the mutex");
	if (outcome == MUTEX_TAKEN)
		mutex->depth = 0;
	if (outcome == MUTEX_TAKEN ||
	    (outcome == MUTEX_OWN && mutex->kind == KIND_RECURSIVE))
		mutex->depth++;
	lua_pushboolean(L, outcome == MUTEX_TAKEN ||
	    (outcome == MUTEX_OWN && mutex->kind == KIND_RECURSIVE));
	return 1;
}

static int
mutex_unlock(lua_State *L)
{
	struct mutex_object *mutex = mutex_at(L);

	if (mutex->depth == 0)
		return luaL_error(L, "the mutex is not locked by this script");
	if (--mutex->depth == 0 && mutex->name[0] != '\0')
		(void)mutexes_unlock(owner_of(L), mutex->name,
		    strlen(mutex->name));
	return 0;
}

static int
mutex_new(lua_State *L)
{
	const struct running *running = running_of(L);
	struct mutex_object *mutex;
	lua_Integer kind = luaL_optinteger(L, 1, KIND_NORMAL), number;

	luaL_argcheck(L, kind >= KIND_NORMAL && kind <= KIND_ERRORCHECK, 1,
	    "this is no kind of mutex");
	mutex = lua_newuserdatauv(L, sizeof(*mutex), 0);
	*mutex = (struct mutex_object){ .kind = (enum kind)kind };
	luaL_setmetatable(L, CLASS);
	if (running->callout != NULL)
		return 1;
	(void)lua_rawgetp(L, LUA_REGISTRYINDEX, &count_key);
	number = lua_tointeger(L, -1) + 1;
	lua_pop(L, 1);
	lua_pushinteger(L, number);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &count_key);
	/* no name of msys.lock begins so but on purpose */
	(void)snprintf(mutex->name, sizeof(mutex->name), "\001%p/%lld",
	    (void *)running->self, (long long)number);
	return 1;
}

static void
more_thread(lua_State *L)
{
	lua_pushinteger(L, KIND_NORMAL);
	lua_setfield(L, -2, "MUTEX_NORMAL");
	lua_pushinteger(L, KIND_RECURSIVE);
	lua_setfield(L, -2, "MUTEX_RECURSIVE");
	lua_pushinteger(L, KIND_ERRORCHECK);
	lua_setfield(L, -2, "MUTEX_ERRORCHECK");
}

static const struct binding rows[] = {
	{ .name = "lock", .function = lock,
	  .usage = "lock(name)", .returns = "",
	  .text = "Takes the lock of that name, of which the process has one; "
	      "waits while another script has it. Raises an error when that "
	      "takes more than 10 seconds, and when this script has it "
	      "already. What is not given back is given back at the end of "
	      "the session." },
	{ .name = "unlock", .function = unlock,
	  .usage = "unlock(name)", .returns = "",
	  .text = "Gives a lock back; an error when this script does not have "
	      "it." },
};

const struct binding_library library_lock = {
	.name = "msys",
	.text = "Locks with names.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static const struct binding thread_rows[] = {
	{ .name = "mutex", .function = mutex_new,
	  .usage = "mutex([kind])", .returns = "a mutex",
	  .text = "Makes a mutex; `kind` is `thread.MUTEX_NORMAL`, "
	      "`MUTEX_RECURSIVE` or `MUTEX_ERRORCHECK`. One that a script "
	      "makes while it is loaded is one for all connections; one made "
	      "in a callout is for this connection alone." },
};

const struct binding_library library_thread = {
	.name = "thread",
	.text = "Mutexes.",
	.rows = thread_rows,
	.count = sizeof(thread_rows) / sizeof(thread_rows[0]),
	.more = more_thread,
};

static const struct binding mutex_rows[] = {
	{ .name = "lock", .function = mutex_lock,
	  .usage = "mutex:lock()", .returns = "",
	  .text = "Takes it; waits while another has it, for 10 seconds at "
	      "most. An error when it is locked here already, but for "
	      "recursive ones." },
	{ .name = "trylock", .function = mutex_trylock,
	  .usage = "mutex:trylock()", .returns = "true when it was taken",
	  .text = "Takes it if nobody has it." },
	{ .name = "unlock", .function = mutex_unlock,
	  .usage = "mutex:unlock()", .returns = "",
	  .text = "Gives it back; a recursive one as often as it was taken." },
};

const struct binding_class class_mutex = {
	.name = CLASS,
	.text = "A mutex, from `thread.mutex`.",
	.rows = mutex_rows,
	.count = sizeof(mutex_rows) / sizeof(mutex_rows[0]),
};
