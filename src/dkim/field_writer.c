/*
 * field_writer.c: columns are counted, and lines broken where it is allowed.
 */
#include "dkim/field_writer.h"

#define TAB_COLUMNS 8

static void
put(struct field_writer *writer, struct span text)
{
	buffer_add(writer->out, text);
	writer->column += text.n;
}

static void
fold(struct field_writer *writer)
{
	buffer_add(writer->out, SPAN("\r\n\t"));
	writer->column = TAB_COLUMNS;
}

static bool
fits(const struct field_writer *writer, size_t n)
{
	return writer->column < FIELD_COLUMNS &&
	    n < FIELD_COLUMNS - writer->column; /* "<": room for a ";" */
}

void
field_writer_begin(struct field_writer *writer, struct buffer *out,
    const char *name)
{
	*writer = (struct field_writer){ .out = out };
	put(writer, span_of_text(name));
	field_writer_byte(writer, ':');
}

void
field_writer_word(struct field_writer *writer, struct span text)
{
	if (fits(writer, text.n + 1))
		field_writer_byte(writer, ' ');
	else
		fold(writer);
	put(writer, text);
}

void
field_writer_part(struct field_writer *writer, struct span text)
{
	if (!fits(writer, text.n) && writer->column > TAB_COLUMNS)
		fold(writer);
	put(writer, text);
}

/* Whether all that is left is the padding of base64. */
static bool
is_padding(struct span rest)
{
	return rest.n <= 2 && rest.p[0] == '=';
}

/* Where to break so that at most n octets stay, no "=XX" is torn and no line
 * holds padding alone. */
static size_t
break_at(struct span text, size_t n)
{
	if (n >= text.n)
		return text.n;
	if (n >= 4 && is_padding(span_from(text, n)))
		return n - 4;
	if (n >= 1 && text.p[n - 1] == '=' && n + 1 < text.n)
		return n - 1;
	if (n >= 2 && text.p[n - 2] == '=' && n < text.n)
		return n - 2;
	return n;
}

void
field_writer_run(struct field_writer *writer, struct span text)
{
	size_t n;

	while (text.n > 0) {
		n = writer->column < FIELD_COLUMNS - 1 ?
		    break_at(text, FIELD_COLUMNS - 1 - writer->column) : 0;
		put(writer, span_first(text, n));
		text = span_from(text, n);
		if (text.n > 0)
			fold(writer);
	}
}

void
field_writer_byte(struct field_writer *writer, unsigned char c)
{
	buffer_add_byte(writer->out, c);
	writer->column++;
}
