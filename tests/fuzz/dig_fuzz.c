/*
 * dig_fuzz.c: the data of a record of any type, as text: what comes out is
 * printable, and of TXT it is strings in quotes.
 */
#include "fuzz.h"

#include "keys/dig.h"

#include <stdlib.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer out = { 0 };
	char name[12];
	uint16_t type;

	if (size < 2)
		return 0;
	type = (uint16_t)(data[0] << 8 | data[1]);
	dig_type_name(type, name);
	dig_data(type, span_of(data + 2, size - 2), &out);
	if (name[0] == '\0' || (type == 16 && (out.n < 2 ||
	    out.p[0] != '"' || out.p[out.n - 1] != '"')))
		abort();
	for (size_t i = 0; i < out.n; i++) {
		if (out.p[i] < ' ' || out.p[i] > '~')
			abort();
	}
	buffer_deinit(&out);
	return 0;
}
