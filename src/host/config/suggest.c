/*
 * suggest.c: the distance of two words is the number of letters to insert,
 * drop, change, or swap with their neighbour.  Case does not count.
 */
#include "host/config/suggest.h"

#include "base/span.h"

struct row {
	size_t cells[SUGGEST_BYTES + 1];
};

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
next_cell(struct span a, struct span b, size_t i, size_t j,
    const struct row *row, const struct row *above, const struct row *above2)
{
	unsigned char x = byte_lower(a.p[i]), y = byte_lower(b.p[j]);
	size_t cell = above->cells[j] + (x == y ? 0 : 1);

	cell = least(cell, least(above->cells[j + 1], row->cells[j]) + 1);
	if (i > 0 && j > 0 && x == byte_lower(b.p[j - 1]) &&
	    y == byte_lower(a.p[i - 1]))
		cell = least(cell, above2->cells[j - 1] + 1);
	return cell;
}

static size_t
distance(struct span a, struct span b)
{
	struct row rows[3] = { 0 };

	for (size_t j = 0; j <= b.n; j++)
		rows[0].cells[j] = j;
	for (size_t i = 0; i < a.n; i++) {
		struct row *row = &rows[(i + 1) % 3];

		row->cells[0] = i + 1;
		for (size_t j = 0; j < b.n; j++)
			row->cells[j + 1] = next_cell(a, b, i, j, row,
			    &rows[i % 3], &rows[(i + 2) % 3]);
	}
	return rows[a.n % 3].cells[b.n];
}

/* One slip in three letters is a typing error, more is another word. */
static size_t
tolerance(size_t n)
{
	return n < 3 ? 0 : n < 6 ? 1 : n < 12 ? 2 : 3;
}

void
suggest_offer(struct suggest *suggest, const char *known)
{
	struct span a = span_of_text(suggest->word), b = span_of_text(known);
	size_t d;

	if (a.n > SUGGEST_BYTES || b.n > SUGGEST_BYTES)
		return;
	d = distance(a, b);
	if (d > tolerance(a.n) ||
	    (suggest->closest != NULL && d >= suggest->distance))
		return;
	suggest->closest = known;
	suggest->distance = d;
}
