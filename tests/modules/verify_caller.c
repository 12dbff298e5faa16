/*
 * verify_caller: a module that verifies with ec_opendkim_verify() and its
 * kin, as somebody else's would, and leaves what they gave in the message
 * context.
 *
 * Its option `way` says how: see ways[].
 */
#include "call.h"
#include "ec_config.h"
#include "hooks/core/validate_data.h"
#include "modules/validate/ec_opendkim.h"
#include "validate_module.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static ec_config_option_def way_option = {
	.name = "way", .type = ECCFGTYPE_STRING, .fallback = "verify_caller",
	.defval = "wait",
};
static int way_slot;

/* The one message that is being verified. */
static struct {
	DKIM *dkim;
	ec_message *msg;
	atomic_int resumed;
	int status; /* that resume_func was told */
	sem_t back;
	bool again;
} one;

static const char *
known(const char *text)
{
	return text != NULL ? text : "-";
}

static void
set_signature(ec_message *msg, const DKIM_SIGINFO *sig, int i)
{
	const char *domain, *selector, *identity, *header, *body, *algorithm;
	const char *error;
	unsigned flags, bits;
	int from, received;
	char name[32], value[512];

	(void)ec_opendkim_get_sig_flags(sig, &flags);
	(void)ec_opendkim_get_sig_domain(sig, &domain);
	(void)ec_opendkim_get_sig_selector(sig, &selector);
	(void)ec_opendkim_get_sig_identity(sig, &identity);
	(void)ec_opendkim_get_sig_canons(sig, &header, &body);
	(void)ec_opendkim_get_sig_canons(sig, NULL, NULL);
	(void)ec_opendkim_get_sig_signalg(sig, &algorithm);
	(void)ec_opendkim_get_sig_errorstr(sig, &error);
	(void)ec_opendkim_get_sig_keysize(sig, &bits);
	(void)ec_opendkim_get_sig_hdrsigned(sig, "from", &from);
	(void)ec_opendkim_get_sig_hdrsigned(sig, "Received", &received);
	(void)snprintf(name, sizeof(name), "sig%d", i);
	(void)snprintf(value, sizeof(value), "%d|%u|%s|%s|%s|%s/%s|%s|%u|%d%d"
	    "|%s", ec_opendkim_get_sig_status(sig), flags, known(domain),
	    known(selector), known(identity), header, body, algorithm, bits,
	    from, received, known(error));
	call_set(msg, name, value);
}

static void
tell(ec_message *msg, int status)
{
	DKIM_SIGINFO *sig;
	int count;

	call_set_number(msg, "status", status);
	call_set(msg, "words", ec_opendkim_status_to_string(status));
	call_set_number(msg, "counted", ec_opendkim_get_num_sigs(one.dkim,
	    &count));
	call_set_number(msg, "count", count);
	for (int i = 0; ec_opendkim_get_sig(one.dkim, i, &sig) ==
	    DKIM_STAT_OK; i++)
		set_signature(msg, sig, i);
}

static void
on_resume(void *closure)
{
	(void)atomic_fetch_add(&one.resumed, 1);
	(void)sem_post(closure);
}

static void
on_resume_inside(void *closure)
{
	if (ec_opendkim_verify(one.msg, one.dkim, &one.status, on_resume_inside,
	    closure) != VALIDATE_CONT)
		one.status = -1;
	on_resume(closure);
}

static int
verify(ec_message *msg, OpenDKIMResumeFunc resume, int *status)
{
	int result = ec_opendkim_verify(msg, one.dkim, status, resume,
	    resume == NULL ? NULL : &one.back);

	if (result == VALIDATE_AGAIN)
		one.again = true;
	return result;
}

/* ways */

static int
wait(ec_message *msg)
{
	int status;

	if (verify(msg, NULL, &status) != VALIDATE_CONT)
		return VALIDATE_AGAIN;
	tell(msg, status);
	/* asked again, it says the same */
	(void)verify(msg, on_resume, &status);
	call_set_number(msg, "once_more", status);
	return VALIDATE_CONT;
}

/* Whatever the host does between, the provider is called until it is done. */
static int
resume(ec_message *msg)
{
	int status, result = verify(msg, on_resume, &status);

	if (result == VALIDATE_CONT)
		tell(msg, status);
	return result;
}

/* The second call does not give a function, and so waits. */
static int
block(ec_message *msg)
{
	int status;

	if (verify(msg, on_resume, &status) != VALIDATE_AGAIN ||
	    verify(msg, NULL, &status) != VALIDATE_CONT)
		return VALIDATE_CONT;
	tell(msg, status);
	return VALIDATE_CONT;
}

/* resume_func takes the result itself. */
static int
inside(ec_message *msg)
{
	int status;

	if (verify(msg, on_resume_inside, &status) == VALIDATE_AGAIN) {
		while (sem_wait(&one.back) != 0)
			;
		status = one.status;
	}
	tell(msg, status);
	return VALIDATE_CONT;
}

/* The handle goes while the answers are under way. */
static int
leave(ec_message *msg)
{
	int status;

	(void)verify(msg, on_resume, &status);
	return VALIDATE_CONT;
}

/* What get_sig() leaves where there is none is passed on, or no pointer is
 * given at all. */
