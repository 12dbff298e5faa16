/*
 * account.c: one count and one line for each message.
 */
#include "signing/account.h"

#include "ec_result_log.h"
#include "signing/numbers.h"
#include "signing/signing.h"

#include <stdio.h>
#include <string.h>

/* Room for "dkim_domain NAME", "option opendkim_sign". */
#define SCOPE_BYTES (SEAL_DOMAIN_BYTES + 64)

void
account_key(struct plan *plan, const char *path)
{
	(void)snprintf(plan->key, sizeof(plan->key), "%s", path);
}

void
account_skip(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *why)
{
	if (plan->skip.stanza == NULL)
		plan->skip = (struct plan_skip){ stanza, settings, why };
	ACCOUNT_TRACE(stanza, "not signed: %s%s%s%s", why,
	    settings->sign_condition != NULL ? " (sign_condition '" : "",
	    settings->sign_condition != NULL ? settings->sign_condition : "",
	    settings->sign_condition != NULL ? "')" : "");
}

void
account_fail(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *domain, const char *key,
    const char *why)
{
	struct plan_trouble *trouble = &plan->trouble;

	if (plan->failures < SEAL_MAX_PROFILES)
		plan->failed[plan->failures] = settings;
	plan->failures++;
	if (settings->sign_failure > plan->failure)
		plan->failure = settings->sign_failure;
	trouble->stanza = stanza;
	trouble->settings = settings;
	(void)snprintf(trouble->domain, sizeof(trouble->domain), "%s", domain);
	(void)snprintf(trouble->why, sizeof(trouble->why), "%s", why);
	/* it may be the plan's own already */
	if (key != plan->key)
		account_key(plan, key != NULL ? key : "");
	ACCOUNT_TRACE(stanza, "not signed for '%s': %s", domain, why);
}

/* Which scope of the configuration the settings are from. */
static const char *
scope_of(const struct plan *plan, const struct stanza *stanza,
    const struct settings *settings, char room[SCOPE_BYTES])
{
	if (plan->by_script)
		return "script";
	if (settings == stanza->defaults)
		return "stanza";
	(void)snprintf(room, SCOPE_BYTES, "%s %s", signing.domain_scope,
	    settings->id);
	return room;
}

/* A line about what `stanza` did, with what all of them have. */
static void
tell(const struct plan *plan, struct stanza *stanza,
    const struct settings *settings, struct ec_result *result)
{
	const char *responsible = plan->head.domain;
	char scope[SCOPE_BYTES];

	result->scope = scope_of(plan, stanza, settings, scope);
	if (result->domain == NULL || strcmp(result->domain, responsible) != 0)
		result->responsible = responsible;
	ec_result_log(stanza->self, result);
}

/* Room for those that were made and those that were not. */
#define SIGNATURES (2 * SEAL_MAX_PROFILES)

static void
add_signature(const struct plan *plan, const struct settings *settings,
    const char *result, struct ec_result_signature list[SIGNATURES],
    size_t *n)
{
	list[(*n)++] = (struct ec_result_signature){
		.result = result,
		.domain = settings_domain(settings, plan->head.domain),
		.selector = settings->selector,
	};
}

static size_t
list_signatures(const struct plan *plan,
    struct ec_result_signature list[SIGNATURES])
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++) {
		if (plan->items[i].is_made)
			add_signature(plan, plan->items[i].settings, "signed",
			    list, &n);
	}
	for (unsigned i = 0; i < plan->failures && i < SEAL_MAX_PROFILES; i++)
		add_signature(plan, plan->failed[i], "failed", list, &n);
	return n;
}

/* The same line, with all of them where there are several. */
static void
tell_all(const struct plan *plan, struct stanza *stanza,
    const struct settings *settings, struct ec_result *result)
{
	struct ec_result_signature list[SIGNATURES];

	if (plan->n + plan->failures > 1) {
		result->signature_count = list_signatures(plan, list);
		result->signatures = list;
	}
	tell(plan, stanza, settings, result);
}

/* The first of the signatures that were made: mostly there is one. */
static void
tell_signed(const struct plan *plan, u_int64_t spent)
{
	const struct plan_item *first = &plan->items[0];

	tell_all(plan, first->stanza, first->settings, &(struct ec_result){
		.result = "signed",
		.domain = settings_domain(first->settings, plan->head.domain),
		.selector = first->settings->selector,
		.key = plan->key,
		.nanoseconds = spent,
	});
}

static void
tell_trouble(const struct plan *plan, size_t made, u_int64_t spent)
{
	const struct plan_trouble *trouble = &plan->trouble;

	tell_all(plan, trouble->stanza, trouble->settings, &(struct ec_result){
		.result = made > 0 ? "incomplete" : "failed",
		.domain = trouble->domain,
		.selector = trouble->settings->selector,
		.key = plan->key,
		.reason = trouble->why,
		.nanoseconds = spent,
		.is_trouble = 1,
	});
}

/* Nobody had to sign: the first of those who did not says why. */
static void
tell_skipped(const struct plan *plan, u_int64_t spent)
{
	const struct plan_skip *skip = &plan->skip;

	tell(plan, skip->stanza, skip->settings, &(struct ec_result){
		.result = "unsigned",
		.condition = strcmp(skip->why, ACCOUNT_CONDITION) == 0 ?
		    skip->settings->sign_condition : NULL,
		.reason = skip->why,
		.nanoseconds = spent,
	});
}

void
account_close(const struct plan *plan, size_t made, ec_message *msg)
{
	const struct ec_signing_tally tally = {
		.processed = 1,
		.signed_ok = made > 0 ? 1 : 0,
		.failed = plan->failures,
		.nanoseconds = ec_signing_stats_clock() - plan->began,
	};

	ec_signing_stats_add(msg, signing.engine->stats_kind, &tally);
	sign_numbers_failed(plan->failures);
	if (plan->failures > 0 && ec_result_log_wanted(1))
		tell_trouble(plan, made, tally.nanoseconds);
	else if (made > 0 && ec_result_log_wanted(0))
		tell_signed(plan, tally.nanoseconds);
	else if (plan->skip.stanza != NULL && ec_result_log_wanted(0))
		tell_skipped(plan, tally.nanoseconds);
}

void
account_unwanted(struct stanza *stanza, ec_message *msg)
{
	const struct ec_signing_tally tally = { .processed = 1 };
	char scope[SCOPE_BYTES], why[2 * SCOPE_BYTES];
	struct letterhead head;

	ec_signing_stats_add(msg, signing.engine->stats_kind, &tally);
	if (!ec_result_log_wanted(0))
		return;
	letterhead_read(msg, &head);
	(void)snprintf(scope, sizeof(scope), "option %s",
	    options_name(OPTION_SWITCH));
	(void)snprintf(why, sizeof(why), "%s is disabled for every recipient",
	    scope);
	ec_result_log(stanza->self, &(struct ec_result){
		.result = "unsigned",
		.responsible = head.domain,
		.scope = scope,
		.reason = why,
	});
}
