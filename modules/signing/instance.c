/*
 * instance.c: every stanza that applies to a message adds a signature.
 *
 * They are made together, in one pass over the body: the first stanza that is
 * enabled does it for all, in the order of the configuration.
 *
 * core_final_validation is where signers sign, after the last change to the
 * message; but its result cannot refuse.  So where a sign_failure other than
 * "unsigned" is configured, everything that can be known before is looked at in
 * core_final_validation2 (From, key, what the engine says of both), and the
 * message is refused there.  What goes wrong after that (memory, OpenSSL, more
 * fields than a signature may name) sets the code of the validate_context,
 * which refuses it, too.
 */
#include "signing/instance.h"

#include "dkim/console.h"
#include "dkim/functions.h"
#include "dkim/numbers.h"
#include "ec_caches.h"
#include "hooks/core/final_validation.h"
#include "signing/account.h"
#include "signing/numbers.h"
#include "signing/rivals.h"
#include "signing/sign.h"
#include "signing/signing.h"
#include "validate_module.h"

static void
give_stanza(void *closure, ec_ptr_array *stanzas)
{
	generic_module_infrastructure *self = closure;

	(void)ec_ptr_array_append(stanzas, self->module_private_data);
}

static bool
is_enabled(const struct stanza *stanza)
{
	return ec_module_is_enabled(stanza->self) != 0;
}

/* The first stanza of those that sign by themselves. */
static const struct stanza *
leader(const ec_ptr_array *stanzas)
{
	for (int i = 0; i < stanzas->size; i++) {
		if (is_enabled(stanzas->items[i]))
			return stanzas->items[i];
	}
	return NULL;
}

/* Refuse before anything was done to the message. */
static int
look_ahead(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	generic_module_infrastructure *self = closure;
	struct stanza *stanza = self->module_private_data;
	enum sign_failure failure;
	struct plan plan;

	(void)ac;
	if (!plan_is_wanted(msg))
		return EC_HOOK_CONT;
	plan_init(&plan, msg);
	plan_add(&plan, stanza, msg);
	failure = plan.failure;
	if (failure != SIGN_FAILURE_UNSIGNED)
		account_close(&plan, 0, msg); /* it goes no further */
	plan_deinit(&plan);
	plan_refuse(failure, ctx);
	switch (failure) {
	case SIGN_FAILURE_UNSIGNED:
		return EC_HOOK_CONT;
	case SIGN_FAILURE_TEMPFAIL:
		return EC_HOOK_RETRY;
	case SIGN_FAILURE_REJECT:
		return EC_HOOK_DONE;
	}
	return EC_HOOK_CONT;
}

static void
sign_for(const ec_ptr_array *stanzas, ec_message *msg, validate_context *ctx)
{
	struct plan plan;

	plan_init(&plan, msg);
	for (int i = 0; i < stanzas->size; i++) {
		if (is_enabled(stanzas->items[i]))
			plan_add(&plan, stanzas->items[i], msg);
	}
	account_close(&plan, sign_message(&plan, msg), msg);
	plan_refuse(plan.failure, ctx);
	plan_deinit(&plan);
}

static void
sign(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	generic_module_infrastructure *self = closure;
	ec_ptr_array stanzas;

	(void)ac;
	(void)ec_ptr_array_init(&stanzas, 0, NULL);
	signing.collect(&stanzas);
	if (leader(&stanzas) == self->module_private_data) {
		plan_trace_wanted(self->module_private_data, msg);
		if (plan_is_wanted(msg))
			sign_for(&stanzas, msg, ctx);
		else
			account_unwanted(self->module_private_data, msg);
	}
	ec_ptr_array_destroy(&stanzas);
}

static void
tell_numbers(void *closure, ec_metrics *metrics)
{
	const generic_module_infrastructure *self = closure;
	struct console_keycache keycache =
	    stanza_keycache(self->module_private_data);

	numbers_tell_keycache(metrics, self, &keycache);
}

static void
tell_caches(void *closure, ec_caches *caches)
{
	const generic_module_infrastructure *self = closure;

	stanza_tell_caches(self->module_private_data, caches);
}

static int
begin(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output)
{
	struct stanza *stanza = stanza_new(transaction, self, output);

	if (stanza == NULL)
		return -1;
	self->module_private_data = stanza;
	if (signing.engine->one_module && is_enabled(stanza) &&
	    stanza->signs && !rivals_join(self, transaction, output))
		return -1;
	signing.provide(give_stanza, self);
	register_core_final_validation_hook_last(sign, self);
	register_core_metrics_hook_last(tell_numbers, self);
	register_core_caches_hook_last(tell_caches, self);
	if (stanza->may_refuse)
		register_core_final_validation2_hook_last(look_ahead, self);
	return 0;
}

int
instance_ext_init(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output, int flags)
{
	struct stanza *stanza = self->module_private_data;

	switch (EC_MODULE_INIT_MODE(flags)) {
	case EC_MODULE_INIT_INIT:
		/* keys are opened when mail comes: nothing here wants rights */
		return begin(self, transaction, output);
	case EC_MODULE_INIT_DESTROY:
		self->module_private_data = NULL;
		stanza_free(&stanza);
		return 0;
	default:
		return 0;
	}
}

int
instance_config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)ignoreme;
	console_register(self, signing.stats);
	functions_show();
	sign_numbers_register();
	return options_register();
}

void
instance_control(generic_module_infrastructure *self, string *response,
    const char *command, int xml)
{
	struct console_keycache keycache =
	    stanza_keycache(self->module_private_data);

	console_answer(&keycache, response, command, xml);
}
