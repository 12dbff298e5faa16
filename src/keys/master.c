/*
 * master.c: tokens, then entries, then the data of the types we read.
 *
 * A token is handed out as it stands in the file.  Escapes are undone only
 * where it is known what the token is, because "\." in a name is no separator
 * and "\@" is not the origin.
 */
#include "keys/master.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum token_kind {
	TOKEN_WORD,
	TOKEN_STRING, /* between quotes, without them */
	TOKEN_LINE_END, /* of an entry, or of the file */
};

struct token {
	enum token_kind kind;
	struct span raw;
	unsigned line;
};

/*
 * Tokens.
 */
__attribute__((format(printf, 3, 4)))
static int
bad(struct master *m, unsigned line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	why_vset(&m->fault, format, arguments);
	va_end(arguments);
	m->line = line;
	return MASTER_BAD;
}

/* The precision and pointer of "%.*s", short enough for a message. */
static int
shown(struct span s)
{
	return s.n < 64 ? (int)s.n : 64;
}

static bool
at_end(const struct master *m)
{
	return m->at == m->text.n;
}

static unsigned char
peek(const struct master *m)
{
	return m->text.p[m->at];
}

static void
step(struct master *m)
{
	if (peek(m) == '\n')
		m->line++;
	m->at++;
}

static bool
byte_is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool
byte_ends_word(unsigned char c)
{
	return byte_is_blank(c) || c == '\n' || c == ';' || c == '(' ||
	    c == ')' || c == '"';
}

static void
skip_comment(struct master *m)
{
	while (!at_end(m) && peek(m) != '\n')
		step(m);
}

/* To the next token or line end; line ends within parentheses are blanks. */
static int
skip_blanks(struct master *m)
{
	for (; !at_end(m); step(m)) {
		unsigned char c = peek(m);

		if (c == ';') {
			skip_comment(m);
			if (at_end(m))
				break;
			c = peek(m);
		}
		if (c == '(') {
			m->depth++;
		} else if (c == ')') {
			if (m->depth == 0)
				return bad(m, m->line,
				    "')' without a '(' before it");
			m->depth--;
		} else if (!byte_is_blank(c) && (c != '\n' || m->depth == 0)) {
			break;
		}
	}
	return 0;
}

/* A quoted string may hold any byte, line ends too (RFC 1035 section 5.1);
 * only backslash and quote are special. */
static int
take_string(struct master *m, struct token *token_r)
{
	size_t start = m->at + 1;

	token_r->kind = TOKEN_STRING;
	for (step(m); !at_end(m) && peek(m) != '"'; step(m)) {
		if (peek(m) == '\\')
			step(m);
		if (at_end(m))
			break;
	}
	if (at_end(m))
		return bad(m, token_r->line, "a quote that is never closed");
	token_r->raw = span_of(m->text.p + start, m->at - start);
	step(m);
	return 0;
}

static int
take_word(struct master *m, struct token *token_r)
{
	size_t start = m->at;

	token_r->kind = TOKEN_WORD;
	for (; !at_end(m) && !byte_ends_word(peek(m)); step(m)) {
		if (peek(m) != '\\')
			continue;
		step(m);
		if (at_end(m) || peek(m) == '\n')
			return bad(m, token_r->line,
			    "a backslash at the end of a line");
	}
	token_r->raw = span_of(m->text.p + start, m->at - start);
	return 0;
}

/* Returns 0 or a negative master_step. */
static int
take_token(struct master *m, struct token *token_r)
{
	int ret = skip_blanks(m);

	if (ret != 0)
		return ret;
	*token_r = (struct token){ TOKEN_LINE_END, { 0 }, m->line };
	if (at_end(m)) {
		if (m->depth > 0)
			return bad(m, m->line, "a '(' that is never closed");
		return 0;
	}
	if (peek(m) == '\n') {
		step(m);
		return 0;
	}
	return peek(m) == '"' ? take_string(m, token_r)
			      : take_word(m, token_r);
}

static int
skip_entry(struct master *m)
{
	struct token token;
	int ret;

	do {
		ret = take_token(m, &token);
	} while (ret == 0 && token.kind != TOKEN_LINE_END);
	return ret;
}

