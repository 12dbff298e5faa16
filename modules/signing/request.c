/*
 * request.c: arguments over settings, then a plan of one.
 *
 * An id made of the arguments lets their profile be found again.
 */
#include "signing/request.h"

#include "dkim/memory.h"
#include "ec_config.h"
#include "module.h"
#include "signing/account.h"
#include "signing/field_list.h"
#include "signing/keypath.h"
#include "signing/keytext.h"
#include "signing/names.h"
#include "signing/sign.h"
#include "signing/signing.h"

#include <strings.h>

#define SECONDS_IN_HOUR 3600
#define MAX_LIST (64 * 1024) /* octets: more than h= takes */
#define MAX_IDENTITY 1024 /* of UTF-8; what it may be, the engine says */

struct request {
	const struct request_args *args;
	struct stanza *stanza;
	struct settings settings; /* texts are the stanza's or the caller's */
	char base_domain[SEAL_DOMAIN_BYTES];
	char *headerlist; /* a copy, with colons between */
	string id;
	struct plan plan;
	const char *why;
};

static bool
bad(struct request *request, const char *why)
{
	request->why = why;
	return false;
}

/* Take over a text and make it part of the id, with its length: no text can
 * pretend to be two. */
static void
lay_text(struct request *request, char **setting, const char *text)
{
	if (text == NULL)
		return;
	*setting = (char *)(uintptr_t)text; /* only read */
	(void)stringprintf(&request->id, "\n%td %zu %s",
	    (char *)setting - (char *)&request->settings, strlen(text), text);
}

static void
lay_number(struct request *request, const char *name, int64_t number)
{
	(void)stringprintf(&request->id, "\n%s %lld", name,
	    (long long)number);
}

static bool
lay_canon(struct request *request, enum seal_canon *canon, const char *name,
    const char *text)
{
	if (text == NULL)
		return true;
	if (strcasecmp(text, "simple") == 0)
		*canon = SEAL_CANON_SIMPLE;
	else if (strcasecmp(text, "relaxed") == 0)
		*canon = SEAL_CANON_RELAXED;
	else
		return bad(request,
		    "header_canon and body_canon are \"simple\" or \"relaxed\"");
	lay_number(request, name, *canon);
	return true;
}

static bool
lay_dk_canon(struct request *request, const char *text)
{
	struct span name;

	if (text == NULL)
		return true;
	name = (struct span){ (const unsigned char *)text, strlen(text) };
	if (seal_dk_canon_parse(name, &request->settings.dk_canon) != 0)
		return bad(request, "canon is \"simple\" or \"nofws\"");
	lay_number(request, "c", request->settings.dk_canon);
	return true;
}

static bool
lay_digest(struct request *request, const char *text)
{
	struct span name;

	if (text == NULL)
		return true;
	name = (struct span){ (const unsigned char *)text, strlen(text) };
	request->settings.digest = seal_algorithm_by_name(name);
	if (request->settings.digest == SEAL_ALGORITHM_NONE)
		return bad(request, "digest is \"rsa-sha256\", "
		    "\"ed25519-sha256\" or \"rsa-sha1\"");
	lay_number(request, "a", request->settings.digest);
	return true;
}

static bool
lay_base_domain(struct request *request, const char *text)
{
	if (text == NULL)
		return true;
	if (!names_to_ascii(text, request->base_domain))
		return bad(request, "base_domain is no domain name");
	lay_text(request, &request->settings.base_domain,
	    request->base_domain);
	return true;
}

static bool
lay_selector(struct request *request, const char *text)
{
	char ascii[SEAL_DOMAIN_BYTES];

	if (text != NULL && !names_to_ascii(text, ascii))
		return bad(request, "selector is none");
	lay_text(request, &request->settings.selector, text);
	if (request->settings.selector == NULL)
		return bad(request, "there is no selector");
	return true;
}

/* What makes the id is kept with the profile for a while, and may come from the
 * message. */
static bool
are_short(struct request *request)
{
	const struct request_args *args = request->args;

	if (args->headerlist != NULL && strlen(args->headerlist) > MAX_LIST)
		return bad(request, "headerlist is longer than any can be");
	if (args->identity != NULL && strlen(args->identity) > MAX_IDENTITY)
		return bad(request, "identity is longer than any can be");
	if (args->key_file != NULL && strlen(args->key_file) >= KEYPATH_BYTES)
		return bad(request, "key_file is longer than any can be");
	return true;
}

