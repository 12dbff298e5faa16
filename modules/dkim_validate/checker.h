/*
 * checker.h: one dkim_validate stanza of one configuration, ready to verify.
 *
 * Nothing in it changes after checker_new() but its pool and the resolver's
 * cache, so any thread may use it.
 */
#ifndef DKIM_VALIDATE_CHECKER_H
#define DKIM_VALIDATE_CHECKER_H

#include "dkim/console.h"
#include "module.h"
#include "options.h"
#include "verifying/checking.h"

#include <stdbool.h>

struct checker {
	generic_module_infrastructure *self;
	char *host; /* for DKIM-Filter */
	char *authserv_id;
	struct checking checking;
	enum dns_failure dns_failure;
	bool report_none;
	bool filter_header;
	/* how reports go out: by the relay, else by the command; NULL: unset */
	char *report_relay, *report_command;
	int report_timeout; /* seconds */
};

/* Read the stanza.  NULL with words in output when it cannot work. */
struct checker *checker_new(ec_config_header *transaction,
    generic_module_infrastructure *self, string *output);
void checker_free(struct checker **checker); /* NULL inside is fine */

/* For console.h. */
struct console_keycache checker_keycache(struct checker *checker);

#endif
