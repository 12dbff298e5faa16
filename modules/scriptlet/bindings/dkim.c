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
#include "scriptlet/bindings/signing.h"
#include "scriptlet/running.h"

#include "modules/validate/ec_dkim.h"
#include "validate_module.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define RESULTS "dkim_verify_results"

/* signing */

#define OPTION(text, kind, member) \
	{ (text), (kind), offsetof(struct ec_dkim_sign_args, member) }

static const struct signing_option sign_options[] = {
	OPTION("base_domain", SIGNING_TEXT, base_domain),
	OPTION("signing_domain", SIGNING_TEXT, base_domain),
	OPTION("header_canon", SIGNING_TEXT, header_canon),
	OPTION("body_canon", SIGNING_TEXT, body_canon),
	OPTION("digest", SIGNING_TEXT, digest),
	OPTION("headerlist", SIGNING_LIST, headerlist),
	OPTION("identity", SIGNING_TEXT, identity),
	OPTION("selector", SIGNING_TEXT, selector),
	OPTION("keyfile", SIGNING_TEXT, key_file),
	OPTION("key", SIGNING_TEXT, key_file),
	OPTION("keybuf", SIGNING_TEXT, key),
	OPTION("body_length_limit", SIGNING_FLAG, body_length_limit),
	OPTION("lifetime", SIGNING_HOURS, lifetime),
};

static const struct signing_call sign_call = {
	.name = "msys.validate.dkim.sign",
	.options = sign_options,
	.count = sizeof(sign_options) / sizeof(sign_options[0]),
};

static int
sign(lua_State *L)
{
	struct ec_dkim_sign_args args = EC_DKIM_SIGN_ARGS_INIT;
	validate_context *vctx;
	ec_message *msg = signing_read(L, &sign_call, &vctx, &args);

	lua_pushinteger(L, SIGNING_FIND(L, ec_dkim_sign_with, "dkim_sign")(msg,
	    vctx, &args));
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

static int
get_domains(lua_State *L)
{
	__typeof__(&ec_dkim_domains) function = SIGNING_FIND(L,
	    ec_dkim_domains, "dkim_validate");
	ec_message *msg = running_message(L, 1);
	struct buffer *room = scratch_buffer(L);
	char *domains = NULL;

	running_wait_begins(L);
	(void)function(msg, running_of(L)->vctx, &domains);
	running_wait_ends(L);
	signing_push_and_free(L, room, domains);
	push_list(L, lua_tostring(L, -1));
	return 1;
}

static int
get_responsible_domain(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	__typeof__(&ec_dkim_responsible_domain) function = SIGNING_FIND(L,
	    ec_dkim_responsible_domain, "dkim_sign or dkim_validate");
	struct buffer *room = scratch_buffer(L);
	char *domain = NULL;

	(void)function(msg, running_of(L)->vctx, &domain);
	signing_push_and_free(L, room, domain);
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
	__typeof__(&ec_dkim_reflect) function =
	    SIGNING_FIND_IF_THERE(ec_dkim_reflect);

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
		SIGNING_FIND(L, ec_dkim_verify_results_release,
		    "dkim_validate")(*held);
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
	__typeof__(&ec_dkim_get_verify_results) function = SIGNING_FIND(L,
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
	(void)lua_pushstring(L, SIGNING_FIND(L, ec_dkim_verify_status_to_string,
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
