/*
 * pidfile.h: the file that tells which process serves, and keeps a second one
 * from doing so.
 *
 * The file is locked as long as it is held: one that a process left behind is
 * no obstacle, whatever number it has.
 */
#ifndef DAEMON_PIDFILE_H
#define DAEMON_PIDFILE_H

#include "base/buffer.h"

struct pidfile {
	char *path; /* NULL: none is held */
	int fd;
};

/* Lock the file and write this process's number to it.  0, or -1 with words in
 * why; a file that is no ordinary one, or has other names, is left alone. */
int pidfile_open(struct pidfile *pidfile, const char *path,
    struct buffer *why);

/* Take it away; where its folder does not allow that to this user, it is left
 * empty.  Does nothing when none is held. */
void pidfile_close(struct pidfile *pidfile);

#endif
