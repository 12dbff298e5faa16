/*
 * verify.c: verifying a message when policy asks for it.
 *
 * The message is read by the thread that asks, all at once, while the questions
 * to the DNS are under way.  Waiting for the answers is the rest, which a
 * thread of the pool does when the caller has other things to do: it has the
 * handle then, and gives it back by resume_func.
 */
#include "dkim/letterhead.h"
#include "dkim/memory.h"
#include "ec_config.h"
#include "ec_thread_pool.h"
#include "modules/validate/ec_opendkim.h"
#include "opendkim/signature.h"
#include "opendkim/verify_stanza.h"
#include "validate.h"

#include <pthread.h>

enum stage {
	STAGE_NEW, /* nothing was asked yet */
	STAGE_AWAY, /* a thread of the pool waits for the DNS */
	STAGE_BACK, /* it has done so */
	STAGE_DONE, /* there are results */
};

struct dkim {
	pthread_mutex_t lock; /* guards stage and calling while a job is on */
	pthread_cond_t changed;
	enum stage stage;
	bool calling; /* the pool's thread has not returned yet */

	/* until STAGE_DONE; the configuration keeps the stanza */
	ec_config_header *conf;
	struct verify_stanza *stanza;
	struct seal_verifier *verifier;
	struct resolver_lookup *lookup;
	int error; /* of the pool's thread */
	ec_async_job job;
	OpenDKIMResumeFunc resume;
	void *resume_closure;

	/* of the message it is about, from STAGE_AWAY on */
	message_id id;
	size_t from_count;
	DKIM_STAT status;
	int count;
	DKIM_SIGINFO *signatures;
};

EC_MODULE_EXPORT DKIM *
ec_opendkim_start(void)
{
	ec_config_header *conf = ec_config_fetch_globalconf();
	struct verify_stanza *stanza =
	    conf != NULL && has_opendkim_verify_stanza_hook() ?
	    call_opendkim_verify_stanza_hook_txn(conf) : NULL;
	DKIM *dkim;

	if (stanza == NULL) {
		ec_config_release_scope_instance(conf);
		return NULL;
	}
	dkim = memory_new(sizeof(*dkim));
	(void)pthread_mutex_init(&dkim->lock, NULL);
	(void)pthread_cond_init(&dkim->changed, NULL);
	dkim->conf = conf;
	dkim->stanza = stanza;
	return dkim;
}

/* Let go of what was needed for the work. */
static void
release(DKIM *dkim)
{
	resolver_lookup_free(&dkim->lookup);
	if (dkim->verifier != NULL)
		checking_give_back(&dkim->stanza->checking, dkim->verifier);
	dkim->verifier = NULL;
	dkim->stanza = NULL;
	ec_config_release_scope_instance(dkim->conf);
	dkim->conf = NULL;
}

static void
wait_for_job(DKIM *dkim)
{
	(void)pthread_mutex_lock(&dkim->lock);
	while (dkim->calling)
		(void)pthread_cond_wait(&dkim->changed, &dkim->lock);
	(void)pthread_mutex_unlock(&dkim->lock);
}

EC_MODULE_EXPORT void
ec_opendkim_free(DKIM *dkim)
{
	if (dkim == NULL)
		return;
	wait_for_job(dkim);
	release(dkim);
	for (int i = 0; i < dkim->count; i++)
		signature_deinit(&dkim->signatures[i]);
	memory_free(dkim->signatures);
	(void)pthread_cond_destroy(&dkim->changed);
	(void)pthread_mutex_destroy(&dkim->lock);
	memory_free(dkim);
}

/* results */

static DKIM_STAT
status_of(const DKIM *dkim)
{
	/* RFC 5322 section 3.6: there is one.  A signature may cover one of
	 * several, and readers be shown another. */
	if (dkim->from_count != 1)
		return DKIM_STAT_SYNTAX;
	if (dkim->count == 0)
		return DKIM_STAT_NOSIG;
	for (int i = 0; i < dkim->count; i++) {
		if (dkim->signatures[i].status == DKIM_STAT_OK)
			return DKIM_STAT_OK;
	}
	return dkim->signatures[0].status;
}

