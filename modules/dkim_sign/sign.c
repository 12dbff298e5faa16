/*
 * sign.c: feed the engine, take its fields.
 */
#include "sign.h"

#include "account.h"
#include "dkim/feed.h"
#include "dkim/filter_header.h"
#include "dkim/memory.h"
#include "numbers.h"

#include <time.h>

#define FIELD_NAME "DKIM-Signature"

static struct seal_signer *
borrow(struct stanza *stanza)
{
	struct seal_signer *signer = pool_take(&stanza->signers);
	int ret = signer == NULL ? seal_signer_new(time(NULL), &signer) :
	    seal_signer_reset(signer, time(NULL));

	if (ret != 0)
		seal_signer_free(&signer);
	return signer;
}

/* Profiles do not wait in the pool: they may belong to another stanza. */
static void
give_back(struct stanza *stanza, struct seal_signer *signer)
{
	if (seal_signer_reset(signer, 0) == 0)
		signer = pool_give(&stanza->signers, signer);
	seal_signer_free(&signer);
}

/* Make the signatures of n items.  Returns 0 or an error of the engine. */
static int
run(struct seal_signer *signer, const struct plan_item *items, size_t n,
    ec_message *msg)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = seal_signer_add(signer, items[i].profile);
	if (ret == 0)
		ret = feed_signer_header(msg, signer);
	if (ret == 0)
		ret = feed_signer_body(msg, signer);
	return ret == 0 ? seal_signer_finish(signer) : ret;
}

/* The engine writes "DKIM-Signature: v=1; ..."; the message wants name and value
 * apart and puts one space between them. */
static rfc2822_field *
make_field(struct span signature)
{
	size_t skip = strlen(FIELD_NAME ": ");
	char *value = ec_strndup((const char *)signature.p + skip,
	    signature.n - skip);
	rfc2822_field *field = rfc2822_new_header(FIELD_NAME, value);

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
	    settings_domain(item->settings, plan->head.domain), why);
}

/* Sign with the items from first on and put the fields below `above` fields of
 * ours.  Returns how many were made: n or 0. */
static size_t
sign_items(struct plan *plan, size_t first, size_t n, size_t above,
    ec_message *msg)
{
	const struct plan_item *items = &plan->items[first];
	struct seal_signer *signer = borrow(items->stanza);
	int ret = signer == NULL ? SEAL_E_NOMEM : run(signer, items, n, msg);

	if (ret != 0 && n == 1)
		complain(plan, items, signer == NULL ? "out of memory" :
		    seal_signer_why(signer));
	for (size_t i = 0; ret == 0 && i < n; i++) {
		insert(msg, seal_signer_signature(signer, i),
		    (int)(above + i));
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
