/*
 * plan.h: which signatures a message gets, and what keeps it from one.
 */
#ifndef DKIM_SIGN_PLAN_H
#define DKIM_SIGN_PLAN_H

#include "dkim/letterhead.h"
#include "ec_signing_stats.h"
#include "stanza.h"
#include "validate_context.h"

struct plan_item { /* one signature */
	struct stanza *stanza;
	const struct settings *settings;
	struct seal_profile *profile; /* a reference */
};

struct plan_trouble { /* why a signature is not made */
	struct stanza *stanza;
	const char *selector;
	char domain[SEAL_DOMAIN_BYTES], why[256];
};

struct plan {
	struct letterhead head;
	struct plan_item items[SEAL_MAX_PROFILES];
	size_t n;
	enum sign_failure failure; /* the gravest that something asks for */
	unsigned failures; /* signatures that ought to be and are not */
	struct plan_trouble trouble; /* the latest, if there are any */
	u_int64_t began; /* ec_signing_stats_clock() */
};

/* No signatures yet. */
void plan_init(struct plan *plan, ec_message *msg);
void plan_deinit(struct plan *plan);

/* Whether the option dkim is on for the message: for at least one of its
 * recipients, since all get the same body. */
bool plan_is_wanted(ec_message *msg);

/* Tell which recipients that hung on, if `stanza` is to say everything. */
void plan_trace_wanted(const struct stanza *stanza, ec_message *msg);

/* Add the signature of a stanza, if its condition holds and it has a key.  What
 * goes wrong is logged, and plan->failure rises to the sign_failure that is
 * configured for it. */
void plan_add(struct plan *plan, struct stanza *stanza, ec_message *msg);

/* Refuse the message as plan->failure says; "unsigned" lets it pass. */
void plan_refuse(enum sign_failure failure, validate_context *ctx);

#endif
