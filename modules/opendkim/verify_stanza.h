/*
 * verify_stanza.h: what an opendkim stanza says about verifying.
 *
 * It does nothing by itself: policy asks (verify.c), and the first stanza of the
 * configuration answers, whether it is enabled or not.
 */
#ifndef OPENDKIM_VERIFY_STANZA_H
#define OPENDKIM_VERIFY_STANZA_H

#include "module.h"
#include "module-hooks.h"
#include "verifying/checking.h"

struct verify_stanza {
	struct verify_stanza *next; /* of all in this process */
	generic_module_infrastructure *self;
	struct checking checking;
};

/* The first of the configuration, or NULL. */
EC_DECLARE_HOOK_NOARGS(opendkim, struct verify_stanza *, verify_stanza,
    if (EC_HOOK_RETVAL != NULL) EC_HOOK_RETURN(EC_HOOK_RETVAL))

/* Read the options, for as long as the instance lives.  Returns 0, or -1 with
 * words in output. */
int verify_stanza_begin(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output);
/* Forget all public keys; gives how many were held. */
size_t verify_stanza_flush(const generic_module_infrastructure *self);
/* Fine for an instance that did not begin. */
void verify_stanza_end(generic_module_infrastructure *self);

#endif
