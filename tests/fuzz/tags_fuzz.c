/*
 * Any bytes as a tag list.  What parses is made of what came, follows the
 * grammar of names, holds no name twice, and parses to the same tags when it is
 * written down anew (RFC 6376 section 3.2).
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "dkim/tags.h"

static bool
is_within(struct span part, struct span whole)
{
	return part.n == 0 || (part.p >= whole.p &&
	    part.p + part.n <= whole.p + whole.n);
}

static void
check_tag(const struct tag *tag, struct span text)
{
	must(tag->name.n > 0 && byte_is_alpha(tag->name.p[0]));
	must(is_within(tag->name, text) && is_within(tag->raw, text));
	must(is_within(tag->value, tag->raw));
	must(span_eq(tag->value, span_trim_fws(tag->raw)));
	must(span_find(tag->value, ';') == tag->value.n);
	must(span_find(tag->value, '\0') == tag->value.n);
}

static void
check_value(struct span value)
{
	struct span rest = value, item;
	size_t items = 0, colons = 0;
	uint64_t number;

	for (size_t i = 0; i < value.n; i++)
		colons += value.p[i] == ':';
	while (tag_next_item(&rest, &item)) {
		items++;
		must(is_within(item, value) && tag_value_lists(value, item));
	}
	must(items == colons + 1);
	if (tag_value_number(value, 76, &number))
		must(value.n > 0 && value.n <= 76);
}

static void
check_again(const struct tag_list *list)
{
	struct buffer text = { 0 };
	struct tag_list again;

	for (size_t i = 0; i < list->n; i++) {
		buffer_add(&text, list->tags[i].name);
		buffer_add_byte(&text, '=');
		buffer_add(&text, list->tags[i].value);
		buffer_add_byte(&text, ';');
	}
	must(tag_list_parse(&again, buffer_span(&text)) == SEAL_WHY_OK);
	must(again.n == list->n);
	for (size_t i = 0; i < list->n; i++)
		must(span_eq(again.tags[i].name, list->tags[i].name) &&
		    span_eq(again.tags[i].value, list->tags[i].value));
	buffer_deinit(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct tag_list list;
	enum seal_reason reason = tag_list_parse(&list, text);

	must(reason == SEAL_WHY_OK || reason == SEAL_WHY_TAG_SYNTAX ||
	    reason == SEAL_WHY_TAG_TWICE || reason == SEAL_WHY_TOO_MANY_TAGS);
	must(list.n <= SEAL_MAX_TAGS && is_within(list.at_fault, text));
	for (size_t i = 0; i < list.n; i++) {
		check_tag(&list.tags[i], text);
		check_value(list.tags[i].value);
		for (size_t j = 0; j < i; j++)
			must(!span_eq(list.tags[i].name, list.tags[j].name));
	}
	if (reason == SEAL_WHY_OK)
		check_again(&list);
	return 0;
}
