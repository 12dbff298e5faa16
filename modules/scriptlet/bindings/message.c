/*
 * message.c: the class ec_message: envelope, variables and verdicts.
 *
 * Header and content have files of their own: header.c, contents.c,
 * part.c, build.c.
 */
#include "scriptlet/bindings/message.h"

#include "ec_config.h"
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/classes.h"
#include "scriptlet/bindings/ec_string.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/sockaddr.h"
#include "scriptlet/bindings/vctx.h"
#include "scriptlet/running.h"
#include "validate_module.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS_BYTES 2048 /* more than the host keeps of one */

static bool
in_set_binding(lua_State *L)
{
	const char *callout = running_of(L)->callout;

	return callout != NULL && strcmp(callout, "validate_set_binding") == 0;
}

static void
not_in_set_binding(lua_State *L, const char *name)
{
	if (in_set_binding(L))
		(void)luaL_error(L, "%s cannot be called in "
		    "validate_set_binding", name);
}

/* header */

static int
header(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	struct header_source source = { .msg = msg };

	if (!args_given(L, 3))
		return header_push_values(L, &source, 2);
	message_check_content(L, msg);
	return header_change(L, msg, 2);
}

static int
address_header(lua_State *L)
{
	struct header_source source = { .msg = running_message(L, 1) };

	return header_push_addresses(L, &source, 2);
}

/* context variables */

int
message_context_get(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int which = vctx_which(L, 2);

	(void)lua_pushstring(L, ec_message_context_get(msg, which,
	    args_word(L, 3, "a key")));
	return 1;
}

int
message_context_set(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int which = vctx_which(L, 2);
	const char *key = args_word(L, 3, "a key");

	lua_pushinteger(L, ec_message_context_set(msg, which, key,
	    args_given(L, 4) ? args_word(L, 4, "a value") : NULL));
	return 1;
}

int
message_context_exists_and_get(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int which = vctx_which(L, 2);
	const char *value = NULL;
	int exists = ec_message_context_exists_and_get(msg, which,
	    args_word(L, 3, "a key"), &value);

	lua_pushinteger(L, exists);
	(void)lua_pushstring(L, exists != 0 ? value : NULL);
	return 2;
}

int
message_context_exists(lua_State *L)
{
	(void)message_context_exists_and_get(L);
	lua_pop(L, 1);
	return 1;
}

int
message_context_delete(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int which = vctx_which(L, 2);

	lua_pushinteger(L, ec_message_context_delete(msg, which,
	    args_word(L, 3, "a key")));
	return 1;
}

/* envelope */

static int
push_address(lua_State *L, ec_message *msg, int flag)
{
	char address[ADDRESS_BYTES];

	if (ec_message_get_envelope(msg, flag | EC_MSG_ENV_COMPLETE, address,
	    sizeof(address), NULL, 0, NULL) != 0)
		(void)lua_pushstring(L, address);
	else
		lua_pushnil(L);
	return 1;
}

static const char *
new_address(lua_State *L, int arg)
{
	const char *address = args_word(L, arg, "an address");

	if (strlen(address) >= ADDRESS_BYTES)
		(void)luaL_argerror(L, arg, "the address is too long");
	/* whole command lines are understood, but not two of them */
	for (const char *at = address; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 127)
			(void)luaL_argerror(L, arg, "an address cannot hold "
			    "control characters");
	}
	return address;
}

static int
mailfrom(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *address;

	if (args_given(L, 2)) {
		address = new_address(L, 2);
		if (ec_message_set_mailfrom(msg, address, -1, 0) == 0)
			return luaL_error(L, "mailfrom: '%s' is not an "
			    "address", address);
	}
	return push_address(L, msg, EC_MSG_ENV_FROM);
}

