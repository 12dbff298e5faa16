/*
 * context.c: validate.h.
 */
#include "validate.h"

#include "debug_tools.h"
#include "ec_message.h"
#include "host/message/envelope.h"
#include "host/types/alloc.h"
#include "netlistener.h"

#include <stdlib.h>
#include <string.h>

static ECDict
dict_of(validate_context *vctx, int which)
{
	return vctx->env[which == VCTX_CONN ? VCTX_CONN : VCTX_MESS];
}

static const char *
name_of(int which)
{
	return which == VCTX_CONN ? "connection" : "message";
}

int
validate_context_exists_and_get(validate_context *vctx, int which,
    const char *key, const char **value)
{
	ECDict dict = dict_of(vctx, which);

	return key != NULL && dict != NULL &&
	    dict_key_exists_and_fetch(dict, key, value);
}

const char *
validate_context_get(validate_context *vctx, int which, const char *key)
{
	const char *value;

	return validate_context_exists_and_get(vctx, which, key, &value) ?
	    value : "";
}

int
validate_context_exists(validate_context *vctx, int which, const char *key)
{
	const char *value;

	return validate_context_exists_and_get(vctx, which, key, &value);
}

void
validate_context_set(validate_context *vctx, int which, const char *key,
    const char *value)
{
	if (key == NULL || value == NULL) {
		(void)ec_debug_printf(DERROR, DSMTP, "Attempt to set null key "
		    "or value in validate context %s dictionary.",
		    name_of(which));
		return;
	}
	if (dict_of(vctx, which) != NULL)
		dict_add_key_value(dict_of(vctx, which), key, value);
}

void
validate_context_delete(validate_context *vctx, int which, const char *key)
{
	ECDict dict = dict_of(vctx, which);

	if (key != NULL && dict != NULL)
		(void)dict_key_delete(dict, key);
}

void
validate_context_init(validate_context *vctx)
{
	vctx->env[VCTX_CONN] = dict_blank();
	vctx->env[VCTX_MESS] = dict_blank();
}

void
validate_context_destroy(validate_context *vctx)
{
	dict_drop(vctx->env[VCTX_CONN]);
	dict_drop(vctx->env[VCTX_MESS]);
	vctx->env[VCTX_CONN] = vctx->env[VCTX_MESS] = NULL;
	free(vctx->note);
	vctx->note = NULL;
	vctx->code = 0;
}

int
validate_context_set_code(validate_context *vctx, int code, const char *str)
{
	if (code == 0 && str != NULL)
		code = atoi(str);
	if (code < 200 || code > 599)
		return 0;
	free(vctx->note);
	vctx->note = str != NULL ? xstrdup(str) : NULL;
	vctx->code = code;
	return 1;
}

int
validate_context_find_message_construct(validate_context *vctx,
    message_construct **mc)
{
	*mc = vctx->_mc;
	return vctx->_mc != NULL;
}

struct _message_construct *
accept_construct_get_message_construct(struct _accept_construct *ac)
{
	return ac->accept_construct_closure.vptr;
}

static ec_message *
message_of(validate_context *ctx)
{
	return ctx->_mc == NULL ? NULL : ctx->_mc->message;
}

/* The recipients are not complete while they come in, and are being gone
 * through after validate_data_spool. */
int
validate_context_can_modify_rcpts(validate_context *ctx)
{
	return message_of(ctx) != NULL &&
	    (ctx->last_state == MC_STATE_RCPTTO_LIST_RESPONSE ||
	    ctx->last_state == MC_STATE_RCPTTO_LIST_FINAL_RESPONSE ||
	    ctx->last_state == MC_STATE_DATA ||
	    ctx->last_state == MC_STATE_BODY);
}

int
validate_context_add_rcpt(validate_context *ctx, const char *addr, int uniq)
{
	ec_message *msg = message_of(ctx);
	bool added;

	if (addr == NULL || !validate_context_can_modify_rcpts(ctx))
		return -1;
	/* mail goes to each recipient once: asking again changes nothing */
	added = ec_message_rcpt_add(msg, addr) != 0;
	return !added && uniq != 0 ? -1 : message_rcpt_position(msg, addr);
}

int
validate_context_remove_rcpt(validate_context *ctx, const char *addr)
{
	ec_message *msg = message_of(ctx);
	int position;

	if (addr == NULL || !validate_context_can_modify_rcpts(ctx))
		return -1;
	position = message_rcpt_position(msg, addr);
	return ec_message_rcpt_remove(msg, addr) != 0 ? position : -1;
}

int
validate_context_remove_all_rcpts(validate_context *ctx)
{
	ec_message *msg = message_of(ctx);

	if (!validate_context_can_modify_rcpts(ctx))
		return 0;
	while (ec_message_rcpt(msg, 0) != NULL)
		(void)ec_message_rcpt_remove(msg, ec_message_rcpt(msg, 0));
	return 1;
}

int
validate_context_iterate_rcpt(validate_context *ctx, int pos, char **addr)
{
	ec_message *msg = message_of(ctx);
	const char *found = msg == NULL ? NULL : ec_message_rcpt(msg, pos);

	*addr = (char *)(uintptr_t)found;
	if (found == NULL || ec_message_rcpt(msg, pos + 1) == NULL)
		return -1;
	return pos + 1;
}