/* Undo one escape at *at: \DDD or \X.  *at moves behind it. */
static bool
unescape(struct span raw, size_t *at, unsigned char *c_r)
{
	unsigned value = 0;
	size_t i;

	if (raw.n - *at < 2)
		return false;
	if (!byte_is_digit(raw.p[*at + 1])) {
		*c_r = raw.p[*at + 1];
		*at += 2;
		return true;
	}
	if (raw.n - *at < 4)
		return false;
	for (i = 1; i <= 3; i++) {
		if (!byte_is_digit(raw.p[*at + i]))
			return false;
		value = value * 10 + (raw.p[*at + i] - '0');
	}
	*c_r = (unsigned char)value;
	*at += 4;
	return value <= 255;
}

/* Append the bytes that a token stands for.  Returns their number or a
 * negative master_step. */
static long
add_unescaped(struct master *m, const struct token *token)
{
	struct span raw = token->raw;
	unsigned char c;
	size_t at = 0;
	long n = 0;

	/* held here so that the buffer cannot grow past its limit by much */
	if (raw.n > 4 * MASTER_MAX_RDATA)
		return bad(m, token->line, "a string of %zu bytes", raw.n);
	for (; at < raw.n; n++) {
		if (raw.p[at] != '\\')
			c = raw.p[at++];
		else if (!unescape(raw, &at, &c))
			return bad(m, token->line, "a bad escape in '%.*s': "
			    "it is \\X or \\DDD up to \\255", shown(raw),
			    (const char *)raw.p);
		buffer_add_byte(&m->data, c);
	}
	return n;
}

/*
 * Names, numbers and words.
 */
static int
bad_name(struct master *m, const struct token *token)
{
	return bad(m, token->line, "'%.*s' is no domain name: labels are of 1 "
	    "to 63 octets, a name of at most 255", shown(token->raw),
	    (const char *)token->raw.p);
}

static int
parse_labels(struct master *m, const struct token *token,
    struct dnsname *name_r, bool *absolute_r)
{
	unsigned char label[DNSNAME_MAX_LABEL + 1], c;
	struct span raw = token->raw;
	size_t at = 0, n = 0;
	bool dot = false;

	name_r->n = 0;
	while (at < raw.n) {
		dot = raw.p[at] == '.';
		if (dot) {
			at++;
			if (!dnsname_add_label(name_r, label, n))
				return bad_name(m, token);
			n = 0;
			continue;
		}
		if (raw.p[at] != '\\')
			c = raw.p[at++];
		else if (!unescape(raw, &at, &c))
			return bad_name(m, token);
		if (n == DNSNAME_MAX_LABEL)
			return bad_name(m, token);
		label[n++] = c;
	}
	*absolute_r = dot;
	if (!dot && !dnsname_add_label(name_r, label, n))
		return bad_name(m, token);
	return 0;
}

/* A domain name: absolute with a final dot, else below the origin. */
static int
parse_name(struct master *m, const struct token *token, struct dnsname *name_r)
{
	bool absolute = false;
	int ret;

	if (token->kind != TOKEN_WORD)
		return bad(m, token->line, "a domain name is wanted here");
	if (span_eq(token->raw, SPAN("@"))) {
		*name_r = m->origin;
		return 0;
	}
	if (span_eq(token->raw, SPAN("."))) {
		name_r->n = 0;
		dnsname_end(name_r);
		return 0;
	}
	ret = parse_labels(m, token, name_r, &absolute);
	if (ret != 0)
		return ret;
	if (absolute ? !dnsname_end(name_r)
	    : !dnsname_add_name(name_r, m->origin.p, m->origin.n))
		return bad_name(m, token);
	return 0;
}

static uint32_t
ttl_unit(unsigned char c)
{
	switch (byte_lower(c)) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 604800;
	}
	return 0;
}