/* Is this the message of the session, and the session not yet that far? */
static bool
is_before(lua_State *L, const ec_message *msg, unsigned state)
{
	validate_context *vctx = running_of(L)->vctx;
	message_construct *mc;

	if (vctx == NULL || validate_context_find_message_construct(vctx,
	    &mc) == 0 || mc->message != msg)
		return false;
	return vctx->last_state < state ||
	    vctx->last_state == MC_STATE_RCPTTO_LIST_RESPONSE ||
	    vctx->last_state == MC_STATE_RCPTTO_LIST_FINAL_RESPONSE;
}

void
message_check_content(lua_State *L, const ec_message *msg)
{
	if (is_before(L, msg, MC_STATE_DATA))
		(void)luaL_error(L, "the message is not there yet: header and "
		    "body can be changed from validate_data on");
}

static int
rcptto(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *address;

	if (args_given(L, 2)) {
		address = new_address(L, 2);
		/* before there is no recipient of its own */
		if (is_before(L, msg, MC_STATE_BODY_RESPONSE))
			return luaL_error(L, "rcptto: the recipient can be "
			    "changed from validate_data_spool_each_rcpt on");
		if (ec_message_set_rcptto(msg, address, -1, 0) == 0)
			return luaL_error(L, "rcptto: '%s' is not an address",
			    address);
	}
	return push_address(L, msg, EC_MSG_ENV_TO);
}

static void
put(lua_State *L, int arg, const char *text)
{
	if (args_given(L, arg))
		ec_string_set(L, arg, text, strlen(text));
}

static int
get_envelope2(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int flags = args_number(L, 2, "flags");
	char localpart[ADDRESS_BYTES] = "", domain[ADDRESS_BYTES] = "";
	int isnull = 0, found;

	if (((flags & EC_MSG_ENV_FROM) != 0) ==
	    ((flags & EC_MSG_ENV_TO) != 0))
		return luaL_argerror(L, 2, "flags must have one of "
		    "EC_MSG_ENV_FROM and EC_MSG_ENV_TO");
	found = ec_message_get_envelope(msg, flags, localpart,
	    sizeof(localpart), domain, sizeof(domain), &isnull);
	put(L, 3, found != 0 ? localpart : "");
	put(L, 4, found != 0 ? domain : "");
	lua_pushinteger(L, found);
	lua_pushinteger(L, isnull);
	return 2;
}

static int
routing_domain(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	char domain[ADDRESS_BYTES];
	const char *wanted;

	if (args_given(L, 2)) {
		wanted = new_address(L, 2);
		if (ec_message_set_routing_domain(msg, wanted) == 0)
			return luaL_error(L, "routing_domain: '%s' is not a "
			    "domain", wanted);
	}
	if (ec_message_get_routing_domain(msg, domain, sizeof(domain)) != 0)
		(void)lua_pushstring(L, domain);
	else
		lua_pushnil(L);
	return 1;
}

/* bindings */

static int
binding(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	ec_binding_slot slot;

	if (args_given(L, 2)) {
		slot = config_get_binding_id_from_name(args_word(L, 2,
		    "the name of a binding"));
		if (slot < 0) {
			lua_pushnil(L);
			return 1;
		}
		ec_message_change_binding_slot(msg, slot);
	}
	(void)lua_pushstring(L, config_get_binding_name_from_id(
	    msg->binding_slot));
	return 1;
}

/* Messages take turns. */
static int
binding_group(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *group;
	int size;

	if (args_given(L, 2)) {
		group = args_word(L, 2, "the name of a group");
		size = config_get_binding_group_size(group);
		if (size == 0) {
			lua_pushnil(L);
			return 1;
		}
		ec_message_change_binding_slot(msg,
		    config_get_binding_group_slot(group,
		    msg->id.counter % size));
	}
	(void)lua_pushstring(L, config_get_binding_group_from_id(
	    msg->binding_slot));
	return 1;
}

