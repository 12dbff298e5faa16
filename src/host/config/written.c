/*
 * written.c: values back to text.
 */
#include "host/config/written.h"

static bool
needs_quotes(const char *text)
{
	return text[0] == '\0' ||
	    strpbrk(text, " \t\r\n\v\f#/\"'={}[](),\\") != NULL;
}

static void
add_quoted(const char *text, char quote, struct buffer *out)
{
	buffer_add_byte(out, (unsigned char)quote);
	for (; *text != '\0'; text++) {
		if (*text == quote || *text == '\\')
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, (unsigned char)*text);
	}
	buffer_add_byte(out, (unsigned char)quote);
}

void
written_format_atom(const struct written_atom *atom, struct buffer *out)
{
	if (atom->quote != 0 || needs_quotes(atom->text))
		add_quoted(atom->text, atom->quote == 0 ? '"' : atom->quote,
		    out);
	else
		buffer_add_text(out, atom->text);
}

static void
format_array(const struct written *written, struct buffer *out)
{
	buffer_add_text(out, "(");
	for (uint32_t i = 0; i < written->count; i++) {
		buffer_add_text(out, " ");
		written_format_atom(&written->atoms[i], out);
	}
	buffer_add_text(out, " )");
}

static void
format_dict(const struct written *written, struct buffer *out)
{
	buffer_add_text(out, "[");
	for (uint32_t i = 0; i + 1 < written->count; i += 2) {
		buffer_add_text(out, " ");
		written_format_atom(&written->atoms[i], out);
		buffer_add_text(out, " = ");
		written_format_atom(&written->atoms[i + 1], out);
	}
	buffer_add_text(out, " ]");
}

void
written_format(const struct written *written, struct buffer *out)
{
	switch (written->shape) {
	case WRITTEN_SCALAR:
		written_format_atom(written->atoms, out);
		break;
	case WRITTEN_ARRAY:
		format_array(written, out);
		break;
	case WRITTEN_DICT:
		format_dict(written, out);
		break;
	}
}