static void
tell(const DKIM *dkim)
{
	generic_module_infrastructure *self = dkim->stanza->self;

	if (!ec_mod_debug_enabled(self, DDEBUG))
		return;
	ec_mod_debug(self, DDEBUG, "verified for policy, with %d signature%s: "
	    "%s", dkim->count, dkim->count == 1 ? "" : "s",
	    ec_opendkim_status_to_string(dkim->status));
	for (int i = 0; i < dkim->count; i++) {
		const DKIM_SIGINFO *sig = &dkim->signatures[i];

		ec_mod_debug(self, DDEBUG, "signature %d of '%s': key "
		    "'%s._domainkey.%s': %s", i + 1,
		    sig->domain != NULL ? sig->domain : "",
		    sig->selector != NULL ? sig->selector : "",
		    sig->domain != NULL ? sig->domain : "",
		    sig->error != NULL ? sig->error : "it holds");
	}
}

/* Take over what the verifier found, or that it could not work. */
static void
finish(DKIM *dkim, int error)
{
	size_t n = error == 0 ? seal_verifier_result_count(dkim->verifier) : 0;

	if (n > 0)
		dkim->signatures = memory_new(n * sizeof(*dkim->signatures));
	for (size_t i = 0; i < n; i++)
		signature_init(&dkim->signatures[i],
		    seal_verifier_result(dkim->verifier, i));
	dkim->count = (int)n;
	if (error == 0) {
		dkim->status = status_of(dkim);
		tell(dkim);
	} else {
		dkim->status = error == SEAL_E_NOMEM ? DKIM_STAT_NORESOURCE :
		    DKIM_STAT_INTERNAL;
		ec_mod_debug(dkim->stanza->self, DERROR,
		    "not verified: %s", seal_error_word(error));
	}
	release(dkim);
	dkim->stage = STAGE_DONE;
}

/* working */

static void
wait_for_answers(ec_async_job *job, void *closure)
{
	DKIM *dkim = closure;

	(void)job;
	dkim->error = checking_end(dkim->verifier, dkim->lookup);
}

static void
set_stage(DKIM *dkim, enum stage stage, bool calling)
{
	(void)pthread_mutex_lock(&dkim->lock);
	dkim->stage = stage;
	dkim->calling = calling;
	(void)pthread_cond_broadcast(&dkim->changed);
	(void)pthread_mutex_unlock(&dkim->lock);
}

/* The caller may ask for the results at any time from the first call on, and
 * free the handle from the second on. */
static void
come_back(ec_async_job *job, void *closure)
{
	DKIM *dkim = closure;

	(void)job;
	set_stage(dkim, STAGE_BACK, true);
	dkim->resume(dkim->resume_closure);
	(void)pthread_mutex_lock(&dkim->lock);
	dkim->calling = false;
	(void)pthread_cond_broadcast(&dkim->changed);
	(void)pthread_mutex_unlock(&dkim->lock);
}

/* Let the pool wait for the answers.  False when it does not. */
static bool
send_away(DKIM *dkim, OpenDKIMResumeFunc resume, void *closure)
{
	dkim->resume = resume;
	dkim->resume_closure = closure;
	dkim->job = (ec_async_job){
		.job_class = ECTP_CLASS_IO,
		.worker = wait_for_answers,
		.closure = dkim,
		.completion = ECTP_COMPLETE_CALLBACK,
		.r.cb = { .func = come_back, .closure = dkim },
	};
	set_stage(dkim, STAGE_AWAY, true);
	if (ec_queue_async_job(&dkim->job))
		return true;
	set_stage(dkim, STAGE_NEW, false);
	return false;
}

static int
begin(DKIM *dkim, ec_message *m, OpenDKIMResumeFunc resume, void *closure)
{
	struct checking *checking = &dkim->stanza->checking;
	struct letterhead head;
	int error = SEAL_E_NOMEM;

	letterhead_read(m, &head);
	dkim->from_count = head.from_count;
	dkim->id = m->id;
	dkim->verifier = checking_borrow(checking);
	if (dkim->verifier != NULL)
		error = checking_begin(checking, dkim->verifier, m,
		    &dkim->lookup);
	if (error == 0 && resume != NULL &&
	    seal_verifier_query_count(dkim->verifier) > 0 &&
	    send_away(dkim, resume, closure))
		return VALIDATE_AGAIN;
	if (error == 0)
		error = checking_end(dkim->verifier, dkim->lookup);
	finish(dkim, error);
	return VALIDATE_CONT;
}

