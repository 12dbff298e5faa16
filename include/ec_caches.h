/*
 * ec_caches.h: caches that are not ec_fc.h's, for the console (addition).
 *
 * "cache list", "cache stat" and "cache stats" show all caches of ec_fc.h by
 * themselves.  Who has caches of another kind provides for the hook
 * core_caches, and tells each when somebody asks:
 *
 *	register_core_caches_hook_last(tell_caches, self);
 *
 *	static void
 *	tell_caches(void *closure, ec_caches *caches)
 *	{
 *		struct ec_fc_stat st = { 0 };
 *		...
 *		ec_caches_tell(caches, "greeter:one:names", &st);
 *	}
 *
 * A name is the module's address and what is kept, with a colon between.
 */
#ifndef EC_CACHES_H
#define EC_CACHES_H

#include "ec_fc.h"
#include "module-hooks.h"

typedef struct _ec_caches ec_caches; /* the list in the making */

EC_DECLARE_VOID_HOOK(core, caches,
    (void *, ec_caches *),
    (ec_caches *caches),
    (EC_HOOK_CLOSURE, caches))

/* st->name is not looked at; everything is copied. */
EC_ADDITION void ec_caches_tell(ec_caches *caches, const char *name,
    const struct ec_fc_stat *st);

#endif