static void
ask_of_nothing(ec_message *msg)
{
	const char *text;
	unsigned number;
	int is_signed;

	call_set_number(msg, "nothing_status", ec_opendkim_get_sig_status(NULL));
	call_set_number(msg, "nothing_error",
	    ec_opendkim_get_sig_errorstr(NULL, &text));
	call_set_number(msg, "nothing_flags",
	    ec_opendkim_get_sig_flags(NULL, &number));
	call_set_number(msg, "nothing_domain",
	    ec_opendkim_get_sig_domain(NULL, &text));
	call_set_number(msg, "nothing_selector",
	    ec_opendkim_get_sig_selector(NULL, &text));
	call_set_number(msg, "nothing_identity",
	    ec_opendkim_get_sig_identity(NULL, &text));
	call_set_number(msg, "nothing_canons",
	    ec_opendkim_get_sig_canons(NULL, &text, &text));
	call_set_number(msg, "nothing_signalg",
	    ec_opendkim_get_sig_signalg(NULL, &text));
	call_set(msg, "nothing_text", text);
	call_set_number(msg, "nothing_keysize",
	    ec_opendkim_get_sig_keysize(NULL, &number));
	call_set_number(msg, "nothing_hdrsigned",
	    ec_opendkim_get_sig_hdrsigned(NULL, "from", &is_signed));
	call_set_number(msg, "nothing_number", (int)number + is_signed);
}

/* Calls that cannot be. */
static int
wrong(ec_message *msg)
{
	ec_message *copy = ec_message_copy(msg);
	DKIM_SIGINFO *sig;
	int status, count;

	call_set_number(msg, "early_count",
	    ec_opendkim_get_num_sigs(one.dkim, &count));
	call_set_number(msg, "early_sig",
	    ec_opendkim_get_sig(one.dkim, 0, &sig));
	call_set_number(msg, "no_message", ec_opendkim_verify(NULL, one.dkim,
	    &status, NULL, NULL) == VALIDATE_CONT ? status : -1);
	call_set_number(msg, "no_handle", ec_opendkim_verify(msg, NULL, &status,
	    NULL, NULL) == VALIDATE_CONT ? status : -1);
	call_set_number(msg, "no_status", ec_opendkim_verify(NULL, one.dkim, NULL,
	    NULL, NULL) == VALIDATE_CONT ? 9 : -1);
	(void)verify(msg, NULL, &status);
	call_set_number(msg, "other_message", ec_opendkim_verify(copy, one.dkim,
	    &status, NULL, NULL) == VALIDATE_CONT ? status : -1);
	call_set_number(msg, "no_sig", ec_opendkim_get_sig(one.dkim, 99, &sig));
	call_set_number(msg, "negative",
	    ec_opendkim_get_sig(one.dkim, -1, &sig));
	call_set_number(msg, "null_count",
	    ec_opendkim_get_num_sigs(NULL, &count));
	call_set(msg, "no_word", ec_opendkim_status_to_string(99));
	call_set_number(msg, "no_message_signed", ec_opendkim_sign(NULL, NULL,
	    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, -1));
	ask_of_nothing(msg);
	ec_opendkim_free(NULL);
	ec_message_free(copy);
	return VALIDATE_CONT;
}

static const struct {
	const char *name;
	int (*go)(ec_message *msg);
} ways[] = {
	{ "wait", wait },
	{ "resume", resume },
	{ "block", block },
	{ "inside", inside },
	{ "leave", leave },
	{ "wrong", wrong },
};

static int
go(const char *way, ec_message *msg)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(ways[i].name, way) == 0)
			return ways[i].go(msg);
	}
	return VALIDATE_CONT;
}

static void
end(ec_message *msg)
{
	ec_opendkim_free(one.dkim);
	one.dkim = NULL;
	call_set_number(msg, "resumed", atomic_load(&one.resumed));
	call_set(msg, "again", one.again ? "yes" : "no");
	(void)sem_destroy(&one.back);
}

static int
on_data(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	ec_config_value *value = ec_config_option_fetch_module(NULL, way_slot,
	    closure);
	int result;

	(void)ac;
	(void)vctx;
	if (one.dkim == NULL) {
		one.dkim = ec_opendkim_start();
		one.msg = msg;
		one.again = false;
		atomic_store(&one.resumed, 0);
		(void)sem_init(&one.back, 0, 0);
	}
	call_set(msg, "started", one.dkim != NULL ? "yes" : "no");
	result = one.dkim != NULL ? go(value->v->vstr, msg) : VALIDATE_CONT;
	if (result == VALIDATE_CONT)
		end(msg);
	ec_config_release_value(value);
	return result;
}

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	way_slot = ec_config_register_option(&way_option);
	return way_slot < 0 ? -1 : 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	(void)transaction;
	(void)output;
	if (EC_MODULE_INIT_MODE(flags) != EC_MODULE_INIT_INIT)
		return 0;
	register_core_validate_data_hook_last(on_data, self);
	return 0;
}

EC_MODULE_EXPORT generic_module_infrastructure verify_caller = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "verify_caller",
	.module_description = "verifies by what opendkim offers",
	EC_MODULE_VERSION,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
