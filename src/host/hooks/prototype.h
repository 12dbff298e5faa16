/*
 * prototype.h: prototypes of hooks as text.
 *
 *	proto = provider [ "|" caller ]
 *
 * say "int(void *, ec_message *)|int(ec_message *msg)", as the macros of
 * module-hooks.h write them.  White space means nothing in a comparison.
 */
#ifndef HOST_PROTOTYPE_H
#define HOST_PROTOTYPE_H

#include "misc/ec_string.h"
#include "module-hooks.h"

#include <stdbool.h>

/* Fill hook_proto, decl_proto and args; without a caller's part, the provider's
 * tells the types, and arguments have no names. */
void prototype_read(const char *proto, struct __ec_hook_head *head);

/* Is the provider's part the one that the hook was made with? */
bool prototype_matches(const struct __ec_hook_head *head, const char *proto);

/* Append "int(ec_message*)": the caller's types without blanks or names. */
void prototype_show(const struct __ec_hook_head *head, string *out);

#endif
