/*
 * Any bytes as a message; the last two say how it is read and cut.  It reads the same
 * for every way of cutting; each field is found under its name, from the bottom
 * up; and the relaxed form of a field is a fixed point, also written over the
 * field itself.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "message/canon_header.h"
#include "message/reader.h"

#include <stdlib.h>

struct listener {
	struct header header;
	struct buffer events;
};

static int
on_field(void *arg, struct span field)
{
	struct listener *listener = arg;

	buffer_add_text(&listener->events, "\nF");
	buffer_add(&listener->events, field);
	return header_add(&listener->header, field) < 0 ? SEAL_E_NOMEM : 0;
}

static int
on_end_header(void *arg)
{
	struct listener *listener = arg;

	buffer_add_text(&listener->events, "\nE");
	return 0;
}

static int
on_body(void *arg, struct span chunk)
{
	struct listener *listener = arg;

	buffer_add(&listener->events, chunk);
	return 0;
}

static const struct reader_events events = {
	.field = on_field,
	.end_header = on_end_header,
	.body = on_body,
};

/* Read in pieces of step octets. */
static void
read_message(struct listener *listener, struct span message, size_t step,
    enum seal_line_ends line_ends)
{
	struct reader reader = { .events = NULL };

	reader_init(&reader, &events, listener, 4096);
	while (message.n > 0) {
		struct span piece = span_first(message, step);

		must(reader_feed(&reader, piece, line_ends) == 0);
		message = span_from(message, piece.n);
	}
	must(reader_finish(&reader) == 0);
	reader_deinit(&reader);
}

static void
check_relaxed(struct span raw)
{
	unsigned char *once = malloc(canon_header_room(raw.n));
	unsigned char *twice = malloc(canon_header_room(raw.n));
	size_t n;

	must(once != NULL && twice != NULL);
	n = canon_header_relaxed(raw, once);
	must(n <= raw.n);
	must(canon_header_relaxed(span_of(once, n), twice) == n);
	must(memcmp(once, twice, n) == 0);
	if (raw.n > 0)
		memcpy(twice, raw.p, raw.n);
	must(canon_header_relaxed(span_of(twice, raw.n), twice) == n);
	must(memcmp(once, twice, n) == 0);
	free(once);
	free(twice);
}

static void
check_names(struct header *header)
{
	uint32_t selection = header_select(header);

	for (uint32_t i = 0; i < header->n; i++) {
		struct header_field *field = &header->fields[i];
		struct header_field *found = header_last(header, field->name);
		size_t n = header_count(header, field->name);

		check_relaxed(field->raw);
		must(field->index == i);
		must((n == 0) == (field->name.n == 0));
		if (n == 0)
			continue;
		must(found->index >= i && span_ieq(found->name, field->name));
		for (size_t above = n; found != NULL; above--) {
			struct header_field *next = header_above(header, found);

			must(above > 0 && (next == NULL ||
			    next->index < found->index));
			found = next;
		}
		must(header_take(header, selection, field->name) != NULL);
	}
	for (uint32_t i = 0; i < header->n; i++)
		must(header_take(header, selection, header->fields[i].name) ==
		    NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct listener whole = { .events = { 0 } }, cut = { .events = { 0 } };
	struct span message = span_of(data, size);
	enum seal_line_ends line_ends;
	uint8_t how[2] = { 0 };

	if (size >= sizeof(how)) {
		message.n -= sizeof(how);
		memcpy(how, data + message.n, sizeof(how));
	}
	line_ends = (how[0] & 1) != 0 ? SEAL_LINES_FILE : SEAL_LINES_CRLF;
	header_init(&whole.header, &arena, 4096);
	header_init(&cut.header, &arena, 4096);
	read_message(&whole, message, size, line_ends);
	read_message(&cut, message, (size_t)how[1] % 64 + 1, line_ends);
	must(span_eq(buffer_span(&whole.events), buffer_span(&cut.events)));
	must(whole.header.n == cut.header.n);
	must(whole.header.over == cut.header.over);
	check_names(&whole.header);
	buffer_deinit(&whole.events);
	buffer_deinit(&cut.events);
	arena_deinit(&arena);
	return 0;
}
