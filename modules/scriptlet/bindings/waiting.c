/*
 * waiting.c: msys.sleep, and functions that Momentum runs in other threads.
 *
 * Here a script has a thread of its own for as long as it runs, so there is
 * nothing to hand work over to: a function for a pool runs at once, where it
 * was handed in.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/state.h"

#include "debug_tools.h"
#include "ec_thread_pool.h"
#include "hooks/core/control_shutdown.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <time.h>

#define SLEEP_MAX 300 /* seconds: a client waits no longer for a reply */
#define NS 1000000000L

/* Guards `stopped`; who sleeps waits for the condition. */
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool stopped;

static const struct {
	const char *name;
	int class;
} pools[] = { /* those of the host, see ec_thread_pool.h */
	{ "CPU", ECTP_CLASS_CPU },
	{ "IO", ECTP_CLASS_IO },
	{ "SwapOut", ECTP_CLASS_SWAPOUT },
	{ "SwapIn", ECTP_CLASS_SWAPIN },
	{ "Close", ECTP_CLASS_CLOSE },
	{ "Unlink", ECTP_CLASS_UNLINK },
	{ "Batch_Unlink", ECTP_CLASS_BATCH_UNLINK },
	{ "SpoolIn", ECTP_CLASS_SPOOL_IN },
};
#define POOLS (sizeof(pools) / sizeof(pools[0]))

static void
prepare(void)
{
	pthread_condattr_t monotonic;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&woken, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
}

static void
set_stopped(bool now)
{
	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&sleep_lock);
	stopped = now;
	(void)pthread_cond_broadcast(&woken);
	(void)pthread_mutex_unlock(&sleep_lock);
}

static void
on_shutdown(void *closure)
{
	(void)closure;
	set_stopped(true);
}

static void
wait_until(const struct timespec *until)
{
	int ret = 0;

	(void)pthread_once(&once, prepare);
	(void)pthread_mutex_lock(&sleep_lock);
	while (!stopped && ret != ETIMEDOUT)
		ret = pthread_cond_timedwait(&woken, &sleep_lock, until);
	(void)pthread_mutex_unlock(&sleep_lock);
}

static int
sleep_for(lua_State *L)
{
	lua_Number seconds = luaL_checknumber(L, 1);
	struct timespec until;

	luaL_argcheck(L, seconds >= 0, 1, "time does not run backwards");
	if (seconds > SLEEP_MAX)
		seconds = SLEEP_MAX;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)floor(seconds);
	until.tv_nsec += (long)((seconds - floor(seconds)) * (lua_Number)NS);
	if (until.tv_nsec >= NS) {
		until.tv_nsec -= NS;
		until.tv_sec++;
	}
	running_wait_begins(L);
	wait_until(&until);
	running_wait_ends(L);
	return 0;
}

static int
async_ok(lua_State *L)
{
	lua_pushboolean(L, 1);
	return 1;
}

/* pools */

/* Call the function at `arg`: leaves what pcall gives. */
static int
call(lua_State *L, int arg)
{
	int base = lua_gettop(L), status;

	lua_pushvalue(L, arg);
	status = lua_pcall(L, 0, LUA_MULTRET, 0);
	lua_pushboolean(L, status == LUA_OK);
	lua_insert(L, base + 1);
	return lua_gettop(L) - base;
}

/* The same where nobody looks at the results: an error goes to the log. */
static void
call_alone(lua_State *L, int arg)
{
	int base = lua_gettop(L);

	(void)call(L, arg);
	if (lua_toboolean(L, base + 1) == 0)
		ec_mod_debug(running_of(L)->self, DERROR,
		    "a function for a pool failed: %s",
		    luaL_tolstring(L, base + 2, NULL));
	lua_settop(L, base);
}

static void
check_pool(lua_State *L)
{
	if (lua_type(L, 1) != LUA_TNUMBER && lua_type(L, 1) != LUA_TSTRING)
		(void)luaL_typeerror(L, 1, "name or number of a pool");
}

