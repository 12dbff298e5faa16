/*
 * macro.c: msys.expandMacro.
 *
 *	text  = *( "%{" macro "}" / "%%" / octet )
 *	macro = [ space ":" ] word
 *
 * What is not known expands to nothing.  Values are put in as they are and not
 * expanded again, so a sender cannot bring macros of his own.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/charset.h"
#include "scriptlet/bindings/header.h"
#include "scriptlet/bindings/macro_spf.h"
#include "scriptlet/bindings/mime.h"
#include "scriptlet/bindings/scratch.h"
#include "scriptlet/bindings/transfer.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "ec_config.h"
#include "netlistener.h"
#include "validate.h"

#include <time.h>

#define NAME_BYTES 256 /* of a macro: longer is none */
#define PART_BYTES 1024 /* of an address's part */
#define EXPANSION_MAX (128u << 20) /* of a text: several large messages */

struct expansion {
	lua_State *L;
	const struct running *running;
	struct buffer *out;
};

typedef void (*expander)(struct expansion *e, struct span word);

/* contexts */

static const char *
variable(const struct expansion *e, int which, struct span name)
{
	char key[NAME_BYTES];

	if (name.n >= sizeof(key))
		return "";
	memcpy(key, name.p, name.n);
	key[name.n] = '\0';
	if (e->running->vctx != NULL)
		return validate_context_get(e->running->vctx, which, key);
	if (e->running->msg != NULL)
		return ec_message_context_get(e->running->msg,
		    which == VCTX_CONN ? ECMESS_CTX_CONN : ECMESS_CTX_MESS,
		    key);
	return "";
}

static void
expand_connection(struct expansion *e, struct span word)
{
	buffer_add_text(e->out, variable(e, VCTX_CONN, word));
}

static void
expand_message(struct expansion *e, struct span word)
{
	buffer_add_text(e->out, variable(e, VCTX_MESS, word));
}

/* SPF */

static struct span
address_part(const struct expansion *e, int flags, bool domain,
    char text[PART_BYTES])
{
	text[0] = '\0';
	if (e->running->msg != NULL)
		(void)ec_message_get_envelope(e->running->msg, flags,
		    domain ? NULL : text, domain ? 0 : PART_BYTES,
		    domain ? text : NULL, domain ? PART_BYTES : 0, NULL);
	return span_of_text(text);
}

static bool
expand_letter(struct expansion *e, struct span word)
{
	struct macro_spf_facts facts = { .now = time(NULL) };
	char localpart[PART_BYTES], domain[PART_BYTES];
	const accept_construct *ac = e->running->ac;

	facts.localpart = address_part(e, EC_MSG_ENV_FROM, false, localpart);
	facts.domain = address_part(e, EC_MSG_ENV_FROM, true, domain);
	facts.ehlo = span_of_text(variable(e, VCTX_CONN,
	    SPAN("ehlo_domain")));
	facts.hostname = span_of_text(config_get_hostname(NULL));
	if (ac != NULL && ac->remote_addr.sa.sa_family == AF_INET) {
		facts.family = AF_INET;
		facts.ip4 = ac->remote_addr.sin.sin_addr;
	} else if (ac != NULL && ac->remote_addr.sa.sa_family == AF_INET6) {
		facts.family = AF_INET6;
		facts.ip6 = ac->remote_addr.sin6.sin6_addr;
	}
	return macro_spf_expand(&facts, word, e->out);
}

static void
expand_spf(struct expansion *e, struct span word)
{
	(void)expand_letter(e, word);
}

/* RFC 822 and 2822 */

static void
expand_rfc822(struct expansion *e, struct span word)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	char text[64], zone[8];
	struct tm tm;

	if (!span_eq(word, SPAN("date")) || localtime_r(&now, &tm) == NULL)
		return;
	(void)strftime(zone, sizeof(zone), "%z", &tm);
	/* not by strftime: its names follow the locale */
	(void)snprintf(text, sizeof(text), "%s, %d %s %d %02d:%02d:%02d %s",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, zone);
	buffer_add_text(e->out, text);
}

/* ",12" and ",12b": so many lines or octets.  false: malformed. */
struct limit {
	bool given, octets;
	size_t n;
};

static bool
take_limit(struct span *rest, struct limit *limit_r)
{
	size_t at = 1;

	*limit_r = (struct limit){ .given = false };
	if (rest->n == 0)
		return true;
	if (rest->p[0] != ',' || rest->n == 1 || !byte_is_digit(rest->p[1]))
		return false;
	while (at < rest->n && byte_is_digit(rest->p[at])) {
		if (limit_r->n < SIZE_MAX / 100)
			limit_r->n = limit_r->n * 10 +
			    (size_t)(rest->p[at] - '0');
		at++;
	}
	limit_r->given = true;
	if (at < rest->n && rest->p[at] == 'b') {
		limit_r->octets = true;
		at++;
	}
	*rest = span_from(*rest, at);
	return true;
}

