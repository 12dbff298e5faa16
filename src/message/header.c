/*
 * header.c: an array of fields and short chains of equal names.
 */
#include "message/header.h"

#include "seal.h"

void
header_init(struct header *header, struct arena *arena, size_t max_octets)
{
	*header = (struct header){ .arena = arena, .max_octets = max_octets };
}

/* FNV-1a.  A chain that an attacker makes long is bounded by the number of
 * fields, so no secret seed is needed. */
static uint32_t
hash_name(struct span name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ byte_lower(name.p[i])) * 16777619u;
	return hash;
}

static struct header_field *
new_field(struct header *header)
{
	struct header_field *fields;
	uint32_t room;

	if (header->n == header->room) {
		room = header->room == 0 ? 32 : header->room * 2;
		fields = arena_calloc(header->arena, room, sizeof(*fields));
		if (fields == NULL)
			return NULL;
		if (header->n > 0)
			memcpy(fields, header->fields, header->n * sizeof(*fields));
		header->fields = fields;
		header->room = room;
	}
	return &header->fields[header->n];
}

static void
split_at_colon(struct header_field *field)
{
	size_t colon = span_find(field->raw, ':');

	if (colon == field->raw.n) {
		field->name = span_first(field->raw, 0);
		field->value = field->raw;
		return;
	}
	field->name = span_trim_wsp(span_first(field->raw, colon));
	field->value = span_from(field->raw, colon + 1);
}

int
header_add(struct header *header, struct span raw)
{
	struct header_field *field;
	uint32_t *bucket;

	if (header->n >= SEAL_MAX_HEADER_FIELDS ||
	    raw.n + 2 > header->max_octets - header->octets) {
		header->over = true;
		header->octets = header->max_octets;
		return 0;
	}
	field = new_field(header);
	if (field == NULL)
		return -1;
	*field = (struct header_field){ 0 };
	if (arena_copy(header->arena, raw, &field->raw) < 0)
		return -1;
	split_at_colon(field);
	field->hash = hash_name(field->name);
	field->index = header->n;
	bucket = &header->buckets[field->hash % HEADER_BUCKETS];
	field->above = *bucket;
	header->n++;
	*bucket = header->n;
	header->octets += raw.n + 2;
	return 0;
}

static struct header_field *
walk(const struct header *header, uint32_t link, uint32_t hash,
    struct span name)
{
	struct header_field *field;

	if (name.n == 0)
		return NULL;
	for (; link != 0; link = field->above) {
		field = &header->fields[link - 1];
		if (field->hash == hash && span_ieq(field->name, name))
			return field;
	}
	return NULL;
}

struct header_field *
header_last(const struct header *header, struct span name)
{
	uint32_t hash = hash_name(name);

	return walk(header, header->buckets[hash % HEADER_BUCKETS], hash, name);
}

struct header_field *
header_above(const struct header *header, const struct header_field *field)
{
	return walk(header, field->above, field->hash, field->name);
}

size_t
header_count(const struct header *header, struct span name)
{
	size_t n = 0;

	for (struct header_field *f = header_last(header, name); f != NULL;
	    f = header_above(header, f))
		n++;
	return n;
}

uint32_t
header_select(struct header *header)
{
	return ++header->selection;
}

struct header_field *
header_take(struct header *header, uint32_t selection, struct span name)
{
	struct header_field *field = header_last(header, name);

	while (field != NULL && field->taken_by == selection)
		field = header_above(header, field);
	if (field != NULL)
		field->taken_by = selection;
	return field;
}

bool
header_name_is_good(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= 0x20 || name.p[i] >= 0x7f || name.p[i] == ';')
			return false;
	}
	return name.n > 0;
}

bool
header_name_is_bearable(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= 0x20 || name.p[i] == 0x7f)
			return false;
	}
	return name.n > 0;
}
