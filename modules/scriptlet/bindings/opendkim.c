/*
 * opendkim.c: msys.validate.opendkim, and the numbers of opendkim.dkim.
 *
 * The module opendkim does the work: its functions are looked for when a script
 * calls.  A handle to a signature keeps the handle it came from.
 */
#include "scriptlet/binding.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/signing.h"
#include "scriptlet/rows.h"
#include "scriptlet/running.h"
#include "scriptlet/state.h"

#include "modules/validate/ec_opendkim.h"

#include <dlfcn.h>
#include <string.h>

#define MODULE "opendkim"
#define FIND(L, function) SIGNING_FIND((L), function, MODULE)

#define MAX_KEPT 64 /* handles: a policy needs one */
#define STEPS_VERIFY 20000 /* and one for so many octets */
#define OCTETS_OF_STEP 16

#define CLASS_DKIM "DKIM"
#define CLASS_SIGNATURE "DKIM_SIGINFO"

struct held {
	DKIM *dkim; /* NULL: it is gone */
};

struct signature {
	DKIM_SIGINFO *sig;
	const struct held *of; /* its user value */
};

/* signing */

#define OPTION(text, kind, member) \
	{ (text), (kind), offsetof(struct ec_opendkim_sign_args, member) }

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
	.name = "msys.validate.opendkim.sign",
	.options = sign_options,
	.count = sizeof(sign_options) / sizeof(sign_options[0]),
};

static int
sign(lua_State *L)
{
	struct ec_opendkim_sign_args args = EC_OPENDKIM_SIGN_ARGS_INIT;
	validate_context *vctx;
	ec_message *msg = signing_read(L, &sign_call, &vctx, &args);

	lua_pushinteger(L, FIND(L, ec_opendkim_sign_with)(msg, vctx, &args));
	return 1;
}

/* verifying */

/* The message is still to come. */
static bool
is_early(const char *callout)
{
	for (int i = 0; callout != NULL && i < CALLOUT_DATA; i++) {
		if (strcmp(callout_rows[i].name, callout) == 0)
			return true;
	}
	return false;
}

/* Handles take memory that Lua does not see, so it would wait too long before
 * it lets them go. */
static void
make_room(lua_State *L)
{
	struct state *state = state_of(L);

	if (state->verified < MAX_KEPT)
		return;
	(void)lua_gc(L, LUA_GCCOLLECT);
	if (state->verified >= MAX_KEPT)
		(void)luaL_error(L, "a script may keep %d handles of verify() "
		    "at most", MAX_KEPT);
}

static int
collect(lua_State *L)
{
	struct held *held = luaL_checkudata(L, 1, CLASS_DKIM);

	if (held->dkim != NULL) {
		FIND(L, ec_opendkim_free)(held->dkim);
		state_of(L)->verified--;
	}
	held->dkim = NULL;
	return 0;
}

static struct held *
push_handle(lua_State *L)
{
	struct held *held;

	make_room(L);
	held = lua_newuserdatauv(L, sizeof(*held), 0);
	held->dkim = NULL;
	luaL_setmetatable(L, CLASS_DKIM);
	held->dkim = FIND(L, ec_opendkim_start)();
	/* loaded under an earlier configuration, or out of memory */
	if (held->dkim == NULL)
		(void)signing_found(L, NULL, MODULE);
	state_of(L)->verified++;
	return held;
}

static int
verify(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	__typeof__(&ec_opendkim_verify) function = FIND(L, ec_opendkim_verify);
	struct held *held;
	int status;

	if (is_early(running_of(L)->callout))
		return luaL_error(L, "verify() needs the whole message: call "
		    "it in validate_data or later");
	running_charge(L, STEPS_VERIFY +
	    ec_message_get_message_size(msg) / OCTETS_OF_STEP);
	held = push_handle(L);
	running_wait_begins(L);
	(void)function(msg, held->dkim, &status, NULL, NULL);
	running_wait_ends(L);
	lua_pushinteger(L, status);
	return 2;
}

/* handles */

static void
check_held(lua_State *L, int arg, const struct held *held)
{
	if (held->dkim == NULL)
		(void)luaL_argerror(L, arg, "this DKIM handle is gone");
}

