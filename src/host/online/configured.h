/*
 * configured.h: options as the console shows them.
 */
#ifndef HOST_CONFIGURED_H
#define HOST_CONFIGURED_H

#include "host/online/where.h"

#include <jansson.h>

/* "Name = value" as it is set, with a line for each element of an array; a
 * boolean's default is a number.  Lines begin with the margin. */
void configured_value(const char *name, const struct config_value *value,
    const char *margin, string *out);

/* The same as "config set" answers: the end of an array is indented, too, as it
 * is published. */
void configured_echo(const char *name, const struct written *written,
    string *out);

/* All that a configuration says, in a form that can be read again. */
void configured_whole(const struct config *config, string *out);

/* A value as data: numbers and booleans where the option's type says so, else
 * texts as they were written, lists of them, or an object. */
json_t *configured_model(const struct config_value *value);

/* A path of an operator's, to be freed: one that is not absolute is beside the
 * main file. */
char *configured_path(const char *path);

/* Lines of text, blanks before them taken off, as a list. */
void configured_add_lines(struct span text, json_t *list);

/* Lines of changed_warn() into an answer, as "warnings"; none: no member. */
void configured_add_warnings(const struct buffer *text, json_t *model);

/* What holds there after the fallback, defaults included; NULL: nothing. */
const struct config_value *configured_effective(const struct config *config,
    const struct where *where);

#endif
