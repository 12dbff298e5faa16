/*
 * validate.h: reading and changing a validate_context.
 *
 * Only the thread that runs the hook may do so, and only while it runs.
 */
#ifndef EC_VALIDATE_H
#define EC_VALIDATE_H

#include "ec_types.h"
#include "validate_context.h"

/* What a validation hook gives back. */
#define VALIDATE_CONT 0 /* go on with the next module */
#define VALIDATE_DONE 1 /* no more modules in this phase */
#define VALIDATE_AGAIN 2 /* not ready: call this one again a little later */

/*
 * After VALIDATE_AGAIN the host waits and calls the same provider again, until
 * it says something else.  There is an end to patience: past
 * VALIDATE_AGAIN_MS the message is deferred with 451 4.3.0.
 */
#define VALIDATE_AGAIN_MS 10000

/*
 * Variables; `which` is VCTX_CONN or VCTX_MESS.  get gives "" for what is not
 * there.  A NULL key or value is logged and not set.
 */
const char *validate_context_get(validate_context *vctx, int which,
    const char *key);
void validate_context_set(validate_context *vctx, int which, const char *key,
    const char *value);
int validate_context_exists(validate_context *vctx, int which,
    const char *key);
int validate_context_exists_and_get(validate_context *vctx, int which,
    const char *key, const char **value);
void validate_context_delete(validate_context *vctx, int which,
    const char *key);

/* For a context of your own: begin with zeroed memory. */
void validate_context_init(validate_context *vctx);
void validate_context_destroy(validate_context *vctx);

/*
 * The reply to the client.  From 400 up it refuses: the command in the phases
 * before the data, the message in and after validate_data.  code 0: the text
 * begins with the number.  NULL for the text: the usual one for the code.
 * 1, or 0 when the code is not within 200 and 599.
 */
int validate_context_set_code(validate_context *vctx, int code,
    const char *str);

/*
 * Recipients of the message, by position from 0.  They can be changed until the
 * end of validate_data_spool, but not in validate_rcptto.
 *
 * add gives the position, or -1 when it was not added: uniq is set and it is
 * there, the address is none, or it is too late.  remove gives the old
 * position, or -1.  remove_all gives 1, or 0 too late.  iterate sets *addr to
 * the address at pos, NULL when there is none, and gives the next position, or
 * -1 when there is no next one.
 */
int validate_context_add_rcpt(validate_context *ctx, const char *addr,
    int uniq);
int validate_context_remove_rcpt(validate_context *ctx, const char *addr);
int validate_context_remove_all_rcpts(validate_context *ctx);
int validate_context_iterate_rcpt(validate_context *ctx, int pos,
    char **addr);
int validate_context_can_modify_rcpts(validate_context *ctx);

/* 1 with *mc set, or 0 when the context is not one of a mail session. */
int validate_context_find_message_construct(validate_context *vctx,
    message_construct **mc);

#endif
