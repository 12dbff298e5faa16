/*
 * db.c: msys.db, over the Datasource stanzas.
 *
 * Each interpreter has connections of its own, which nobody has to wait for;
 * answers are kept for all.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/datasources.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/shared.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "base/digest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_BYTES (2 * DIGEST_MAX_OCTETS + 1)
#define CONNECTIONS 16 /* of an interpreter: one for each Datasource */

static const struct shared_class datasources_class = {
	.name = "datasources",
	.make = datasources_make,
	.free = datasources_free,
};

struct connection {
	const struct datasource *datasource;
	struct database *database;
};

struct connections { /* userdata, in the registry */
	struct connection list[CONNECTIONS];
	size_t n;
};

struct call { /* one query; userdata, so that an error midway frees */
	struct datasource *datasource;
	struct statement *statement;
	struct value *parameters;
	struct rows *rows;
	struct why why;
	bool no_cache, raise;
};

static const char connections_key;

/* objects that free */

static int
collect_connections(lua_State *L)
{
	struct connections *connections = lua_touserdata(L, 1);

	while (connections->n > 0)
		database_close(&connections->list[--connections->n].database);
	return 0;
}

static int
collect_call(lua_State *L)
{
	struct call *call = lua_touserdata(L, 1);

	rows_unref(call->rows);
	call->rows = NULL;
	free(call->parameters);
	call->parameters = NULL;
	return 0;
}

/* connections */

static struct connections *
connections_of(lua_State *L)
{
	struct connections *connections;

	if (lua_rawgetp(L, LUA_REGISTRYINDEX, &connections_key) ==
	    LUA_TUSERDATA) {
		connections = lua_touserdata(L, -1);
		lua_pop(L, 1);
		return connections;
	}
	lua_pop(L, 1);
	connections = scratch_owner(L, sizeof(*connections),
	    "scriptlet_databases", collect_connections);
	lua_rawsetp(L, LUA_REGISTRYINDEX, &connections_key);
	return connections;
}

/* Any of the databases that can be opened, each interpreter another. */
static struct database *
open_any(struct datasource *datasource, struct why *why)
{
	unsigned turn = datasource->turn++;
	struct database *database;

	for (unsigned i = 0; i < datasource->n_paths; i++) {
		if (database_open(datasource->paths[(turn + i) %
		    datasource->n_paths], &database, why) == 0)
			return database;
	}
	return NULL;
}

static struct database *
connection_for(lua_State *L, struct call *call)
{
	struct connections *connections = connections_of(L);
	struct database *database;

	for (size_t i = 0; i < connections->n; i++) {
		if (connections->list[i].datasource == call->datasource)
			return connections->list[i].database;
	}
	if (connections->n == CONNECTIONS) {
		why_set(&call->why, "more than %d datasources in one script",
		    CONNECTIONS);
		return NULL;
	}
	database = open_any(call->datasource, &call->why);
	if (database != NULL)
		connections->list[connections->n++] =
		    (struct connection){ call->datasource, database };
	return database;
}

/* parameters */

static void
take_value(lua_State *L, struct value *value)
{
	lua_Number number;
	size_t n;
	const char *text;

	switch (lua_type(L, -1)) {
	case LUA_TNIL:
		value->type = VALUE_NULL;
		break;
	case LUA_TBOOLEAN:
		value->type = VALUE_INTEGER;
		value->integer = lua_toboolean(L, -1);
		break;
	case LUA_TNUMBER:
		number = lua_tonumber(L, -1);
		if (lua_isinteger(L, -1)) {
			value->type = VALUE_INTEGER;
			value->integer = lua_tointeger(L, -1);
		} else if (number == floor(number) &&
		    fabs(number) <= 9007199254740992.0) {
			value->type = VALUE_INTEGER;
			value->integer = (int64_t)number;
		} else {
			value->type = VALUE_REAL;
			value->real = number;
		}
		break;
	default:
		text = args_text(L, lua_gettop(L), &n);
		value->type = VALUE_TEXT;
		value->text = span_of(text, n);
	}
}

/* The values that the statement wants, from the table at 3.  Texts stay on the
 * stack, in a table of our own, as long as the call. */
static void
take_parameters(lua_State *L, struct call *call)
{
	int n = statement_parameters(call->statement);
	const char *name;

	call->parameters = calloc((size_t)n + 1, sizeof(*call->parameters));
	if (call->parameters == NULL)
		(void)luaL_error(L, "not enough memory");
	if (!args_given(L, 3))
		return;
	luaL_checktype(L, 3, LUA_TTABLE);
	lua_createtable(L, n, 0);
	for (int i = 1; i <= n; i++) {
		name = statement_parameter(call->statement, i);
		if (name == NULL)
			(void)lua_geti(L, 3, i);
		else
			(void)lua_getfield(L, 3, name);
		take_value(L, &call->parameters[i - 1]);
		lua_rawseti(L, -2, i);
	}
}