static DKIM *
dkim_at(lua_State *L, int arg)
{
	struct held *held = luaL_checkudata(L, arg, CLASS_DKIM);

	check_held(L, arg, held);
	return held->dkim;
}

static DKIM_SIGINFO *
signature_at(lua_State *L, int arg)
{
	struct signature *signature = luaL_checkudata(L, arg,
	    CLASS_SIGNATURE);

	check_held(L, arg, signature->of);
	return signature->sig;
}

static int
get_num_sigs(lua_State *L)
{
	DKIM *dkim = dkim_at(L, 1);
	int count;
	DKIM_STAT status = FIND(L, ec_opendkim_get_num_sigs)(dkim, &count);

	lua_pushinteger(L, count);
	lua_pushinteger(L, status);
	return 2;
}

/* Push the signature of the handle at an argument. */
static void
push_signature(lua_State *L, int arg, DKIM_SIGINFO *sig)
{
	struct signature *signature = lua_newuserdatauv(L, sizeof(*signature),
	    1);

	signature->sig = sig;
	signature->of = lua_touserdata(L, arg);
	lua_pushvalue(L, arg);
	(void)lua_setiuservalue(L, -2, 1);
	luaL_setmetatable(L, CLASS_SIGNATURE);
}

static int
get_sig(lua_State *L)
{
	DKIM *dkim = dkim_at(L, 1);
	int index = args_given(L, 2) ? args_number(L, 2, "an index") : 0;
	DKIM_SIGINFO *sig;
	DKIM_STAT status = FIND(L, ec_opendkim_get_sig)(dkim, index, &sig);

	if (sig == NULL) {
		lua_pushnil(L);
		lua_pushinteger(L, status);
		lua_pushfstring(L, "There is no signature with the index %d",
		    index);
		return 3;
	}
	push_signature(L, 1, sig);
	lua_pushinteger(L, status);
	return 2;
}

/* asking */

/* A text of C's, or nil, and a status. */
static int
give(lua_State *L, const char *text, DKIM_STAT status)
{
	(void)lua_pushstring(L, text);
	lua_pushinteger(L, status);
	return 2;
}

static int
ask_text(lua_State *L, __typeof__(&ec_opendkim_get_sig_domain) get)
{
	const char *text;
	DKIM_STAT status = get(signature_at(L, 1), &text);

	return give(L, text, status);
}

static int
get_sig_canons(lua_State *L)
{
	const char *header, *body;
	DKIM_SIGINFO *sig = signature_at(L, 1);
	DKIM_STAT status = FIND(L, ec_opendkim_get_sig_canons)(sig, &header,
	    &body);

	(void)give(L, header, status);
	(void)lua_pushstring(L, body);
	return 3;
}

static int
get_sig_domain(lua_State *L)
{
	return ask_text(L, FIND(L, ec_opendkim_get_sig_domain));
}

static int
get_sig_selector(lua_State *L)
{
	return ask_text(L, FIND(L, ec_opendkim_get_sig_selector));
}

/* The one that decided: the first that holds, else the first. */
static DKIM_SIGINFO *
deciding(lua_State *L, DKIM *dkim)
{
	__typeof__(&ec_opendkim_get_sig) get = FIND(L, ec_opendkim_get_sig);
	__typeof__(&ec_opendkim_get_sig_status) status_of = FIND(L,
	    ec_opendkim_get_sig_status);
	DKIM_SIGINFO *sig;

	for (int i = 0; get(dkim, i, &sig) == DKIM_STAT_OK; i++) {
		if (status_of(sig) == DKIM_STAT_OK)
			return sig;
	}
	(void)get(dkim, 0, &sig);
	return sig;
}

static int
get_sig_identity(lua_State *L)
{
	DKIM *dkim = args_given(L, 1) ? dkim_at(L, 1) : NULL;
	DKIM_SIGINFO *sig;
	const char *text;
	DKIM_STAT status;

	if (dkim != NULL && !args_given(L, 2))
		sig = deciding(L, dkim);
	else
		sig = signature_at(L, 2);
	if (sig == NULL)
		return give(L, NULL, DKIM_STAT_INVALID);
	status = FIND(L, ec_opendkim_get_sig_identity)(sig, &text);
	return give(L, text, status);
}

