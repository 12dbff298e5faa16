/*
 * explanation.c: a sentence for each result, a line for each fact, and advice.
 */
#include "cli/explanation.h"

#include "cli/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 12 /* of the name of a fact */
#define OPTION "option " /* begins the name of a scope that is none */

static const struct {
	const char *result, *sentence;
} sentences[] = {
	{ "signed", "it was signed" },
	{ "incomplete", "it was signed, but a signature is missing" },
	{ "failed", "it should have been signed, and could not be" },
	{ "unsigned", "it was not to be signed" },
	{ "pass", "it was verified, and a signature holds" },
	{ "none", "it was looked at, and has no signature" },
	{ "fail", "it was verified, and the signature does not hold" },
	{ "policy", "it was verified: the signature is of a kind that is refused "
	    "here" },
	{ "neutral", "it was verified: the signature says nothing" },
	{ "temperror", "it could not be verified now" },
	{ "permerror", "it could not be verified: the signature or its key "
	    "cannot be used" },
	{ "error", "it could not be verified for a trouble of our own" },
};

/* "" when it is not there. */
static const char *
get(const json_t *result, const char *name)
{
	const char *text = json_string_value(json_object_get(result, name));

	return text != NULL ? text : "";
}

static bool
is(const json_t *result, const char *name, const char *value)
{
	return strcmp(get(result, name), value) == 0;
}

const char *
explanation_sentence(const json_t *result)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if (is(result, "result", sentences[i].result))
			return sentences[i].sentence;
	}
	return "something was found out";
}

/* advice */

__attribute__((format(printf, 1, 2)))
static char *
words(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return text;
}

static bool
has_reason(const json_t *result, const char *part)
{
	return strstr(get(result, "reason"), part) != NULL;
}

static char *
advise_on_condition(const char *variable)
{
	if (strcmp(variable, "can_relay") == 0)
		return words("the client is not within relay_hosts and did not "
		    "authenticate. If mail from there is your own, add its "
		    "address to relay_hosts");
	if (strcmp(variable, "auth_user") == 0)
		return words("the client did not authenticate, or the mail "
		    "server did not say so (milter_mail_macros)");
	return words("nobody set the variable '%s' on the connection or the "
	    "message: a policy script, or the option context", variable);
}

/* The scope of a domain within a stanza. */
static const char *
domain_scope(const json_t *result)
{
	return is(result, "module", "opendkim") ? "dkim_domain" : "dk_domain";
}

static bool
is_option(const char *scope)
{
	return strncmp(scope, OPTION, strlen(OPTION)) == 0;
}

static char *
advise_unsigned(const json_t *result)
{
	const char *domain = get(result, "from");

	if (get(result, "condition")[0] != '\0')
		return advise_on_condition(get(result, "condition"));
	if (is_option(get(result, "scope")))
		return words("a domain, binding or global option %s = "
		    "disabled holds for all its recipients; `config eval "
		    "Domain RECIPIENT-DOMAIN %s` on the console says which",
		    get(result, "scope") + strlen(OPTION),
		    get(result, "scope") + strlen(OPTION));
	if (is(result, "scope", "stanza"))
		return words("the stanza signs for its %ss alone: to "
		    "sign for '%s', add %s \"%s\" { selector = ... "
		    "key = ... }", domain_scope(result), domain,
		    domain_scope(result), domain);
	return words("its %s sets no selector or no key, and the stanza "
	    "sets none either", domain_scope(result));
}

static char *
advise_failed(const json_t *result)
{
	const char *key = get(result, "key");

	if (has_reason(result, "From"))
		return words("the message is wrong (RFC 5322 section 3.6: one "
		    "From), and a signature would not be accepted");
	if (key[0] == '\0')
		return NULL;
	if (has_reason(result, "No such file"))
		return words("make the key there (mailseal keygen), or correct "
		    "the option key");
	return words("look at the owner and the mode of '%s' and of the "
	    "folders above it, as the user that mailseald runs as", key);
}

static char *
advise_record(const json_t *result, const char *why)
{
	const char *domain = get(result, "domain");
	const char *selector = get(result, "selector");

	if (domain[0] == '\0' || selector[0] == '\0')
		return NULL;
	return words("%smailseal key %s %s says how the record in the DNS is "
	    "now", why, selector, domain);
}

char *
explanation_advice(const json_t *result)
{
	if (is(result, "result", "unsigned"))
		return advise_unsigned(result);
	if (is(result, "result", "failed") ||
	    is(result, "result", "incomplete"))
		return advise_failed(result);
	if (is(result, "result", "fail") && has_reason(result, "body"))
		return words("the body was changed after it was signed: by a "
		    "mailing list, a filter, a footer on its way");
	if (is(result, "result", "fail"))
		return advise_record(result, "a signed field was changed on "
		    "the way, or the key is another one by now; ");
	if (is(result, "result", "temperror") ||
	    is(result, "result", "permerror") ||
	    is(result, "result", "signed"))
		return advise_record(result, "");
	if (is(result, "result", "policy"))
		return words("the options %smin_key_bits, max_signatures and "
		    "max_header_size of %s decide that",
		    is(result, "module", "dk_validate") ? "" :
		    "allow_rsa_sha1, allow_partial_body, ",
		    is(result, "module", "dk_validate") ? "dk_validate" :
		    "dkim_validate");
	return NULL;
}

