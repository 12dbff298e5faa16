/*
 * responsible.c: ec_dkim_responsible_domain() and its kin.
 *
 * Every module of ours exports them, so that any alone is enough for a caller.
 */
#include "modules/validate/ec_dkim.h"

#include "dkim/letterhead.h"
#include "module.h"

EC_MODULE_EXPORT int
ec_dkim_responsible_domain(ec_message *m, validate_context *ctx, char **domain)
{
	(void)ctx;
	return letterhead_domain(m, domain);
}

EC_MODULE_EXPORT int
ec_dkim_responsible_domain_string(ec_message *m, validate_context *ctx,
    string *domain)
{
	(void)ctx;
	return letterhead_domain_string(m, domain);
}