static int
get_sig_errorstr(lua_State *L)
{
	const char *text;
	DKIM_SIGINFO *sig = signature_at(L, 1);

	(void)FIND(L, ec_opendkim_get_sig_errorstr)(sig, &text);
	return give(L, text, FIND(L, ec_opendkim_get_sig_status)(sig));
}

static int
get_sig_flags(lua_State *L)
{
	unsigned flags;
	DKIM_SIGINFO *sig = signature_at(L, 1);
	DKIM_STAT status = FIND(L, ec_opendkim_get_sig_flags)(sig, &flags);

	lua_pushinteger(L, (lua_Integer)flags);
	lua_pushinteger(L, status);
	return 2;
}

static int
get_sig_hdrsigned(lua_State *L)
{
	DKIM_SIGINFO *sig = signature_at(L, 1);
	const char *name = args_word(L, 2, "the name of a header");
	int is_signed;
	DKIM_STAT status = FIND(L, ec_opendkim_get_sig_hdrsigned)(sig, name,
	    &is_signed);

	lua_pushboolean(L, is_signed);
	lua_pushinteger(L, status);
	return 2;
}

static int
get_sig_keysize(lua_State *L)
{
	unsigned bits;
	DKIM_SIGINFO *sig = signature_at(L, 1);
	DKIM_STAT status = FIND(L, ec_opendkim_get_sig_keysize)(sig, &bits);

	lua_pushinteger(L, (lua_Integer)bits);
	lua_pushinteger(L, status);
	return 2;
}

static int
get_sig_signalg(lua_State *L)
{
	return ask_text(L, FIND(L, ec_opendkim_get_sig_signalg));
}

static int
get_sig_result(lua_State *L)
{
	const char *text;
	DKIM_SIGINFO *sig = signature_at(L, 1);

	(void)FIND(L, ec_opendkim_get_sig_errorstr)(sig, &text);
	if (text == NULL)
		lua_pushliteral(L, "pass");
	else
		lua_pushfstring(L, "fail (%s)", text);
	return 1;
}

static int
get_stat_result(lua_State *L)
{
	int status = args_number(L, 1, "a status");

	switch (status) {
	case DKIM_STAT_OK:
	case DKIM_STAT_BADSIG:
	case DKIM_STAT_NOKEY:
	case DKIM_STAT_CANTVRFY:
	case DKIM_STAT_REVOKED:
		lua_pushnil(L);
		break;
	case DKIM_STAT_NOSIG:
		lua_pushliteral(L, "none (message not signed)");
		break;
	case DKIM_STAT_SYNTAX:
		lua_pushliteral(L, "permerror (signature syntax error)");
		break;
	default:
		lua_pushfstring(L, "temperror (verification status %d)",
		    status);
		break;
	}
	return 1;
}

#define STATUS "; and a DKIM_STAT"

