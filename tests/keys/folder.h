/*
 * folder.h: a temporary folder for the files of one test.
 */
#ifndef TESTS_KEYS_FOLDER_H
#define TESTS_KEYS_FOLDER_H

#include <sys/types.h>

#include "base/span.h"

#define FOLDER_PATH_BYTES 512

struct folder {
	char path[FOLDER_PATH_BYTES];
};

/* Make one below $TMPDIR or /tmp.  All of these end the test when they fail. */
void folder_make(struct folder *folder);

/* With all that is in it. */
void folder_remove(struct folder *folder);

/* "path/name" in a buffer that the caller owns. */
const char *folder_file(const struct folder *folder, const char *name,
    char path_r[static FOLDER_PATH_BYTES]);

/* Write a file anew; the umask does not count. */
void folder_write(const struct folder *folder, const char *name,
    struct span text, mode_t mode);

#endif
