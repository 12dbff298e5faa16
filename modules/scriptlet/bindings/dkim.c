/*
 * dkim.c: msys.validate.dkim.
 *
 * The work is done by the modules dkim_sign and dkim_validate, which may be
 * loaded or not: their functions are looked for when a script calls.  What a
 * script gets of a result is a copy, so that it may keep it for ever.
 */
#include "scriptlet/binding.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/running.h"

#include "debug_tools.h"
#include "modules/validate/ec_dkim.h"
#include "validate_module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define RESULTS "dkim_verify_results"
#define HOURS_MAX (100 * 366 * 24)

/* A function of a module that need not be there, or NULL.  Modules stay once
 * they are loaded, so what was found stays good. */
#define FIND_IF_THERE(function) \
	((__typeof__(&(function)))dlsym(RTLD_DEFAULT, #function))

static void *
find(lua_State *L, void *function, const char *module)
{
	if (function == NULL)
		(void)luaL_error(L, "this needs the module %s, and the "
		    "configuration has no stanza of it", module);
	return function;
}

#define FIND(L, function, module) \
	((__typeof__(&(function)))find((L), \
	    dlsym(RTLD_DEFAULT, #function), (module)))

/* signing */

struct sign_call {
	const char *option; /* that is being read */
	struct ec_dkim_sign_args args;
};

typedef void (*option_reader)(lua_State *L, struct sign_call *call);

/* The value stands on top of the stack, and stays in the table for the time of
 * the call. */
static const char *
option_text(lua_State *L, const struct sign_call *call)
{
	size_t n;
	const char *text = lua_tolstring(L, -1, &n);

	if (text == NULL || strlen(text) != n)
		(void)luaL_error(L, "option '%s' of sign() must be text%s",
		    call->option, text == NULL ? "" : " without NUL bytes");
	return text;
}

static void
option_base_domain(lua_State *L, struct sign_call *call)
{
	call->args.base_domain = option_text(L, call);
}

static void
option_header_canon(lua_State *L, struct sign_call *call)
{
	call->args.header_canon = option_text(L, call);
}

static void
option_body_canon(lua_State *L, struct sign_call *call)
{
	call->args.body_canon = option_text(L, call);
}

static void
option_digest(lua_State *L, struct sign_call *call)
{
	call->args.digest = option_text(L, call);
}

/* "From:To" or { "From", "To" }: the array is how opendkim writes it. */
static void
option_headerlist(lua_State *L, struct sign_call *call)
{
	luaL_Buffer list;
	int table = lua_gettop(L);
	lua_Integer n;

	if (!lua_istable(L, table)) {
		call->args.headerlist = option_text(L, call);
		return;
	}
	n = luaL_len(L, table);
	luaL_buffinit(L, &list);
	for (lua_Integer i = 1; i <= n; i++) {
		if (i > 1)
			luaL_addchar(&list, ':');
		if (lua_geti(L, table, i) != LUA_TSTRING)
			(void)luaL_error(L, "option 'headerlist' of sign() "
			    "holds something that is no name");
		luaL_addvalue(&list);
	}
	luaL_pushresult(&list);
	lua_replace(L, table);
	call->args.headerlist = option_text(L, call);
}

static void
option_identity(lua_State *L, struct sign_call *call)
{
	call->args.identity = option_text(L, call);
}

static void
option_selector(lua_State *L, struct sign_call *call)
{
	call->args.selector = option_text(L, call);
}

static void
option_key_file(lua_State *L, struct sign_call *call)
{
	call->args.key_file = option_text(L, call);
}

static void
option_key(lua_State *L, struct sign_call *call)
{
	call->args.key = option_text(L, call);
}

static void
option_body_length(lua_State *L, struct sign_call *call)
{
	const char *text = lua_type(L, -1) == LUA_TSTRING ?
	    lua_tostring(L, -1) : NULL;

	/* texts as the configuration has them, for those who copy from it */
	if (text != NULL)
		call->args.body_length_limit = strcmp(text, "true") == 0 ||
		    strcmp(text, "1") == 0;
	else if (lua_isnumber(L, -1) != 0 && lua_tonumber(L, -1) < 0)
		call->args.body_length_limit = -1;
	else
		call->args.body_length_limit = args_true(L, lua_gettop(L));
}

static void
option_lifetime(lua_State *L, struct sign_call *call)
{
	lua_Number hours = lua_tonumber(L, -1);

	if (lua_isnumber(L, -1) == 0 || !(hours >= 0 && hours <= HOURS_MAX))
		(void)luaL_error(L, "option 'lifetime' of sign() is a number "
		    "of hours from 0 to %d", HOURS_MAX);
	call->args.lifetime = (int)hours;
}

static const struct {
	const char *name;
	option_reader read;
} sign_options[] = {
	{ "base_domain", option_base_domain },
	{ "signing_domain", option_base_domain },
	{ "header_canon", option_header_canon },
	{ "body_canon", option_body_canon },
	{ "digest", option_digest },
	{ "headerlist", option_headerlist },
	{ "identity", option_identity },
	{ "selector", option_selector },
	{ "keyfile", option_key_file },
	{ "key", option_key_file },
	{ "keybuf", option_key },
	{ "body_length_limit", option_body_length },
	{ "lifetime", option_lifetime },
};

#define OPTION_COUNT (sizeof(sign_options) / sizeof(sign_options[0]))

/* What nobody reads here is told, for it may be a slip. */
static void
tell_unknown(lua_State *L, int table)
{
	lua_pushnil(L);
	while (lua_next(L, table) != 0) {
		const char *name = lua_type(L, -2) == LUA_TSTRING ?
		    lua_tostring(L, -2) : "?";
		size_t i = 0;

		while (i < OPTION_COUNT &&
		    strcmp(sign_options[i].name, name) != 0)
			i++;
		if (i == OPTION_COUNT)
			(void)ec_debug_printf(DINFO, DMOD, "scriptlet: "
			    "msys.validate.dkim.sign: option '%s' is unknown "
			    "and has no effect", name);
		lua_pop(L, 1);
	}
}

/* Values stay on the stack until the call is over, since a converted one is
 * in no table. */
static void
read_options(lua_State *L, int table, struct sign_call *call)
{
	luaL_checktype(L, table, LUA_TTABLE);
	luaL_checkstack(L, (int)OPTION_COUNT + LUA_MINSTACK, NULL);
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		call->option = sign_options[i].name;
		if (lua_getfield(L, table, call->option) == LUA_TNIL)
			lua_pop(L, 1);
		else
			sign_options[i].read(L, call);
	}
	tell_unknown(L, table);
}

static bool
is_final(const char *callout)
{
	return callout != NULL && (strcmp(callout, "core_final_validation") == 0 ||
	    strcmp(callout, "core_final_validation2") == 0 ||
	    strcmp(callout, "core_post_final_validation") == 0);
}

static int
sign(lua_State *L)
{
	struct sign_call call = { .args = EC_DKIM_SIGN_ARGS_INIT };
	ec_message *msg = running_message(L, 1);
	validate_context *vctx;

	lua_settop(L, 3);
	vctx = lua_isnil(L, 2) ? running_of(L)->vctx : running_context(L, 2);
	if (!is_final(running_of(L)->callout))
		return luaL_error(L, "sign() signs what leaves: call it in "
		    "core_final_validation, after the last change");
	if (!lua_isnil(L, 3))
		read_options(L, 3, &call);
	lua_pushinteger(L, FIND(L, ec_dkim_sign_with, "dkim_sign")(msg,
	    vctx, &call.args));
	return 1;
}

/* asking */

static void
push_list(lua_State *L, const char *text)
{
	lua_Integer i = 1;

	lua_newtable(L);
	while (*text != '\0') {
		size_t n = strcspn(text, ",");

		(void)lua_pushlstring(L, text, n);
		lua_rawseti(L, -2, i++);
		text += n + (text[n] == ',' ? 1 : 0);
	}
}

/* Push a text of C's; it is freed even where Lua has no memory for it. */
static void
push_and_free(lua_State *L, char *text)
{
	struct buffer *copy = scratch_buffer(L);

	buffer_add_text(copy, text != NULL ? text : "");
	free(text);
	scratch_push(L, copy);
}

static int
get_domains(lua_State *L)
{
	__typeof__(&ec_dkim_domains) function = FIND(L, ec_dkim_domains,
	    "dkim_validate");
	ec_message *msg = running_message(L, 1);
	char *domains = NULL;

	running_wait_begins(L);
	(void)function(msg, running_of(L)->vctx, &domains);
	running_wait_ends(L);
	push_and_free(L, domains);
	push_list(L, lua_tostring(L, -1));
	return 1;
}

static int
get_responsible_domain(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	char *domain = NULL;

	(void)FIND(L, ec_dkim_responsible_domain, "dkim_sign or dkim_validate")(
	    msg, running_of(L)->vctx, &domain);
	push_and_free(L, domain);
	return 1;
}

/* The message that is to come: callouts of the envelope are not handed it. */
static ec_message *
coming_message(lua_State *L, validate_context *vctx)
{
	message_construct *mc = NULL;

	if (!lua_isnoneornil(L, 1) || running_of(L)->msg != NULL)
		return running_message(L, 1);
	return vctx != NULL && validate_context_find_message_construct(vctx,
	    &mc) ? mc->message : NULL;
}

static int
reflect(lua_State *L)
{
	validate_context *vctx = lua_isnoneornil(L, 2) ? running_of(L)->vctx :
	    running_context(L, 2);
	ec_message *msg = coming_message(L, vctx);
	const char *sender = args_word(L, 3, "a sender");
	const char *rcpts = args_word(L, 4, "a list of recipients");
	const char *subject = args_given(L, 5) ? args_word(L, 5, "a subject") :
	    NULL;
	const char *note = args_given(L, 6) ? args_word(L, 6, "a note") : NULL;
	__typeof__(&ec_dkim_reflect) function = FIND_IF_THERE(ec_dkim_reflect);

	/* 0 is what there is for "not configured" */
	lua_pushinteger(L, function == NULL ? 0 : function(msg, vctx, sender,
	    rcpts, subject, note));
	return 1;
}

/* results */

static ec_dkim_verify_results *
results_at(lua_State *L, int arg)
{
	ec_dkim_verify_results **held = luaL_checkudata(L, arg, RESULTS);

	return *held;
}

static int
results_collect(lua_State *L)
{
	ec_dkim_verify_results **held = luaL_checkudata(L, 1, RESULTS);

	if (*held != NULL)
		FIND(L, ec_dkim_verify_results_release, "dkim_validate")(*held);
	*held = NULL;
	return 0;
}

static int
results_member(lua_State *L)
{
	const ec_dkim_verify_results *results = results_at(L, 1);
	const char *name = luaL_checkstring(L, 2);

	if (strcmp(name, "ref") == 0)
		lua_pushinteger(L, (lua_Integer)results->ref);
	else if (strcmp(name, "count") == 0)
		lua_pushinteger(L, results->count);
	else if (strcmp(name, "status") == 0)
		lua_pushinteger(L, results->status);
	else
		lua_pushnil(L);
	return 1;
}

/* The first argument is a context, and may be left out. */
static int
get_verify_results(lua_State *L)
{
	validate_context *vctx = running_context(L, 1);
	__typeof__(&ec_dkim_get_verify_results) function = FIND(L,
	    ec_dkim_get_verify_results, "dkim_validate");
	ec_dkim_verify_results **held;
	int count;

	lua_settop(L, 1);
	held = lua_newuserdatauv(L, sizeof(*held), 0);
	*held = NULL;
	luaL_setmetatable(L, RESULTS);
	running_wait_begins(L);
	count = function(vctx, held);
	running_wait_ends(L);
	lua_pushinteger(L, count);
	if (*held != NULL) {
		lua_pushvalue(L, 2);
		return 2;
	}
	lua_pushnil(L);
	lua_pushliteral(L, "There is no message to verify yet, or no "
	    "dkim_validate stanza.");
	return 3;
}

static int
give_error(lua_State *L, const char *text)
{
	lua_pushnil(L);
	(void)lua_pushstring(L, text);
	return 2;
}

static int
get_count(lua_State *L)
{
	if (lua_isnoneornil(L, 1))
		return give_error(L, "No verification results to count.");
	lua_pushinteger(L, results_at(L, 1)->count);
	return 1;
}

static void
set_text(lua_State *L, const char *name, const char *text)
{
	if (text == NULL)
		return;
	(void)lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static void
set_number(lua_State *L, const char *name, lua_Integer number)
{
	lua_pushinteger(L, number);
	lua_setfield(L, -2, name);
}

static const char *
canonicalization(lua_State *L, const ec_dkim_verify_result *result)
{
	if (result->header_canon == NULL || result->body_canon == NULL)
		return NULL;
	return lua_pushfstring(L, "%s/%s", result->header_canon,
	    result->body_canon);
}

static const char *
alignment_word(int alignment)
{
	switch (alignment) {
	case EC_DKIM_ALIGNED_STRICT:
		return "strict";
	case EC_DKIM_ALIGNED_RELAXED:
		return "relaxed";
	default:
		return "none";
	}
}

static void
push_item(lua_State *L, const ec_dkim_verify_result *result)
{
	const char *canon = canonicalization(L, result);

	lua_createtable(L, 0, 12);
	set_number(L, "status", result->status);
	set_text(L, "diagnostic", result->diagnostic);
	set_text(L, "query", result->query);
	set_text(L, "algorithm", result->algorithm);
	set_text(L, "reason", result->reason);
	set_text(L, "domain", result->domain);
	set_text(L, "selector", result->selector);
	set_text(L, "identity", result->identity);
	set_text(L, "canonicalization", canon);
	set_text(L, "alignment", alignment_word(result->alignment));
	set_number(L, "key_bits", result->key_bits);
	lua_pushboolean(L, result->testing);
	lua_setfield(L, -2, "testing");
}

static int
get_item(lua_State *L)
{
	const ec_dkim_verify_results *results;
	lua_Integer index;

	if (lua_isnoneornil(L, 1))
		return give_error(L, "No verification results to get item "
		    "from");
	if (lua_isnoneornil(L, 2))
		return give_error(L, "Index value not specified");
	results = results_at(L, 1);
	index = args_number(L, 2, "an index");
	if (index < 0)
		return luaL_argerror(L, 2, "an index is 0 or more");
	if (index >= results->count)
		return give_error(L, "Index value is greater than the number "
		    "of verification results");
	push_item(L, &results->items[index]);
	return 1;
}

static int
status_to_string(lua_State *L)
{
	int status;

	if (lua_isnoneornil(L, 1))
		return give_error(L, "No status code is passed in");
	status = args_number(L, 1, "a status");
	(void)lua_pushstring(L, FIND(L, ec_dkim_verify_status_to_string,
	    "dkim_validate")(status));
	return 1;
}

#define BAG "`msg` and `vctx` may be nil or left out: then those of the " \
	"running callout are meant. "

static const struct binding rows[] = {
	{ .name = "sign", .function = sign,
	  .usage = "sign(msg, vctx [, options])",
	  .returns = "1, or 0 when the message was not signed; the log says "
	      "why",
	  .text = BAG "Puts one DKIM-Signature on top of the message, by the "
	      "first `dkim_sign` stanza; in `core_final_validation`. A "
	      "message may be signed any number of times. `options` is a "
	      "table with what shall differ from the stanza: `base_domain` or "
	      "`signing_domain`, `selector`, `keyfile` (a path that may hold "
	      "`%{d}` and `%{s}`; also as `key`), `keybuf` (PEM, or the "
	      "base64 inside a PEM), `digest`, `header_canon`, `body_canon`, "
	      "`headerlist` (as the option of that name, or a table of "
	      "names), `identity`, `body_length_limit`, `lifetime` (hours). "
	      "Options of other names are logged at the level INFO. The "
	      "conditions `dkim` and `sign_condition` do not count: whoever "
	      "calls has decided." },
	{ .name = "get_domains", .function = get_domains,
	  .usage = "get_domains(msg, vctx)",
	  .returns = "a table of domains, the topmost signature's first",
	  .text = BAG "The domains of the identities whose signatures pass, "
	      "each once. Needs `dkim_validate`; from `validate_data` on." },
	{ .name = "get_responsible_domain", .function = get_responsible_domain,
	  .usage = "get_responsible_domain(msg, vctx)",
	  .returns = "a domain, or \"\"",
	  .text = BAG "The domain of the first address in Sender, else in "
	      "From, in lower case." },
	{ .name = "reflect", .function = reflect,
	  .usage = "reflect(msg, vctx, sender, receivers [, subject] "
	      "[, note])",
	  .returns = "1; 0: no `dkim_validate` stanza, or no way to send "
	      "mail is configured, or the message has 8 reports; -1: no "
	      "message; -2: too late; -3: an address is none",
	  .text = "Mails a report about the coming message's signatures. "
	      "`receivers` are separated by `;`: the first stands in To, the "
	      "others get blind copies. Before `validate_data`; it goes out "
	      "when the message has been verified, but not about what is "
	      "automatic itself. See "
	      "[dkim_validate](modules/dkim_validate.md#reports)." },
	{ .name = "get_verify_results", .function = get_verify_results,
	  .usage = "get_verify_results([vctx])",
	  .returns = "how many signatures the message has, and the results; "
	      "0, nil and a text when there is no message or no "
	      "`dkim_validate` stanza",
	  .text = "Verifies the message if nobody did before. From "
	      "`validate_data` on." },
	{ .name = "verify_results_get_count", .function = get_count,
	  .usage = "verify_results_get_count(results)",
	  .returns = "how many there are; nil and a text for nil",
	  .text = "Counts the signatures." },
	{ .name = "verify_results_get_item", .function = get_item,
	  .usage = "verify_results_get_item(results, index)",
	  .returns = "a table; nil and a text when there is none of that "
	      "index",
	  .text = "The result of one signature; the topmost has the index 0. "
	      "The table has `status` (a number), `diagnostic` (a sentence), "
	      "`query` (q=, or nil), `algorithm` (a=), and, in addition: "
	      "`domain`, `selector`, `identity`, `canonicalization` "
	      "(\"relaxed/simple\"), `key_bits`, `testing` (a boolean: the "
	      "key is in test mode), `alignment` with From (\"strict\", "
	      "\"relaxed\", \"none\"), and `reason` (a stable word such as "
	      "\"body-hash-mismatch\")." },
	{ .name = "verify_status_to_string", .function = status_to_string,
	  .usage = "verify_status_to_string(status)",
	  .returns = "a word of RFC 8601: pass, fail, policy, neutral, "
	      "temperror, permerror or none; nil and a text for nil",
	  .text = "What a `status` is called in Authentication-Results." },
};

const struct binding_library library_validate_dkim = {
	.name = "msys.validate.dkim",
	.text = "Signing, and asking what verifying found.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static const struct binding results_members[] = {
	{ .name = "ref", .usage = "ref", .returns = "a number",
	  .text = "How many hold the results at the moment." },
	{ .name = "count", .usage = "count", .returns = "a number",
	  .text = "How many signatures there are.", .addition = true },
	{ .name = "status", .usage = "status", .returns = "a number",
	  .text = "Of all signatures: pass if any passes, otherwise the most "
	      "telling of the others.", .addition = true },
};

const struct binding_class class_dkim_results = {
	.name = RESULTS,
	.text = "What `msys.validate.dkim.get_verify_results` found. May be "
	    "kept.",
	.get_member = results_member,
	.members = results_members,
	.member_count = sizeof(results_members) / sizeof(results_members[0]),
	.collect = results_collect,
};
