/*
 * control.c: msys.registerControl: console commands in Lua.
 *
 * A command is registered with the configuration that is being prepared, and
 * goes with it.  Every interpreter registers its own function for it while it
 * loads its scripts; the one that a command gets is any that is idle.
 */
#include "control.h"

#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/call.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/states.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX_BYTES 256
#define CALLOUT "registerControl"

struct command {
	generic_module_infrastructure *self;
	char prefix[]; /* as the script wrote it */
};

static const char functions_key; /* registry: prefix -> function */

static void
command_free(void *command)
{
	free(command);
}

static ec_blobject_class command_class = {
	.objectType = "scriptlet:command",
	.dtor = command_free,
};

/* running */

static void
set_text(lua_State *L, const char *field, const char *text)
{
	lua_pushstring(L, text);
	lua_setfield(L, -2, field);
}

/* What Momentum calls a command_construct; argv begins at 0. */
static void
push_construct(lua_State *L, const command_construct *cc)
{
	lua_createtable(L, 0, 5);
	lua_pushinteger(L, cc->argc);
	lua_setfield(L, -2, "argc");
	set_text(L, "command", cc->command.buffer);
	set_text(L, "user", cc->user);
	lua_pushboolean(L, cc->xml);
	lua_setfield(L, -2, "xml");
	lua_createtable(L, cc->argc, 1);
	for (int i = 0; i < cc->argc; i++) {
		lua_pushstring(L, cc->argv[i]);
		lua_rawseti(L, -2, i);
	}
	lua_setfield(L, -2, "argv");
	lua_createtable(L, 0, 1);
	set_text(L, "__name", "command_construct");
	(void)lua_setmetatable(L, -2);
}

/* Argument: the command_construct, as a light userdata; upvalues: none.  In a
 * call of its own, as making the table may run out of memory. */
static int
run_function(lua_State *L)
{
	const struct command *command = lua_touserdata(L, 1);
	const command_construct *cc = lua_touserdata(L, 2);

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key) != LUA_TTABLE ||
	    lua_getfield(L, -1, command->prefix) != LUA_TFUNCTION)
		return luaL_error(L, "no script answers '%s' any more",
		    command->prefix);
	push_construct(L, cc);
	lua_call(L, 1, 0);
	return 0;
}

static int
run_in_state(struct state *state, const struct command *command,
    command_construct *cc)
{
	struct running before = state->running;
	int status;

	state->running.callout = CALLOUT;
	state->running.response = &cc->response;
	lua_pushcfunction(state->L, run_function);
	lua_pushlightuserdata(state->L, (void *)(uintptr_t)command);
	lua_pushlightuserdata(state->L, cc);
	status = state_call(state, 2, 0);
	state->running = before;
	if (status == LUA_OK)
		return 1;
	(void)stringwrite_strings(&cc->response, 3, "The command failed: ",
	    lua_tostring(state->L, -1), "\n");
	call_complain(state, CALLOUT);
	return 0;
}

static int
run_command(command_construct *cc, void *closure)
{
	const struct command *command = closure;
	struct scriptlet *scriptlet = command->self->module_private_data;
	struct state *state = states_take(scriptlet->states, &cc->response);
	int ret;

	if (state == NULL)
		return 0;
	ret = run_in_state(state, command, cc);
	states_give(scriptlet->states, state);
	return ret;
}

/* registering */

static void
keep_function(lua_State *L, int prefix, int function)
{
	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &functions_key) != LUA_TTABLE) {
		lua_pop(L, 1);
		lua_newtable(L);
		lua_pushvalue(L, -1);
		lua_rawsetp(L, LUA_REGISTRYINDEX, &functions_key);
	}
	lua_pushvalue(L, prefix);
	lua_pushvalue(L, function);
	lua_rawset(L, -3);
	lua_pop(L, 1);
}

static int
register_control(lua_State *L)
{
	const struct running *running = running_of(L);
	struct command *command;
	ec_blobject *owner;
	size_t n;
	const char *prefix = args_word(L, 1, "a command");

	luaL_checktype(L, 2, LUA_TFUNCTION);
	n = strlen(prefix);
	luaL_argcheck(L, n > 0 && n < PREFIX_BYTES, 1,
	    "a command has 1 to 255 characters");
	if (running->callout != NULL && strcmp(running->callout, "init") != 0)
		return luaL_error(L, "msys.registerControl: a command is "
		    "registered while its script is loaded, or in init");
	keep_function(L, 1, 2);
	command = calloc(1, sizeof(*command) + n + 1);
	if (command == NULL)
		return luaL_error(L, "not enough memory");
	command->self = running->self;
	memcpy(command->prefix, prefix, n);
	owner = ec_blobject_wrap(&command_class, command);
	/* refused when this is not the first interpreter of its configuration:
	 * that one has registered the command */
	if (ec_control_register_command3(prefix, owner, run_command) != 0)
		ec_control_register_help(prefix, "a command of a script",
		    NULL);
	ec_blobject_delref(owner);
	return 0;
}

static const struct binding rows[] = {
	{ .name = "registerControl", .function = register_control,
	  .usage = "registerControl(prefix, function)", .returns = "",
	  .text = "Registers a console command, while the script is loaded or "
	      "in `init`. The function gets an object with `argc`, the number "
	      "of words, `argv`, the words from 0 on, which is the first word "
	      "of the command, and `user`; what it prints is the answer. "
	      "Words that are not there are nil. With a reload the commands "
	      "of the new scripts replace the old ones." },
};

const struct binding_library library_control = {
	.name = "msys",
	.text = "The console.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
