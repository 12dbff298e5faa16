/*
 * errors.c: a list that stops growing at its limit, but keeps counting.
 */
#include "host/config/errors.h"

#include "host/config/limits.h"
#include "host/config/must.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *
keep(struct arena *arena, const char *text)
{
	return must(arena_text(arena, span_of_text(text)));
}

void
errors_add(struct config_errors *errors, struct config_place place,
    const char *format, ...)
{
	char message[CONFIG_ERROR_BYTES];
	struct config_error *error;
	va_list args;

	if (errors->count++ >= CONFIG_ERRORS)
		return;
	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	error = must(arena_alloc(&errors->arena, sizeof(*error)));
	error->next = NULL;
	error->path = keep(&errors->arena,
	    place.file == NULL ? "" : place.file->path);
	error->line = place.line;
	error->message = keep(&errors->arena, message);
	if (errors->last == NULL)
		errors->first = error;
	else
		errors->last->next = error;
	errors->last = error;
}

static void
format_place(const char *path, uint32_t number, struct buffer *out)
{
	char line[16];

	if (path[0] == '\0')
		return;
	buffer_add_text(out, path);
	buffer_add_text(out, ":");
	if (number != 0) {
		(void)snprintf(line, sizeof(line), "%u:", number);
		buffer_add_text(out, line);
	}
	buffer_add_text(out, " ");
}

void
errors_format_place(struct config_place place, struct buffer *out)
{
	if (place.file != NULL)
		format_place(place.file->path, place.line, out);
}

/* One error as a line of text, without a line end. */
static void
format_error(const struct config_error *error, struct buffer *out)
{
	format_place(error->path, error->line, out);
	buffer_add_text(out, error->message);
}

void
errors_format_all(const struct config_errors *errors, struct buffer *out)
{
	char more[64];

	for (const struct config_error *error = errors->first; error != NULL;
	    error = error->next) {
		format_error(error, out);
		buffer_add_text(out, "\n");
	}
	if (errors->count > CONFIG_ERRORS) {
		(void)snprintf(more, sizeof(more), "and %u more errors\n",
		    errors->count - CONFIG_ERRORS);
		buffer_add_text(out, more);
	}
}

void
errors_deinit(struct config_errors *errors)
{
	arena_deinit(&errors->arena);
	*errors = (struct config_errors){ 0 };
}
