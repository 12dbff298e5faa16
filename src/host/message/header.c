/*
 * header.c: the header fields of a message.
 *
 * A field that came is copied into the message once; its lines point into that
 * copy, and so a field that nobody touched is recognised, and written out,
 * without being put together again.
 */
#include "host/message/field.h"
#include "host/message/message.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

static rfc2822_field_body *
more_lines(void *arg)
{
	return message_alloc(arg, sizeof(rfc2822_field_body));
}

static void
remember_came(ec_message *msg, struct span raw)
{
	struct message_state *state = msg->_state;
	struct span *came;
	size_t room;

	if (state->came_count == state->came_room) {
		room = state->came_room == 0 ? 32 : state->came_room * 2;
		came = message_alloc(msg, room * sizeof(*came));
		if (state->came_count > 0)
			memcpy(came, state->came,
			    state->came_count * sizeof(*came));
		state->came = came;
		state->came_room = room;
	}
	state->came[state->came_count++] = raw;
}

int
message_add_field(ec_message *msg, struct span raw)
{
	struct message_state *state = msg->_state;
	rfc2822_field *field;

	if (state->came_count >= MESSAGE_FIELDS || raw.n + 2 >
	    MESSAGE_HEADER_BYTES - state->header_octets)
		return 1;
	state->header_octets += raw.n + 2;
	raw = message_bytes(msg, raw);
	remember_came(msg, raw);
	field = message_alloc(msg, sizeof(*field));
	field_parse(field, raw, more_lines, msg);
	field->_origin = (int)state->came_count;
	field->_bytes = (const char *)raw.p;
	field->_bytes_len = raw.n;
	if (span_ieq(field_name(field), SPAN("Date")))
		state->headers.had_date = 1;
	if (state->last == NULL)
		state->headers.headers = field;
	else
		state->last->next = field;
	state->last = field;
	return 0;
}

void
message_end_header(ec_message *msg)
{
	msg->_state->last = NULL;
}

struct span
message_field_came(const ec_message *msg, size_t index)
{
	return msg->_state->came[index];
}

size_t
message_fields_came(const ec_message *msg)
{
	return msg->_state->came_count;
}

struct span
message_field_bytes(ec_message *msg, rfc2822_field *field)
{
	struct span bytes = span_of(field->_bytes, field->_bytes_len);
	unsigned char *out;

	if (field->_bytes != NULL && field_is(field, bytes))
		return bytes;
	bytes.n = field_length(field);
	out = arena_bytes(&msg->_state->arena, bytes.n);
	if (out == NULL)
		out = xmalloc(SIZE_MAX);
	field_write(field, out);
	field->_bytes = (const char *)out;
	field->_bytes_len = bytes.n;
	return span_of(out, bytes.n);
}

static void
build_index(ec_message *msg)
{
	struct message_state *state = msg->_state;
	size_t n = 0;

	for (rfc2822_field *f = state->headers.headers; f != NULL; f = f->next)
		n++;
	if (n > state->index_room) {
		state->index_room = n + 16;
		state->index = message_alloc(msg,
		    state->index_room * sizeof(rfc2822_field *));
	}
	state->index_count = n;
	n = 0;
	for (rfc2822_field *f = state->headers.headers; f != NULL; f = f->next)
		state->index[n++] = f;
}

int
ec_message_header_count(ec_message *msg)
{
	build_index(msg);
	return (int)msg->_state->index_count;
}

const char *
ec_message_header_bytes(ec_message *msg, int index, size_t *len_r)
{
	struct span bytes;

	if (index == 0)
		build_index(msg);
	if (index < 0 || (size_t)index >= msg->_state->index_count)
		return NULL;
	bytes = message_field_bytes(msg, msg->_state->index[index]);
	*len_r = bytes.n;
	return (const char *)bytes.p;
}

rfc2822_context *
ec_message_get_headers(ec_message_part *part, int for_read)
{
	if (for_read == 0)
		message_forget_wire(part->message);
	return &part->message->_state->headers;
}

ec_message_part *
ec_message_get_first_part(ec_message *msg, int headers_only)
{
	(void)headers_only;
	return msg->top;
}

void
ec_message_part_touch(ec_message_part *part, int what)
{
	part->touched |= what;
	message_forget_wire(part->message);
}
