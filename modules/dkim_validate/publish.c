/*
 * publish.c: a header field and ten variables.
 */
#include "publish.h"

#include "dkim/field.h"
#include "dkim/memory.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define FIELD_NAME "Authentication-Results"

static bool
claims_to_be_ours(const struct checker *checker, const struct field *field)
{
	const char *id = checker->authserv_id;

	return field_is(field, FIELD_NAME) &&
	    seal_authres_claims(field->value, (struct span){
	    (const unsigned char *)id, strlen(id) });
}

/* All are looked at first, and go from the bottom up: removing one moves those
 * below it, and must not make another be missed. */
static void
remove_forged(const struct checker *checker, ec_message *msg)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *header = ec_message_get_headers(part, 1);
	rfc2822_field *at = header->headers;
	ec_ptr_array forged;
	struct field field;

	(void)ec_ptr_array_init(&forged, 0, NULL);
	for (int i = 0; at != NULL && field_at(msg, i, &field);
	    i++, at = at->next) {
		if (claims_to_be_ours(checker, &field))
			(void)ec_ptr_array_append(&forged, at);
	}
	if (forged.size > 0) {
		header = ec_message_get_headers(part, 0);
		for (int i = forged.size; i > 0; i--)
			(void)rfc2822_remove_field(header,
			    forged.items[i - 1]);
		ec_message_part_touch(part, EC_MSG_HDR_REM);
		ec_mod_debug(checker->self, DNOTICE, "removed %d forged "
		    FIELD_NAME " of '%s'", forged.size, checker->authserv_id);
	}
	ec_ptr_array_destroy(&forged);
}

static void
add_ours(const struct checker *checker, ec_message *msg, const char *value)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_field *field = rfc2822_new_header(FIELD_NAME, value);

	if (field == NULL) {
		ec_mod_debug(checker->self, DERROR,
		    "no " FIELD_NAME ": out of memory");
		return;
	}
	rfc2822_prepend_header(ec_message_get_headers(part, 0), field);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

void
publish_header(const struct checker *checker, ec_message *msg,
    const struct findings *findings)
{
	remove_forged(checker, msg);
	if (findings != NULL && findings->authres != NULL &&
	    (findings->results.count > 0 || checker->report_none))
		add_ours(checker, msg, findings->authres);
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