/* "3600", or as BIND writes it "1h30m". */
static int
parse_ttl(struct master *m, const struct token *token, uint32_t *ttl_r)
{
	struct span raw = token->raw;
	uint64_t total = 0, number = 0;
	bool digits = false;
	size_t i;

	for (i = 0; i < raw.n; i++) {
		if (byte_is_digit(raw.p[i])) {
			number = number * 10 + (raw.p[i] - '0');
			digits = true;
		} else if (digits && ttl_unit(raw.p[i]) != 0) {
			total += number * ttl_unit(raw.p[i]);
			number = 0;
			digits = false;
		} else {
			return bad(m, token->line, "'%.*s' is no TTL",
			    shown(raw), (const char *)raw.p);
		}
		/* the product stays below 2^31 * 604800: no overflow */
		if (number > MASTER_MAX_TTL || total > MASTER_MAX_TTL)
			break;
	}
	if (raw.n == 0 || total + number > MASTER_MAX_TTL)
		return bad(m, token->line, "'%.*s' is no TTL: it is a number "
		    "up to %d", shown(raw), (const char *)raw.p,
		    MASTER_MAX_TTL);
	*ttl_r = (uint32_t)(total + number);
	return 0;
}

/* A decimal of at most 65535 behind prefix, as in "TYPE16". */
static bool
parse_numbered(struct span word, struct span prefix, uint16_t *value_r)
{
	unsigned value = 0;
	size_t i;

	if (word.n <= prefix.n || word.n > prefix.n + 5 ||
	    !span_ieq(span_first(word, prefix.n), prefix))
		return false;
	for (i = prefix.n; i < word.n; i++) {
		if (!byte_is_digit(word.p[i]))
			return false;
		value = value * 10 + (word.p[i] - '0');
	}
	*value_r = (uint16_t)value;
	return value <= UINT16_MAX;
}

struct mnemonic {
	struct span word;
	uint16_t value;
};

static const struct mnemonic classes[] = {
	{ SPAN_INIT("IN"), MASTER_CLASS_IN },
	{ SPAN_INIT("CH"), 3 },
	{ SPAN_INIT("CS"), 2 },
	{ SPAN_INIT("HS"), 4 },
};

/* Of the IANA registry; few are read, the rest is known so that a slip of the
 * pen ("TXTT") is not taken for a type of its own. */
