/*
 * functions.c: what C modules, and those who bind scripts, may call.
 */
#include "checkers.h"
#include "ec_config.h"
#include "modules/validate/ec_dkim.h"
#include "publish.h"
#include "reflect.h"
#include "validate_module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first stanza of the configuration that this thread works on, or NULL. */
static struct checker *
first_checker(void)
{
	return has_dkim_validate_checker_hook() ?
	    call_dkim_validate_checker_hook() : NULL;
}

/* Results about a message, verified now if they are not known.  They live as
 * long as the message. */
static ec_dkim_verify_results *
results_of(ec_message *msg)
{
	ec_config_header *conf = ec_config_fetch_globalconf();
	struct checker *checker = first_checker();
	struct findings *findings = checker == NULL ? NULL :
	    findings_of(checker, msg);

	ec_config_release_scope_instance(conf);
	return findings == NULL ? NULL : &findings->results;
}

/* The message of a session whose data have come, or NULL. */
static ec_message *
complete_message(validate_context *vctx)
{
	message_construct *mc = NULL;

	if (vctx == NULL || vctx->last_state < MC_STATE_DATA ||
	    vctx->last_state >= MC_STATE_RCPTTO_LIST_RESPONSE ||
	    !validate_context_find_message_construct(vctx, &mc))
		return NULL;
	return mc->message;
}

EC_MODULE_EXPORT int
ec_dkim_get_verify_results(validate_context *vctx,
    ec_dkim_verify_results **results)
{
	ec_message *msg = complete_message(vctx);

	*results = msg == NULL ? NULL : results_of(msg);
	if (*results == NULL)
		return 0;
	ec_dkim_verify_results_addref(*results);
	return (*results)->count;
}

EC_MODULE_EXPORT const char *
ec_dkim_verify_status_to_string(int status)
{
	static const char *const words[] = {
		[EC_DKIM_NONE] = "none",
		[EC_DKIM_PASS] = "pass",
		[EC_DKIM_FAIL] = "fail",
		[EC_DKIM_NEUTRAL] = "neutral",
		[EC_DKIM_POLICY] = "policy",
		[EC_DKIM_TEMPERROR] = "temperror",
		[EC_DKIM_PERMERROR] = "permerror",
	};

	return status >= EC_DKIM_NONE && status <= EC_DKIM_PERMERROR ?
	    words[status] : "permerror";
}

EC_MODULE_EXPORT int
ec_dkim_domains_string(ec_message *m, validate_context *ctx, string *domains)
{
	ec_dkim_verify_results *results = results_of(m);

	(void)ctx;
	return results != NULL && publish_domains(results, domains) > 0;
}

EC_MODULE_EXPORT int
ec_dkim_domains(ec_message *m, validate_context *ctx, char **domains)
{
	char room[256];
	string text = STRING_GROWABLE_STATIC_INIT(room);
	int found = ec_dkim_domains_string(m, ctx, &text);

	*domains = found ? strdup(text.buffer) : NULL;
	(void)string_destroy(&text);
	return *domains != NULL;
}

/* Legal up to the list of recipients; see MC_STATE_* for the two that are
 * numbered out of their order. */
static bool
is_too_late(const validate_context *ctx)
{
	return ctx->last_state >= MC_STATE_DATA &&
	    ctx->last_state != MC_STATE_RCPTTO_LIST_RESPONSE &&
	    ctx->last_state != MC_STATE_RCPTTO_LIST_FINAL_RESPONSE;
}

/* Whether there is somebody to hand reports to; else the log says so. */
static bool
can_send(const struct checker *checker)
{
	if (checker->report_relay != NULL)
		return true;
	if (checker->report_command == NULL)
		ec_mod_debug(checker->self, DERROR, "no report can be sent: "
		    "neither report_relay nor report_command is set");
	else if (access(checker->report_command, X_OK) != 0)
		ec_mod_debug(checker->self, DERROR, "no report can be sent: "
		    "report_command '%s': %s", checker->report_command,
		    strerrordesc_np(errno));
	else
		return true;
	return false;
}

EC_MODULE_EXPORT int
ec_dkim_reflect(ec_message *m, validate_context *ctx, const char *sender,
    const char *rcpts, const char *subject, const char *note)
{
	struct checker *checker = first_checker();
	message_construct *mc = NULL;

	if (checker == NULL || !ec_module_is_enabled(checker->self))
		return 0;
	if (ctx == NULL || m == NULL ||
	    !validate_context_find_message_construct(ctx, &mc) ||
	    mc->message != m)
		return -1;
	if (is_too_late(ctx))
		return -2;
	if (!can_send(checker))
		return 0;
	return reflect_ask(checker, m, sender, rcpts, subject, note);
}
