/*
 * manifest.h: the .ecm files, by which modules are known before they are
 * loaded.
 *
 *	file    = *( section / value / comment / blank )
 *	section = "[" module-name "]"
 *	value   = key [ ":" tag ] "=" text
 *	comment = ( "#" / ";" ) text
 *
 * NAME.ecm speaks of NAME.so beside it.  A set of manifests is immutable and
 * counted; a newer one replaces it.
 */
#ifndef HOST_MANIFEST_H
#define HOST_MANIFEST_H

#include "misc/ec_string.h"

#include <stdbool.h>

#define MANIFEST_FILE_BYTES (256u << 10) /* a few lines are usual */
#define MANIFEST_FILES 1000
#define MANIFEST_DEPTH 8 /* of directories below the one named */

struct manifest_value {
	struct manifest_value *next; /* in the order of the file */
	const char *key; /* "msys.provides", without the tag */
	const char *text;
};

struct manifest {
	struct manifest *next; /* by module name */
	const char *module;
	const char *path; /* of the .ecm */
	const char *object; /* of the .so */
	unsigned line; /* of the section */
	struct manifest_value *values;
};

struct manifests;

/*
 * Read all manifests below the directories, those that are not there left
 * out.  A module that several name belongs to the first.  What is wrong with
 * a file goes to `trouble`, a line each, and its good parts are used.
 */
struct manifests *manifests_read(const char *const *directories, size_t count,
    string *trouble);
struct manifests *manifests_ref(struct manifests *manifests);
void manifests_unref(struct manifests *manifests); /* NULL is fine */

const struct manifest *manifests_first(const struct manifests *manifests);
const struct manifest *manifests_find(const struct manifests *manifests,
    const char *module);

/* The module that provides a capability, or NULL: by msys.provides, or because
 * it is the scope "config.Global:MODULE" itself.  Case does not matter, and
 * '.' and ':' are the same there: both spellings are in use. */
const struct manifest *manifests_provider(const struct manifests *manifests,
    const char *capability);

/* The value of a key, the first after `after` (NULL: from the beginning). */
const struct manifest_value *manifest_value(const struct manifest *manifest,
    const char *key, const struct manifest_value *after);

/* Cut the next word off a list separated by blanks or commas: false at the
 * end.  *at moves on. */
bool manifest_word(const char **at, const char **word_r, size_t *n_r);

/* The set in use, with a reference; NULL before the first. */
struct manifests *manifests_current(void);
void manifests_set_current(struct manifests *manifests); /* takes it over */

#endif
