/*
 * attributes.h: what a file has beside owner, mode and content.
 *
 * Access control lists, labels of security modules, attributes of users: all are
 * extended attributes (xattr(7)), and whoever replaces a file has to carry them
 * over, or others may read the new one, or may not any more.
 */
#ifndef HOST_ATTRIBUTES_H
#define HOST_ATTRIBUTES_H

#include "base/buffer.h"

/* Give an open file all that the file at path has.  An access control list that
 * it has of its folder's default, and the other has not, is taken away.  The
 * mode is to be set after that.  0, or -1 with words that say which of them
 * cannot be kept. */
int attributes_copy(const char *path, int fd, struct buffer *why);

/* Does the file have any but those that its owner may always set?  Only trying
 * tells whether they can be kept. */
bool attributes_are_special(const char *path);

#endif