/* The stage that another thread has brought it to; waits for its end. */
static enum stage
stage_of(DKIM *dkim, bool wait)
{
	enum stage stage;

	(void)pthread_mutex_lock(&dkim->lock);
	while (wait && dkim->stage == STAGE_AWAY)
		(void)pthread_cond_wait(&dkim->changed, &dkim->lock);
	stage = dkim->stage;
	(void)pthread_mutex_unlock(&dkim->lock);
	return stage;
}

static bool
is_about(const DKIM *dkim, const ec_message *m)
{
	return dkim->id.slot == m->id.slot && dkim->id.pid == m->id.pid &&
	    dkim->id.counter == m->id.counter;
}

EC_MODULE_EXPORT int
ec_opendkim_verify(ec_message *m, DKIM *dkim, int *status,
    OpenDKIMResumeFunc resume_func, void *resume_closure)
{
	enum stage stage;
	int unwanted;

	if (status == NULL)
		status = &unwanted;
	*status = DKIM_STAT_INVALID;
	if (m == NULL || dkim == NULL)
		return VALIDATE_CONT;
	stage = stage_of(dkim, resume_func == NULL);
	if (stage != STAGE_NEW && !is_about(dkim, m))
		return VALIDATE_CONT;
	if (stage == STAGE_AWAY || (stage == STAGE_NEW && begin(dkim, m,
	    resume_func, resume_closure) == VALIDATE_AGAIN))
		return VALIDATE_AGAIN;
	if (stage == STAGE_BACK)
		finish(dkim, dkim->error);
	*status = dkim->status;
	return VALIDATE_CONT;
}

/* asking */

static bool
is_done(const DKIM *dkim)
{
	return dkim != NULL && stage_of((DKIM *)(uintptr_t)dkim, false) ==
	    STAGE_DONE;
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_num_sigs(const DKIM *dkim, int *count)
{
	*count = is_done(dkim) ? dkim->count : 0;
	return is_done(dkim) ? DKIM_STAT_OK : DKIM_STAT_INVALID;
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig(DKIM *dkim, int index, DKIM_SIGINFO **sig)
{
	*sig = is_done(dkim) && index >= 0 && index < dkim->count ?
	    &dkim->signatures[index] : NULL;
	return *sig != NULL ? DKIM_STAT_OK : DKIM_STAT_INVALID;
}

EC_MODULE_EXPORT const char *
ec_opendkim_status_to_string(DKIM_STAT status)
{
	static const char *const words[] = {
		[DKIM_STAT_OK] = "success",
		[DKIM_STAT_BADSIG] = "bad signature",
		[DKIM_STAT_NOSIG] = "not signed",
		[DKIM_STAT_NOKEY] = "no such key",
		[DKIM_STAT_CANTVRFY] = "cannot be verified",
		[DKIM_STAT_SYNTAX] = "message is not in valid syntax",
		[DKIM_STAT_NORESOURCE] = "out of resources",
		[DKIM_STAT_INTERNAL] = "internal error",
		[DKIM_STAT_REVOKED] = "key is revoked",
		[DKIM_STAT_INVALID] = "call or argument is not valid",
		[DKIM_STAT_NOTIMPLEMENT] = "not implemented",
		[DKIM_STAT_KEYFAIL] = "key could not be had now",
		[DKIM_STAT_CBREJECT] = "rejected by a callback",
		[DKIM_STAT_CBINVALID] = "callback said something strange",
		[DKIM_STAT_CBTRYAGAIN] = "callback asks to try again",
		[DKIM_STAT_CBERROR] = "callback failed",
	};

	return status >= DKIM_STAT_OK && status <= DKIM_STAT_CBERROR ?
	    words[status] : "unknown status";
}
