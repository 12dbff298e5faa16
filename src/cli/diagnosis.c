/*
 * diagnosis.c: the mistakes people make when they publish a key.
 *
 * First the text as a whole (quotes, escapes, what is no key record at all),
 * then tag by tag, then the key, then what several records mean.  Whatever the
 * engine refuses and nothing here explains is told in the engine's words.
 */
#include "cli/diagnosis.h"

#include "base/base64.h"
#include "dkim/tags.h"

#include <stdio.h>

#define SPKI_ED25519_OCTETS 44 /* RFC 8410 section 10.1: 12 around the key */
#define ED25519_OCTETS 32
#define LEAST_RSA_BITS 1024 /* RFC 8301 section 3.2 */
#define GOOD_RSA_BITS 2048
#define MOST_RSA_BITS 4096

#define DER_SEQUENCE 0x30
#define DER_INTEGER 0x02

const char *
finding_word(enum finding_level level)
{
	switch (level) {
	case FINDING_NOTE:
		return "note";
	case FINDING_WARNING:
		return "warning";
	case FINDING_ERROR:
		return "error";
	}
	return "error";
}

void
diagnosis_add(struct diagnosis *d, enum finding_level level,
    const char *what, const char *fix)
{
	if (what == NULL) {
		d->failed = true;
		return;
	}
	if (d->n < DIAGNOSIS_MAX)
		d->findings[d->n++] = (struct finding){ level, what, fix };
}

bool
diagnosis_is_usable(const struct diagnosis *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->findings[i].level == FINDING_ERROR)
			return false;
	}
	return true;
}

static void
error(struct diagnosis *d, const char *what, const char *fix)
{
	diagnosis_add(d, FINDING_ERROR, what, fix);
}

static void
warning(struct diagnosis *d, const char *what, const char *fix)
{
	diagnosis_add(d, FINDING_WARNING, what, fix);
}

static void
note(struct diagnosis *d, const char *what, const char *fix)
{
	diagnosis_add(d, FINDING_NOTE, what, fix);
}

