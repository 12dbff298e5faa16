/*
 * placing.h: which change made online goes into which file, and the files'
 * texts with them.
 *
 *	a value that is set in a file that may be written	there, in place
 *	else	the first file that may be written, of those in which the stanza
 *		was defined
 *	else	the Local_Changes_File, or without one the main file
 *	else	no file: a text of its own, to be shown
 *
 * With Local_Changes_Only all of it goes to the Local_Changes_File.  A change
 * that would not hold at its place, because a file that is read later says
 * otherwise, goes to the Local_Changes_File as well, and so does what has to be
 * unset against a file that may not be written.
 *
 * Nothing is written here: the texts are loaded in memory, and are right when
 * they give the configuration in use.
 */
#ifndef HOST_PLACING_H
#define HOST_PLACING_H

#include "base/buffer.h"
#include "host/config/config.h"
#include "host/config/sources.h"

#define PLACING_FILES 1000 /* written to at a time */
#define PLACING_BYTES (1u << 20) /* of what is in no file */

struct placed { /* a file */
	char *path;
	struct buffer before, after;
	bool is_new;
};

struct placing {
	const struct config *files; /* what they held when they were read */
	const struct config *running;
	char *local; /* Local_Changes_File, or NULL */
	bool is_local_only;
	struct placed *list; /* with changes, once it is done */
	size_t count;
	struct buffer nowhere; /* what is in no file */
	struct buffer hindrance; /* why a file cannot be written: lines */
	char **forced; /* changes that did not hold elsewhere */
	size_t forced_count;
	char **tried;
	size_t tried_count;
};

/* 0, or -1 with words in why: files have changed since they were read, or no
 * texts were found that give the configuration in use. */
int placing_find(struct placing *placing, struct buffer *why);

void placing_deinit(struct placing *placing);

#endif
