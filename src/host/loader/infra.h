/*
 * infra.h: is this infrastructure one that we can call?
 */
#ifndef HOST_INFRA_H
#define HOST_INFRA_H

#include "base/buffer.h"
#include "shared_module.h"

#include <stdbool.h>

/*
 * Check the words that say for which interface the module was built, and that
 * nothing is asked for that this host does not call.  A structure of the
 * edition without a version word is brought into our order, in place.
 * Returns true, or false with words in why.
 */
bool infra_check(generic_module_infrastructure *infra, struct buffer *why);

static inline unsigned
infra_type(const generic_module_infrastructure *infra)
{
	return infra->shared.module_api_version & 0xffu;
}

#endif
