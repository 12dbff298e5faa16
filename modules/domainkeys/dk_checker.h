/*
 * dk_checker.h: one dk_validate stanza of one configuration, ready to verify.
 *
 * Nothing in it changes after dk_checker_new() but its pool and the resolver's
 * cache, so any thread may use it.
 */
#ifndef DOMAINKEYS_DK_CHECKER_H
#define DOMAINKEYS_DK_CHECKER_H

#include "dk_check_options.h"
#include "dkim/console.h"
#include "dkim/pool.h"
#include "keys/resolver.h"
#include "module.h"
#include "seal.h"

#include <stdbool.h>

struct dk_checker {
	generic_module_infrastructure *self;
	char *authserv_id;
	struct resolver *resolver; /* shared: verifying/resolvers.h */
	struct seal_dk_verify_options options;
	enum dns_failure dns_failure;
	bool authentication_results;
	bool report_none;
	struct pool verifiers; /* struct seal_dk_verifier */
};

/* Read the stanza.  NULL with words in output when it cannot work. */
struct dk_checker *dk_checker_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output);
void dk_checker_free(struct dk_checker **checker); /* NULL inside is fine */

/* A verifier ready for a message, or NULL without memory. */
struct seal_dk_verifier *dk_checker_borrow(struct dk_checker *checker);
void dk_checker_give_back(struct dk_checker *checker,
    struct seal_dk_verifier *verifier);

/* For console.h. */
struct console_keycache dk_checker_keycache(struct dk_checker *checker);

#endif
