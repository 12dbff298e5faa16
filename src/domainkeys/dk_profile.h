/*
 * dk_profile.h: everything about a signature that no message changes.
 */
#ifndef DOMAINKEYS_DK_PROFILE_H
#define DOMAINKEYS_DK_PROFILE_H

#include "base/buffer.h"
#include "seal.h"

struct dk_profile_settings {
	struct seal_key *key;
	struct span domain; /* an A-label */
	enum seal_dk_canon canon;
	struct span headers; /* as in the options */
	bool no_list;
	struct span beginning; /* the field, from its name to behind s= */
	size_t column; /* behind it */
};

const struct dk_profile_settings *dk_profile_settings(
    const struct seal_dk_profile *profile);

#endif
