/*
 * keypath.h: the path of a key file, from a pattern such as
 * "/etc/mailseal/%{d}/%{s}.key".
 *
 *	%{d}	the domain that signs	%{s}	the selector	%%	a '%'
 */
#ifndef SIGNING_KEYPATH_H
#define SIGNING_KEYPATH_H

#include <limits.h>
#include <stdbool.h>

#define KEYPATH_BYTES PATH_MAX

/* Whether every '%' in it is one of the three above. */
bool keypath_is_pattern(const char *pattern);

/* Whether the path depends on the domain. */
bool keypath_has_domain(const char *pattern);

/* Write the path, NUL-terminated; false when it is longer than
 * KEYPATH_BYTES. */
bool keypath_expand(const char *pattern, const char *domain,
    const char *selector, char path_r[KEYPATH_BYTES]);

#endif
