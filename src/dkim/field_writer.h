/*
 * field_writer.h: write a DKIM-Signature field, folded.
 *
 * Lines stay within FIELD_COLUMNS where the grammar allows a fold; the tab
 * that begins a folded line counts as eight columns.  What is written is what
 * is hashed, so folding cannot change the canonical value afterwards.
 */
#ifndef DKIM_FIELD_WRITER_H
#define DKIM_FIELD_WRITER_H

#include "base/buffer.h"

#define FIELD_COLUMNS 78 /* RFC 5322 section 2.1.1 */

struct field_writer {
	struct buffer *out;
	size_t column;
};

/* Begin with the field's name and colon. */
void field_writer_begin(struct field_writer *writer, struct buffer *out,
    const char *name);

/* " text", on a new line if it would not fit with the ";" behind it. */
void field_writer_word(struct field_writer *writer, struct span text);

/* text, at once or on a new line: white space may stand before it. */
void field_writer_part(struct field_writer *writer, struct span text);

/* text that may be folded between any two octets, but not inside "=XX". */
void field_writer_run(struct field_writer *writer, struct span text);

/* One octet, such as ";", without a fold. */
void field_writer_byte(struct field_writer *writer, unsigned char c);

#endif
