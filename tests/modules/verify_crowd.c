/*
 * verify_crowd: a module that verifies every message with ec_opendkim_verify(),
 * from many threads, each in another way, and lets handles go at all times.
 *
 * It sets the variable crowd to the status that a message got, or to "left" and
 * "kept" for one whose handle is not asked for it.
 */
#include "control.h"
#include "hooks/core/validate_data.h"
#include "modules/validate/ec_opendkim.h"
#include "validate_module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define KEPT 8

enum way {
	WAY_WAIT, /* in the call */
	WAY_AGAIN, /* comes back until the answers are here */
	WAY_LEAVE, /* the message may end before they are */
	WAY_KEEP, /* another message's thread ends it, much later */
	WAYS,
};

struct one { /* hangs on its message */
	enum way way;
	DKIM *dkim;
	atomic_uint resumed;
};

static atomic_uint counter;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards kept */
static struct one *kept[KEPT];

static void
end_one(void *self)
{
	struct one *one = self;

	if (one != NULL)
		ec_opendkim_free(one->dkim);
	free(one);
}

static void
on_resume(void *closure)
{
	struct one *one = closure;

	(void)atomic_fetch_add(&one->resumed, 1);
}

static void
tell(ec_message *msg, const char *text)
{
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, "crowd", text);
}

static void
tell_status(ec_message *msg, struct one *one, int status)
{
	const char *domain = NULL;
	DKIM_SIGINFO *sig;
	char text[128];

	(void)ec_opendkim_get_sig(one->dkim, 0, &sig);
	(void)ec_opendkim_get_sig_domain(sig, &domain);
	(void)snprintf(text, sizeof(text), "%d %s", status,
	    domain != NULL ? domain : "-");
	tell(msg, text);
}

/* In place of the one that was kept the longest, which ends. */
static void
keep(ec_message *msg, struct one *one)
{
	static unsigned next;
	struct one *before;
	int status = DKIM_STAT_OK;

	(void)pthread_mutex_lock(&lock);
	before = kept[next % KEPT];
	kept[next++ % KEPT] = one;
	(void)pthread_mutex_unlock(&lock);
	/* of another message it says nothing, whether its answers are here or
	 * not */
	if (before != NULL && (ec_opendkim_verify(msg, before->dkim, &status,
	    on_resume, before) != VALIDATE_CONT ||
	    status != DKIM_STAT_INVALID))
		abort();
	end_one(before);
	tell(msg, "kept");
}

static struct one *
one_of(ec_message *msg)
{
	static ec_blobject_class class = {
		.objectType = "verify_crowd", .dtor = end_one,
	};
	ec_blobject *blobject = ec_message_blobject_get(msg, "verify_crowd");
	struct one *one;

	if (blobject != NULL)
		return blobject->self;
	one = calloc(1, sizeof(*one));
	if (one == NULL)
		abort();
	one->way = (enum way)(atomic_fetch_add(&counter, 1) % WAYS);
	one->dkim = ec_opendkim_start();
	if (one->way == WAY_KEEP)
		return one;
	blobject = ec_blobject_wrap(&class, one);
	ec_message_blobject_store(msg, "verify_crowd", blobject);
	ec_blobject_delref(blobject);
	return one;
}

static int
on_data(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	struct one *one = one_of(msg);
	int status;

	(void)closure;
	(void)ac;
	(void)vctx;
	if (ec_opendkim_verify(msg, one->dkim, &status, one->way == WAY_WAIT ?
	    NULL : on_resume, one) == VALIDATE_AGAIN) {
		if (one->way == WAY_AGAIN)
			return VALIDATE_AGAIN;
	}
	if (one->way == WAY_KEEP)
		keep(msg, one);
	else if (one->way == WAY_LEAVE)
		tell(msg, "left");
	else
		tell_status(msg, one, status);
	return VALIDATE_CONT;
}

/* "crowd_end": a handle that nobody ends holds its configuration. */
static int
end_kept(command_construct *cc, void *closure)
{
	(void)cc;
	(void)closure;
	for (size_t i = 0; i < KEPT; i++) {
		end_one(kept[i]);
		kept[i] = NULL;
	}
	return 1;
}

static int
config_setup(generic_module_infrastructure *self, int ignoreme)
{
	(void)self;
	(void)ignoreme;
	ec_control_register_command2("crowd_end", NULL, end_kept);
	return 0;
}

static int
ext_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	(void)transaction;
	(void)output;
	if (EC_MODULE_INIT_MODE(flags) == EC_MODULE_INIT_INIT)
		register_core_validate_data_hook_last(on_data, self);
	return 0;
}

EC_MODULE_EXPORT generic_module_infrastructure verify_crowd = { .shared = {
	EC_MODULE_INIT(EC_MODULE_TYPE_GENERIC, 0),
	.module_name = "verify_crowd",
	.module_description = "verifies from many threads",
	EC_MODULE_VERSION,
	.module_config_setup = config_setup,
	.module_ext_init = ext_init,
} };