/* Each of these macros ends with CRLF. */
static void
add_limited(struct expansion *e, struct span text, const struct limit *limit)
{
	size_t n = 0, line;

	if (limit->given && limit->octets)
		text = span_first(text, limit->n);
	for (size_t i = 0; limit->given && !limit->octets && i < limit->n &&
	    n < text.n; i++) {
		line = span_find(span_from(text, n), '\n');
		n += line + 1 < text.n - n ? line + 1 : text.n - n;
	}
	if (limit->given && !limit->octets)
		text = span_first(text, n);
	running_charge(e->L, text.n / 64);
	buffer_add(e->out, text);
	if (text.n > 0 && (text.n < 2 ||
	    memcmp(text.p + text.n - 2, "\r\n", 2) != 0))
		buffer_add_text(e->out, "\r\n");
}

/* Header, empty line and body of the present message. */
static struct span
join_message(struct expansion *e, struct buffer *whole, size_t *header_r)
{
	size_t n;
	const char *body;

	header_text(e->running->msg, whole);
	*header_r = whole->n;
	buffer_add_text(whole, "\r\n");
	body = ec_message_body(e->running->msg, &n);
	if (body == NULL || buffer_failed(whole))
		(void)luaL_error(e->L, "not enough memory");
	buffer_add(whole, span_of(body, n));
	if (buffer_failed(whole))
		(void)luaL_error(e->L, "not enough memory");
	return buffer_span(whole);
}

static bool
is_text(const struct mime_part *part)
{
	return part->parts == NULL && part->content.type.n > 5 &&
	    memcmp(part->content.type.p, "text/", 5) == 0;
}

/* The n-th part that is no container, or text part, from 1. */
static const struct mime_part *
nth_part(struct mime_part *top, size_t n, bool text)
{
	for (struct mime_part *p = top; p != NULL; p = mime_next(p)) {
		if (p->parts != NULL || (text && !is_text(p)))
			continue;
		if (--n == 0)
			return p;
	}
	return NULL;
}

static void
add_part_whole(struct expansion *e, const struct mime_part *part)
{
	struct limit none = { .given = false };

	buffer_add(e->out, part->header);
	buffer_add_text(e->out, "\r\n");
	add_limited(e, part->body, &none);
}

static void
add_part_text(struct expansion *e, const struct mime_part *part,
    const struct limit *limit)
{
	struct buffer *octets = scratch_buffer(e->L);
	struct buffer *text = scratch_buffer(e->L);

	transfer_decode(part->content.transfer, part->body, octets);
	if (!charset_to_utf8(part->content.charset, buffer_span(octets), text))
		buffer_add(text, buffer_span(octets));
	if (buffer_failed(octets) || buffer_failed(text))
		(void)luaL_error(e->L, "not enough memory");
	add_limited(e, buffer_span(text), limit);
	buffer_deinit(octets);
	buffer_deinit(text);
	lua_pop(e->L, 2);
}

/* %{rfc2822:part,n} %{rfc2822:text} %{rfc2822:text,n} %{rfc2822:text,n,m} */
static void
expand_part(struct expansion *e, struct span whole, size_t header, bool text,
    struct span rest)
{
	struct arena *arena = scratch_arena(e->L);
	struct limit number, lines;
	const struct mime_part *part;
	struct mime_part *top;

	if (!take_limit(&rest, &number) || number.octets ||
	    !take_limit(&rest, &lines) || rest.n > 0 ||
	    (!text && (!number.given || lines.given)))
		return;
	running_charge(e->L, whole.n / 16);
	if (mime_parse(arena, span_first(whole, header),
	    span_from(whole, header + 2), &top) != 0)
		(void)luaL_error(e->L, "not enough memory");
	if (number.given && number.n == 0) {
		arena_deinit(arena);
		return;
	}
	part = nth_part(top, number.given ? number.n : 1, text);
	if (part != NULL && number.given && !lines.given)
		add_part_whole(e, part);
	else if (part != NULL)
		add_part_text(e, part, &lines);
	arena_deinit(arena);
}

static bool
take_word(struct span *rest, struct span word)
{
	if (rest->n < word.n || !span_eq(span_first(*rest, word.n), word) ||
	    (rest->n > word.n && rest->p[word.n] != ','))
		return false;
	*rest = span_from(*rest, word.n);
	return true;
}