/* verdicts */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "550 text" */
static int
code_in(const char *text)
{
	if (text[0] < '2' || text[0] > '5' || !is_digit(text[1]) ||
	    !is_digit(text[2]) || (text[3] != ' ' && text[3] != '-' &&
	    text[3] != '\0'))
		return 0;
	return (text[0] - '0') * 100 + (text[1] - '0') * 10 + text[2] - '0';
}

static int
discard(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *reason = NULL;

	not_in_set_binding(L, "discard");
	if (args_given(L, 2)) {
		reason = args_word(L, 2, "a reason");
		if (code_in(reason) == 0)
			reason = "550 5.7.1 [internal] discarded by policy";
	}
	ec_message_discard(msg, reason);
	return 0;
}

static int
quarantine(lua_State *L)
{
	ec_message *msg = running_message(L, 1);

	not_in_set_binding(L, "quarantine");
	ec_message_quarantine(msg, args_given(L, 2) ? args_word(L, 2,
	    "a reason") : NULL);
	return 0;
}

static int
get_code(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	struct buffer *text = scratch_buffer(L);
	const char *code;

	ec_message_lock(msg);
	code = ec_message_get_code(msg);
	if (code != NULL)
		buffer_add_text(text, code);
	ec_message_unlock(msg);
	if (code == NULL)
		lua_pushnil(L);
	else
		scratch_push(L, text);
	return 1;
}

/* The first line of a text, which is stepped over. */
static struct span
take_line(struct span *text)
{
	size_t n = 0, end;

	while (n < text->n && text->p[n] != '\r' && text->p[n] != '\n')
		n++;
	end = n;
	if (n < text->n && text->p[n] == '\r')
		n++;
	if (n < text->n && text->p[n] == '\n')
		n++;
	struct span line = span_first(*text, end);

	*text = span_from(*text, n);
	return line;
}

/* Every line of a reply begins with the code, and '-' but for the last one
 * (RFC 5321 section 4.2.1). */
static void
format_reply(int code, struct span text, struct buffer *out)
{
	char number[16];
	struct span line;

	(void)snprintf(number, sizeof(number), "%d", code);
	do {
		line = take_line(&text);
		if (line.n >= 3 && memcmp(line.p, number, 3) == 0 &&
		    (line.n == 3 || line.p[3] == ' ' || line.p[3] == '-'))
			line = span_from(line, line.n == 3 ? 3 : 4);
		buffer_add_text(out, number);
		if (text.n > 0 || line.n > 0)
			buffer_add_byte(out, text.n > 0 ? '-' : ' ');
		buffer_add(out, line);
		if (text.n > 0)
			buffer_add(out, SPAN("\r\n"));
	} while (text.n > 0);
	buffer_add_byte(out, '\0');
}

static int
set_code(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	int code = args_number(L, 2, "a code"), before;
	const char *text = args_given(L, 3) ? args_word(L, 3, "a reply") : "";
	struct buffer *reply = scratch_buffer(L);

	if (code == 0)
		code = code_in(text);
	if (code < 200 || code > 599)
		return luaL_argerror(L, 2, "a code is a number from 200 to "
		    "599, or 0 for that in the text");
	format_reply(code, span_of_text(text), reply);
	if (buffer_failed(reply))
		return luaL_error(L, "not enough memory");
	ec_message_lock(msg);
	before = ec_message_set_code(msg, 0, (const char *)reply->p);
	ec_message_unlock(msg);
	buffer_deinit(reply);
	lua_pushinteger(L, before);
	return 1;
}

static int
code(lua_State *L)
{
	not_in_set_binding(L, "code");
	if (args_given(L, 2)) {
		(void)set_code(L);
		lua_settop(L, 1);
	}
	return get_code(L);
}

/* what it is */

static int
get_message_size(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)ec_message_get_message_size(
	    running_message(L, 1)));
	return 1;
}

static int
get_delivery_method(lua_State *L)
{
	(void)lua_pushstring(L, ec_message_get_delivery_method(
	    running_message(L, 1)));
	return 1;
}

