/*
 * content.c: the body of a message.
 */
#include "host/message/message.h"
#include "host/message/state.h"
#include "spool.h"

int
message_add_body(ec_message *msg, struct span chunk)
{
	return body_append(&msg->_state->body, chunk);
}

int
message_end_body(ec_message *msg)
{
	return body_finish(&msg->_state->body);
}

int
message_error(const ec_message *msg)
{
	return msg->_state->body.error;
}

int
ec_message_body_next(ec_message *msg, size_t *offset, const char **bytes_r,
    size_t *len_r)
{
	struct span run;

	if (!body_next(&msg->_state->body, offset, &run))
		return 0;
	*bytes_r = (const char *)run.p;
	*len_r = run.n;
	return 1;
}

size_t
ec_message_body_size(ec_message *msg)
{
	return msg->_state->body.size;
}

const char *
ec_message_body(ec_message *msg, size_t *len_r)
{
	struct span whole = body_join(&msg->_state->body);

	*len_r = whole.n;
	return (const char *)whole.p;
}

/* The first replacing keeps what came, to compare with. */
int
message_replace_body(ec_message *msg, struct body *fresh)
{
	struct message_state *state = msg->_state;

	if (body_finish(fresh) < 0) {
		body_deinit(fresh);
		return -1;
	}
	if (state->was_replaced)
		body_deinit(&state->body);
	else
		state->replaced = state->body;
	state->was_replaced = true;
	state->body = *fresh;
	ec_message_part_touch(msg->top, EC_MSG_BODY_MODIFIED);
	return 0;
}

int
ec_message_set_body(ec_message *msg, const char *bytes, size_t len)
{
	struct body fresh;

	body_init(&fresh, msg->_state->body.threshold,
	    msg->_state->body.folder);
	/* a failure to write sticks, and is told when it is replaced */
	(void)body_append(&fresh, span_of(bytes, len));
	return message_replace_body(msg, &fresh) == 0;
}

int
ec_message_is_large(ec_message *msg)
{
	return msg->_state->body.fd >= 0;
}

int
ec_message_get_body_fd_for_mmap(ec_message *msg)
{
	return msg->_state->body.fd >= 0 ? msg->_state->body.fd : 0;
}

int
ec_message_body_in_core(ec_message *msg, int pull)
{
	(void)msg;
	(void)pull;
	return 1;
}