static void
expand_rfc2822(struct expansion *e, struct span word)
{
	int base = lua_gettop(e->L);
	struct buffer *joined;
	struct limit limit;
	struct span whole, what = { NULL, 0 };
	size_t header;

	if (e->running->msg == NULL)
		return;
	joined = scratch_buffer(e->L);
	whole = join_message(e, joined, &header);
	if (take_word(&word, SPAN("part")))
		expand_part(e, whole, header, false, word);
	else if (take_word(&word, SPAN("text")))
		expand_part(e, whole, header, true, word);
	else if (take_word(&word, SPAN("message")))
		what = whole;
	else if (take_word(&word, SPAN("headers")))
		what = span_first(whole, header);
	else if (take_word(&word, SPAN("body")))
		what = span_from(whole, header + 2);
	if (what.p != NULL && take_limit(&word, &limit) && word.n == 0)
		add_limited(e, what, &limit);
	/* not left to the collector, which does not see how large it is */
	buffer_deinit(joined);
	lua_settop(e->L, base);
}

/* words without a space */

static void
expand_plain(struct expansion *e, struct span word)
{
	static const struct {
		struct span name;
		int flags;
		bool domain;
	} parts[] = {
		{ SPAN_INIT("mailfrom_localpart"), EC_MSG_ENV_FROM, false },
		{ SPAN_INIT("mailfrom_domain"), EC_MSG_ENV_FROM, true },
		{ SPAN_INIT("rcptto_localpart"), EC_MSG_ENV_TO, false },
		{ SPAN_INIT("rcptto_domain"), EC_MSG_ENV_TO, true },
	};
	char text[PART_BYTES];
	const char *value;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (span_eq(parts[i].name, word)) {
			buffer_add(e->out, address_part(e, parts[i].flags,
			    parts[i].domain, text));
			return;
		}
	}
	/* the address as people write it, where SPF has nibbles */
	if (span_eq(word, SPAN("i")))
		word = SPAN("c");
	value = variable(e, VCTX_MESS, word);
	if (value[0] == '\0')
		value = variable(e, VCTX_CONN, word);
	if (value[0] != '\0')
		buffer_add_text(e->out, value);
	else
		(void)expand_letter(e, word);
}

static const struct {
	struct span space;
	expander expand;
} spaces[] = {
	{ SPAN_INIT("vctx_conn"), expand_connection },
	{ SPAN_INIT("vctx_mess"), expand_message },
	{ SPAN_INIT("spfv1"), expand_spf },
	{ SPAN_INIT("rfc822"), expand_rfc822 },
	{ SPAN_INIT("rfc2822"), expand_rfc2822 },
};

static void
expand(struct expansion *e, struct span macro)
{
	struct span space, word = macro;

	if (!span_cut(&word, ':', &space)) {
		expand_plain(e, macro);
		return;
	}
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		if (span_eq(spaces[i].space, space))
			spaces[i].expand(e, word);
	}
}

static int
expand_macro(lua_State *L)
{
	size_t n, end;
	const char *given = args_text(L, 1, &n);
	struct span text = span_of(given, n);
	struct expansion e = { L, running_of(L), NULL };

	lua_settop(L, 1);
	e.out = scratch_buffer(L);
	running_charge(L, n);
	while (text.n > 0) {
		if (text.p[0] != '%' || text.n == 1) {
			end = span_find(span_from(text, 1), '%') + 1;
			buffer_add(e.out, span_first(text, end));
		} else if (text.p[1] == '%') {
			buffer_add_byte(e.out, '%');
			end = 2;
		} else if (text.p[1] == '{' &&
		    (end = span_find(text, '}')) < text.n) {
			running_charge(L, 50);
			expand(&e, span_of(text.p + 2, end - 2));
			if (e.out->n > EXPANSION_MAX)
				return luaL_error(L, "msys.expandMacro: the "
				    "text becomes too long");
			end++;
		} else {
			buffer_add_byte(e.out, '%');
			end = 1;
		}
		text = span_from(text, end);
	}
	scratch_push(L, e.out);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "expandMacro", .function = expand_macro,
	  .usage = "expandMacro(text)",
	  .returns = "the text with its macros expanded",
	  .text = "Macros are `%{vctx_conn:KEY}` and `%{vctx_mess:KEY}`, "
	      "variables of the connection and the message; "
	      "`%{mailfrom_localpart}`, `%{mailfrom_domain}`, "
	      "`%{rcptto_localpart}` and `%{rcptto_domain}`; `%{i}`, the "
	      "client's address; `%{spfv1:X}` with the letters s l o d i c p v "
	      "h r t and the transformers of RFC 7208; `%{rfc822:date}`; "
	      "`%{rfc2822:message}`, `headers`, `body`, of which `,N` gives "
	      "the first lines and `,Nb` the first octets; "
	      "`%{rfc2822:part,N}`, `%{rfc2822:text}`, `%{rfc2822:text,N}` and "
	      "`%{rfc2822:text,N,LINES}`, parts of the message. `%%` is a "
	      "percent sign. `%{NAME}` alone is a letter of SPF, or a variable "
	      "of the message, or else of the connection. What is not known "
	      "expands to nothing; what is put in is not expanded again." },
};

const struct binding_library library_macro = {
	.name = "msys",
	.text = "Macros.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