static int
is_mcmt(lua_State *L)
{
	lua_pushboolean(L, ec_message_is_mcmt(running_message(L, 1)));
	return 1;
}

static int
reception_peer(lua_State *L)
{
	sockaddr_push_part(L, &running_message(L, 1)->recv_from, 2);
	return 1;
}

static int
listener_addr(lua_State *L)
{
	sockaddr_push_part(L, &running_message(L, 1)->recv_via, 2);
	return 1;
}

/* what this host does not do */

static int
inject(lua_State *L)
{
	(void)running_message(L, 1);
	return args_unavailable(L, "msg:inject",
	    "it sends no mail of its own");
}

static int
forward(lua_State *L)
{
	(void)running_message(L, 1);
	return args_unavailable(L, "msg:forward",
	    "it sends no mail of its own; add a recipient with "
	    "vctx:add_recipient");
}

/* members */

static int
push_id(lua_State *L, const message_id *id)
{
	char text[MESSAGE_ID_TEXT];

	(void)lua_pushstring(L, message_id_text(id, text));
	return 1;
}

static int
get_member(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name == NULL)
		return 0;
	if (strcmp(name, "id") == 0)
		(void)lua_pushstring(L, ec_message_id_text(msg));
	else if (strcmp(name, "conn_id") == 0)
		return push_id(L, &msg->conn_id);
	else if (strcmp(name, "batch_id") == 0)
		return push_id(L, &msg->batch_id);
	else if (strcmp(name, "recv_from") == 0)
		sockaddr_push(L, &msg->recv_from);
	else if (strcmp(name, "recv_via") == 0)
		sockaddr_push(L, &msg->recv_via);
	else if (strcmp(name, "recv_method") == 0)
		lua_pushinteger(L, msg->recv_method);
	else if (strcmp(name, "priority") == 0)
		lua_pushinteger(L, msg->priority);
	else
		return 0;
	return 1;
}

static int
set_member(lua_State *L)
{
	ec_message *msg = running_message(L, 1);
	const char *name = lua_tostring(L, 2);

	if (name == NULL || strcmp(name, "priority") != 0)
		return luaL_error(L, "a message has no member '%s' to set",
		    name == NULL ? "?" : name);
	msg->priority = args_true(L, 3);
	return 0;
}

