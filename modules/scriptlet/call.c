/*
 * call.c: arguments, the call, its result.
 *
 * Everything that may run out of memory happens inside the protected call.
 */
#include "scriptlet/call.h"

#include "modules/scriptlet_watch.h"
#include "netlistener.h"
#include "scriptlet/scriptlet.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

/* arguments */

static void
push_recipients(lua_State *L, ec_message *msg)
{
	int n = msg == NULL ? 0 : ec_message_rcpt_count(msg);

	lua_createtable(L, n, 0);
	for (int i = 0; i < n; i++) {
		lua_pushstring(L, ec_message_rcpt(msg, i));
		lua_rawseti(L, -2, i + 1);
	}
}

static void
push_auth(lua_State *L, const struct ec_auth_info *auth)
{
	lua_createtable(L, 0, 2);
	lua_pushstring(L, auth == NULL ? "" : auth->user);
	lua_setfield(L, -2, "user");
	lua_pushstring(L, auth == NULL ? "" : auth->scheme);
	lua_setfield(L, -2, "scheme");
}

static void
push_note(lua_State *L, const struct callout_args *args)
{
	size_t n = args->note == NULL || args->note_len <= 0 ? 0 :
	    (size_t)args->note_len;

	if (args->note == NULL)
		lua_pushnil(L);
	else
		running_push_text(L, args->note, n);
}

static void
push_argument(lua_State *L, char what, const struct callout_args *args)
{
	switch (what) {
	case 'm':
		running_push_message(L, args->msg);
		break;
	case 'l':
		running_push_text(L, args->line->buffer,
		    (size_t)args->line->len);
		break;
	case 'a':
		running_push_accept(L, args->ac);
		break;
	case 'v':
		running_push_context(L, args->vctx);
		break;
	case 'u':
		push_auth(L, args->auth);
		break;
	case 'i':
		lua_pushinteger(L, args->number);
		break;
	case 'N':
		lua_pushinteger(L, args->note_len);
		break;
	case 't':
		lua_pushinteger(L, args->now == NULL ? 0 :
		    (lua_Integer)args->now->tv_sec);
		break;
	case 'n':
		push_note(L, args);
		break;
	case 'L':
		push_recipients(L, args->msg);
		break;
	default:
		lua_pushnil(L);
		break;
	}
}

/* calling */

static void
take_result(lua_State *L, struct call *call)
{
	int isnum;
	lua_Number number = lua_tonumberx(L, -1, &isnum);

	call->silent = lua_isnil(L, -1);
	call->is_true = lua_toboolean(L, -1) != 0;
	call->result = 0;
	if (isnum != 0 && number >= 0 && number <= 255)
		call->result = (int)number;
	else if (!call->silent && !lua_isboolean(L, -1) &&
	    call->row->kind != KIND_NONE)
		(void)luaL_error(L, "%s returned a %s instead of a result",
		    call->row->name, luaL_typename(L, -1));
}

static int
body(lua_State *L)
{
	struct call *call = lua_touserdata(L, 1);
	int nargs = 1;

	(void)lua_rawgeti(L, LUA_REGISTRYINDEX, call->function);
	(void)lua_rawgeti(L, LUA_REGISTRYINDEX, call->self);
	for (const char *what = call->row->args; *what != '\0'; what++) {
		push_argument(L, *what, call->args);
		nargs++;
	}
	lua_call(L, nargs, 1);
	take_result(L, call);
	return 0;
}

int
call_try(struct state *state, struct call *call)
{
	lua_pushcfunction(state->L, body);
	lua_pushlightuserdata(state->L, call);
	return state_call(state, 1, 0);
}

/* telling who looks on */

bool
call_tell(const struct state *state, int kind, const char *text)
{
	const struct running *running = &state->running;
	const struct scriptlet_event event = {
		.kind = (enum scriptlet_event_kind)kind,
		.callout = running->callout,
		.module = running->module,
		.text = text,
		.vctx = running->vctx,
	};

	return scriptlet_watch != NULL && scriptlet_watch(&event);
}

static const char *
result_name(const struct call *call)
{
	static const char *const names[][3] = {
		[KIND_VALIDATE] = { "VALIDATE_CONT", "VALIDATE_DONE",
		    "VALIDATE_AGAIN" },
		[KIND_HOOK] = { "EC_HOOK_CONT", "EC_HOOK_DONE",
		    "EC_HOOK_RETRY" },
	};

	if (call->silent || call->row->kind == KIND_NONE)
		return "";
	return call->result <= 2 ? names[call->row->kind][call->result] :
	    "another number";
}

bool
call_function(struct state *state, const struct script_module *module,
    struct call *call)
{
	const char *before = state->running.module;
	int status;

	state->running.module = module->name;
	(void)call_tell(state, SCRIPTLET_CALLED, "");
	status = call_try(state, call);
	if (status != LUA_OK)
		call_complain(state, call->row->name);
	else
		(void)call_tell(state, SCRIPTLET_RETURNED, result_name(call));
	state->running.module = before;
	return status == LUA_OK;
}

/* errors */

void
call_join_lines(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 4 < size; text++) {
		if (*text != '\n') {
			out[n++] = *text;
			continue;
		}
		while (text[1] == '\t' || text[1] == '\n')
			text++;
		memcpy(out + n, " | ", 3);
		n += 3;
	}
	out[n] = '\0';
}

/* Why the script was stopped, unless the words say so already: it may have
 * caught the error, and tripped over the next. */
static const char *
why_stopped(const struct state *state, const char *words)
{
	const char *over = state->budget.over;

	return over == NULL || strstr(words, over) != NULL ? NULL : over;
}

void
call_complain(struct state *state, const char *callout)
{
	const char *text = lua_tostring(state->L, -1), *why;
	char module[256] = "", line[3072];
	bool shown = call_tell(state, SCRIPTLET_FAILED,
	    text == NULL ? "" : text);

	if (state->running.module != NULL)
		(void)snprintf(module, sizeof(module), "module '%s': ",
		    state->running.module);
	call_join_lines(text == NULL ? "(null)" : text, line, sizeof(line));
	why = why_stopped(state, line);
	if (!shown || why != NULL)
		ec_mod_debug(state->scriptlet->self, DERROR,
		    "%s error: %s%s%s%s", callout, module,
		    why != NULL ? why : "", why != NULL ? ": " : "", line);
	lua_pop(state->L, 1);
}
