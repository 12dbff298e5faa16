/*
 * online.h: the configuration in use, and the one that the files hold.
 *
 * A change made online is built onto what is in use, whatever the files say by
 * now: it holds for all new messages, or nothing has changed.  What the files
 * held when they were last read is kept beside it, until both are the same
 * again: the difference is what "config writeback" has to write, and what a
 * reload drops.
 *
 * One change at a time; all of these may be called from any thread, but not
 * from a build.
 */
#ifndef HOST_ONLINE_H
#define HOST_ONLINE_H

#include "base/buffer.h"
#include "host/config/errors.h"

struct config;
struct generation;

/* Called after each change, in the thread that made it, one at a time. */
void online_tell(void (*adopt)(void *closure), void *closure);

enum online_outcome {
	ONLINE_DONE = 0,
	ONLINE_CONFLICT = 1, /* `expected` is not in use any more */
	ONLINE_REFUSED = -1, /* the errors are told, nothing has changed */
};

/* Take into use: `onto` (NULL: what is in use) with a text of changes.
 * expected: what has to be in use for that, or NULL. */
enum online_outcome online_apply(const struct config *onto, struct span text,
    const struct config *expected, struct config_errors *errors);

struct online_report { /* texts of lines; free with online_report_deinit() */
	struct buffer changed; /* see changed.h */
	unsigned change_count;
	struct buffer dropped; /* changes made online that were in no file */
	unsigned dropped_count;
	struct buffer warnings; /* see changed_warn() */
};

/* Read the files again, or another main file in passing.  Changes that are in
 * no file are dropped.  0, or -1 with the errors told and nothing changed. */
int online_reload(const char *path, struct online_report *report_r,
    struct config_errors *errors);
void online_report_deinit(struct online_report *report);

/* For writeback: nobody changes anything between these two. */
struct online {
	struct generation *running; /* a reference */
	const struct config *files; /* what the files held */
};
void online_begin(struct online *online_r);
/* files: what they hold now, with the caller's reference; NULL: as before. */
void online_end(struct online *online, struct config *files);

#endif
