/*
 * sources.h: the files of one load: finding them, reading them, knowing which
 * may be written back to.
 *
 * An operand of include is a file or a directory, absolute, or relative to the
 * including file's directory and then to the directories of the search path;
 * "file://" and "persist://" may stand before it.
 */
#ifndef CONFIG_SOURCES_H
#define CONFIG_SOURCES_H

#include "host/config/errors.h"

struct config_text { /* what a file holds, or is to hold */
	const char *path;
	struct span text;
};

struct source { /* a text that is being read */
	struct config_file *file;
	struct span text;
	unsigned char *bytes; /* what to free; NULL: the caller's text */
	bool readonly; /* reached by readonly_include */
	const struct source *from; /* who includes it; NULL: the main file */
};

struct sources {
	struct arena *arena; /* file records and names: the generation's */
	struct config_errors *errors;
	const char *search_path;
	struct config_file *first, *last; /* in reading order */
	size_t total_bytes;
	unsigned files_read;
	uint32_t files_known;
	/* What some files are taken to hold, whatever is on the disk. */
	const struct config_text *texts;
	size_t text_count;
};

/* What a file of that path is taken to hold, or NULL. */
const struct config_text *sources_given(const struct sources *sources,
    const char *path);

/* What config_file.digest is of a text. */
uint64_t sources_digest(struct span text);

/* A record of a file that an earlier load read. */
struct config_file *sources_copy_file(struct sources *sources,
    const struct config_file *file);

/* A text in memory as a source; it is never read-only and never found. */
struct source sources_text(struct sources *sources, struct span text,
    const char *name);

/* Read a file.  Returns false after telling errors why not; place is the
 * include that asked, with no file for the main file. */
bool sources_read(struct sources *sources, const char *path,
    const struct source *from, bool readonly, struct config_place place,
    struct source *source_r);

void source_close(struct source *source);

/* The path that an operand means, in sources->arena, or NULL with the error
 * told. */
const char *sources_find(struct sources *sources, const char *operand,
    const struct source *from, struct config_place place);

/* The path of a file that need not exist: absolute, or beside another. */
const char *sources_beside(struct sources *sources, const char *name,
    const struct config_file *file);

/* The files of a directory in alphabetical order, without those that begin
 * with a dot, and without directories.  Returns how many, with *paths_r (in
 * the arena), or -1 with the error told; -2 when path is no directory. */
int sources_list(struct sources *sources, const char *path,
    struct config_place place, const char ***paths_r);

#endif
