/*
 * place.h: where in which file something was written.
 *
 * Files live in the generation that read them; their names are absolute or as
 * the administrator gave them on the command line.
 */
#ifndef CONFIG_PLACE_H
#define CONFIG_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct config_file {
	const char *path;
	struct config_file *next; /* in reading order, each file once */
	dev_t dev;
	ino_t ino;
	unsigned times_read; /* more than once makes it read-only */
	bool readonly; /* not to be written back to, for whatever reason */
	bool in_memory; /* no file: text given by the caller */
	bool local; /* the Local_Changes_File */
	uint32_t number; /* from 0, in reading order */
	uint64_t digest; /* of what was read, to see whether it has changed */
};

struct config_place {
	const struct config_file *file; /* NULL for defaults */
	uint32_t line; /* from 1 */
	uint32_t start, end; /* byte offsets in the file; end is past the last */
};

#endif
