/*
 * Any bytes as a tag list.  What was read lies within them, names follow the
 * grammar of RFC 6376 section 3.2, and no name occurs twice.
 */
#include "dkim/tags.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_within(struct span inner, struct span outer)
{
	return inner.n == 0 || (inner.p >= outer.p &&
	    inner.p + inner.n <= outer.p + outer.n);
}

static void
check_tag(const struct tag *tag, struct span text)
{
	struct span rest = tag->value, item;
	uint64_t number;
	size_t items = 0;

	must(tag->name.n > 0 && byte_is_alpha(tag->name.p[0]));
	must(is_within(tag->name, text) && is_within(tag->raw, text));
	must(is_within(tag->value, tag->raw));
	must(span_find(tag->raw, ';') == tag->raw.n);
	must(span_eq(span_trim_fws(tag->value), tag->value));
	while (tag_next_item(&rest, &item)) {
		must(is_within(item, tag->value));
		must(tag_value_lists(tag->value, item));
		items++;
	}
	must(items > 0 && items <= tag->value.n + 1);
	if (tag_value_number(tag->value, 76, &number))
		must(tag->value.n >= 1 && tag->value.n <= 76);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	struct tag_list list;
	enum seal_reason reason = tag_list_parse(&list, text);

	must(reason == SEAL_WHY_OK || reason == SEAL_WHY_TAG_SYNTAX ||
	    reason == SEAL_WHY_TAG_TWICE || reason == SEAL_WHY_TOO_MANY_TAGS);
	must(reason != SEAL_WHY_OK || list.n > 0);
	must(is_within(list.at_fault, text));
	for (size_t i = 0; i < list.n; i++) {
		check_tag(&list.tags[i], text);
		for (size_t j = 0; j < i; j++)
			must(!span_eq(list.tags[i].name, list.tags[j].name));
	}
	return 0;
}
