/*
 * dk.c: msys.validate.dk: DomainKeys, by the modules dk_sign and dk_validate.
 */
#include "scriptlet/binding.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/signing.h"
#include "scriptlet/running.h"

#include "modules/validate/ec_dk.h"

#include <dlfcn.h>

#define OPTION(text, kind, member) \
	{ (text), (kind), offsetof(struct ec_dk_sign_args, member) }

static const struct signing_option sign_options[] = {
	OPTION("base_domain", SIGNING_TEXT, base_domain),
	OPTION("signing_domain", SIGNING_TEXT, base_domain),
	OPTION("selector", SIGNING_TEXT, selector),
	OPTION("keyfile", SIGNING_TEXT, key_file),
	OPTION("key", SIGNING_TEXT, key_file),
	OPTION("keybuf", SIGNING_TEXT, key),
	OPTION("canon", SIGNING_TEXT, canon),
	OPTION("digest", SIGNING_TEXT, digest),
	OPTION("headerlist", SIGNING_LIST, headerlist),
};

static const struct signing_call sign_call = {
	.name = "msys.validate.dk.sign",
	.options = sign_options,
	.count = sizeof(sign_options) / sizeof(sign_options[0]),
};

static int
sign(lua_State *L)
{
	struct ec_dk_sign_args args = EC_DK_SIGN_ARGS_INIT;
	validate_context *vctx;
	ec_message *msg = signing_read(L, &sign_call, &vctx, &args);

	lua_pushinteger(L, SIGNING_FIND(L, ec_dk_sign_with, "dk_sign")(msg,
	    vctx, &args));
	return 1;
}

static int
get_responsible_domain(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	__typeof__(&ec_dk_responsible_domain) function = SIGNING_FIND(L,
	    ec_dk_responsible_domain, "dk_sign or dk_validate");
	struct buffer *room = scratch_buffer(L);
	char *domain = NULL;

	(void)function(msg, running_of(L)->vctx, &domain);
	signing_push_and_free(L, room, domain);
	return 1;
}

/* nil without a text: there is nothing to say. */
static int
get_status(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	validate_context *vctx = lua_isnoneornil(L, 2) ? running_of(L)->vctx :
	    running_context(L, 2);
	__typeof__(&ec_dk_status) function = SIGNING_FIND(L, ec_dk_status,
	    "dk_validate");
	const char *status;
	int known;

	running_wait_begins(L);
	known = function(msg, vctx, &status);
	running_wait_ends(L);
	(void)lua_pushstring(L, known != 0 ? status : NULL);
	if (known != 0)
		return 1;
	lua_pushliteral(L, "There is no message to verify yet, or no "
	    "dk_validate stanza.");
	return 2;
}

static const struct binding rows[] = {
	{ .name = "sign", .function = sign,
	  .usage = "sign(msg, vctx [, options])",
	  .returns = "1, or 0 when the message was not signed; the log says "
	      "why",
	  .text = "Puts one DomainKey-Signature on top of the message, by the "
	      "first `dk_sign` stanza; in `core_final_validation`. `msg` and "
	      "`vctx` may be nil or left out: then those of the running "
	      "callout are meant. `options` is a table with what shall differ "
	      "from the stanza: `base_domain` (also as `signing_domain`), "
	      "`selector`, `keyfile` (a path that may hold `%{d}` and `%{s}`; "
	      "also as `key`), `keybuf` (PEM, or the base64 inside a PEM), "
	      "and, in addition, `canon`, `digest` and `headerlist` (names "
	      "with colons between, or a table of names). Options of other "
	      "names are logged at the level INFO. The conditions "
	      "`domainkeys` and `sign_condition` do not count: whoever calls "
	      "has decided. Sign with DomainKeys before DKIM: a "
	      "DomainKey-Signature covers what stands below it." },
	{ .name = "get_responsible_domain", .function = get_responsible_domain,
	  .usage = "get_responsible_domain(msg, vctx)",
	  .returns = "a domain, or \"\"",
	  .text = "The domain of the first address in Sender, else in From, "
	      "in lower case. Needs `dk_sign` or `dk_validate`." },
	{ .name = "get_status", .function = get_status,
	  .usage = "get_status(msg, vctx)",
	  .returns = "`good`, `bad`, `bad (no key)` and so on, or nil for "
	      "mail that is not signed and need not be; nil and a text when "
	      "there is no message yet or no `dk_validate` stanza",
	  .text = "What `dk_status` is, or will be when `validate_data` is "
	      "over. Verifies the message if nobody did before.",
	  .addition = true },
};

const struct binding_library library_validate_dk = {
	.name = "msys.validate.dk",
	.text = "DomainKeys (RFC 4870), which DKIM replaced in 2007.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

static void
set_again(lua_State *L)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lua_pushcfunction(L, rows[i].function);
		lua_setfield(L, -2, rows[i].name);
	}
}

const struct binding_library library_sign_dk = {
	.name = "msys.sign.dk",
	.text = "The functions of [`msys.validate.dk`](#msysvalidatedk) "
	    "again, under the name that the published page of `sign` "
	    "requires.",
	.more = set_again,
};