static const struct binding rows[] = {
	{ .name = "header", .function = header,
	  .usage = "header(name [, value [, mode]])",
	  .returns = "a table of texts, or a boolean",
	  .text = "Without a value: the values of all fields of that name, "
	    "from the top, unfolded, encoded words (RFC 2047) as UTF-8; an "
	    "empty table when there is none. With a value: `mode` `replace`, "
	    "which is meant without one, takes all fields of that name away "
	    "and adds the new one at the bottom, `append` adds it there, "
	    "`prepend` at the top; a table of values adds a field for each. "
	    "`\"\"` as the value, with `replace`, only takes away. Gives "
	    "whether anything changed. What is beyond ASCII is written as "
	    "encoded words, and lines beyond 998 bytes are folded. A name "
	    "that is none, and a value with a NUL or a line end that is no "
	    "fold, are errors." },
	{ .name = "address_header", .function = address_header,
	  .usage = "address_header(name [, component])",
	  .returns = "a table of texts",
	  .text = "The addresses in all fields of that name. `component` is "
	    "`all` (unless given), `localpart`, `user`, `detail` or `domain` "
	    "of user+detail@domain; what an address does not have is `\"\"`." },
	{ .name = "context_get", .function = message_context_get,
	  .usage = "context_get(type, key)", .returns = "text",
	  .text = "The value of a context variable, `\"\"` when there is "
	    "none. `type` is `msys.core.ECMESS_CTX_MESS` or "
	    "`msys.core.ECMESS_CTX_CONN`: the variables of `vctx:get`." },
	{ .name = "context_set", .function = message_context_set,
	  .usage = "context_set(type, key, value)", .returns = "1, or 0",
	  .text = "Sets a context variable to the text of a value; nil "
	    "changes nothing and gives 0." },
	{ .name = "context_exists", .function = message_context_exists,
	  .usage = "context_exists(type, key)", .returns = "1 or 0",
	  .text = "Whether there is such a variable. Compare with the "
	    "number: 0 is true in Lua." },
	{ .name = "context_exists_and_get",
	  .function = message_context_exists_and_get,
	  .usage = "context_exists_and_get(type, key)",
	  .returns = "1 and the text, or 0 and nil",
	  .text = "Both in one." },
	{ .name = "context_delete", .function = message_context_delete,
	  .usage = "context_delete(type, key)",
	  .returns = "1, or 0 when there was none",
	  .text = "Removes a variable." },
	{ .name = "mailfrom", .function = mailfrom,
	  .usage = "mailfrom([address])", .returns = "text, or nil",
	  .text = "The address of the sender, without brackets, after "
	    "setting it if one is given; `\"\"` is the null sender. Raises "
	    "an error for what is no address." },
	{ .name = "rcptto", .function = rcptto, .usage = "rcptto([address])",
	  .returns = "text, or nil",
	  .text = "The address of the recipient, after setting it if one is "
	    "given, which is possible from validate_data_spool_each_rcpt on. "
	    "A message here carries all its recipients: where a callout is "
	    "for one of them it is that one, elsewhere the first." },
	{ .name = "get_envelope2", .function = get_envelope2,
	  .usage = "get_envelope2(flags, localpart, domain)",
	  .returns = "1, or 0 when there is no such address; 1 for the null "
	    "sender",
	  .text = "Writes an address into two ec_strings. `flags` has "
	    "`msys.core.EC_MSG_ENV_FROM` or `EC_MSG_ENV_TO`; with "
	    "`EC_MSG_ENV_COMPLETE` the whole address goes into the first." },
	{ .name = "routing_domain", .function = routing_domain,
	  .usage = "routing_domain([domain])", .returns = "text, or nil",
	  .text = "The domain that the message goes to, that of the "
	    "recipient unless set; lower-case. It decides which domain "
	    "stanzas hold; the mail server in front still routes by its own "
	    "rules." },
	{ .name = "binding", .function = binding, .usage = "binding([name])",
	  .returns = "text, or nil",
	  .text = "The binding of the message, after setting it if one is "
	    "given; nil when the configuration has none of that name, and "
	    "nothing changes. Use it in validate_set_binding." },
	{ .name = "binding_group", .function = binding_group,
	  .usage = "binding_group([name])", .returns = "text, or nil",
	  .text = "The group that the binding is in, nil for none. With a "
	    "name, one of the group's bindings is set first, in turn; nil "
	    "when there is no such group." },
	{ .name = "discard", .function = discard,
	  .usage = "discard([reason])", .returns = "",
	  .text = "Accepts the message and drops it, when the callouts are "
	    "done; in a callout for one recipient, only for that one. The "
	    "reason begins with an SMTP code, else it becomes `550 5.7.1 "
	    "[internal] discarded by policy`; without one it is `550 5.7.0 "
	    "discarded by policy`. Not in validate_set_binding." },
	{ .name = "quarantine", .function = quarantine,
	  .usage = "quarantine([reason])", .returns = "",
	  .text = "Lets the mail server hold the message.",
	  .addition = true },
	{ .name = "code", .function = code, .usage = "code([code, text])",
	  .returns = "text, or nil",
	  .text = "The result of delivering the message, after setting it if "
	    "one is given. Every line of the text gets the code in front; "
	    "with 0 it is that at the beginning of the text. To refuse a "
	    "message use `vctx:set_code`. Not in validate_set_binding." },
	{ .name = "get_code", .function = get_code, .usage = "get_code()",
	  .returns = "text, or nil", .text = "As `msg:code()`." },
	{ .name = "set_code", .function = set_code,
	  .usage = "set_code(code, text)", .returns = "a number",
	  .text = "As `msg:code(code, text)`; gives the code before, 0 when "
	    "there was none." },
	{ .name = "body", .function = contents_body, .usage = "body([text])",
	  .returns = "text",
	  .text = "The body as it is on the wire, without decoding and "
	    "without the end-of-data marker, after replacing it if one is "
	    "given. A new one may end with the marker `\\r\\n.\\r\\n`. Its "
	    "line ends become CRLF." },
	{ .name = "raw", .function = contents_raw, .usage = "raw([text])",
	  .returns = "text and its length",
	  .text = "The whole message, header and body, after replacing it if "
	    "one is given, as with `msg:body`. Lines of the header that are "
	    "no fields are left out." },
	{ .name = "text", .function = contents_text,
	  .usage = "text([value [, type [, charset]]])",
	  .returns = "text, a table of texts, or nil",
	  .text = "The text of the message in UTF-8: of each part with a "
	    "type `text/...`, its transfer encoding undone. One part gives "
	    "text, several a table, none nil. With a value: the whole body "
	    "becomes that text, `text/plain` in UTF-8 unless told "
	    "otherwise, and the MIME fields of the header are set "
	    "accordingly." },
	{ .name = "body_match", .function = contents_body_match,
	  .usage = "body_match(pattern)", .returns = "a table, or false",
	  .text = "Looks for a pattern in what `msg:body()` gives; what it "
	    "found is as in `msys.pcre.match`." },
	{ .name = "raw_match", .function = contents_raw_match,
	  .usage = "raw_match(pattern)", .returns = "a table, or false",
	  .text = "The same in what `msg:raw()` gives." },
	{ .name = "text_match", .function = contents_text_match,
	  .usage = "text_match(pattern)", .returns = "a table, or false",
	  .text = "The same in what `msg:text()` gives: the first part in "
	    "which the pattern is." },
	{ .name = "body_replace", .function = contents_body_replace,
	  .usage = "body_replace(pattern, replacement)", .returns = "boolean",
	  .text = "Replaces what the pattern finds in the body, as "
	    "`msys.pcre.replace` does, and gives whether that changed "
	    "anything. A pattern that names the end-of-data marker "
	    "`\\r\\n.\\r\\n` finds it at the end." },
	{ .name = "raw_replace", .function = contents_raw_replace,
	  .usage = "raw_replace(pattern, replacement)", .returns = "boolean",
	  .text = "The same in the whole message." },
	{ .name = "text_replace", .function = contents_text_replace,
	  .usage = "text_replace(pattern, replacement)", .returns = "boolean",
	  .text = "The same in the text of each part of a type `text/...`, "
	    "which keeps its character set and transfer encoding where they "
	    "can hold the new text." },
	{ .name = "mime", .function = part_mime, .usage = "mime([readonly])",
	  .returns = "a message part",
	  .text = "The message as a tree of parts; this is the top one. With "
	    "`false` the parts may be changed, and every change is made to "
	    "the message at once. Nesting beyond 32 containers, and more "
	    "than 10000 parts, are not taken apart." },
	{ .name = "makePart", .function = part_make,
	  .usage = "makePart(type [, body [, encoding]])",
	  .returns = "a message part",
	  .text = "A new part with a body that is a text and already in "
	    "the encoding, one of `msys.core.EC_MIME_TE_*`: 7BIT unless "
	    "given." },
	{ .name = "makeContainer", .function = part_make_container,
	  .usage = "makeContainer(type [, boundary [, terminator]])",
	  .returns = "a message part",
	  .text = "A new part for others to be put into. A boundary is made "
	    "when none is given. The terminator has no effect: no part "
	    "needs one here." },
	{ .name = "makeBoundary", .function = part_make_boundary,
	  .usage = "makeBoundary(...)", .returns = "text",
	  .text = "A boundary that stands nowhere in the message, nor in the "
	    "parts given." },
	{ .name = "build", .function = build_message,
	  .usage = "build(headers, parts [, attachments])",
	  .returns = "",
	  .text = "Fills an empty message. `headers` is a table of names and "
	    "values; `parts` of content types and texts, alternatives of "
	    "each other; `attachments` an array of tables with `type`, "
	    "`name`, `headers` (more fields, as text) and `content`, a text "
	    "or a message." },
	{ .name = "copy", .function = core_message_copy, .usage = "copy()",
	  .returns = "a message",
	  .text = "An independent message of the same content. It is not "
	    "sent anywhere." },
	{ .name = "get_message_size", .function = get_message_size,
	  .usage = "get_message_size()", .returns = "a number",
	  .text = "Bytes of the message on the wire." },
	{ .name = "get_delivery_method", .function = get_delivery_method,
	  .usage = "get_delivery_method()", .returns = "text",
	  .text = "`smtp`." },
	{ .name = "is_mcmt", .function = is_mcmt, .usage = "is_mcmt()",
	  .returns = "boolean", .text = "false: there is one body." },
	{ .name = "reception_peer", .function = reception_peer,
	  .usage = "reception_peer([part])", .returns = "text",
	  .text = "Where the message came from: `ip`, `port`, or `all`, "
	    "which is meant without one." },
	{ .name = "listener_addr", .function = listener_addr,
	  .usage = "listener_addr([part])", .returns = "text",
	  .text = "The same of the address that the client connected to, as "
	    "far as the mail server tells." },
	{ .name = "inject", .function = inject, .usage = "inject(from, to)",
	  .returns = "",
	  .text = "Raises an error: this host sends no mail of its own." },
	{ .name = "forward", .function = forward,
	  .usage = "forward(from, to, text [, subject [, charset]])",
	  .returns = "", .text = "Raises an error, for the same reason." },
};