/* Lay the arguments over the settings.  Returns false with request->why. */
static bool
lay_arguments(struct request *request)
{
	const struct request_args *args = request->args;
	struct settings *s = &request->settings;

	if (!are_short(request))
		return false;
	lay_text(request, &s->headerlist, request->headerlist);
	lay_text(request, &s->identity, args->identity);
	if (args->key_file != NULL && keytext_is_key(args->key_file))
		return bad(request, "key_file is a key itself (expected the "
		    "path of a file; a key is for key, or keybuf in scripts)");
	if (args->key_file != NULL && !keypath_is_pattern(args->key_file))
		return bad(request, "of patterns key_file may hold %{d}, %{s} "
		    "and %% alone");
	if (args->key_file != NULL) {
		lay_text(request, &s->key, args->key_file);
		s->key_has_domain = true; /* perhaps: it is looked at twice */
	}
	if (args->body_length_limit >= 0) {
		s->body_length_limit = args->body_length_limit != 0;
		lay_number(request, "l", s->body_length_limit);
	}
	if (args->lifetime >= 0) {
		s->lifetime = (int64_t)args->lifetime * SECONDS_IN_HOUR;
		lay_number(request, "x", s->lifetime);
	}
	return lay_canon(request, &s->header_canon, "h", args->header_canon) &&
	    lay_canon(request, &s->body_canon, "b", args->body_canon) &&
	    lay_dk_canon(request, args->dk_canon) &&
	    lay_digest(request, args->digest) &&
	    lay_base_domain(request, args->base_domain) &&
	    lay_selector(request, args->selector);
}

static bool
get_key(struct request *request, const char *domain, struct seal_key **key_r,
    struct why *why_r)
{
	char path[PATH_MAX];

	if (request->args->key != NULL)
		return keytext_get(request->stanza->texts, request->args->key,
		    key_r, why_r) == 0;
	if (request->settings.key == NULL) {
		why_set(why_r, "there is no key");
		return false;
	}
	if (stanza_key(request->stanza, &request->settings, domain,
	    request->plan.head.domain, key_r, path, why_r) != KEYFILE_OK)
		return false;
	account_key(&request->plan, path);
	return true;
}

/* Plan the one signature. */
static bool
plan_it(struct request *request, struct why *why_r)
{
	struct plan *plan = &request->plan;
	const char *domain = settings_domain(&request->settings,
	    plan->head.domain);
	struct plan_item *item = &plan->items[0];
	struct seal_key *key = NULL;
	const char *words;

	if (domain[0] == '\0') {
		why_set(why_r, "neither Sender nor From holds an address");
		return false;
	}
	if (!get_key(request, domain, &key, why_r))
		return false;
	*item = (struct plan_item){ request->stanza, &request->settings, NULL,
	    false };
	if (profiles_get(request->stanza->profiles, &request->settings, domain,
	    key, &item->profile, &words) == 0)
		plan->n = 1;
	else
		why_set(why_r, "%s", words);
	seal_key_unref(&key);
	return plan->n == 1;
}

static struct stanza *
first_stanza(void)
{
	struct stanza *stanza;
	ec_ptr_array stanzas;

	(void)ec_ptr_array_init(&stanzas, 0, NULL);
	signing.collect(&stanzas);
	stanza = ec_ptr_array_get(&stanzas, 0);
	ec_ptr_array_destroy(&stanzas);
	return stanza;
}

static int
sign(struct request *request, ec_message *m)
{
	struct why why = { "" };
	size_t made = 0;

	plan_init(&request->plan, m);
	request->plan.by_script = true;
	request->settings = *stanza_settings(request->stanza,
	    request->plan.head.domain);
	(void)stringwrite_strings(&request->id, 1, request->settings.id);
	if (!lay_arguments(request)) {
		why_set(&why, "%s", request->why);
	} else {
		request->settings.id = request->id.buffer;
		if (plan_it(request, &why))
			made = sign_message(&request->plan, m);
	}
	if (why.text[0] != '\0') {
		stanza_complain(request->stanza, why.text,
		    "%s: not signed: %s", signing.function, why.text);
		account_fail(&request->plan, request->stanza,
		    &request->settings, settings_domain(&request->settings,
		    request->plan.head.domain), NULL, why.text);
	}
	account_close(&request->plan, made, m);
	plan_deinit(&request->plan);
	return made > 0;
}

int
request_sign(ec_message *m, const struct request_args *args)
{
	ec_config_header *conf = ec_config_fetch_globalconf();
	struct request request = { .args = args, .stanza = first_stanza() };
	int made = 0;

	if (m == NULL) {
		(void)ec_debug_printf(DERROR, DMOD, "%s: there is no message",
		    signing.function);
	} else if (request.stanza == NULL) {
		(void)ec_debug_printf(DERROR, DMOD, "%s: there is no %s stanza",
		    signing.function, signing.name);
	} else {
		(void)string_init_type(&request.id, 256, STRING_TYPE_MALLOC);
		request.headerlist = memory_text(args->headerlist);
		field_list_settle(request.headerlist);
		made = sign(&request, m);
		memory_free(request.headerlist);
		(void)string_destroy(&request.id);
	}
	ec_config_release_scope_instance(conf);
	return made;
}
