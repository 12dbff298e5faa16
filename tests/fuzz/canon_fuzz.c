/*
 * Any bytes as a body: fed whole and fed in pieces it has the same canonical
 * forms, each ends as RFC 6376 sections 3.4.3 and 3.4.4 say, and each is its
 * own canonical form.
 */
#include "base/buffer.h"
#include "message/canon_body.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
gather(void *arg, struct span run)
{
	buffer_add(arg, run);
}

/* Piece lengths from the body itself, so that the fuzzer steers them. */
static size_t
next_length(struct span rest)
{
	size_t n = 1 + rest.p[rest.n / 2] % 67;

	return n < rest.n ? n : rest.n;
}

static void
canonicalize(enum seal_canon canon, struct span text, bool cut,
    struct buffer *out)
{
	struct canon_body body;
	size_t n;

	canon_body_init(&body, canon, gather, out);
	while (text.n > 0) {
		n = cut ? next_length(text) : text.n;
		canon_body_feed(&body, span_first(text, n));
		text = span_from(text, n);
	}
	canon_body_finish(&body);
	must(!buffer_failed(out));
}

static bool
ends_with(struct span s, struct span end)
{
	return s.n >= end.n && span_eq(span_from(s, s.n - end.n), end);
}

static void
check_end(enum seal_canon canon, struct span s)
{
	if (s.n == 0) {
		must(canon == SEAL_CANON_RELAXED);
		return;
	}
	must(ends_with(s, SPAN("\r\n")));
	must(!ends_with(s, SPAN("\r\n\r\n")));
	must(canon == SEAL_CANON_SIMPLE || (!ends_with(s, SPAN(" \r\n")) &&
	    span_find(s, '\t') == s.n));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);

	for (int c = SEAL_CANON_SIMPLE; c <= SEAL_CANON_RELAXED; c++) {
		enum seal_canon canon = (enum seal_canon)c;
		struct buffer whole = { 0 }, pieces = { 0 }, again = { 0 };

		canonicalize(canon, text, false, &whole);
		canonicalize(canon, text, true, &pieces);
		must(span_eq(buffer_span(&whole), buffer_span(&pieces)));
		check_end(canon, buffer_span(&whole));
		canonicalize(canon, buffer_span(&whole), true, &again);
		must(span_eq(buffer_span(&whole), buffer_span(&again)));
		buffer_deinit(&whole);
		buffer_deinit(&pieces);
		buffer_deinit(&again);
	}
	return 0;
}