static const struct binding members[] = {
	{ .name = "id", .usage = "id", .returns = "text",
	  .text = "What tells the message apart in logs: its queue id in the "
	    "mail server when that is known, else a number of this host." },
	{ .name = "conn_id", .usage = "conn_id", .returns = "text",
	  .text = "That of the connection: `ac.conn_id`." },
	{ .name = "batch_id", .usage = "batch_id", .returns = "text",
	  .text = "That of the transaction." },
	{ .name = "recv_from", .usage = "recv_from",
	  .returns = "an ec_sockaddr", .text = "The client." },
	{ .name = "recv_via", .usage = "recv_via",
	  .returns = "an ec_sockaddr",
	  .text = "The address that it connected to." },
	{ .name = "recv_method", .usage = "recv_method",
	  .returns = "a number",
	  .text = "`msys.core.P_ESMTP`, or `msys.core.P_INTERNAL` for a "
	    "message made by a script." },
	{ .name = "priority", .usage = "priority", .returns = "0 or 1",
	  .text = "May be set; nothing in this host looks at it." },
};

const struct binding_class class_message = {
	.name = CLASS_MESSAGE,
	.text = "A message. Functions that take one may be called without, "
	    "or with nil, and then mean that of the running callout. A "
	    "message that a script keeps beyond its end raises an error when "
	    "it is used.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.get_member = get_member,
	.set_member = set_member,
	.members = members,
	.member_count = sizeof(members) / sizeof(members[0]),
};

const struct binding_library library_extended_message = {
	.name = "msys.extended.message",
	.text = "Gives messages their methods. They are always there; "
	    "scripts require this by custom.",
};

const struct binding_library library_extended_message_routing = {
	.name = "msys.extended.message_routing",
	.text = "Gives messages `routing_domain`. It is always there; scripts "
	    "require this by custom.",
};
