/*
 * publish.c: a header field and ten variables.
 */
#include "publish.h"

#include "verifying/authres.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

void
publish_header(const struct checker *checker, ec_message *msg,
    const struct findings *findings)
{
	int forged = authres_remove_forged(msg, checker->authserv_id);

	if (forged > 0)
		ec_mod_debug(checker->self, DNOTICE, "removed %d forged "
		    "Authentication-Results of '%s'", forged,
		    checker->authserv_id);
	if (findings == NULL || findings->authres == NULL ||
	    (findings->results.count == 0 && !checker->report_none))
		return;
	if (!authres_add(msg, checker->authserv_id, findings->authres))
		ec_mod_debug(checker->self, DERROR,
		    "no Authentication-Results: out of memory");
}

/* The verdict of four that policies in the manner of Exim ask for. */
static const char *
plain_status(int status)
{
	switch (status) {
	case EC_DKIM_NONE:
		return "none";
	case EC_DKIM_PASS:
		return "pass";
	case EC_DKIM_FAIL:
		return "fail";
	default:
		return "invalid";
	}
}

static const char *
alignment_word(int alignment)
{
	switch (alignment) {
	case EC_DKIM_ALIGNED_STRICT:
		return "strict";
	case EC_DKIM_ALIGNED_RELAXED:
		return "relaxed";
	default:
		return "none";
	}
}

static void
set(ec_message *msg, const char *name, const char *value)
{
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, name,
	    value == NULL ? "" : value);
}

static const char *
identity_domain(const ec_dkim_verify_result *item)
{
	const char *at = item->identity == NULL ? NULL :
	    strrchr(item->identity, '@');

	return at != NULL && at[1] != '\0' ? at + 1 : item->domain;
}

static bool
was_before(const ec_dkim_verify_results *results, int i, const char *domain)
{
	for (int j = 0; j < i; j++) {
		const char *other = identity_domain(&results->items[j]);

		if (results->items[j].status == EC_DKIM_PASS && other != NULL &&
		    strcasecmp(other, domain) == 0)
			return true;
	}
	return false;
}

static void
write_lower(string *out, const char *text)
{
	for (; *text != '\0'; text++) {
		char c = (char)tolower((unsigned char)*text);

		(void)stringwrite(out, &c, 1);
	}
}

int
publish_domains(const ec_dkim_verify_results *results, string *out)
{
	int n = 0;

	for (int i = 0; i < results->count; i++) {
		const ec_dkim_verify_result *item = &results->items[i];
		const char *domain = identity_domain(item);

		if (item->status != EC_DKIM_PASS || domain == NULL ||
		    was_before(results, i, domain))
			continue;
		if (n++ > 0)
			(void)stringwrite_strings(out, 1, ",");
		write_lower(out, domain);
	}
	return n;
}

static void
set_domains(ec_message *msg, const ec_dkim_verify_results *results)
{
	char room[256];
	string domains = STRING_GROWABLE_STATIC_INIT(room);

	room[0] = '\0';
	(void)publish_domains(results, &domains);
	set(msg, "dkim_domains", domains.buffer);
	(void)string_destroy(&domains);
}

void
publish_variables(ec_message *msg, const struct findings *findings)
{
	static const ec_dkim_verify_result unsigned_mail = { 0 };
	const ec_dkim_verify_results *results = &findings->results;
	const ec_dkim_verify_result *item = findings->decisive < 0 ?
	    &unsigned_mail : &results->items[findings->decisive];
	char count[16];

	(void)snprintf(count, sizeof(count), "%d", results->count);
	set(msg, "dkim_status", plain_status(results->status));
	set(msg, "dkim_result",
	    ec_dkim_verify_status_to_string(results->status));
	set(msg, "dkim_reason", findings->decisive < 0 ?
	    seal_reason_word(SEAL_WHY_NO_SIGNATURE) : item->reason);
	set(msg, "dkim_diagnostic", findings->decisive < 0 ?
	    seal_reason_sentence(SEAL_WHY_NO_SIGNATURE) : item->diagnostic);
	set(msg, "dkim_signer", item->domain);
	set(msg, "dkim_selector", item->selector);
	set(msg, "dkim_testing", item->testing ? "true" : "false");
	set(msg, "dkim_alignment", alignment_word(findings->alignment));
	set(msg, "dkim_signatures", count);
	set_domains(msg, results);
}
