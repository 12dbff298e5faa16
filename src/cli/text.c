/*
 * text.c: UTF-8, read with suspicion.
 */
#include "cli/text.h"

#include <stdio.h>
#include <stdlib.h>

/* The longest form is four octets; the least code point of each length keeps
 * longer spellings of shorter characters out. */
static const struct utf8_form {
	unsigned char mask, lead; /* (first octet & mask) == lead */
	size_t octets;
	uint32_t least;
} forms[] = {
	{ 0x80, 0x00, 1, 0x0 },
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

static const struct utf8_form *
form_of(unsigned char first)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((first & forms[i].mask) == forms[i].lead)
			return &forms[i];
	}
	return NULL;
}

static bool
is_scalar(uint32_t point)
{
	return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/* How many octets the UTF-8 character (RFC 3629) at the start of s takes, 0
 * when there is none; its code point in *point_r. */
static size_t
character_octets(struct span s, uint32_t *point_r)
{
	const struct utf8_form *form = s.n > 0 ? form_of(s.p[0]) : NULL;
	uint32_t point;

	if (form == NULL || form->octets > s.n)
		return 0;
	point = s.p[0] & (unsigned char)~form->mask;
	for (size_t i = 1; i < form->octets; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s.p[i] & 0x3f);
	}
	if (point < form->least || !is_scalar(point))
		return 0;
	*point_r = point;
	return form->octets;
}

/* Controls (C0, DEL, C1), and the marks that turn the direction of what
 * follows, which would let a record rewrite the line that quotes it. */
static bool
upsets_terminal(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	    (point >= 0x200b && point <= 0x200f) ||
	    (point >= 0x2028 && point <= 0x202e) ||
	    (point >= 0x2066 && point <= 0x2069);
}

static void
show_octets(struct buffer *out, struct span s)
{
	char hex[sizeof("\\xff")];

	for (size_t i = 0; i < s.n; i++) {
		snprintf(hex, sizeof(hex), "\\x%02x", s.p[i]);
		buffer_add_text(out, hex);
	}
}

void
text_show(struct buffer *out, struct span s)
{
	while (s.n > 0) {
		uint32_t point;
		size_t n = character_octets(s, &point);
		struct span character = span_first(s, n > 0 ? n : 1);

		if (n == 0 || upsets_terminal(point))
			show_octets(out, character);
		else
			buffer_add(out, character);
		s = span_from(s, character.n);
	}
}

void
text_print(struct span s)
{
	struct buffer out = { 0 };

	text_show(&out, s);
	if (out.n > 0)
		fwrite(out.p, 1, out.n, stdout);
	buffer_deinit(&out);
}

json_t *
text_json(struct span s)
{
	struct buffer out = { 0 };
	json_t *string = NULL;

	while (s.n > 0) {
		uint32_t point;
		size_t n = character_octets(s, &point);

		if (n == 0)
			buffer_add(&out, SPAN("\xef\xbf\xbd"));
		else
			buffer_add(&out, span_first(s, n));
		s = span_from(s, n > 0 ? n : 1);
	}
	if (!buffer_failed(&out))
		string = json_stringn(out.n > 0 ? (const char *)out.p : "", out.n);
	buffer_deinit(&out);
	return string;
}

json_t *
text_json_or_null(struct span s)
{
	return s.p != NULL ? text_json(s) : json_null();
}
