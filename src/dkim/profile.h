/*
 * profile.h: everything about a signature that no message changes.
 */
#ifndef DKIM_PROFILE_H
#define DKIM_PROFILE_H

#include "base/buffer.h"
#include "dkim/header_list.h"
#include "seal.h"

struct seal_profile;

struct profile_settings {
	struct seal_key *key;
	enum seal_algorithm algorithm;
	enum seal_canon header_canon, body_canon;
	struct header_list headers;
	int64_t lifetime;
	bool timestamp, body_length, copy_headers;
	/* The field from its name to the last tag that is the same for every
	 * message, and the column behind it. */
	struct span beginning;
	size_t column;
};

const struct profile_settings *profile_settings(
    const struct seal_profile *profile);

#endif
