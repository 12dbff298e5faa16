/*
 * sign.c: feed the engine, take its fields.
 */
#include "signing/sign.h"

#include "dkim/filter_header.h"
#include "dkim/memory.h"
#include "signing/account.h"
#include "signing/numbers.h"
#include "signing/signing.h"

#include <time.h>

static void *
borrow(struct stanza *stanza)
{
	const struct engine *engine = signing.engine;
	void *signer = pool_take(&stanza->signers);
	int ret = signer == NULL ? engine->signer_new(time(NULL), &signer) :
	    engine->signer_reset(signer, time(NULL));

	if (ret != 0) {
		engine->signer_free(signer);
		signer = NULL;
	}
	return signer;
}

/* Profiles do not wait in the pool: they may belong to another stanza. */
static void
give_back(struct stanza *stanza, void *signer)
{
	if (signing.engine->signer_reset(signer, 0) == 0)
		signer = pool_give(&stanza->signers, signer);
	signing.engine->signer_free(signer);
}

/* Make the signatures of n items.  Returns 0 or an error of the engine. */
static int
run(void *signer, const struct plan_item *items, size_t n, ec_message *msg)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = signing.engine->signer_add(signer, items[i].profile);
	return ret == 0 ? signing.engine->signer_run(signer, msg) : ret;
}

/* The engine writes "DKIM-Signature: v=1; ..."; the message wants name and value
 * apart and puts one space between them. */
static rfc2822_field *
make_field(struct span signature)
{
	size_t skip = strlen(signing.engine->field) + strlen(": ");
	char *value = ec_strndup((const char *)signature.p + skip,
	    signature.n - skip);
	rfc2822_field *field = rfc2822_new_header(signing.engine->field, value);

	ec_free(MEMTYPE_MESSAGE_BODY, value);
	return field;
}

static void
insert(ec_message *msg, struct span signature, int index)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);

	rfc2822_insert_header(ec_message_get_headers(part, 0),
	    make_field(signature), index);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

static void
complain(struct plan *plan, const struct plan_item *item, const char *why)
{
	stanza_complain(item->stanza, why, "not signed for '%s': %s",
	    settings_domain(item->settings, plan->head.domain), why);
	account_fail(plan, item->stanza, item->settings,
	    settings_domain(item->settings, plan->head.domain),
	    plan->n == 1 ? plan->key : NULL, why);
}

/* Sign with the items from first on and put the fields below `above` fields of
 * ours.  Returns how many were made: n or 0. */
static size_t
sign_items(struct plan *plan, size_t first, size_t n, size_t above,
    ec_message *msg)
{
	struct plan_item *items = &plan->items[first];
	void *signer = borrow(items->stanza);
	int ret = signer == NULL ? SEAL_E_NOMEM : run(signer, items, n, msg);

	if (ret != 0 && n == 1)
		complain(plan, items, signer == NULL ? "out of memory" :
		    signing.engine->signer_why(signer));
	for (size_t i = 0; ret == 0 && i < n; i++) {
		insert(msg, signing.engine->signer_signature(signer, i),
		    (int)(above + i));
		items[i].is_made = true;
		sign_numbers_signed(settings_domain(items[i].settings,
		    plan->head.domain), plan->head.domain);
	}
	if (signer != NULL)
		give_back(items->stanza, signer);
	return ret == 0 ? n : 0;
}

static const char *
filter_host(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		if (plan->items[i].settings->filter_header)
			return plan->items[i].stanza->host;
	}
	return NULL;
}

size_t
sign_message(struct plan *plan, ec_message *msg)
{
	size_t made;

	if (plan->n == 0)
		return 0;
	if (signing.engine->prepare != NULL)
		signing.engine->prepare(msg);
	made = sign_items(plan, 0, plan->n, 0, msg);
	if (made == 0 && plan->n > 1) {
		/* one that fails shall not take the others along */
		for (size_t i = 0; i < plan->n; i++)
			made += sign_items(plan, i, 1, made, msg);
	}
	if (made > 0 && filter_host(plan) != NULL)
		filter_header_add(msg, filter_host(plan), (int)made);
	return made;
}
