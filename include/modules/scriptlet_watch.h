/*
 * scriptlet_watch.h: a program looks on while scripts run.
 *
 * A program that defines scriptlet_watch(), and exports it, is told what the
 * module scriptlet does, in the thread that does it.  In other programs the
 * module finds no such function, and asks no further.
 */
#ifndef EC_SCRIPTLET_WATCH_H
#define EC_SCRIPTLET_WATCH_H

#include "ec_message.h"
#include "validate_context.h"

#include <stdbool.h>

enum scriptlet_event_kind {
	SCRIPTLET_CALLED, /* a callout begins */
	SCRIPTLET_RETURNED, /* text is what it returned: "VALIDATE_CONT" */
	SCRIPTLET_FAILED, /* instead; text is the error with its traceback */
	SCRIPTLET_PRINTED, /* text is the line */
};

struct scriptlet_event {
	enum scriptlet_event_kind kind;
	const char *callout; /* NULL while a script is being loaded */
	const char *module; /* which registered it, or NULL */
	const char *text;
	validate_context *vctx; /* of the callout; may be NULL */
};

/* Everything in the event lives as long as the call.  Returns whether a line or
 * an error was shown, so that it need not be logged. */
__attribute__((weak))
bool scriptlet_watch(const struct scriptlet_event *event);

#endif
