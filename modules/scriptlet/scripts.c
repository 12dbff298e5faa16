/*
 * scripts.c: the scripts of a stanza, run once in every state, and the modules
 * that they register.
 */
#include "scriptlet/scripts.h"

#include "scriptlet/call.h"
#include "scriptlet/loading.h"
#include "scriptlet/scriptlet.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

/* registering */

static struct script_module *
find_module(struct state *state, const char *name)
{
	struct script_module *m = state->modules;

	while (m != NULL && strcmp(m->name, name) != 0)
		m = m->next;
	return m;
}

static struct script_module *
add_module(lua_State *L, struct state *state, const char *name)
{
	struct script_module *m = calloc(1, sizeof(*m));

	if (m == NULL || (m->name = strdup(name)) == NULL ||
	    (m->functions = calloc(CALLOUT_COUNT, sizeof(int))) == NULL) {
		if (m != NULL)
			free(m->name);
		free(m);
		(void)luaL_error(L, "not enough memory");
		return NULL;
	}
	for (int c = 0; c < CALLOUT_COUNT; c++)
		m->functions[c] = LUA_NOREF;
	m->table = m->self = LUA_NOREF;
	m->number = state->module_count++;
	*state->modules_end = m;
	state->modules_end = &m->next;
	return m;
}

static int
register_module(lua_State *L)
{
	struct state *state = state_of(L);
	const char *name = luaL_checkstring(L, 1);
	struct script_module *m;

	luaL_checktype(L, 2, LUA_TTABLE);
	if (!state->loading)
		return luaL_error(L, "registerModule: only while scripts are "
		    "loaded");
	lua_settop(L, 2);
	m = find_module(state, name);
	if (m == NULL) {
		m = add_module(L, state, name);
		lua_newtable(L);
		m->self = luaL_ref(L, LUA_REGISTRYINDEX);
	}
	luaL_unref(L, LUA_REGISTRYINDEX, m->table);
	m->table = luaL_ref(L, LUA_REGISTRYINDEX);
	return 0;
}

static int
register_auth(lua_State *L)
{
	return luaL_error(L, "msys.registerAuth is not available in mailseal: "
	    "the mail server in front authenticates");
}

static const struct binding module_rows[] = {
	{ .name = "registerModule", .function = register_module,
	  .usage = "registerModule(name, table)", .returns = "",
	  .text = "Makes the functions of the table callouts: each is called "
	      "in the phase, or for the hook, whose name it has. While "
	      "scripts are loaded; a second table of that name takes the "
	      "place of the first." },
	{ .name = "registerAuth", .function = register_auth,
	  .usage = "registerAuth(scheme, table)", .returns = "",
	  .text = "Not available in mailseal: the mail server in front "
	      "authenticates." },
};

const struct binding_library library_modules = {
	.name = "msys",
	.text = "What needs no `require`.",
	.rows = module_rows,
	.count = sizeof(module_rows) / sizeof(module_rows[0]),
};

/* loading */

/* The function of that name in the module's table on top, as a reference. */
static int
find_function(lua_State *L, const char *name)
{
	if (name == NULL)
		return LUA_NOREF;
	if (lua_getfield(L, -1, name) == LUA_TFUNCTION)
		return luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pop(L, 1);
	return LUA_NOREF;
}

static bool
is_name_of(const struct row *row, const char *name)
{
	return strcmp(row->name, name) == 0 ||
	    (row->hook != NULL && strcmp(row->hook, name) == 0);
}

static bool
is_callout(const char *name)
{
	for (int c = 0; c < CALLOUT_COUNT; c++) {
		if (is_name_of(&callout_rows[c], name))
			return true;
	}
	return false;
}

/* A name that looks like a callout and is none is a mistake, or a phase that
 * this host does not have. */
static void
tell_strange(lua_State *L, struct state *state, const struct script_module *m)
{
	lua_pushnil(L);
	while (lua_next(L, -2) != 0) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ?
		    lua_tostring(L, -2) : "";

		if (lua_isfunction(L, -1) && !is_callout(name) &&
		    (strncmp(name, "core_", 5) == 0 ||
		    strncmp(name, "validate_", 9) == 0 ||
		    strncmp(name, "msg_gen_", 8) == 0))
			ec_mod_debug(state->scriptlet->self, DWARNING, "module "
			    "'%s': nothing calls its function '%s' here",
			    m->name, name);
		lua_pop(L, 1);
	}
}

static void
find_functions(lua_State *L, struct state *state, struct script_module *m)
{
	bool any = false;

	(void)lua_rawgeti(L, LUA_REGISTRYINDEX, m->table);
	for (int c = 0; c < CALLOUT_COUNT; c++) {
		m->functions[c] = find_function(L, callout_rows[c].name);
		if (m->functions[c] == LUA_NOREF)
			m->functions[c] = find_function(L, callout_rows[c].hook);
		any = any || m->functions[c] != LUA_NOREF;
	}
	if (state->first) {
		tell_strange(L, state, m);
		if (!any)
			ec_mod_debug(state->scriptlet->self, DERROR, "no "
			    "usable methods found for module %s in "
			    "registerModule call", m->name);
	}
	lua_pop(L, 1);
}

