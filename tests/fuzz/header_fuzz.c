/*
 * Any bytes as a message: however the stream is cut, the reader gives the same
 * fields and the same body, and the relaxed form of a field is its own relaxed
 * form.
 */
#include "base/buffer.h"
#include "message/canon_header.h"
#include "message/reader.h"

#include <stdlib.h>

#define MAX_OCTETS 2048 /* small, so that the limit is met */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard { /* what the reader gave, written down */
	struct buffer fields, body;
	struct arena arena;
	struct header header;
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_relaxed(struct span raw)
{
	unsigned char *once = malloc(canon_header_room(raw.n));
	unsigned char *twice;
	size_t n;

	if (once == NULL)
		return;
	n = canon_header_relaxed(raw, once);
	must(n <= canon_header_room(raw.n));
	twice = malloc(canon_header_room(n));
	if (twice != NULL)
		must(canon_header_relaxed(span_of(once, n), twice) == n &&
		    memcmp(once, twice, n) == 0);
	free(twice);
	free(once);
}

static int
on_field(void *arg, struct span field)
{
	struct heard *heard = arg;

	buffer_add(&heard->fields, field);
	buffer_add_byte(&heard->fields, '\0');
	check_relaxed(field);
	return header_add(&heard->header, field);
}

static int
on_end_header(void *arg)
{
	struct heard *heard = arg;

	buffer_add_text(&heard->fields, "end");
	return 0;
}

static int
on_body(void *arg, struct span chunk)
{
	struct heard *heard = arg;

	buffer_add(&heard->body, chunk);
	return 0;
}

static const struct reader_events events = {
	.field = on_field,
	.end_header = on_end_header,
	.body = on_body,
};

static void
hear(struct heard *heard, struct span message, size_t step,
    enum seal_line_ends line_ends)
{
	struct reader reader = { 0 };
	size_t n;

	header_init(&heard->header, &heard->arena, MAX_OCTETS);
	reader_init(&reader, &events, heard, MAX_OCTETS);
	for (size_t at = 0; at < message.n; at += n) {
		n = message.n - at < step ? message.n - at : step;
		must(reader_feed(&reader, span_of(message.p + at, n),
		    line_ends) == 0);
	}
	must(reader_finish(&reader) == 0);
	must(heard->header.octets <= MAX_OCTETS);
	reader_deinit(&reader);
}

static void
forget(struct heard *heard)
{
	buffer_deinit(&heard->fields);
	buffer_deinit(&heard->body);
	arena_deinit(&heard->arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span message = span_of(data, size);
	size_t step = size == 0 ? 1 : 1 + data[size - 1] % 7;

	for (int mode = SEAL_LINES_CRLF; mode <= SEAL_LINES_FILE; mode++) {
		struct heard whole = { 0 }, pieces = { 0 };

		hear(&whole, message, size + 1, (enum seal_line_ends)mode);
		hear(&pieces, message, step, (enum seal_line_ends)mode);
		must(span_eq(buffer_span(&whole.fields),
		    buffer_span(&pieces.fields)));
		must(span_eq(buffer_span(&whole.body),
		    buffer_span(&pieces.body)));
		forget(&whole);
		forget(&pieces);
	}
	return 0;
}
