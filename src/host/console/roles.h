/*
 * roles.h: which commands a user may give.
 *
 *	Authorization { Role "admin" { allow = ( "^config" "^summary$" ) } }
 *
 * A user has the role of his own name, and those whose line in the groups file
 * names him:
 *
 *	line  = role ":" [ unused ":" [ unused ":" ] ] user *( ("," / WSP) user )
 *
 * What no expression of his roles matches is refused.  Expressions see the
 * command without "xml" or "json" in front, with one blank between its words
 * but as it was typed within quotes; case matters.
 */
#ifndef HOST_ROLES_H
#define HOST_ROLES_H

#include "host/console/guarded.h"

#include <stdbool.h>

#define ROLES_NAME_BYTES 128

struct config;

/* Read the groups file as it will be read.  False, with words in why. */
bool roles_check(const char *groups, const struct guarded_reader *reader,
    struct buffer *why);

/* May the user give the command?  groups may be NULL; role_r gets the role that
 * lets him.  why gets words for the log when the file is of no use: then his
 * own name alone counts. */
bool roles_allow(const struct config *config, const char *groups,
    const char *user, const char *command, char role_r[ROLES_NAME_BYTES],
    struct buffer *why);

/* Call for each role that the user has by the groups file (user NULL: for each
 * that an Authorization stanza defines). */
void roles_each(const struct config *config, const char *groups,
    const char *user, void (*tell)(void *closure, const char *role),
    void *closure);

/* The text that expressions see, to be freed. */
char *roles_command(const char *line);

#endif
