/*
 * phases.h: one phase of validation: which hook it is, and what its providers
 * said together.
 *
 * The order of phases is the session's business.
 */
#ifndef VALIDATION_PHASES_H
#define VALIDATION_PHASES_H

#include "ec_message.h"
#include "netlistener.h"
#include "validate_context.h"

struct generation;

enum phase {
	PHASE_ACCEPT, /* core_validate_accept */
	PHASE_CONNECT, /* validate_connect */
	PHASE_AFTER_CONNECT, /* core_validate_connect */
	PHASE_AUTH, /* core_validate_auth */
	PHASE_EHLO, /* core_validate_ehlo */
	PHASE_MAILFROM, /* core_validate_mailfrom */
	PHASE_RCPTTO, /* core_validate_rcptto */
	PHASE_RCPTTO_LIST, /* core_validate_rcptto_list */
	PHASE_RCPTTO_LIST_FINAL, /* core_validate_rcptto_list_final */
	PHASE_DATA, /* core_validate_data */
	PHASE_DATA_SPOOL, /* core_validate_data_spool */
	PHASE_PRE_EACH_RCPT, /* core_pre_msg_each_rcpt */
	PHASE_EACH_RCPT, /* validate_data_spool_each_rcpt */
	PHASE_AFTER_EACH_RCPT, /* core_validate_data_spool_each_rcpt */
	PHASE_POST_EACH_RCPT, /* core_post_validate_data_spool_each_rcpt_v1 */
	PHASE_LAST_EACH_RCPT, /* core_post_msg_each_rcpt */
	PHASE_SET_BINDING, /* core_validate_set_binding */
	PHASE_POST_SET_BINDING, /* core_post_validate_set_binding */
	PHASE_FINAL2, /* core_final_validation2 */
	PHASE_FINAL, /* core_final_validation */
	PHASE_POST_FINAL, /* core_post_final_validation */
	PHASE_MESSAGE_END, /* core_validate_message_end */
	PHASE_DEALLOC, /* core_validate_dealloc */
	PHASE_COUNT
};

struct phase_call {
	struct generation *generation; /* the caller's reference */
	accept_construct *ac;
	validate_context *ctx;
	ec_message *msg; /* from MAILFROM on */
	string *line; /* of EHLO, MAILFROM, RCPTTO */
	struct ec_auth_info *auth; /* of AUTH */
	int auth_status;
};

enum phase_result {
	PHASE_OVER, /* all providers ran, or one said DONE */
	PHASE_NOT_READY, /* one said AGAIN until patience ended */
	PHASE_REJECTED, /* FINAL2: EC_HOOK_DONE */
	PHASE_DEFERRED, /* FINAL2: EC_HOOK_RETRY */
};

/* Call the providers in order, but for modules that are not enabled or that
 * the connection bypasses.  The two ends are for all. */
enum phase_result phase_run(enum phase phase, const struct phase_call *call);

/* How long to wait for providers that say AGAIN; VALIDATE_AGAIN_MS unless a
 * test is in a hurry. */
void phase_set_patience(unsigned milliseconds);

#endif