/* running */

static void
add_value(struct digest *digest, const struct value *value)
{
	unsigned char type = (unsigned char)value->type;
	uint64_t n = value->text.n;

	digest_add(digest, span_of(&type, 1));
	switch (value->type) {
	case VALUE_NULL:
		break;
	case VALUE_INTEGER:
		digest_add(digest, span_of(&value->integer,
		    sizeof(value->integer)));
		break;
	case VALUE_REAL:
		digest_add(digest, span_of(&value->real,
		    sizeof(value->real)));
		break;
	case VALUE_TEXT:
		digest_add(digest, span_of(&n, sizeof(n)));
		digest_add(digest, value->text);
	}
}

/* What the answer is kept under: a digest, as parameters may hold NUL.
 * Returns false when there is none. */
static bool
format_key(const struct call *call, struct span sql, char key[KEY_BYTES])
{
	unsigned char octets[DIGEST_MAX_OCTETS];
	struct digest digest = { 0 };
	int n = statement_parameters(call->statement);
	bool good;

	if (digest_start(&digest, DIGEST_SHA256) != 0)
		return false;
	digest_add(&digest, sql);
	for (int i = 0; i < n; i++)
		add_value(&digest, &call->parameters[i]);
	good = digest_finish(&digest, octets) == 0;
	for (size_t i = 0; i < DIGEST_MAX_OCTETS; i++)
		(void)snprintf(key + 2 * i, 3, "%02x", octets[i]);
	digest_deinit(&digest);
	return good;
}

static int
load(void *context, const char *name, struct cache_load *load_r)
{
	struct call *call = context;
	struct rows *rows;

	(void)name;
	if (statement_run(call->statement, call->parameters,
	    call->datasource->max_rows, &rows, &call->why) != 0)
		return CACHE_E_NOMEM - 1;
	*load_r = (struct cache_load){ .value = rows,
		.max_lifetime = CACHE_NO_MAX_LIFETIME };
	return 0;
}

static void
run(struct call *call, struct span sql)
{
	struct cache *cache = call->no_cache ||
	    !statement_only_reads(call->statement) ? NULL :
	    call->datasource->cache;
	char key[KEY_BYTES];
	void *value = NULL;

	if (cache == NULL || !format_key(call, sql, key))
		(void)statement_run(call->statement, call->parameters,
		    call->datasource->max_rows, &call->rows, &call->why);
	else if (cache_get(cache, key, load, call, &value) == 0)
		call->rows = value;
	else if (call->why.text[0] == '\0')
		/* another script had the same question under way */
		why_set(&call->why, "the same query failed meanwhile");
}

static void
take_options(lua_State *L, struct call *call)
{
	call->raise = true;
	if (!args_given(L, 4))
		return;
	luaL_checktype(L, 4, LUA_TTABLE);
	(void)lua_getfield(L, 4, "nocache");
	call->no_cache = args_true(L, -1);
	if (lua_getfield(L, 4, "raise_error") != LUA_TNIL)
		call->raise = args_true(L, -1);
	lua_pop(L, 2);
}

/* Give the database a query, with its parameters; call->rows are the answer, or
 * call->why says what was wrong. */
static void
ask(lua_State *L, struct call *call, struct span query)
{
	struct database *database;

	call->why = call->datasource->why;
	database = call->why.text[0] == '\0' ? connection_for(L, call) : NULL;
	if (database == NULL)
		return;
	running_wait_begins(L);
	call->statement = database_prepare(database, query, &call->why);
	running_wait_ends(L);
	if (call->statement == NULL)
		return;
	take_parameters(L, call);
	running_wait_begins(L);
	run(call, query);
	running_wait_ends(L);
}

/* Answer the query of the arguments: the call is pushed, with rows or without
 * and words.  Raises an error if the options want that. */
static struct call *
push_answer(lua_State *L)
{
	struct call *call;
	const char *name, *text;
	size_t n;
	int place;

	lua_settop(L, 4);
	name = args_word(L, 1, "a datasource");
	text = args_text(L, 2, &n);
	running_charge(L, n + 100);
	call = scratch_owner(L, sizeof(*call), "scriptlet_query", collect_call);
	place = lua_gettop(L);
	take_options(L, call);
	call->datasource = datasources_find(shared_get(L, &datasources_class),
	    name);
	if (call->datasource == NULL)
		(void)luaL_error(L, "not enough memory");
	ask(L, call, span_of(text, n));
	if (call->rows == NULL && call->raise)
		(void)luaL_error(L, "datasource '%s': %s", name,
		    call->why.text);
	lua_settop(L, place);
	/* the collector is told of what it cannot see */
	if (call->rows != NULL && rows_octets(call->rows) >= 1024)
		(void)lua_gc(L, LUA_GCSTEP,
		    (int)(rows_octets(call->rows) / 1024));
	free(call->parameters);
	call->parameters = NULL;
	return call;
}