static const struct binding rows[] = {
	{ .name = "sign", .function = sign,
	  .usage = "sign(msg, vctx [, options])",
	  .returns = "1, or 0 when the message was not signed; the log says "
	      "why",
	  .text = "Puts one DKIM-Signature on top of the message, by the "
	      "first `opendkim` stanza, which needs neither `key` nor "
	      "`selector` when the script gives them; in "
	      "`core_final_validation`. `msg` and `vctx` may be nil or left "
	      "out: then those of the running callout are meant. A message "
	      "may be signed any number of times. `options` is a table with "
	      "what shall differ from the stanza: `base_domain` or "
	      "`signing_domain`, `selector`, `keyfile` (a path that may hold "
	      "`%{d}` and `%{s}`; also as `key`), `keybuf` (PEM, or the "
	      "base64 inside a PEM), `digest`, `header_canon`, `body_canon`, "
	      "`headerlist` (names with colons between, or a table of names; "
	      "it stands for `oversign_headerlist` and `skip_headerlist`, "
	      "too), `identity`, `body_length_limit`, and, in addition, "
	      "`lifetime` (hours). Options of other names are logged at the "
	      "level INFO. The conditions `opendkim_sign` and "
	      "`sign_condition` do not count: whoever calls has decided." },
	{ .name = "verify", .function = verify,
	  .usage = "verify(msg)",
	  .returns = "a DKIM handle" STATUS " of the message",
	  .text = "Verifies the message, by the first `opendkim` stanza and "
	      "its options `verify_...`. From `validate_data` on. The status "
	      "is `DKIM_STAT_OK` when a signature holds, otherwise that of "
	      "the topmost signature; `DKIM_STAT_NOSIG` without any; "
	      "`DKIM_STAT_SYNTAX` when there is not exactly one From field. "
	      "Nothing is written into the message." },
	{ .name = "get_num_sigs", .function = get_num_sigs,
	  .usage = "get_num_sigs(dkim)",
	  .returns = "a number" STATUS,
	  .text = "How many signatures the message has." },
	{ .name = "get_sig", .function = get_sig,
	  .usage = "get_sig(dkim [, index])",
	  .returns = "a DKIM_SIGINFO" STATUS "; nil, `DKIM_STAT_INVALID` and "
	      "a text when there is none of that index",
	  .text = "One signature; the topmost has the index 0, which is the "
	      "default." },
	{ .name = "get_sig_canons", .function = get_sig_canons,
	  .usage = "get_sig_canons(sig)",
	  .returns = "\"simple\" or \"relaxed\", for the header" STATUS
	      "; and, in addition, the same for the body",
	  .text = "The canonicalizations." },
	{ .name = "get_sig_domain", .function = get_sig_domain,
	  .usage = "get_sig_domain(sig)",
	  .returns = "a text" STATUS,
	  .text = "Who signed (d=)." },
	{ .name = "get_sig_selector", .function = get_sig_selector,
	  .usage = "get_sig_selector(sig)",
	  .returns = "a text" STATUS,
	  .text = "The selector (s=)." },
	{ .name = "get_sig_identity", .function = get_sig_identity,
	  .usage = "get_sig_identity(dkim, sig)",
	  .returns = "a text" STATUS,
	  .text = "Whom the signature is for: i=, or `@` and the domain "
	      "without it. With nil for `sig`: of the signature that decided "
	      "the status of the message." },
	{ .name = "get_sig_errorstr", .function = get_sig_errorstr,
	  .usage = "get_sig_errorstr(sig)",
	  .returns = "a sentence, or nil for a signature that holds" STATUS
	      " of this signature",
	  .text = "Why the signature does not hold." },
	{ .name = "get_sig_flags", .function = get_sig_flags,
	  .usage = "get_sig_flags(sig)",
	  .returns = "a number" STATUS,
	  .text = "What is known, in bits: `DKIM_SIGFLAG_IGNORE`: left aside, "
	      "as there are too many, or too much header; "
	      "`DKIM_SIGFLAG_PROCESSED`: its key was asked for; "
	      "`DKIM_SIGFLAG_PASSED`: it holds, header and body; "
	      "`DKIM_SIGFLAG_TESTKEY`: the key is in test mode; "
	      "`DKIM_SIGFLAG_NOSUBDOMAIN`: the key is not for subdomains." },
	{ .name = "get_sig_hdrsigned", .function = get_sig_hdrsigned,
	  .usage = "get_sig_hdrsigned(sig, name)",
	  .returns = "a boolean" STATUS,
	  .text = "Whether the signature covers a header, or its absence "
	      "(h=)." },
	{ .name = "get_sig_keysize", .function = get_sig_keysize,
	  .usage = "get_sig_keysize(sig)",
	  .returns = "bits" STATUS "; 0 and `DKIM_STAT_NOKEY` when no key is "
	      "known",
	  .text = "The size of the key." },
	{ .name = "get_sig_signalg", .function = get_sig_signalg,
	  .usage = "get_sig_signalg(sig)",
	  .returns = "`rsa-sha1`, `rsa-sha256`, `ed25519-sha256` or `unknown`"
	      STATUS,
	  .text = "The algorithm (a=)." },
	{ .name = "get_sig_result", .function = get_sig_result,
	  .usage = "get_sig_result(sig)",
	  .returns = "\"pass\" or \"fail (why)\"",
	  .text = "What to write into Authentication-Results about this "
	      "signature." },
	{ .name = "get_stat_result", .function = get_stat_result,
	  .usage = "get_stat_result(status)",
	  .returns = "\"none (message not signed)\", \"permerror (signature "
	      "syntax error)\", \"temperror (verification status N)\", or "
	      "nil where each signature is to be asked",
	  .text = "The same about the message, by the status that `verify` "
	      "gave." },
};