static const struct mnemonic types[] = {
	{ SPAN_INIT("TXT"), MASTER_TYPE_TXT },
	{ SPAN_INIT("CNAME"), MASTER_TYPE_CNAME },
	{ SPAN_INIT("A"), 1 },
	{ SPAN_INIT("NS"), 2 },
	{ SPAN_INIT("SOA"), 6 },
	{ SPAN_INIT("MX"), 15 },
	{ SPAN_INIT("AAAA"), 28 },
	{ SPAN_INIT("PTR"), 12 },
	{ SPAN_INIT("SRV"), 33 },
	{ SPAN_INIT("CAA"), 257 },
	{ SPAN_INIT("TLSA"), 52 },
	{ SPAN_INIT("DS"), 43 },
	{ SPAN_INIT("DNSKEY"), 48 },
	{ SPAN_INIT("RRSIG"), 46 },
	{ SPAN_INIT("NSEC"), 47 },
	{ SPAN_INIT("NSEC3"), 50 },
	{ SPAN_INIT("NSEC3PARAM"), 51 },
	{ SPAN_INIT("MD"), 3 },
	{ SPAN_INIT("MF"), 4 },
	{ SPAN_INIT("MB"), 7 },
	{ SPAN_INIT("MG"), 8 },
	{ SPAN_INIT("MR"), 9 },
	{ SPAN_INIT("NULL"), 10 },
	{ SPAN_INIT("WKS"), 11 },
	{ SPAN_INIT("HINFO"), 13 },
	{ SPAN_INIT("MINFO"), 14 },
	{ SPAN_INIT("RP"), 17 },
	{ SPAN_INIT("AFSDB"), 18 },
	{ SPAN_INIT("X25"), 19 },
	{ SPAN_INIT("ISDN"), 20 },
	{ SPAN_INIT("RT"), 21 },
	{ SPAN_INIT("NSAP"), 22 },
	{ SPAN_INIT("NSAP-PTR"), 23 },
	{ SPAN_INIT("SIG"), 24 },
	{ SPAN_INIT("KEY"), 25 },
	{ SPAN_INIT("PX"), 26 },
	{ SPAN_INIT("GPOS"), 27 },
	{ SPAN_INIT("LOC"), 29 },
	{ SPAN_INIT("NXT"), 30 },
	{ SPAN_INIT("EID"), 31 },
	{ SPAN_INIT("NIMLOC"), 32 },
	{ SPAN_INIT("ATMA"), 34 },
	{ SPAN_INIT("NAPTR"), 35 },
	{ SPAN_INIT("KX"), 36 },
	{ SPAN_INIT("CERT"), 37 },
	{ SPAN_INIT("A6"), 38 },
	{ SPAN_INIT("DNAME"), 39 },
	{ SPAN_INIT("SINK"), 40 },
	{ SPAN_INIT("APL"), 42 },
	{ SPAN_INIT("SSHFP"), 44 },
	{ SPAN_INIT("IPSECKEY"), 45 },
	{ SPAN_INIT("DHCID"), 49 },
	{ SPAN_INIT("SMIMEA"), 53 },
	{ SPAN_INIT("HIP"), 55 },
	{ SPAN_INIT("NINFO"), 56 },
	{ SPAN_INIT("RKEY"), 57 },
	{ SPAN_INIT("TALINK"), 58 },
	{ SPAN_INIT("CDS"), 59 },
	{ SPAN_INIT("CDNSKEY"), 60 },
	{ SPAN_INIT("OPENPGPKEY"), 61 },
	{ SPAN_INIT("CSYNC"), 62 },
	{ SPAN_INIT("ZONEMD"), 63 },
	{ SPAN_INIT("SVCB"), 64 },
	{ SPAN_INIT("HTTPS"), 65 },
	{ SPAN_INIT("DSYNC"), 66 },
	{ SPAN_INIT("SPF"), 99 },
	{ SPAN_INIT("NID"), 104 },
	{ SPAN_INIT("L32"), 105 },
	{ SPAN_INIT("L64"), 106 },
	{ SPAN_INIT("LP"), 107 },
	{ SPAN_INIT("EUI48"), 108 },
	{ SPAN_INIT("EUI64"), 109 },
	{ SPAN_INIT("URI"), 256 },
	{ SPAN_INIT("AVC"), 258 },
	{ SPAN_INIT("DOA"), 259 },
	{ SPAN_INIT("AMTRELAY"), 260 },
	{ SPAN_INIT("RESINFO"), 261 },
	{ SPAN_INIT("WALLET"), 262 },
	{ SPAN_INIT("TA"), 32768 },
	{ SPAN_INIT("DLV"), 32769 },
};

static bool
find_mnemonic(const struct mnemonic *table, size_t n, struct span word,
    uint16_t *value_r)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (span_ieq(table[i].word, word)) {
			*value_r = table[i].value;
			return true;
		}
	}
	return false;
}

static bool
parse_class(struct span word, uint16_t *class_r)
{
	return find_mnemonic(classes, sizeof(classes) / sizeof(classes[0]),
	    word, class_r) || parse_numbered(word, SPAN("CLASS"), class_r);
}

static bool
parse_type(struct span word, uint16_t *type_r)
{
	return find_mnemonic(types, sizeof(types) / sizeof(types[0]), word,
	    type_r) || parse_numbered(word, SPAN("TYPE"), type_r);
}

/*
 * Data.
 */
static int
check_room(struct master *m, unsigned line)
{
	if (buffer_failed(&m->data))
		return MASTER_E_NOMEM;
	if (m->data.n > MASTER_MAX_RDATA)
		return bad(m, line, "a record of more than %d octets",
		    MASTER_MAX_RDATA);
	return 0;
}

/* One character-string: a length, then its bytes.  A longer one becomes
 * several, which says the same once they are joined: Knot's reader does so
 * too, and hand-written files rely on it. */
static int
add_string(struct master *m, const struct token *token)
{
	size_t start = m->data.n, at, left, piece;
	long n = add_unescaped(m, token);

	if (n < 0)
		return (int)n;
	left = (size_t)n;
	for (at = start; at == start || left > 0; at += 1 + piece) {
		piece = left < MASTER_MAX_STRING ? left : MASTER_MAX_STRING;
		buffer_add_byte(&m->data, 0);
		if (check_room(m, token->line) != 0)
			break;
		/* put the length in front of what is left */
		memmove(m->data.p + at + 1, m->data.p + at, left);
		m->data.p[at] = (unsigned char)piece;
		left -= piece;
	}
	return check_room(m, token->line);
}

