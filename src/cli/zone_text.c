/*
 * zone_text.c: writing TXT records.
 */
#include "cli/zone_text.h"

/* Octets count as they are in the record; the escape is the file's. */
static void
add_string(struct buffer *out, struct span s)
{
	buffer_add_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buffer_add_byte(out, '\\');
		buffer_add_byte(out, s.p[i]);
	}
	buffer_add_byte(out, '"');
}

void
zone_text_format(struct buffer *out, const char *name, struct span record)
{
	bool several = record.n > ZONE_TEXT_STRING;

	buffer_add_text(out, name);
	buffer_add_text(out, ". IN TXT ");
	if (several)
		buffer_add_text(out, "(\n\t");
	while (record.n > ZONE_TEXT_STRING) {
		add_string(out, span_first(record, ZONE_TEXT_STRING));
		buffer_add_text(out, "\n\t");
		record = span_from(record, ZONE_TEXT_STRING);
	}
	add_string(out, record);
	buffer_add_text(out, several ? " )\n" : "\n");
}
