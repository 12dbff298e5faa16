/*
 * rows.h: which callouts there are: a row each.
 */
#ifndef SCRIPTLET_ROWS_H
#define SCRIPTLET_ROWS_H

#include "ec_message.h"
#include "netlistener.h"
#include "validate_context.h"

enum callout {
	CALLOUT_ACCEPT,
	CALLOUT_CONNECT,
	CALLOUT_AFTER_CONNECT,
	CALLOUT_AUTH,
	CALLOUT_EHLO,
	CALLOUT_MAILFROM,
	CALLOUT_RCPTTO,
	CALLOUT_RCPTTO_LIST,
	CALLOUT_RCPTTO_LIST_FINAL,
	CALLOUT_DATA,
	CALLOUT_DATA_SPOOL,
	CALLOUT_PRE_EACH_RCPT,
	CALLOUT_EACH_RCPT,
	CALLOUT_AFTER_EACH_RCPT,
	CALLOUT_LATER_EACH_RCPT,
	CALLOUT_POST_EACH_RCPT,
	CALLOUT_SET_BINDING,
	CALLOUT_POST_SET_BINDING,
	CALLOUT_FINAL2,
	CALLOUT_FINAL,
	CALLOUT_POST_FINAL,
	CALLOUT_DEALLOC,
	CALLOUT_MSG_GEN,
	CALLOUT_ENQUEUE,
	CALLOUT_LOG_RECEPTION,
	CALLOUT_LOG_REJECTION,
	CALLOUT_LOG_ATTEMPT,
	CALLOUT_LOG_DELIVERY,
	CALLOUT_LOG_TRANSIENT,
	CALLOUT_LOG_PERMANENT,
	CALLOUT_LOG_REOPEN,
	CALLOUT_REQUEUE,
	CALLOUT_COMMIT,
	CALLOUT_INIT, /* these two are no hooks */
	CALLOUT_DEINIT,
	CALLOUT_COUNT
};

/* What a hook was called with; what it does not have is NULL. */
struct callout_args {
	ec_message *msg;
	accept_construct *ac;
	validate_context *vctx;
	string *line;
	const struct ec_auth_info *auth;
	int number;
	const struct timeval *now;
	const char *note;
	int note_len;
};

enum row_kind { /* what a result means */
	KIND_VALIDATE, /* VALIDATE_CONT, _DONE, _AGAIN */
	KIND_HOOK, /* EC_HOOK_CONT, _DONE, _RETRY */
	KIND_NONE, /* nothing */
};

struct row {
	const char *name; /* in scripts */
	const char *hook; /* the same by the hook's name, or NULL */
	/* m message, l line of a command, a connection, v context, u who
	 * authenticated, i number, t time, n note, N its length, d domain
	 * (nil), L the list of recipients */
	const char *args;
	enum row_kind kind;
	/* Provide for the hook; NULL: it is none.  The provider calls
	 * callouts_run(). */
	void (*provide)(void *closure);
};

extern const struct row callout_rows[CALLOUT_COUNT];

#endif
