/*
 * socket_file.h: the file of a local socket, before, while and after it is
 * served.
 */
#ifndef HOST_SOCKET_FILE_H
#define HOST_SOCKET_FILE_H

#include "base/buffer.h"

#include <sys/stat.h>
#include <sys/types.h>

/* Make way: a file that a dead process left is removed, and a missing folder
 * is made when root asks, for owner and group (-1: root's).  A socket that is
 * served, and anything that is no socket, stays.  0, or -1 with words in why. */
int socket_file_prepare(const char *path, uid_t owner, gid_t group,
    struct buffer *why);

/* What its mode and owner are to be; what is -1 stays as it is.  *st_r
 * remembers the file for socket_file_remove().  0, or -1 with words in why. */
int socket_file_hand_over(const char *path, mode_t mode, uid_t owner,
    gid_t group, struct stat *st_r, struct buffer *why);

/* Remove it if it is still the same. */
void socket_file_remove(const char *path, const struct stat *st);

#endif
