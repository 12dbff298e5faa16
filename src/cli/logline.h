/*
 * logline.h: a line of a log, and what mailseald says in it of a message.
 *
 * Lines are taken as they come: from mailseald's own file, from syslog's (with
 * the time and "host mailseald[PID]:" in front), or from journalctl in any of
 * the forms short, cat and json.
 */
#ifndef CLI_LOGLINE_H
#define CLI_LOGLINE_H

#include "base/span.h"

#include <jansson.h>

enum logline_kind {
	LOGLINE_OTHERS, /* not mailseald's */
	LOGLINE_OURS, /* mailseald's, of something else */
	LOGLINE_OURS_RESULT, /* mailseald's: what became of another message */
	LOGLINE_SAID, /* words about the message */
	LOGLINE_RESULT, /* what became of it */
};

/* What a line says of the message `id`.  For LOGLINE_SAID and LOGLINE_RESULT
 * *object_r is a new object, the caller's: "time" and "level" as far as they
 * are there, with "text"; or with "module", "instance", "result" and what else
 * Log_Results tells, by the names that its JSON has.  Else NULL; NULL, too,
 * without memory. */
enum logline_kind logline_read(struct span line, struct span id,
    json_t **object_r);

#endif
