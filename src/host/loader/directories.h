/*
 * directories.h: where modules are looked for.
 *
 * In this order: the build tree, when the program runs from one; the
 * installed directory; those of the option module_path.
 */
#ifndef HOST_DIRECTORIES_H
#define HOST_DIRECTORIES_H

#include "host/loader/manifest.h"

/* The directories of module_path, for manifests_refresh.  Copied. */
void directories_set_module_path(const char *const *paths, size_t count);

/* Read the manifests of all directories and put them in use.  What is wrong
 * with files is appended to trouble. */
void directories_refresh(string *trouble);

#endif