static int
push_failure(lua_State *L, const struct call *call)
{
	lua_pushfstring(L, "datasource '%s': %s", call->datasource->name,
	    call->why.text);
	return 2;
}

/* answers */

static void
push_value(lua_State *L, const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		lua_pushnil(L);
		break;
	case VALUE_INTEGER:
		lua_pushinteger(L, value->integer);
		break;
	case VALUE_REAL:
		lua_pushnumber(L, value->real);
		break;
	case VALUE_TEXT:
		(void)lua_pushlstring(L, (const char *)value->text.p,
		    value->text.n);
		break;
	}
}

static void
push_row(lua_State *L, const struct rows *rows, const struct row *row)
{
	size_t n = rows_columns(rows);

	lua_createtable(L, 0, (int)n);
	for (size_t i = 0; i < n; i++) {
		push_value(L, &row->values[i]);
		lua_setfield(L, -2, rows_column(rows, i));
	}
}

/* Upvalues: the call, and the row to come. */
static int
next_row(lua_State *L)
{
	const struct call *call = lua_touserdata(L, lua_upvalueindex(1));
	const struct row *row = lua_touserdata(L, lua_upvalueindex(2));

	if (row == NULL)
		return 0;
	lua_pushlightuserdata(L, row->next);
	lua_replace(L, lua_upvalueindex(2));
	push_row(L, call->rows, row);
	return 1;
}

static int
query(lua_State *L)
{
	struct call *call = push_answer(L);

	if (call->rows == NULL) {
		lua_pushnil(L);
		return push_failure(L, call);
	}
	/* a walk needs neither the statement nor its parameters */
	lua_pushlightuserdata(L, (void *)(uintptr_t)rows_first(call->rows));
	lua_pushcclosure(L, next_row, 2);
	return 1;
}

static int
fetch_row(lua_State *L)
{
	struct call *call = push_answer(L);

	if (call->rows == NULL) {
		lua_pushnil(L);
		return push_failure(L, call);
	}
	if (rows_first(call->rows) == NULL)
		lua_pushnil(L);
	else
		push_row(L, call->rows, rows_first(call->rows));
	return 1;
}

static int
execute(lua_State *L)
{
	struct call *call = push_answer(L);

	lua_pushboolean(L, call->rows != NULL);
	return call->rows == NULL ? push_failure(L, call) : 1;
}

#define ARGUMENTS "The datasource is named by its stanza in the " \
	"configuration. Parameters stand in the statement as `?`, with a " \
	"table of values by position, or as `:name` or `$name`, with values " \
	"by name; nil is NULL. Options are `nocache = true`, which asks the " \
	"database even if the answer is known, and `raise_error`, which is " \
	"true unless given: then a failure is an error. "

static const struct binding rows[] = {
	{ .name = "query", .function = query,
	  .usage = "query(datasource, statement [, parameters [, options]])",
	  .returns = "an iterator over the rows; or nil, text",
	  .text = ARGUMENTS "Each row is a table by the names of the columns; "
	      "integers and reals are numbers, NULL is nil." },
	{ .name = "fetch_row", .function = fetch_row,
	  .usage = "fetch_row(datasource, statement [, parameters [, "
	      "options]])",
	  .returns = "the first row, or nil; or nil, text",
	  .text = ARGUMENTS "nil alone says that there is no row." },
	{ .name = "execute", .function = execute,
	  .usage = "execute(datasource, statement [, parameters [, options]])",
	  .returns = "true; or false, text",
	  .text = ARGUMENTS "For statements that change something. Answers "
	      "that are kept stay so until their time is up." },
};

const struct binding_library library_db = {
	.name = "msys.db",
	.text = "Databases. A `Datasource \"NAME\" { uri = ( \"sqlite:PATH\" ) "
	    "}` names one; its options `cache_size`, `cache_life`, `no_cache` "
	    "and `max_rows` say which answers are kept and how long they may "
	    "be. A statement waits 5 seconds for a lock and runs for 10; it "
	    "cannot open other files.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

const struct binding_library library_datasource = {
	.name = "msys.datasource",
	.text = "Scripts require it beside `msys.db`; it has no functions.",
};