const struct binding_library library_validate_opendkim = {
	.name = "msys.validate.opendkim",
	.text = "Signing, and verifying by hand, with the module "
	    "[opendkim](modules/opendkim.md). A status is one of "
	    "[`opendkim.dkim`](#opendkimdkim); that of a function about a "
	    "signature is `DKIM_STAT_OK`, or `DKIM_STAT_SYNTAX` where the "
	    "signature has no such part or it cannot be read.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};

/* opendkim.dkim */

#define NUMBER(name) { #name, name }

static const struct {
	const char *name;
	int value;
} numbers[] = {
	NUMBER(DKIM_STAT_OK),
	NUMBER(DKIM_STAT_BADSIG),
	NUMBER(DKIM_STAT_NOSIG),
	NUMBER(DKIM_STAT_NOKEY),
	NUMBER(DKIM_STAT_CANTVRFY),
	NUMBER(DKIM_STAT_SYNTAX),
	NUMBER(DKIM_STAT_NORESOURCE),
	NUMBER(DKIM_STAT_INTERNAL),
	NUMBER(DKIM_STAT_REVOKED),
	NUMBER(DKIM_STAT_INVALID),
	NUMBER(DKIM_STAT_NOTIMPLEMENT),
	NUMBER(DKIM_STAT_KEYFAIL),
	NUMBER(DKIM_STAT_CBREJECT),
	NUMBER(DKIM_STAT_CBINVALID),
	NUMBER(DKIM_STAT_CBTRYAGAIN),
	NUMBER(DKIM_STAT_CBERROR),
	NUMBER(DKIM_SIGFLAG_IGNORE),
	NUMBER(DKIM_SIGFLAG_PROCESSED),
	NUMBER(DKIM_SIGFLAG_PASSED),
	NUMBER(DKIM_SIGFLAG_TESTKEY),
	NUMBER(DKIM_SIGFLAG_NOSUBDOMAIN),
};

static void
set_numbers(lua_State *L)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		lua_pushinteger(L, numbers[i].value);
		lua_setfield(L, -2, numbers[i].name);
	}
}

const struct binding_library library_opendkim_dkim = {
	.name = "opendkim.dkim",
	.text = "What the numbers of "
	    "[`msys.validate.opendkim`](#msysvalidateopendkim) stand for: "
	    "`DKIM_STAT_OK` (0) done, or the signature holds; "
	    "`DKIM_STAT_BADSIG` (1) header or body were changed, or the "
	    "signature is not theirs; `DKIM_STAT_NOSIG` (2) not signed; "
	    "`DKIM_STAT_NOKEY` (3) there is no such key; "
	    "`DKIM_STAT_CANTVRFY` (4) cannot be verified: what the signature "
	    "or its key says, or our configuration, is against it; "
	    "`DKIM_STAT_SYNTAX` (5) not in valid syntax; "
	    "`DKIM_STAT_NORESOURCE` (6) no memory; `DKIM_STAT_INTERNAL` (7) "
	    "failed within; `DKIM_STAT_REVOKED` (8) the key is revoked; "
	    "`DKIM_STAT_INVALID` (9) an argument that cannot be; "
	    "`DKIM_STAT_KEYFAIL` (11) the key could not be had now. Never "
	    "given: `DKIM_STAT_NOTIMPLEMENT` (10), `DKIM_STAT_CBREJECT` (12), "
	    "`DKIM_STAT_CBINVALID` (13), `DKIM_STAT_CBTRYAGAIN` (14), "
	    "`DKIM_STAT_CBERROR` (15). Flags: `DKIM_SIGFLAG_IGNORE` (1), "
	    "`DKIM_SIGFLAG_PROCESSED` (2), `DKIM_SIGFLAG_PASSED` (4), "
	    "`DKIM_SIGFLAG_TESTKEY` (8), `DKIM_SIGFLAG_NOSUBDOMAIN` (16).",
	.more = set_numbers,
};

const struct binding_class class_dkim = {
	.name = CLASS_DKIM,
	.text = "What `msys.validate.opendkim.verify` gives, and the "
	    "functions of that library take. May be kept.",
	.collect = collect,
};

const struct binding_class class_dkim_siginfo = {
	.name = CLASS_SIGNATURE,
	.text = "One signature, from `msys.validate.opendkim.get_sig`. May be "
	    "kept.",
};
