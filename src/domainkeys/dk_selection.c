/*
 * dk_selection.c: a field is taken once, which header.h keeps book of.
 */
#include "domainkeys/dk_selection.h"

#include "dkim/tags.h"

/* Not signed unless named: fields that each host adds or takes away, those
 * that recipients must not see, and what other signatures say. */
static const char *const unsuitable[] = {
	"Authentication-Results", "Bcc", "Delivered-To", "DKIM-Signature",
	"DomainKey-Signature", "DomainKey-Status", "Received", "Received-SPF",
	"Resent-Bcc", "Return-Path", "Status", "X-Status", "X-UID",
};

static int
begin(const struct header *header, struct dk_selection *selection_r)
{
	selection_r->n = 0;
	selection_r->fields = arena_calloc(header->arena, header->n + 1,
	    sizeof(*selection_r->fields));
	return selection_r->fields == NULL ? SEAL_E_NOMEM : 0;
}

int
dk_selection_all(struct header *header, size_t first,
    struct dk_selection *selection_r)
{
	int ret = begin(header, selection_r);

	for (size_t i = first; ret == 0 && i < header->n; i++)
		selection_r->fields[selection_r->n++] = &header->fields[i];
	return ret;
}

/* The names as an array: *n_r of them. */
static struct span *
split(struct arena *arena, struct span names, size_t *n_r)
{
	struct span rest = names, *split;
	size_t n = 0;

	while (tag_next_item(&rest, &(struct span){ 0 }))
		n++;
	split = arena_calloc(arena, n + 1, sizeof(*split));
	if (split == NULL)
		return NULL;
	for (n = 0; tag_next_item(&names, &split[n]); )
		n++;
	*n_r = n;
	return split;
}

static bool
occurs(const struct span *names, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_ieq(names[i], name))
			return true;
	}
	return false;
}

/* The lowest field of that name that is not taken, if it is low enough. */
static struct header_field *
take_below(struct header *header, uint32_t selection, size_t first,
    struct span name)
{
	struct header_field *field = header_take(header, selection, name);

	return field != NULL && field->index >= first ? field : NULL;
}

/* From the last name to the first, filling the array from its end, so that
 * what stands lowest is taken first. */
int
dk_selection_listed(struct header *header, size_t first, struct span names,
    struct dk_selection *selection_r)
{
	uint32_t selection = header_select(header);
	struct header_field *field;
	struct span *list;
	size_t n = 0, at = header->n;
	bool again;
	int ret = begin(header, selection_r);

	list = split(header->arena, names, &n);
	if (ret != 0 || list == NULL)
		return SEAL_E_NOMEM;
	for (; n > 0; n--) {
		again = occurs(list, n - 1, list[n - 1]);
		do {
			field = take_below(header, selection, first,
			    list[n - 1]);
			if (field != NULL)
				selection_r->fields[--at] = field;
		} while (field != NULL && !again);
	}
	selection_r->fields += at;
	selection_r->n = header->n - at;
	return 0;
}

static bool
is_suitable(struct span name)
{
	size_t n = sizeof(unsuitable) / sizeof(unsuitable[0]);

	for (size_t i = 0; i < n; i++) {
		if (span_ieq(name, span_of_text(unsuitable[i])))
			return false;
	}
	/* h= carries printable names alone */
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= 0x20 || name.p[i] >= 0x7f || name.p[i] == ';')
			return false;
	}
	return name.n > 0;
}

/* All fields of that name that are not taken, from the top down. */
static int
take_all(struct header *header, uint32_t selection, struct span name,
    struct dk_selection *to)
{
	struct header_field *field;
	size_t start = to->n, last;

	while ((field = header_take(header, selection, name)) != NULL) {
		if (to->n == SEAL_MAX_SIGNED_NAMES)
			return SEAL_E_LIMIT;
		to->fields[to->n++] = field;
	}
	for (last = to->n; start + 1 < last; start++) {
		field = to->fields[--last];
		to->fields[last] = to->fields[start];
		to->fields[start] = field;
	}
	return 0;
}

static int
take_suitable(struct header *header, uint32_t selection,
    struct dk_selection *to)
{
	int ret = 0;

	for (size_t i = 0; i < header->n && ret == 0; i++) {
		struct header_field *field = &header->fields[i];

		if (is_suitable(field->name) && field->taken_by != selection)
			ret = take_all(header, selection, field->name, to);
	}
	return ret;
}

int
dk_selection_to_sign(struct header *header, struct span names,
    struct header_field *sender, struct dk_selection *selection_r)
{
	uint32_t selection = header_select(header);
	bool named = names.n > 0;
	struct span name;
	int ret = begin(header, selection_r);

	if (ret == 0 && !named)
		ret = take_suitable(header, selection, selection_r);
	while (ret == 0 && named && tag_next_item(&names, &name))
		ret = take_all(header, selection, name, selection_r);
	if (ret == 0)
		ret = take_all(header, selection, sender->name, selection_r);
	return ret;
}

bool
dk_selection_holds(const struct dk_selection *selection,
    const struct header_field *field)
{
	for (size_t i = 0; i < selection->n; i++) {
		if (selection->fields[i] == field)
			return true;
	}
	return false;
}
