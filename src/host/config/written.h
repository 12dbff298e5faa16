/*
 * written.h: the right side of an option as it was written.
 *
 *	value  = atom / array / dict
 *	array  = "(" *( atom [","] ) ")"
 *	dict   = "[" *( atom "=" atom [","] ) "]"
 *	atom   = bare word / quoted text
 *
 * Texts are NUL-terminated (a configuration holds no NUL) without their quotes;
 * the quote is kept, so that a value can be echoed as it was typed.
 */
#ifndef CONFIG_WRITTEN_H
#define CONFIG_WRITTEN_H

#include "base/arena.h"
#include "base/buffer.h"

enum written_shape {
	WRITTEN_SCALAR, /* one atom */
	WRITTEN_ARRAY, /* count atoms */
	WRITTEN_DICT, /* count atoms: key, value, key, value */
};

struct written_atom {
	const char *text;
	uint32_t line;
	char quote; /* '"', '\'' or 0 */
};

struct written {
	enum written_shape shape;
	uint32_t count; /* of atoms */
	const struct written_atom *atoms;
};

/* Append the value in one line, each atom in the quotes it was written with. */
void written_format(const struct written *written, struct buffer *out);

/* Append one atom; a bare one that would not survive being read again is
 * quoted. */
void written_format_atom(const struct written_atom *atom, struct buffer *out);

#endif
