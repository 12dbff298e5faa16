/*
 * Any bytes as a body; the last four say how it is cut, twice.  Both cuttings
 * and the body as a whole have the same canonical form; that form is a fixed
 * point; and what simple leaves out, relaxed leaves out, too (RFC 6376 sections
 * 3.4.3 and 3.4.4).
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "message/canon_body.h"

#include <stdlib.h>

static void
gather(void *arg, struct span run)
{
	must(run.n > 0);
	buffer_add(arg, run);
}

/* Cut by a generator with that seed; 0: not at all.  Each piece is in memory
 * of its exact size, so that a byte read too far is seen. */
static struct buffer
canon(enum seal_canon form, struct span body, uint32_t seed)
{
	struct canon_body canon_body;
	struct buffer out = { 0 };

	canon_body_init(&canon_body, form, gather, &out);
	while (body.n > 0) {
		size_t n = seed == 0 ? body.n : seed % 67 % (body.n + 1);
		unsigned char *piece = malloc(n == 0 ? 1 : n);

		must(piece != NULL);
		memcpy(piece, body.p, n);
		canon_body_feed(&canon_body, span_of(piece, n));
		free(piece);
		body = span_from(body, n);
		seed = seed * 1664525 + (seed == 0 ? 0 : 1013904223);
		if (n == 0)
			seed |= 1;
	}
	canon_body_finish(&canon_body);
	must(!buffer_failed(&out));
	return out;
}

static bool
ends_with(struct span s, struct span end)
{
	return s.n >= end.n && span_eq(span_from(s, s.n - end.n), end);
}

/* One line end, no empty line before it, and for relaxed no white space. */
static void
check_end(enum seal_canon form, struct span s)
{
	if (s.n == 0) {
		must(form == SEAL_CANON_RELAXED);
		return;
	}
	must(ends_with(s, SPAN("\r\n")) && !ends_with(s, SPAN("\r\n\r\n")));
	must(form == SEAL_CANON_SIMPLE || (!ends_with(s, SPAN(" \r\n")) &&
	    span_find(s, '\t') == s.n));
}

static void
must_be_same(struct buffer *a, struct buffer *b)
{
	must(span_eq(buffer_span(a), buffer_span(b)));
	buffer_deinit(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum seal_canon forms[] = { SEAL_CANON_SIMPLE,
		SEAL_CANON_RELAXED };
	struct buffer whole[2], other;
	struct span body = span_of(data, size);
	uint8_t how[4] = { 0 };

	if (size >= sizeof(how)) {
		body.n -= sizeof(how);
		memcpy(how, data + body.n, sizeof(how));
	}
	for (size_t i = 0; i < 2; i++) {
		whole[i] = canon(forms[i], body, 0);
		check_end(forms[i], buffer_span(&whole[i]));
		other = canon(forms[i], body, how[0] * 256u + how[1] + 1);
		must_be_same(&whole[i], &other);
		other = canon(forms[i], body, how[2] * 256u + how[3] + 1);
		must_be_same(&whole[i], &other);
		other = canon(forms[i], buffer_span(&whole[i]), 0);
		must_be_same(&whole[i], &other);
	}
	other = canon(SEAL_CANON_RELAXED, buffer_span(&whole[0]), 0);
	must_be_same(&whole[1], &other);
	buffer_deinit(&whole[0]);
	buffer_deinit(&whole[1]);
	return 0;
}
