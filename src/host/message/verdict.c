/*
 * verdict.c: what was said about a message: its code, the objects that modules
 * hang on it, and what becomes of it.
 */
#include "host/message/message.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <stdio.h>
#include <stdlib.h>

void
ec_message_lock(ec_message *msg)
{
	(void)pthread_mutex_lock(&msg->_state->lock);
}

void
ec_message_unlock(ec_message *msg)
{
	(void)pthread_mutex_unlock(&msg->_state->lock);
}

int
ec_message_set_code(ec_message *msg, int code, const char *codestr)
{
	struct message_state *state = msg->_state;
	int before = state->code == NULL ? 0 : atoi(state->code);
	char *text = NULL;

	if (code == 0)
		code = codestr == NULL ? -1 : atoi(codestr);
	else if (asprintf(&text, "%d%s%s", code, codestr == NULL ? "" : " ",
	    codestr == NULL ? "" : codestr) < 0)
		text = NULL;
	if (code < 1 || code > 999) {
		free(text);
		return -1;
	}
	free(state->code);
	state->code = text != NULL ? text : xstrdup(codestr);
	return before;
}

const char *
ec_message_get_code(ec_message *msg)
{
	return msg->_state->code;
}

void
ec_message_blobject_store(ec_message *msg, const char *key, ec_blobject *obj)
{
	struct message_state *state = msg->_state;

	if (state->blobjects == NULL)
		state->blobjects = echash_create(NULL,
		    ec_blobject_delref_typeunsafe);
	ec_blobject_addref(obj);
	(void)echash_replace(state->blobjects, key, (int)strlen(key), obj,
	    NULL, ec_blobject_delref_typeunsafe);
}

ec_blobject *
ec_message_blobject_get(ec_message *msg, const char *key)
{
	void *obj;

	if (msg->_state->blobjects == NULL ||
	    echash_retrieve(msg->_state->blobjects, key, (int)strlen(key),
	    &obj) == 0)
		return NULL;
	return obj;
}

int
ec_message_blobject_remove(ec_message *msg, const char *key)
{
	return msg->_state->blobjects != NULL &&
	    echash_delete_item(msg->_state->blobjects, key,
	    (int)strlen(key)) != 0;
}

static void
decide(ec_message *msg, enum message_fate fate, const char *reason)
{
	msg->_state->fate = fate;
	msg->_state->fate_reason = message_text(msg, span_of_text(reason));
}

void
ec_message_discard(ec_message *msg, const char *reason)
{
	decide(msg, MESSAGE_DISCARD, reason != NULL ? reason :
	    "550 5.7.0 discarded by policy");
}

void
ec_message_quarantine(ec_message *msg, const char *reason)
{
	decide(msg, MESSAGE_QUARANTINE, reason != NULL ? reason :
	    "held by policy");
}

enum message_fate
message_get_fate(const ec_message *msg)
{
	return msg->_state->fate;
}

void
message_set_fate(ec_message *msg, enum message_fate fate)
{
	msg->_state->fate = fate;
}

const char *
message_fate_reason(const ec_message *msg)
{
	return msg->_state->fate_reason != NULL ? msg->_state->fate_reason :
	    "";
}