static int
find_all_functions(lua_State *L)
{
	struct state *state = state_of(L);

	for (struct script_module *m = state->modules; m != NULL; m = m->next)
		find_functions(L, state, m);
	return 0;
}

static int
run_source(lua_State *L)
{
	const struct source *source = lua_touserdata(L, 1);
	const struct script *script = lua_touserdata(L, 2);

	loading_push(L, source);
	(void)lua_pushstring(L, script->name);
	lua_call(L, 1, 0);
	return 0;
}

/* The words on top of the stack, without the traceback; pops them. */
static void
take_words(lua_State *L, string *why)
{
	const char *text = lua_tostring(L, -1);
	const char *trace = text == NULL ? NULL :
	    strstr(text, "\nstack traceback:");

	if (text == NULL)
		text = "(null)";
	(void)stringwrite(why, text, trace == NULL ? (int)strlen(text) :
	    (int)(trace - text));
	lua_pop(L, 1);
}

static void
begin_words(string *why)
{
	if (why->len > 0)
		(void)stringwrite(why, "\n\t", 2);
}

static bool
load_script(struct state *state, const struct script *script, string *why)
{
	const struct source *source;
	bool absent;

	begin_words(why);
	(void)stringprintf(why, "script '%s': ", script->name);
	source = sources_get(state->scriptlet->sources, script->source, true,
	    &absent, why);
	if (source == NULL)
		return false;
	lua_pushcfunction(state->L, run_source);
	lua_pushlightuserdata(state->L, (void *)(uintptr_t)source);
	lua_pushlightuserdata(state->L, (void *)(uintptr_t)script);
	if (state_call(state, 2, 0) == LUA_OK)
		return true;
	take_words(state->L, why);
	return false;
}

static bool
load_scripts(struct state *state, string *why)
{
	bool good = true;

	state->loading = true;
	for (size_t i = 0; i < state->scriptlet->script_count; i++) {
		int before = why->len;

		if (load_script(state, &state->scriptlet->scripts[i], why))
			string_truncate(why, before);
		else
			good = false;
	}
	state->loading = false;
	return good;
}

static bool
init_module(struct state *state, struct script_module *m, string *why)
{
	static const struct callout_args none;
	struct call call = {
		.row = &callout_rows[CALLOUT_INIT], .args = &none,
		.function = m->functions[CALLOUT_INIT], .self = m->table,
	};
	int status;

	if (call.function == LUA_NOREF)
		return true;
	state->running.callout = "init";
	state->running.module = m->name;
	status = call_try(state, &call);
	state->running.callout = state->running.module = NULL;
	if (status == LUA_OK && call.is_true)
		return true;
	begin_words(why);
	(void)stringprintf(why, "module '%s': init ", m->name);
	if (status != LUA_OK)
		take_words(state->L, why);
	else
		(void)stringprintf(why, "did not return true");
	return false;
}

static bool
init_modules(struct state *state, string *why)
{
	bool good = true;

	for (struct script_module *m = state->modules; m != NULL; m = m->next)
		good = init_module(state, m, why) && good;
	return good;
}

struct state *
scripts_load(struct scriptlet *scriptlet, string *why)
{
	struct state *state = state_new(scriptlet);
	bool good;

	if (state == NULL) {
		(void)stringprintf(why, "no interpreter: out of memory");
		return NULL;
	}
	state->first = !scriptlet->loaded;
	good = load_scripts(state, why);
	if (good) {
		lua_pushcfunction(state->L, find_all_functions);
		good = state_call(state, 0, 0) == LUA_OK;
		if (!good)
			take_words(state->L, why);
	}
	if (!good || !init_modules(state, why))
		state_free(&state);
	return state;
}

void
scripts_deinit(struct state *state)
{
	static const struct callout_args none;
	struct call call = {
		.row = &callout_rows[CALLOUT_DEINIT], .args = &none,
	};

	state->running.callout = "deinit";
	for (struct script_module *m = state->modules; m != NULL; m = m->next) {
		call.function = m->functions[CALLOUT_DEINIT];
		call.self = m->table;
		if (call.function != LUA_NOREF)
			(void)call_function(state, m, &call);
	}
}

void
scripts_list(struct state *state, string *out)
{
	for (struct script_module *m = state->modules; m != NULL; m = m->next) {
		(void)stringprintf(out, "%s:", m->name);
		for (int c = 0; c < CALLOUT_COUNT; c++) {
			if (m->functions[c] != LUA_NOREF)
				(void)stringprintf(out, " %s",
				    callout_rows[c].name);
		}
		(void)stringprintf(out, "\n");
	}
}
