/*
 * errors.h: everything that is wrong with a configuration, in the order found.
 *
 * Loading goes on after an error, so that one run tells them all.  Each reads
 * "FILE:LINE: message (expected ...)"; further lines of the same error begin
 * with a tab.  After CONFIG_ERRORS of them only their number is kept.
 */
#ifndef CONFIG_ERRORS_H
#define CONFIG_ERRORS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "host/config/place.h"

struct config_error {
	struct config_error *next;
	const char *path; /* "" when no file is to blame */
	uint32_t line; /* 0: the file as a whole */
	const char *message;
};

struct config_errors { /* { 0 } is none */
	struct arena arena; /* holds the messages: they outlive the load */
	struct config_error *first, *last;
	unsigned count; /* all of them, the untold included */
};

__attribute__((format(printf, 3, 4)))
void errors_add(struct config_errors *errors, struct config_place place,
    const char *format, ...);

/* "FILE:LINE: ", as all that is said about a configuration begins; nothing where
 * no file is to blame. */
void errors_format_place(struct config_place place, struct buffer *out);

/* All, a line each, and "and N more errors" where some were not kept. */
void errors_format_all(const struct config_errors *errors,
    struct buffer *out);

void errors_deinit(struct config_errors *errors);

#endif
