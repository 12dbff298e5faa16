/*
 * validate_context.h: what the phases of one connection share.
 *
 * Two dictionaries: of the connection, and of the message, which is emptied
 * for every message.  And the reply that policy wants to give.
 */
#ifndef EC_VALIDATE_CONTEXT_H
#define EC_VALIDATE_CONTEXT_H

#include "ec_boh.h"
#include "ec_types.h"
#include "ecdict.h"
#include "misc/ec_ptr_array.h"

/* Numbered as ECMESS_CTX_CONN and ECMESS_CTX_MESS are. */
#define VCTX_CONN 0
#define VCTX_MESS 1

struct _validate_context {
	Event *session; /* NULL */
	ECDict env[2]; /* by VCTX_CONN and VCTX_MESS; see validate.h */
	ec_bag *bag; /* "ec_message", "validate_context", "accept_construct" */
	void *module_data; /* NULL */
	int code; /* of the SMTP reply; 0: the usual one.  400 and more refuse */
	char *note; /* its text, or NULL; set with validate_context_set_code */
	struct timeval tcost; /* how long to make the client wait */

	/* the host's; a module reads these at most: */
	ec_config_header *transaction; /* what the message is processed with */
	ec_ptr_array *modules; /* NULL */
	void *ec_internal_visses; /* NULL */
	unsigned char *calls; /* NULL */
	int last_module;
	unsigned last_state : 8; /* MC_STATE_... of the phase */
	unsigned disconnect : 1; /* writable: end the connection after the reply */
	unsigned deschedule : 1;
	unsigned old_phase : 1; /* a VALIDATE_AGAIN is being answered */
	unsigned needs_auth_results : 1; /* writable: add Authentication-Results */
	unsigned body_has_changed : 1; /* writable, in per-recipient hooks */
	unsigned transparency : 1;

	message_construct *_mc; /* validate_context_find_message_construct */
};

#endif
