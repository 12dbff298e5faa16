/*
 * account.c: one count and one line for each message.
 */
#include "account.h"

#include "ec_result_log.h"
#include "numbers.h"

#include <stdio.h>

void
account_fail(struct plan *plan, struct stanza *stanza,
    const struct settings *settings, const char *domain, const char *why)
{
	struct plan_trouble *trouble = &plan->trouble;

	plan->failures++;
	if (settings->sign_failure > plan->failure)
		plan->failure = settings->sign_failure;
	trouble->stanza = stanza;
	trouble->selector = settings->selector;
	(void)snprintf(trouble->domain, sizeof(trouble->domain), "%s", domain);
	(void)snprintf(trouble->why, sizeof(trouble->why), "%s", why);
	ACCOUNT_TRACE(stanza, "not signed for '%s': %s", domain, why);
}

static void
tell(struct stanza *stanza, const struct ec_result *result)
{
	ec_result_log(stanza->self, result);
}

/* The signatures that were made, in one line: mostly there is one. */
static void
tell_signed(const struct plan *plan, u_int64_t spent)
{
	const struct plan_item *first = &plan->items[0];
	char more[64] = "";

	if (plan->n > 1)
		(void)snprintf(more, sizeof(more), "%zu signatures, this is "
		    "the first", plan->n);
	tell(first->stanza, &(struct ec_result){
		.result = "signed",
		.domain = settings_domain(first->settings, plan->head.domain),
		.selector = first->settings->selector,
		.reason = more,
		.nanoseconds = spent,
	});
}

static void
tell_trouble(const struct plan *plan, size_t made, u_int64_t spent)
{
	const struct plan_trouble *trouble = &plan->trouble;

	tell(trouble->stanza, &(struct ec_result){
		.result = made > 0 ? "incomplete" : "failed",
		.domain = trouble->domain,
		.selector = trouble->selector,
		.reason = trouble->why,
		.nanoseconds = spent,
		.is_trouble = 1,
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

	ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
	sign_numbers_failed(plan->failures);
	if (plan->failures > 0 && ec_result_log_wanted(1))
		tell_trouble(plan, made, tally.nanoseconds);
	else if (made > 0 && ec_result_log_wanted(0))
		tell_signed(plan, tally.nanoseconds);
}

void
account_unwanted(ec_message *msg)
{
	const struct ec_signing_tally tally = { .processed = 1 };

	ec_signing_stats_add(msg, EC_SIGNING_DKIM, &tally);
}
