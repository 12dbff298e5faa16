/*
 * plan.h: which signatures a message gets, and what keeps it from one.
 */
#ifndef SIGNING_PLAN_H
#define SIGNING_PLAN_H

#include "dkim/letterhead.h"
#include "ec_signing_stats.h"
#include "signing/stanza.h"
#include "validate_context.h"

struct plan_item { /* one signature */
	struct stanza *stanza;
	const struct settings *settings;
	void *profile; /* of the engine; a reference */
	bool is_made;
};

struct plan_trouble { /* why a signature is not made */
	struct stanza *stanza;
	const struct settings *settings;
	char domain[SEAL_DOMAIN_BYTES], why[256];
};

struct plan_skip { /* a stanza that leaves the message unsigned, as it should */
	struct stanza *stanza; /* NULL: there is none */
	const struct settings *settings;
	const char *why; /* lasts */
};

struct plan {
	struct letterhead head;
	struct plan_item items[SEAL_MAX_PROFILES];
	size_t n;
	enum sign_failure failure; /* the gravest that something asks for */
	unsigned failures; /* signatures that ought to be and are not */
	/* of these, as many as there is room for */
	const struct settings *failed[SEAL_MAX_PROFILES];
	struct plan_trouble trouble; /* the latest, if there are any */
	struct plan_skip skip; /* the first */
	/* the file of the trouble if there is any, else of the first signature;
	 * "": none was looked for */
	char key[PATH_MAX];
	bool by_script; /* which has settings of its own */
	u_int64_t began; /* ec_signing_stats_clock() */
};

/* No signatures yet. */
void plan_init(struct plan *plan, ec_message *msg);
void plan_deinit(struct plan *plan);

/* Whether the switch is on for the message: for at least one of its recipients,
 * since all get the same body. */
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
