/*
 * authres.h: Authentication-Results of ours on a message (RFC 8601).
 *
 * Those who verify say what they found in one field for each authserv-id: the
 * first makes it, the others add their clauses.  What forged fields claim goes
 * before the first of them speaks, and once, so that none takes away what
 * another has said.
 */
#ifndef VERIFYING_AUTHRES_H
#define VERIFYING_AUTHRES_H

#include "ec_message.h"

#include <stdbool.h>

/*
 * Remove every field that claims to come from authserv_id, wherever it stands
 * (RFC 8601 section 5).  Gives how many went; 0 when that was done before.
 */
int authres_remove_forged(ec_message *msg, const char *authserv_id);

/*
 * Say it: value is what seal_authres_format() and the like write for that very
 * authserv_id.  The clauses go to the field that is there already, if nobody
 * has changed it since, else into a new one on top.  Forged fields are to be
 * removed before.  Returns false without memory.
 */
bool authres_add(ec_message *msg, const char *authserv_id, const char *value);

#endif
