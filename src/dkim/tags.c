/*
 * tags.c: one function for each rule of the grammar; only skip_ and take_
 * move the cursor.
 */
#include "dkim/tags.h"

static bool
at_end(const struct tag_cursor *c)
{
	return c->at == c->end;
}

static void
skip_fws(struct tag_cursor *c)
{
	while (!at_end(c) && byte_is_fws(*c->at))
		c->at++;
}

static bool
take_byte(struct tag_cursor *c, unsigned char wanted)
{
	if (at_end(c) || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* tag-name = ALPHA *ALNUMPUNC   ALNUMPUNC = ALPHA / DIGIT / "_" */
static bool
take_name(struct tag_cursor *c, struct span *name_r)
{
	const unsigned char *start = c->at;

	if (at_end(c) || !byte_is_alpha(*c->at))
		return false;
	while (!at_end(c) && (byte_is_alpha(*c->at) || byte_is_digit(*c->at) ||
	    *c->at == '_'))
		c->at++;
	*name_r = span_of(start, (size_t)(c->at - start));
	return true;
}

/* VALCHAR = %x21-3A / %x3C-7E, and UTF-8 by RFC 8616 section 5 */
static bool
is_value_byte(unsigned char c)
{
	return c > 0x20 && c != ';' && c != 0x7f;
}

/* tag-value = [ tval *( 1*(WSP / FWS) tval ) ]   tval = 1*VALCHAR */
static bool
take_value(struct tag_cursor *c, struct tag *tag)
{
	const unsigned char *start = c->at;

	while (!at_end(c) && (is_value_byte(*c->at) || byte_is_fws(*c->at)))
		c->at++;
	tag->raw = span_of(start, (size_t)(c->at - start));
	tag->value = span_trim_fws(tag->raw);
	return at_end(c) || *c->at == ';';
}

struct tag_cursor
tag_first(struct span list)
{
	return (struct tag_cursor){ list.p, list.p + list.n };
}

/* tag-list = tag-spec *( ";" tag-spec ) [ ";" ]
 * tag-spec = [FWS] tag-name [FWS] "=" [FWS] tag-value [FWS] */
int
tag_next(struct tag_cursor *c, struct tag *tag_r)
{
	skip_fws(c);
	if (at_end(c))
		return 0;
	if (!take_name(c, &tag_r->name))
		return -1;
	skip_fws(c);
	if (!take_byte(c, '='))
		return -1;
	if (!take_value(c, tag_r))
		return -1;
	(void)take_byte(c, ';');
	return 1;
}

/* What stands at a fault, up to the next semicolon. */
static struct span
fault_at(const struct tag_cursor *c, const unsigned char *tag_start)
{
	struct span rest = span_of(tag_start, (size_t)(c->end - tag_start));

	return span_trim_fws(span_first(rest, span_find(rest, ';')));
}

enum seal_reason
tag_list_parse(struct tag_list *list, struct span text)
{
	struct tag_cursor cursor = tag_first(text);
	const unsigned char *start = cursor.at;
	struct tag tag;
	int more;

	list->n = 0;
	list->at_fault = span_of(NULL, 0);
	while ((more = tag_next(&cursor, &tag)) > 0) {
		for (size_t i = 0; i < list->n; i++) {
			if (span_eq(list->tags[i].name, tag.name)) {
				list->at_fault = tag.name;
				return SEAL_WHY_TAG_TWICE;
			}
		}
		if (list->n == SEAL_MAX_TAGS) {
			list->at_fault = tag.name;
			return SEAL_WHY_TOO_MANY_TAGS;
		}
		list->tags[list->n++] = tag;
		start = cursor.at;
	}
	if (more < 0)
		list->at_fault = fault_at(&cursor, start);
	return more < 0 || list->n == 0 ? SEAL_WHY_TAG_SYNTAX : SEAL_WHY_OK;
}

const struct tag *
tag_list_find(const struct tag_list *list, const char *name)
{
	struct span wanted = span_of_text(name);

	for (size_t i = 0; i < list->n; i++) {
		if (span_eq(list->tags[i].name, wanted))
			return &list->tags[i];
	}
	return NULL;
}

bool
tag_next_item(struct span *rest, struct span *item_r)
{
	if (rest->p == NULL)
		return false;
	if (!span_cut(rest, ':', item_r))
		rest->p = NULL; /* that was the last one */
	*item_r = span_trim_fws(*item_r);
	return true;
}

bool
tag_value_lists(struct span value, struct span item)
{
	struct span rest = value, each;

	while (tag_next_item(&rest, &each)) {
		if (span_eq(each, item))
			return true;
	}
	return false;
}

bool
tag_value_number(struct span value, size_t max_digits, uint64_t *number_r)
{
	uint64_t number = 0;

	if (value.n == 0 || value.n > max_digits)
		return false;
	for (size_t i = 0; i < value.n; i++) {
		unsigned digit = (unsigned)(value.p[i] - '0');

		if (!byte_is_digit(value.p[i]))
			return false;
		if (number > (UINT64_MAX - digit) / 10)
			number = UINT64_MAX;
		else
			number = number * 10 + digit;
	}
	*number_r = number;
	return true;
}

