/*
 * rivals.c: a hook that all of them provide for; whoever comes second sees who
 * was first.
 */
#include "signing/rivals.h"

#include "misc/ec_string.h"
#include "module-hooks.h"

#include <string.h>

EC_DECLARE_VOID_HOOK(signing, rivals,
    (void *, ec_ptr_array *),
    (ec_ptr_array *rivals),
    (EC_HOOK_CLOSURE, rivals))

static void
give_self(void *closure, ec_ptr_array *rivals)
{
	(void)ec_ptr_array_append(rivals, closure);
}

/* The first of another module, or NULL. */
static const generic_module_infrastructure *
rival_of(const generic_module_infrastructure *self, const ec_ptr_array *rivals)
{
	for (int i = 0; i < rivals->size; i++) {
		const generic_module_infrastructure *other = rivals->items[i];

		if (strcmp(ec_module_scope_name(other),
		    ec_module_scope_name(self)) != 0)
			return other;
	}
	return NULL;
}

bool
rivals_join(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output)
{
	const generic_module_infrastructure *other;
	ec_ptr_array rivals;

	(void)ec_ptr_array_init(&rivals, 0, NULL);
	call_signing_rivals_hook_txn(transaction, &rivals);
	other = rival_of(self, &rivals);
	ec_ptr_array_destroy(&rivals);
	if (other != NULL) {
		(void)stringprintf(output, "%s '%s' and %s '%s' would both "
		    "sign: mail is signed by dkim_sign or by opendkim. Take "
		    "the stanzas of one of them out, or set \"enabled = "
		    "false\" in them: scripts can sign with them even then",
		    ec_module_scope_name(other), ec_module_instance_name(other),
		    ec_module_scope_name(self), ec_module_instance_name(self));
		return false;
	}
	register_signing_rivals_hook_last(give_self, self);
	return true;
}
