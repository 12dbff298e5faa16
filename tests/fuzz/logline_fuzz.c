/*
 * logline_fuzz.c: a line of any log, for `mailseal explain`.  The first octets,
 * up to a blank, are the id that is looked for.
 */
#include "fuzz.h"

#include <stdlib.h>

#include "cli/logline.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span line = span_of(data, size), id;
	enum logline_kind kind;
	json_t *object = NULL;

	if (!span_cut(&line, ' ', &id) || id.n == 0)
		return 0;
	kind = logline_read(line, id, &object);
	if ((kind == LOGLINE_RESULT || kind == LOGLINE_SAID) !=
	    (object != NULL))
		abort();
	if (kind == LOGLINE_RESULT &&
	    json_object_get(object, "module") == NULL)
		abort();
	json_decref(object);
	return 0;
}
