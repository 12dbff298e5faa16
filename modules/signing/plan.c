/*
 * plan.c: conditions first, then keys.
 */
#include "signing/plan.h"

#include "ec_config.h"
#include "signing/account.h"
#include "signing/signing.h"
#include "validate.h"

#include <stdio.h>

/* RFC 3463 section 3.8: cryptographic failure. */
#define TEMPFAIL_REPLY "4.7.5 The message cannot be signed now, try again later"
#define REJECT_REPLY "5.7.5 The message cannot be signed"

#define ABOUT_BYTES (SEAL_DOMAIN_BYTES + 64)

void
plan_init(struct plan *plan, ec_message *msg)
{
	plan->n = 0;
	plan->failure = SIGN_FAILURE_UNSIGNED;
	plan->failures = 0;
	plan->skip = (struct plan_skip){ NULL, NULL, NULL };
	plan->key[0] = '\0';
	plan->by_script = false;
	plan->began = ec_signing_stats_clock();
	letterhead_read(msg, &plan->head);
}

void
plan_deinit(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		signing.engine->profile_unref(plan->items[i].profile);
	plan->n = 0;
}

/* The switch for one recipient's domain; NULL: there is none. */
static bool
is_on(const char *binding, const char *domain)
{
	int slot = options_slot(OPTION_SWITCH);
	ec_config_value *value = domain != NULL ?
	    ec_config_option_fetch_binding_domain(NULL, slot, NULL, binding,
	    domain) :
	    ec_config_option_fetch_binding(NULL, slot, NULL, binding);
	bool on = value == NULL || value->v->vint != 0;

	ec_config_release_value(value);
	return on;
}

bool
plan_is_wanted(ec_message *msg)
{
	const char *binding =
	    config_get_binding_name_from_id(msg->binding_slot);
	int n = ec_message_rcpt_count(msg);

	for (int i = 0; i < n; i++) {
		if (is_on(binding, ec_message_rcpt_domain(msg, i)))
			return true;
	}
	return n == 0 && is_on(binding, NULL);
}

static void
trace_switch(const struct stanza *stanza, const char *binding,
    const char *domain)
{
	ec_mod_debug(stanza->self, DDEBUG, "option %s is %s for domain '%s' "
	    "in binding '%s'", options_name(OPTION_SWITCH),
	    is_on(binding, domain) ? "enabled" : "disabled",
	    domain != NULL ? domain : "", binding);
}

void
plan_trace_wanted(const struct stanza *stanza, ec_message *msg)
{
	int n = ec_message_rcpt_count(msg);
	const char *binding;

	if (!ec_mod_debug_enabled(stanza->self, DDEBUG))
		return;
	binding = config_get_binding_name_from_id(msg->binding_slot);
	for (int i = 0; i < n; i++)
		trace_switch(stanza, binding, ec_message_rcpt_domain(msg, i));
	if (n == 0)
		trace_switch(stanza, binding, NULL);
	if (!plan_is_wanted(msg))
		ec_mod_debug(stanza->self, DDEBUG, "not signed: option %s "
		    "is disabled for every recipient",
		    options_name(OPTION_SWITCH));
}

/* sign_condition: the variable is there, in either context; its value does not
 * count. */
static bool
condition_holds(const struct settings *settings, ec_message *msg)
{
	return settings->sign_condition == NULL ||
	    ec_message_context_exists(msg, ECMESS_CTX_CONN,
	    settings->sign_condition) ||
	    ec_message_context_exists(msg, ECMESS_CTX_MESS,
	    settings->sign_condition);
}

/* Complain about the message itself: once a minute for a domain. */
static void
fail_message(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *why)
{
	char about[ABOUT_BYTES];

	(void)snprintf(about, sizeof(about), "%s %s", why, plan->head.domain);
	stanza_complain(stanza, about, "not signed for '%s': %s",
	    plan->head.domain, why);
	account_fail(plan, stanza, settings, plan->head.domain, NULL, why);
}

static const char *
what_is_wrong(const struct plan *plan)
{
	if (plan->head.from_count == 0)
		return "the message has no From field";
	if (plan->head.from_count > 1)
		return "the message has more than one From field";
	if (plan->head.domain[0] == '\0')
		return "neither Sender nor From holds an address";
	return NULL;
}

static void
add_item(struct plan *plan, struct stanza *stanza,
    const struct settings *settings)
{
	const char *responsible = plan->head.domain;
	const char *domain = settings_domain(settings, responsible);
	struct plan_item *item = &plan->items[plan->n];
	struct seal_key *key = NULL;
	char path[PATH_MAX];
	struct why why;
	const char *words;

	if (stanza_key(stanza, settings, domain, responsible, &key, path,
	    &why) != KEYFILE_OK) {
		/* what is wrong with the same file by now is news */
		stanza_complain(stanza, why.text, "not signed for '%s': %s",
		    domain, why.text);
		account_fail(plan, stanza, settings, domain, path, why.text);
		return;
	}
	ACCOUNT_TRACE(stanza, "key of '%s', selector '%s': file '%s'", domain,
	    settings->selector, path);
	*item = (struct plan_item){ stanza, settings, NULL, false };
	if (profiles_get(stanza->profiles, settings, domain, key,
	    &item->profile, &words) == 0) {
		if (plan->n++ == 0 && plan->failures == 0)
			account_key(plan, path);
	} else {
		stanza_complain(stanza, path,
		    "not signed for '%s' with key file '%s': %s", domain, path,
		    words);
		account_fail(plan, stanza, settings, domain, path, words);
	}
	seal_key_unref(&key);
}

/* Which scope decides. */
static void
trace_settings(const struct plan *plan, const struct stanza *stanza,
    const struct settings *settings)
{
	bool own = settings != stanza->defaults;

	if (own)
		ACCOUNT_TRACE(stanza, "responsible domain '%s': %s \"%s\" "
		    "decides", plan->head.domain, signing.domain_scope,
		    settings->id);
	else
		ACCOUNT_TRACE(stanza, "responsible domain '%s': the stanza "
		    "itself decides", plan->head.domain);
	if (settings->sign_condition != NULL)
		ACCOUNT_TRACE(stanza, "sign_condition is '%s'",
		    settings->sign_condition);
}

void
plan_add(struct plan *plan, struct stanza *stanza, ec_message *msg)
{
	const struct settings *settings = stanza_settings(stanza,
	    plan->head.domain);
	const char *wrong;

	trace_settings(plan, stanza, settings);
	/* a stanza may leave all domains but those in it unsigned */
	if (!settings_sign(settings)) {
		account_skip(plan, stanza, settings,
		    settings->selector == NULL ? "selector is not set there" :
		    "key is not set there");
		return;
	}
	if (!condition_holds(settings, msg)) {
		account_skip(plan, stanza, settings, ACCOUNT_CONDITION);
		return;
	}
	wrong = what_is_wrong(plan);
	if (wrong == NULL && plan->n == SEAL_MAX_PROFILES)
		wrong = "there are 16 signatures already";
	if (wrong != NULL)
		fail_message(plan, stanza, settings, wrong);
	else
		add_item(plan, stanza, settings);
}

void
plan_refuse(enum sign_failure failure, validate_context *ctx)
{
	switch (failure) {
	case SIGN_FAILURE_UNSIGNED:
		return;
	case SIGN_FAILURE_TEMPFAIL:
		(void)validate_context_set_code(ctx, 451, TEMPFAIL_REPLY);
		return;
	case SIGN_FAILURE_REJECT:
		(void)validate_context_set_code(ctx, 550, REJECT_REPLY);
		return;
	}
}
