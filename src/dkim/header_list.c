/*
 * header_list.c: the list is parsed once per configuration and walked once
 * per message.
 */
#include "dkim/header_list.h"

#include "dkim/tags.h"

/* RFC 6376 section 5.4.1, with the MIME and List fields it recommends; fields
 * that trace or that a list adds are left out.  From is signed once more than
 * it occurs, so that a second one cannot be put before the reader. */
static const char default_headers[] =
    "From*:Sender+:Reply-To+:Subject+:Date+:Message-ID+:To+:Cc+:"
    "In-Reply-To+:References+:MIME-Version+:Content-Type+:"
    "Content-Transfer-Encoding+:Content-ID+:Content-Description+:"
    "Resent-Date+:Resent-From+:Resent-Sender+:Resent-To+:Resent-Cc+:"
    "Resent-Message-ID+:List-Id+:List-Help+:List-Unsubscribe+:"
    "List-Unsubscribe-Post+:List-Subscribe+:List-Post+:List-Owner+:"
    "List-Archive+";

const char *
seal_default_headers(void)
{
	return default_headers;
}

static struct header_list_entry
parse_entry(struct span text)
{
	struct header_list_entry entry = { .name = text, .assert_absence = true };
	unsigned char suffix = text.n == 0 ? '\0' : text.p[text.n - 1];

	if (suffix == '?' || suffix == '*' || suffix == '+') {
		entry.name = span_first(text, text.n - 1);
		entry.all = suffix != '?';
		entry.assert_absence = suffix == '*';
	}
	return entry;
}

static size_t
count_entries(struct span text)
{
	size_t n = 0;
	struct span item;

	while (tag_next_item(&text, &item))
		n++;
	return n;
}

int
header_list_parse(struct span text, struct arena *arena,
    struct header_list *list_r, const char **why_r)
{
	struct header_list list = { .n = 0 };
	struct span rest, item;
	size_t n = count_entries(text);
	bool from = false;

	*why_r = "out of memory";
	if (n > SEAL_MAX_SIGNED_NAMES) {
		*why_r = "the header list has more than 512 names";
		return SEAL_E_OPTION;
	}
	list.entries = arena_calloc(arena, n, sizeof(*list.entries));
	if (list.entries == NULL || arena_copy(arena, text, &rest) < 0)
		return SEAL_E_NOMEM;
	while (tag_next_item(&rest, &item)) {
		struct header_list_entry entry = parse_entry(item);

		if (!header_name_is_good(entry.name)) {
			*why_r = "the header list has an entry that is no field name";
			return SEAL_E_OPTION;
		}
		from = from || span_ieq(entry.name, SPAN("from"));
		list.entries[list.n++] = entry;
	}
	if (!from) {
		*why_r = "the header list does not name From, which must be signed";
		return SEAL_E_OPTION;
	}
	*list_r = list;
	return 0;
}

static int
choose(struct header_choices *choices, struct span name,
    struct header_field *field)
{
	if (choices->n == SEAL_MAX_SIGNED_NAMES)
		return SEAL_E_LIMIT;
	choices->choices[choices->n++] = (struct header_choice){ name, field };
	return 0;
}

static int
choose_entry(const struct header_list_entry *entry, struct header *header,
    uint32_t selection, struct header_choices *choices)
{
	struct header_field *field;
	int ret = 0;

	do {
		field = header_take(header, selection, entry->name);
		if (field != NULL || entry->assert_absence)
			ret = choose(choices, entry->name, field);
	} while (ret == 0 && field != NULL && entry->all);
	return ret;
}

int
header_list_choose(const struct header_list *list, struct header *header,
    struct header_choices *choices_r)
{
	uint32_t selection = header_select(header);
	size_t most = list->n + header->n;
	int ret = 0;

	if (most > SEAL_MAX_SIGNED_NAMES)
		most = SEAL_MAX_SIGNED_NAMES;
	choices_r->n = 0;
	choices_r->choices = arena_calloc(header->arena, most,
	    sizeof(*choices_r->choices));
	if (choices_r->choices == NULL)
		return SEAL_E_NOMEM;
	for (size_t i = 0; i < list->n && ret == 0; i++)
		ret = choose_entry(&list->entries[i], header, selection,
		    choices_r);
	return ret;
}
