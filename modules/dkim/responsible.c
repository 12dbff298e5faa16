/*
 * responsible.c: ec_dkim_responsible_domain and ec_dkim_responsible_domain_string.
 *
 * Both modules export them, so that either alone is enough for a caller.
 */
#include "modules/validate/ec_dkim.h"

#include "dkim/letterhead.h"
#include "module.h"

#include <stdlib.h>
#include <string.h>

EC_MODULE_EXPORT int
ec_dkim_responsible_domain(ec_message *m, validate_context *ctx, char **domain)
{
	struct letterhead head;

	(void)ctx;
	letterhead_read(m, &head);
	*domain = head.domain[0] == '\0' ? NULL : strdup(head.domain);
	return *domain != NULL;
}

EC_MODULE_EXPORT int
ec_dkim_responsible_domain_string(ec_message *m, validate_context *ctx,
    string *domain)
{
	struct letterhead head;

	(void)ctx;
	letterhead_read(m, &head);
	(void)stringwrite_strings(domain, 1, head.domain);
	return head.domain[0] != '\0';
}