/* printing */

static void
print_text(const char *text)
{
	text_print(span_of_text(text));
}

static void
begin_fact(const char *name)
{
	printf("  %-*s", WIDTH, name);
}

static void
print_fact(const char *name, const char *text)
{
	if (text[0] == '\0')
		return;
	begin_fact(name);
	print_text(text);
	putchar('\n');
}

static void
print_stanza(const json_t *result)
{
	print_text(get(result, "module"));
	if (get(result, "instance")[0] == '\0')
		return;
	fputs(" \"", stdout);
	print_text(get(result, "instance"));
	putchar('"');
}

bool
explanation_is_signing(const json_t *result)
{
	static const char *const results[] = { "signed", "unsigned", "failed",
		"incomplete" };

	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (is(result, "result", results[i]))
			return true;
	}
	return false;
}

/* Whose message it is; a line names it when it is not the one that signs. */
static void
print_from(const json_t *result)
{
	const char *from = get(result, "from");

	if (from[0] == '\0' && explanation_is_signing(result))
		from = get(result, "domain");
	if (from[0] == '\0')
		return;
	begin_fact("from");
	print_text(from);
	puts(", the domain in Sender, else in From");
}

static void
print_scope(const json_t *result)
{
	const char *scope = get(result, "scope"), *name = strchr(scope, ' ');

	if (scope[0] == '\0')
		return;
	begin_fact("decided by");
	if (strcmp(scope, "stanza") == 0) {
		fputs("the stanza ", stdout);
		print_stanza(result);
		printf(" itself: no %s is for that domain",
		    domain_scope(result));
	} else if (strcmp(scope, "script") == 0) {
		fputs("a policy script", stdout);
	} else if (!is_option(scope) && name != NULL) {
		text_print(span_of(scope, (size_t)(name - scope)));
		fputs(" \"", stdout);
		print_text(name + 1);
		fputs("\" of ", stdout);
		print_stanza(result);
	} else {
		print_text(scope);
	}
	putchar('\n');
}

static void
print_signature(const json_t *result)
{
	const char *domain = get(result, "domain");
	const char *selector = get(result, "selector");

	if (domain[0] == '\0')
		return;
	begin_fact("signature");
	fputs("d=", stdout);
	print_text(domain);
	if (selector[0] != '\0') {
		fputs(", s=", stdout);
		print_text(selector);
	}
	putchar('\n');
}

static void
print_one(const json_t *signature)
{
	print_text(get(signature, "result"));
	if (get(signature, "domain")[0] != '\0') {
		fputs(": d=", stdout);
		print_text(get(signature, "domain"));
	}
	if (get(signature, "selector")[0] != '\0') {
		fputs(", s=", stdout);
		print_text(get(signature, "selector"));
	}
	putchar('\n');
}

/* Where there are several.  The line of the log may not have had room for all
 * of them. */
static void
print_signatures(const json_t *result)
{
	const json_t *list = json_object_get(result, "signatures");
	json_int_t count = json_integer_value(json_object_get(result,
	    "count")), n = (json_int_t)json_array_size(list);

	for (json_int_t i = 0; i < n; i++) {
		begin_fact(i == 0 ? "all of them" : "");
		print_one(json_array_get(list, (size_t)i));
	}
	if (n > 0 && count > n) {
		begin_fact("");
		printf("and %lld more\n", (long long)(count - n));
	}
}

/* The file, or the name in the DNS. */
static void
print_key(const json_t *result)
{
	const char *domain = get(result, "domain");
	const char *selector = get(result, "selector");

	print_fact("key file", get(result, "key"));
	if (explanation_is_signing(result) || domain[0] == '\0' ||
	    selector[0] == '\0')
		return;
	begin_fact("key");
	print_text(selector);
	fputs("._domainkey.", stdout);
	print_text(domain);
	puts(", a TXT record");
}

static void
print_time(const json_t *result)
{
	const json_t *time = json_object_get(result, "microseconds");

	if (!json_is_integer(time))
		return;
	begin_fact("took");
	printf("%lld microseconds\n", (long long)json_integer_value(time));
}

static void
print_condition(const json_t *result)
{
	const char *condition = get(result, "condition");

	if (condition[0] == '\0')
		return;
	begin_fact("condition");
	fputs("sign_condition = ", stdout);
	print_text(condition);
	puts(" does not hold");
}

void
explanation_print(const char *id, const json_t *result)
{
	char *advice = explanation_advice(result);

	print_text(id);
	if (get(result, "time")[0] != '\0') {
		fputs(", ", stdout);
		print_text(get(result, "time"));
	}
	fputs(", ", stdout);
	print_stanza(result);
	printf(": %s.\n", explanation_sentence(result));
	print_from(result);
	print_scope(result);
	print_condition(result);
	print_signature(result);
	print_signatures(result);
	print_key(result);
	/* else it is said already */
	if (get(result, "condition")[0] == '\0')
		print_fact("why", get(result, "reason"));
	print_time(result);
	if (advice != NULL)
		print_fact("next", advice);
	free(advice);
}
