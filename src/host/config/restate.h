/*
 * restate.h: a loaded configuration as statements again, so that another can be
 * built on it without a look at its files.
 *
 * Nothing is shared with it: texts and the records of its files are copied.
 */
#ifndef CONFIG_RESTATE_H
#define CONFIG_RESTATE_H

#include "host/config/node.h"
#include "host/config/parser.h"

/* Append what a tree says to a stanza's body, in the order of its first
 * definitions; first_file is the first of the tree's files. */
void restate(struct parser *parser, const struct config_node *root,
    const struct config_file *first_file, struct statement *stanza);

#endif
