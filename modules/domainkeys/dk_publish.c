/*
 * dk_publish.c: header fields and three variables.
 */
#include "dk_publish.h"

#include "verifying/authres.h"

#define STATUS_FIELD "DomainKey-Status"

int
dk_publish_remove_status(ec_message *msg)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	int n = 0;

	/* ask before taking the header to write in it: mostly there is none */
	if (rfc2822_find_first_header(ec_message_get_headers(part, 1),
	    STATUS_FIELD) == NULL)
		return 0;
	while (rfc2822_remove_header(ec_message_get_headers(part, 0),
	    STATUS_FIELD) >= 0)
		n++;
	ec_message_part_touch(part, EC_MSG_HDR_REM);
	return n;
}

static void
add_status(const struct dk_checker *checker, ec_message *msg,
    const char *words)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_field *field = rfc2822_new_header(STATUS_FIELD, words);

	if (field == NULL) {
		ec_mod_debug(checker->self, DERROR,
		    "no " STATUS_FIELD ": out of memory");
		return;
	}
	rfc2822_prepend_header(ec_message_get_headers(part, 0), field);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

static void
add_authres(const struct dk_checker *checker, ec_message *msg,
    const struct dk_findings *findings)
{
	int forged = authres_remove_forged(msg, checker->authserv_id);

	if (forged > 0)
		ec_mod_debug(checker->self, DNOTICE, "removed %d forged "
		    "Authentication-Results of '%s'", forged,
		    checker->authserv_id);
	if (findings == NULL || findings->authres == NULL ||
	    (findings->count == 0 && !checker->report_none))
		return;
	if (!authres_add(msg, checker->authserv_id, findings->authres))
		ec_mod_debug(checker->self, DERROR,
		    "no Authentication-Results: out of memory");
}

static void
set(ec_message *msg, const char *name, const char *value)
{
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, name, value);
}

void
dk_publish(const struct dk_checker *checker, ec_message *msg,
    struct dk_findings *findings)
{
	int removed = dk_publish_remove_status(msg);

	if (removed > 0)
		ec_mod_debug(checker->self, DINFO, "removed %d "
		    STATUS_FIELD, removed);
	if (checker->authentication_results)
		add_authres(checker, msg, findings);
	if (findings == NULL)
		return;
	if (findings->header != NULL)
		add_status(checker, msg, findings->header);
	if (findings->status != NULL)
		set(msg, "dk_status", findings->status);
	set(msg, "dk_result", seal_verdict_word(findings->verdict));
	set(msg, "dk_reason", seal_reason_word(findings->reason));
	findings->published = true;
}