static int
run_in_pool(lua_State *L)
{
	int n;

	check_pool(L);
	luaL_checktype(L, 2, LUA_TFUNCTION);
	if (lua_isfunction(L, 3)) {
		n = call(L, 2);
		call_alone(L, 3);
		return n;
	}
	if (args_true(L, 3)) {
		call_alone(L, 2);
		return 0;
	}
	return call(L, 2);
}

static int
run_in_inst(lua_State *L)
{
	luaL_checktype(L, 2, LUA_TFUNCTION);
	return call(L, 2);
}

/* msys.threadpool */

static int
pool_count(lua_State *L)
{
	lua_pushinteger(L, POOLS);
	return 1;
}

static int
pool_find(lua_State *L)
{
	int class;

	lua_settop(L, 1);
	if (lua_type(L, 1) == LUA_TSTRING) {
		class = ec_thread_pool_name_to_class(lua_tostring(L, 1));
		if (class == ECTP_CLASS_UNKNOWN)
			lua_pushnil(L);
		else
			lua_pushinteger(L, class);
		return 1;
	}
	for (size_t i = 0; i < POOLS; i++) {
		if (pools[i].class == luaL_checkinteger(L, 1)) {
			lua_pushstring(L, pools[i].name);
			return 1;
		}
	}
	lua_pushnil(L);
	return 1;
}

static int
pool_stat(lua_State *L)
{
	return args_unavailable(L, "msys.threadpool.stat",
	    "functions for pools run at once, without a queue to measure");
}

/* Momentum has one such table in each thread of the system; a script here has
 * its interpreter for itself as long. */
static void
more(lua_State *L)
{
	struct scriptlet *scriptlet = state_of(L)->scriptlet;

	lua_newtable(L);
	lua_setglobal(L, "_OSTLS");
	if (scriptlet->loaded)
		return;
	/* the first interpreter of a configuration */
	set_stopped(false);
	register_core_control_shutdown_hook_last(on_shutdown,
	    scriptlet->self);
}

static const struct binding rows[] = {
	{ .name = "sleep", .function = sleep_for,
	  .usage = "sleep(seconds)", .returns = "",
	  .text = "Waits, 300 seconds at most; shorter when the process is to "
	      "end. The client waits as well; `vctx:tarpit` delays its "
	      "replies without holding up the script." },
	{ .name = "asyncOk", .function = async_ok,
	  .usage = "asyncOk()", .returns = "true",
	  .text = "Tells whether calls that wait may be made: everywhere." },
	{ .name = "runInPool", .function = run_in_pool,
	  .usage = "runInPool(pool, function [, true | completion [, mode]])",
	  .returns = "as pcall: true and the results, or false and the error; "
	      "nothing with `true`",
	  .text = "Runs a function. It runs at once and in this thread, which "
	      "no other message waits for; the name of the pool is not looked "
	      "at. With `true` errors go to the log. A completion function "
	      "runs after it." },
	{ .name = "runInInst", .function = run_in_inst,
	  .usage = "runInInst(inst, function)",
	  .returns = "as pcall: true and the results, or false and the error",
	  .text = "The same; there are no event loops to choose from." },
};

const struct binding_library library_waiting = {
	.name = "msys",
	.text = "Waiting, and work for other threads. The global table "
	    "`_OSTLS` is there for what such functions share.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.more = more,
};

static const struct binding pool_rows[] = {
	{ .name = "count", .function = pool_count,
	  .usage = "count()", .returns = "how many pools there are",
	  .text = "" },
	{ .name = "find", .function = pool_find,
	  .usage = "find(name | number)",
	  .returns = "the number of a pool's name, or the name of a number; "
	      "nil for none",
	  .text = "" },
	{ .name = "stat", .function = pool_stat,
	  .usage = "stat(name | number)", .returns = "",
	  .text = "Not available: raises an error." },
};

const struct binding_library library_threadpool = {
	.name = "msys.threadpool",
	.text = "The pools of threads.",
	.rows = pool_rows,
	.count = sizeof(pool_rows) / sizeof(pool_rows[0]),
};
