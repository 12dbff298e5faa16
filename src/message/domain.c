/*
 * domain.c: names in ASCII, which is nearly all of them, are checked and
 * lowered here; libidn2 sees only the others, and what it makes of them goes
 * through the same check.
 *
 * libidn2 maps as UTS #46 says, non-transitionally: capitals and full-width
 * letters are folded and the ideographic full stops become dots, so that two
 * names a reader takes for the same are the same here.  The mapping can also
 * produce ASCII that no name may hold (a full-width solidus becomes "/"),
 * which is why its result is not trusted.
 */
#include "message/domain.h"

#include <idn2.h>

/* A code point costs an A-label at least one character and UTF-8 at most four
 * octets; only padding that the mapping drops could take more. */
#define MAX_UTF8_OCTETS (4 * DOMAIN_MAX_OCTETS)

static bool
is_ascii(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static bool
byte_is_ldh(unsigned char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_';
}

/* label = 1*63(ALPHA / DIGIT / "-" / "_");  name = label *("." label) */
static bool
has_form(struct span name)
{
	size_t label = 0;

	if (name.n > DOMAIN_MAX_OCTETS)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!byte_is_ldh(name.p[i]) ||
		    ++label > DOMAIN_MAX_LABEL) {
			return false;
		}
	}
	return label > 0;
}

static struct span
without_final_dot(struct span name)
{
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static int
lower(struct span name, struct arena *arena, struct span *ascii_r)
{
	unsigned char *p;

	name = without_final_dot(name);
	if (!has_form(name))
		return 1;
	p = arena_bytes(arena, name.n);
	if (p == NULL)
		return -1;
	for (size_t i = 0; i < name.n; i++)
		p[i] = byte_lower(name.p[i]);
	*ascii_r = span_of(p, name.n);
	return 0;
}

static int
lower_utf8(struct span name, struct arena *arena, struct span *ascii_r)
{
	uint8_t text[MAX_UTF8_OCTETS + 1], *ascii = NULL;
	int ret;

	if (name.n > MAX_UTF8_OCTETS || span_find(name, '\0') < name.n)
		return 1;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	ret = idn2_lookup_u8(text, &ascii,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
	if (ret == IDN2_MALLOC)
		return -1;
	if (ret != IDN2_OK)
		return 1;
	ret = lower(span_of_text((const char *)ascii), arena, ascii_r);
	idn2_free(ascii);
	return ret;
}

int
domain_to_ascii(struct span domain, struct arena *arena, struct span *ascii_r)
{
	*ascii_r = span_of(NULL, 0);
	if (is_ascii(domain))
		return lower(domain, arena, ascii_r);
	return lower_utf8(domain, arena, ascii_r);
}

bool
domain_is_within(struct span sub, struct span parent)
{
	size_t above;

	if (parent.n == 0 || sub.n < parent.n)
		return false;
	above = sub.n - parent.n;
	return span_eq(span_from(sub, above), parent) &&
	    (above == 0 || sub.p[above - 1] == '.');
}