/* TXT-DATA = one or more character-strings   (RFC 1035 section 3.3.14) */
static int
parse_strings(struct master *m, struct token *token)
{
	unsigned line = token->line;
	int ret = 0;

	if (token->kind == TOKEN_LINE_END)
		return bad(m, line, "a TXT record without a string");
	while (ret == 0 && token->kind != TOKEN_LINE_END) {
		ret = add_string(m, token);
		if (ret == 0)
			ret = take_token(m, token);
	}
	return ret;
}

static int
want_line_end(struct master *m, const struct token *token)
{
	if (token->kind == TOKEN_LINE_END)
		return 0;
	return bad(m, token->line, "'%.*s' is one word too many",
	    shown(token->raw), (const char *)token->raw.p);
}

static int
parse_target(struct master *m, struct token *token)
{
	struct dnsname name;
	int ret = parse_name(m, token, &name);

	if (ret != 0)
		return ret;
	buffer_add(&m->data, span_of(name.p, name.n));
	ret = take_token(m, token);
	if (ret == 0)
		ret = want_line_end(m, token);
	return ret != 0 ? ret : check_room(m, token->line);
}

static int
add_hex(struct master *m, const struct token *token)
{
	struct span raw = token->raw;
	size_t i;
	int high, low;

	for (i = 0; i < raw.n; i += 2) {
		high = byte_hex(raw.p[i]);
		low = i + 1 < raw.n ? byte_hex(raw.p[i + 1]) : -1;
		if (high < 0 || low < 0)
			return bad(m, token->line, "'%.*s' is not in "
			    "hexadecimal pairs", shown(raw),
			    (const char *)raw.p);
		buffer_add_byte(&m->data, (unsigned char)(high << 4 | low));
		if (m->data.n > MASTER_MAX_RDATA)
			break;
	}
	return check_room(m, token->line);
}

/* NSDNAME, PTRDNAME, or the target of a CNAME. */
static bool
type_is_name(uint16_t type)
{
	return type == MASTER_TYPE_CNAME || type == MASTER_TYPE_NS ||
	    type == MASTER_TYPE_PTR;
}

/* Whether octets are the data of a record of that type. */
static bool
data_is_whole(struct span octets, uint16_t type)
{
	struct dnsname name;
	size_t at = 0;

	if (type == MASTER_TYPE_A)
		return octets.n == sizeof(struct in_addr);
	if (type == MASTER_TYPE_AAAA)
		return octets.n == sizeof(struct in6_addr);
	if (type == MASTER_TYPE_MX && octets.n < 2)
		return false;
	if (type == MASTER_TYPE_MX)
		octets = span_from(octets, 2);
	if (type_is_name(type) || type == MASTER_TYPE_MX)
		return octets.n > 0 &&
		    dnsname_from_wire(octets, &name) == octets.n;
	while (at < octets.n)
		at += 1 + (size_t)octets.p[at];
	return octets.n > 0 && at == octets.n;
}

/* "\#" length hex …   (RFC 3597 section 5) */
static int
parse_generic(struct master *m, struct token *token, uint16_t type)
{
	uint16_t length = 0;
	unsigned line = token->line;
	int ret = take_token(m, token);

	if (ret != 0)
		return ret;
	if (!parse_numbered(token->raw, SPAN(""), &length))
		return bad(m, line, "\\# is followed by the number of octets");
	ret = take_token(m, token);
	while (ret == 0 && token->kind != TOKEN_LINE_END) {
		ret = add_hex(m, token);
		if (ret == 0)
			ret = take_token(m, token);
	}
	if (ret != 0)
		return ret;
	if (m->data.n != length)
		return bad(m, line, "\\# %u has %zu octets behind it", length,
		    m->data.n);
	if (!data_is_whole(buffer_span(&m->data), type))
		return bad(m, line, "\\# with data that is not of its type");
	return 0;
}