static bool
holds(struct span text, const char *words)
{
	return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

static bool
begins_with(struct span text, struct span start)
{
	return text.n >= start.n &&
	    span_ieq(span_first(text, start.n), start);
}

/* A span as an argument of "%.*s". */
#define SHOWN(span) (int)((span).n < 40 ? (span).n : 40), (const char *)(span).p

/*
 * The text as a whole.
 */

static void
look_at_typing(struct diagnosis *d, struct span text)
{
	if (span_find(text, '"') < text.n)
		error(d, "the record holds quotation marks",
		    "paste the value without them: the form of the DNS "
		    "provider adds its own");
	if (span_find(text, '\\') < text.n)
		error(d, "the record holds backslashes",
		    "publish \";\" instead of \"\\;\": the escape belongs in "
		    "some zone files only");
	if (holds(text, "-----BEGIN"))
		error(d, "p= holds a PEM file with its BEGIN and END lines",
		    "publish only the base64 text between the two lines");
	if (holds(text, "\xe2\x80") || holds(text, "\xc2\xa0"))
		error(d, "the record holds typographic quotes or spaces from a "
		    "word processor",
		    "take the record from a plain text file");
}

/* Returns whether it is worth looking at tag by tag. */
static bool
look_at_kind(struct diagnosis *d, struct span text)
{
	if (span_trim_fws(text).n == 0) {
		error(d, "the record is empty",
		    "publish \"v=DKIM1; k=rsa; p=...\" here");
		return false;
	}
	if (begins_with(text, SPAN("v=spf1")) ||
	    begins_with(text, SPAN("v=DMARC1"))) {
		error(d, "this is a record of SPF or DMARC, not a key",
		    "publish the key under this name, and the policy where it "
		    "belongs");
		return false;
	}
	return true;
}

/*
 * Tag by tag.  Unlike the verifier's, this list survives bad syntax.
 */

struct loose_tag {
	struct span name, value;
	bool whole; /* there was an "=" */
};

/* Step to the next part between semicolons that is not empty. */
static bool
next_loose_tag(struct span *rest, struct loose_tag *tag_r)
{
	struct span part, name;

	while (rest->n > 0) {
		if (!span_cut(rest, ';', &part))
			*rest = span_of(NULL, 0);
		part = span_trim_fws(part);
		if (part.n == 0)
			continue;
		tag_r->whole = span_cut(&part, '=', &name);
		tag_r->name = span_trim_fws(name);
		tag_r->value = tag_r->whole ? span_trim_fws(part) :
		    span_of(NULL, 0);
		return true;
	}
	return false;
}

static size_t
count_tags(struct span text, struct span name)
{
	struct loose_tag tag;
	size_t n = 0;

	while (next_loose_tag(&text, &tag)) {
		if (tag.whole && span_eq(tag.name, name))
			n++;
	}
	return n;
}

static bool
find_tag(struct span text, const char *name, struct span *value_r)
{
	struct loose_tag tag;

	while (next_loose_tag(&text, &tag)) {
		if (tag.whole && span_eq(tag.name, span_of_text(name))) {
			*value_r = tag.value;
			return true;
		}
	}
	return false;
}

static void
look_at_version(struct diagnosis *d, struct span text)
{
	struct loose_tag first = { 0 };
	struct span v;

	if (!find_tag(text, "v", &v)) {
		if (count_tags(text, SPAN("V")) > 0)
			error(d, "tag names are lower case: \"V=\" is not the "
			    "version", "write v=DKIM1");
		else
			warning(d, "v= is missing", "begin the record with "
			    "\"v=DKIM1;\": some receivers want it");
		return;
	}
	if (!span_eq(v, SPAN("DKIM1"))) {
		error(d, arena_printf(d->arena, "v= is \"%.*s\"", SHOWN(v)),
		    holds(v, "=") ?
		    "put a semicolon behind v=DKIM1" :
		    "write v=DKIM1, in upper case and with nothing else");
	}
	next_loose_tag(&text, &first);
	if (!span_eq(first.name, SPAN("v")))
		error(d, "v= is not the first tag",
		    "begin the record with v=DKIM1 (RFC 6376 section 3.6.1)");
}

static const struct tag_advice {
	struct span name;
	const char *what; /* NULL: a tag of RFC 6376, looked at elsewhere */
	const char *fix;
} known_tags[] = {
	{ SPAN_INIT("v"), NULL, NULL },
	{ SPAN_INIT("k"), NULL, NULL },
	{ SPAN_INIT("p"), NULL, NULL },
	{ SPAN_INIT("h"), NULL, NULL },
	{ SPAN_INIT("s"), NULL, NULL },
	{ SPAN_INIT("t"), NULL, NULL },
	{ SPAN_INIT("n"), NULL, NULL },
	{ SPAN_INIT("g"), "g= was dropped from DKIM by RFC 6376 and is ignored",
	    "take it out" },
	{ SPAN_INIT("a"), "a= belongs in a signature; in a key record it is ignored",
	    "take it out; k= names the key's type" },
	{ SPAN_INIT("d"), "d= belongs in a signature; in a key record it is ignored",
	    "take it out" },
};

static void
look_at_tag(struct diagnosis *d, const struct loose_tag *tag)
{
	if (!tag->whole) {
		error(d, arena_printf(d->arena, "\"%.*s\" is no tag=value",
		    SHOWN(tag->name)),
		    "look for a semicolon too many or a \"=\" too few");
		return;
	}
	for (size_t i = 0; i < sizeof(known_tags) / sizeof(known_tags[0]); i++) {
		if (!span_eq(known_tags[i].name, tag->name))
			continue;
		if (known_tags[i].what != NULL)
			warning(d, known_tags[i].what, known_tags[i].fix);
		return;
	}
	note(d, arena_printf(d->arena,
	    "\"%.*s=\" is no tag of DKIM and is ignored", SHOWN(tag->name)),
	    NULL);
}

/* Told once, at the tag's second occurrence. */
static void
look_for_twin(struct diagnosis *d, struct span before,
    const struct loose_tag *tag)
{
	if (tag->whole && count_tags(before, tag->name) == 1)
		error(d, arena_printf(d->arena, "\"%.*s=\" occurs twice",
		    SHOWN(tag->name)), "keep one: a tag that occurs twice makes "
		    "the whole record invalid");
}

static void
look_at_tags(struct diagnosis *d, struct span text)
{
	struct span rest = text;
	struct loose_tag tag;

	while (next_loose_tag(&rest, &tag)) {
		look_at_tag(d, &tag);
		look_for_twin(d, span_of(text.p,
		    (size_t)(tag.name.p - text.p)), &tag);
	}
	if (holds(text, ";;") || holds(text, "; ;"))
		error(d, "there are two semicolons with nothing between",
		    "take one out");
}

/* tag_value_lists() with the lists that people mean: without case. */
static bool
lists(struct span value, struct span item)
{
	struct span each;

	while (tag_next_item(&value, &each)) {
		if (span_ieq(each, item))
			return true;
	}
	return false;
}

static void
look_at_restrictions(struct diagnosis *d, struct span text)
{
	struct span value;

	if (find_tag(text, "h", &value) && !lists(value, SPAN("sha256")))
		error(d, arena_printf(d->arena, "h=%.*s does not allow sha256, "
		    "the hash of all signatures made today", SHOWN(value)),
		    "take h= out, or write h=sha256");
	if (find_tag(text, "s", &value) && !lists(value, SPAN("*")) &&
	    !lists(value, SPAN("email")))
		error(d, arena_printf(d->arena, "s=%.*s does not allow email",
		    SHOWN(value)), "take s= out, or write s=email");
	if (!find_tag(text, "t", &value))
		return;
	if (lists(value, SPAN("y")))
		warning(d, "t=y says that the domain is testing DKIM",
		    "take y out of t= when signing works: receivers may treat "
		    "the mail as unsigned");
	if (lists(value, SPAN("s")))
		note(d, "t=s: the domain of i= has to be the domain of d= "
		    "itself, not one below it", NULL);
}

/*
 * The key.
 */

static void
look_at_base64(struct diagnosis *d, struct span p)
{
	for (size_t i = 0; i < p.n; i++) {
		unsigned char c = p.p[i];

		if (byte_is_alpha(c) || byte_is_digit(c) || byte_is_fws(c) ||
		    c == '+' || c == '/' || c == '=')
			continue;
		error(d, c > 0x20 && c < 0x7f ?
		    arena_printf(d->arena, "p= holds '%c', which is not base64",
		    c) :
		    arena_printf(d->arena, "p= holds octet 0x%02x, which is not "
		    "base64", c),
		    c == '-' || c == '_' ?
		    "use the plain alphabet of base64, with + and /" :
		    "copy the key again: nothing but the base64 text belongs in "
		    "p=");
		return;
	}
	error(d, "p= is not whole base64: its length or its \"=\" signs are "
	    "wrong", "copy the key again, to its very end");
}

/* The octets that a DER element says it has, its head included, or 0. */
static size_t
der_length(struct span der)
{
	size_t head = 2, n;

	if (der.n < 2 || der.p[0] != DER_SEQUENCE)
		return 0;
	n = der.p[1];
	if (n >= 0x80) {
		head += n & 0x7f;
		if (head > 4 || der.n < head)
			return 0;
		n = 0;
		for (size_t i = 2; i < head; i++)
			n = n << 8 | der.p[i];
	}
	return head + n;
}

/* Whether der is the bare RSAPublicKey: its first member is the modulus, where
 * a SubjectPublicKeyInfo has another SEQUENCE. */
static bool
is_bare_rsa(struct span der)
{
	size_t head = der.n > 1 && der.p[1] >= 0x80 ?
	    2u + (der.p[1] & 0x7fu) : 2;

	return der_length(der) == der.n && head < der.n &&
	    der.p[head] == DER_INTEGER;
}

static const char *
fix_for_spki(struct diagnosis *d, struct span der)
{
	unsigned char text[64];

	base64_encode(span_from(der, der.n - ED25519_OCTETS), text);
	return arena_printf(d->arena, "publish the bare key: p=%s",
	    (const char *)text);
}

static void
look_at_ed25519(struct diagnosis *d, struct span octets)
{
	if (octets.n == ED25519_OCTETS)
		return;
	if (octets.n == SPKI_ED25519_OCTETS && octets.p[0] == DER_SEQUENCE)
		error(d, "p= holds the Ed25519 key in a SubjectPublicKeyInfo, "
		    "which RFC 8463 does not want", fix_for_spki(d, octets));
	else
		error(d, arena_printf(d->arena, "p= holds %zu octets, but an "
		    "Ed25519 key has 32", octets.n),
		    der_length(octets) > 0 ? "if this is an RSA key, write k=rsa" :
		    "copy the key again, to its very end");
}

static void
look_at_rsa(struct diagnosis *d, struct span octets, bool usable)
{
	size_t wanted = der_length(octets);

	if (usable) {
		if (is_bare_rsa(octets))
			warning(d, "p= holds a bare RSAPublicKey: some receivers "
			    "want a SubjectPublicKeyInfo",
			    "publish what \"openssl pkey -in KEY -pubout\" prints");
		return;
	}
	if (octets.n == ED25519_OCTETS)
		error(d, "p= looks like an Ed25519 key, but k= says rsa",
		    "write k=ed25519");
	else if (wanted > octets.n)
		error(d, arena_printf(d->arena, "p= is cut off: the key says "
		    "%zu octets but there are %zu", wanted, octets.n),
		    "publish the record in several strings of at most 255 bytes, "
		    "so that nothing is lost");
	else if (wanted > 0 && wanted < octets.n)
		error(d, "there is more in p= than a key",
		    "copy the key again: perhaps it was pasted twice");
	else
		error(d, "p= holds no RSA public key",
		    "publish what \"openssl pkey -in KEY -pubout\" prints");
}

static void
look_at_key(struct diagnosis *d, const struct seal_record_info *info)
{
	struct span text = info->text, p, k, octets;
	bool usable = info->reason == SEAL_WHY_OK;
	int ret;

	if (!find_tag(text, "p", &p)) {
		error(d, "p=, the key, is missing",
		    "publish the whole record, with p=");
		return;
	}
	if (p.n == 0) {
		error(d, "p= is empty: the key has been revoked",
		    "sign with another selector, or publish the key again");
		return;
	}
	if (find_tag(text, "k", &k) && !span_eq(k, SPAN("rsa")) &&
	    !span_eq(k, SPAN("ed25519"))) {
		error(d, arena_printf(d->arena, "k=%.*s is no key type",
		    SHOWN(k)), "write k=rsa or k=ed25519, in lower case");
		return;
	}
	ret = base64_decode(p, d->arena, &octets);
	if (ret < 0)
		d->failed = true;
	else if (ret > 0)
		look_at_base64(d, p);
	else if (span_eq(info->key_type, SPAN("ed25519")))
		look_at_ed25519(d, octets);
	else
		look_at_rsa(d, octets, usable);
}

static void
look_at_strength(struct diagnosis *d, const struct seal_record_info *info)
{
	unsigned bits = info->bits;

	if (info->algorithm != SEAL_RSA_SHA256)
		return;
	if (bits < LEAST_RSA_BITS)
		error(d, arena_printf(d->arena, "an RSA key of %u bits is not "
		    "accepted any more (RFC 8301)", bits),
		    "make a new one: mailseal keygen");
	else if (bits < GOOD_RSA_BITS)
		warning(d, arena_printf(d->arena, "an RSA key should have 2048 "
		    "bits, not %u (RFC 8301)", bits),
		    "make a new one under a new selector: mailseal keygen");
	else if (bits > MOST_RSA_BITS)
		warning(d, arena_printf(d->arena, "receivers need not accept RSA "
		    "keys over 4096 bits (RFC 8301), and this has %u", bits),
		    "use one of 2048 bits");
}

static void
look_at_ed25519_alone(struct diagnosis *d, const struct seal_record_info *info)
{
	if (info->algorithm == SEAL_ED25519_SHA256)
		note(d, "not all receivers know Ed25519 (RFC 8463): sign with an "
		    "RSA key under another selector, too", NULL);
}

static void
look_at_count(struct diagnosis *d, const struct seal_record_info *info)
{
	if (info->count > 1)
		warning(d, arena_printf(d->arena, "there are %zu TXT records "
		    "under this name; which one a receiver takes is not defined "
		    "(RFC 6376 section 3.6.2.2)", info->count),
		    "leave one; if these are parts of one record, put them into "
		    "one as several strings");
}

void
diagnosis_of_record(struct diagnosis *d, const struct seal_record_info *info)
{
	look_at_count(d, info);
	if (!look_at_kind(d, info->text))
		return;
	look_at_typing(d, info->text);
	look_at_version(d, info->text);
	look_at_tags(d, info->text);
	look_at_restrictions(d, info->text);
	look_at_key(d, info);
	look_at_strength(d, info);
	look_at_ed25519_alone(d, info);
	if (info->reason != SEAL_WHY_OK && diagnosis_is_usable(d))
		error(d, seal_reason_sentence(info->reason), NULL);
}
