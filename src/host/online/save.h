/*
 * save.h: a file's new content, whole or not at all.
 *
 * It is written beside the file, under a name that begins with a dot (so that an
 * included directory does not show it), brought to disk, and renamed: whoever
 * reads, and whatever ends the process, finds the old file or the new one.
 * Owner, group, mode, access control list and other extended attributes stay, or
 * nothing is written; a symbolic link is followed.
 */
#ifndef HOST_SAVE_H
#define HOST_SAVE_H

#include "base/buffer.h"

#include <sys/stat.h>

struct save {
	char *path; /* of the file itself */
	char *aside; /* NULL: nothing is written */
	struct stat was; /* st_nlink 0: there was none */
};

/* May the file be replaced by this process?  Otherwise words are in why. */
bool save_is_possible(const char *path, struct buffer *why);

/* Write it aside; a file that is new gets the mode.  0, or -1 with words. */
int save_prepare(struct save *save, const char *path, struct span text,
    mode_t mode, struct buffer *why);

/* Put it in place.  -1 with words when it cannot be, or when the file is not
 * the one any more that it was at save_prepare(). */
int save_commit(struct save *save, struct buffer *why);

/* Whatever was not committed is taken away. */
void save_deinit(struct save *save);

#endif