/* RFC 1035 section 3.4.1, RFC 3596 section 2.2 */
static int
parse_address(struct master *m, struct token *token, int family)
{
	unsigned char octets[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];
	size_t n = token->raw.n < sizeof(text) ? token->raw.n :
	    sizeof(text) - 1;
	int ret;

	if (token->kind != TOKEN_WORD)
		return bad(m, token->line, "an address is wanted here");
	memcpy(text, token->raw.p, n);
	text[n] = '\0';
	if (n != token->raw.n || inet_pton(family, text, octets) != 1)
		return bad(m, token->line, "'%.*s' is no IPv%d address",
		    shown(token->raw), (const char *)token->raw.p,
		    family == AF_INET ? 4 : 6);
	buffer_add(&m->data, span_of(octets, family == AF_INET ?
	    sizeof(struct in_addr) : sizeof(struct in6_addr)));
	ret = take_token(m, token);
	if (ret == 0)
		ret = want_line_end(m, token);
	return ret != 0 ? ret : check_room(m, token->line);
}

/* MX = preference exchange   (RFC 1035 section 3.3.9) */
static int
parse_exchange(struct master *m, struct token *token)
{
	uint16_t preference = 0;
	int ret;

	if (token->kind != TOKEN_WORD ||
	    !parse_numbered(token->raw, SPAN(""), &preference))
		return bad(m, token->line, "the preference of an MX record "
		    "is wanted here");
	buffer_add_byte(&m->data, (unsigned char)(preference >> 8));
	buffer_add_byte(&m->data, (unsigned char)(preference & 0xff));
	ret = take_token(m, token);
	return ret != 0 ? ret : parse_target(m, token);
}

static bool
type_is_read(const struct master *m, uint16_t type)
{
	switch (type) {
	case MASTER_TYPE_TXT:
	case MASTER_TYPE_CNAME:
		return true;
	case MASTER_TYPE_A:
	case MASTER_TYPE_AAAA:
	case MASTER_TYPE_MX:
	case MASTER_TYPE_NS:
	case MASTER_TYPE_PTR:
		return m->hosts;
	default:
		return false;
	}
}

static int
parse_data(struct master *m, uint16_t type)
{
	struct token token;
	int ret;

	if (!type_is_read(m, type))
		return skip_entry(m);
	ret = take_token(m, &token);
	if (ret != 0)
		return ret;
	if (token.kind == TOKEN_WORD && span_eq(token.raw, SPAN("\\#")))
		return parse_generic(m, &token, type);
	if (type == MASTER_TYPE_TXT)
		return parse_strings(m, &token);
	if (type == MASTER_TYPE_A || type == MASTER_TYPE_AAAA)
		return parse_address(m, &token, type == MASTER_TYPE_A ?
		    AF_INET : AF_INET6);
	if (type == MASTER_TYPE_MX)
		return parse_exchange(m, &token);
	return parse_target(m, &token);
}

/*
 * Entries.
 */
static uint32_t
ttl_when_absent(const struct master *m)
{
	if (m->have_default_ttl)
		return m->default_ttl;
	return m->have_ttl ? m->ttl : MASTER_DEFAULT_TTL;
}

/* [TTL] [class] type or [class] [TTL] type, the first token being at hand. */
static int
parse_rr_head(struct master *m, struct token *token,
    struct master_record *record_r)
{
	bool have_ttl = false, have_class = false;
	int ret;

	for (;;) {
		if (token->kind != TOKEN_WORD)
			return bad(m, token->line,
			    "a record type is wanted here");
		if (!have_ttl && byte_is_digit(token->raw.p[0])) {
			ret = parse_ttl(m, token, &record_r->ttl);
			if (ret != 0)
				return ret;
			have_ttl = true;
		} else if (!have_class &&
		    parse_class(token->raw, &record_r->class)) {
			have_class = true;
		} else {
			break;
		}
		ret = take_token(m, token);
		if (ret != 0)
			return ret;
	}
	if (!parse_type(token->raw, &record_r->type))
		return bad(m, token->line, "'%.*s' is no record type",
		    shown(token->raw), (const char *)token->raw.p);
	if (have_ttl) {
		m->ttl = record_r->ttl;
		m->have_ttl = true;
	} else {
		record_r->ttl = ttl_when_absent(m);
	}
	return 0;
}

/* owner is at hand when the line did not begin with a blank. */
static int
parse_rr(struct master *m, struct token *token, bool owner_absent,
    struct master_record *record_r)
{
	int ret;

	record_r->class = MASTER_CLASS_IN;
	record_r->line = token->line;
	if (!owner_absent) {
		ret = parse_name(m, token, &m->owner);
		if (ret == 0)
			ret = take_token(m, token);
		if (ret != 0)
			return ret;
	} else if (m->owner.n == 0) {
		return bad(m, token->line,
		    "the first record has no owner name");
	}
	record_r->owner = m->owner;
	ret = parse_rr_head(m, token, record_r);
	if (ret == 0)
		ret = parse_data(m, record_r->type);
	if (ret != 0)
		return ret;
	record_r->data = buffer_span(&m->data);
	return MASTER_RECORD;
}

/* $ORIGIN name, $TTL time; what stands behind the word is not read yet. */
static int
parse_setting(struct master *m, bool origin)
{
	struct token token;
	int ret = take_token(m, &token);

	if (ret != 0)
		return ret;
	if (origin) {
		/* relative to the one before it, so read into a new one */
		struct dnsname name;

		ret = parse_name(m, &token, &name);
		m->origin = ret == 0 ? name : m->origin;
	} else {
		ret = parse_ttl(m, &token, &m->default_ttl);
		m->have_default_ttl = true;
	}
	if (ret == 0)
		ret = take_token(m, &token);
	return ret != 0 ? ret : want_line_end(m, &token);
}

/* $INCLUDE path [origin] */
static int
parse_include(struct master *m, struct master_record *record_r)
{
	struct token token;
	long n;
	int ret = take_token(m, &token);

	if (ret != 0)
		return ret;
	record_r->line = token.line;
	record_r->owner = m->origin;
	if (token.kind == TOKEN_LINE_END)
		return bad(m, token.line, "$INCLUDE without a file");
	n = add_unescaped(m, &token);
	if (n < 0)
		return (int)n;
	buffer_add_byte(&m->data, '\0');
	ret = take_token(m, &token);
	if (ret == 0 && token.kind != TOKEN_LINE_END) {
		ret = parse_name(m, &token, &record_r->owner);
		if (ret == 0)
			ret = take_token(m, &token);
	}
	if (ret == 0)
		ret = want_line_end(m, &token);
	if (ret == 0)
		ret = check_room(m, record_r->line);
	if (ret != 0)
		return ret;
	record_r->data = span_first(buffer_span(&m->data), m->data.n - 1);
	return MASTER_INCLUDE;
}

/* Returns 0 for a setting that was made, or a master_step. */
static int
parse_directive(struct master *m, const struct token *token,
    struct master_record *record_r)
{
	if (span_ieq(token->raw, SPAN("$ORIGIN")))
		return parse_setting(m, true);
	if (span_ieq(token->raw, SPAN("$TTL")))
		return parse_setting(m, false);
	if (span_ieq(token->raw, SPAN("$INCLUDE")))
		return parse_include(m, record_r);
	return bad(m, token->line, "'%.*s' is none of $ORIGIN, $TTL, $INCLUDE",
	    shown(token->raw), (const char *)token->raw.p);
}

void
master_init(struct master *master, struct span text,
    const struct dnsname *origin)
{
	/* some editors begin a file with a byte order mark */
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };

	memset(master, 0, sizeof(*master));
	master->text = text;
	master->line = 1;
	master->origin = *origin;
	if (text.n >= sizeof(mark) && memcmp(text.p, mark, sizeof(mark)) == 0)
		master->at = sizeof(mark);
}

int
master_next(struct master *m, struct master_record *record_r)
{
	struct token token;
	bool blank;
	int ret = 0;

	while (ret == 0 && !at_end(m)) {
		buffer_clear(&m->data);
		blank = byte_is_blank(peek(m));
		ret = take_token(m, &token);
		if (ret != 0 || token.kind == TOKEN_LINE_END)
			continue;
		if (!blank && token.kind == TOKEN_WORD &&
		    token.raw.p[0] == '$')
			ret = parse_directive(m, &token, record_r);
		else
			ret = parse_rr(m, &token, blank, record_r);
	}
	return ret;
}

void
master_deinit(struct master *master)
{
	buffer_deinit(&master->data);
}
