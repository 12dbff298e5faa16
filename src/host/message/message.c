/*
 * message.c: the life of a message.
 *
 * Everything small that it is made of lies in one arena.
 */
#include "host/message/message.h"

#include "ec_atomic.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <stdlib.h>

#define THRESHOLD (1024u * 1024)

const struct message_storage message_storage_default = {
	.threshold = THRESHOLD,
	.folder = NULL,
};

/* One block for what is public and what is not. */
struct message {
	ec_message message;
	struct message_state state;
};

void *
message_alloc(ec_message *msg, size_t n)
{
	void *p = arena_calloc(&msg->_state->arena, 1, n);

	return p != NULL ? p : xmalloc(SIZE_MAX); /* which gives up */
}

struct span
message_bytes(ec_message *msg, struct span s)
{
	void *p = arena_bytes(&msg->_state->arena, s.n);

	if (p == NULL)
		p = xmalloc(SIZE_MAX);
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return span_of(p, s.n);
}

char *
message_text(ec_message *msg, struct span s)
{
	char *text = arena_text(&msg->_state->arena, s);

	return text != NULL ? text : xmalloc(SIZE_MAX);
}

static const char *
temporary_folder(void)
{
	const char *folder = getenv("TMPDIR");

	return folder == NULL || folder[0] == '\0' ? "/tmp" : folder;
}

static void
init_body(ec_message *msg, const struct message_storage *storage)
{
	const char *folder = storage->folder != NULL ? storage->folder :
	    temporary_folder();

	body_init(&msg->_state->body, storage->threshold,
	    message_text(msg, span_of_text(folder)));
}

ec_message *
message_begin(const struct message_storage *storage, struct timeval *now,
    ECDict connection)
{
	struct message *m = xcalloc(1, sizeof(*m));
	ec_message *msg = &m->message;
	struct message_state *state = &m->state;

	msg->_state = state;
	msg->id = message_id_new();
	msg->batch_id = msg->id;
	msg->ref = 1;
	if (now != NULL)
		msg->creation_time = *now;
	else
		(void)gettimeofday(&msg->creation_time, NULL);
	msg->recv_method = P_INTERNAL;
	if (connection != NULL)
		(void)ec_atomic_inc(&connection->ref);
	msg->vctx_conn = connection != NULL ? connection : dict_blank();
	msg->vctx_mess = dict_blank();
	(void)pthread_mutex_init(&state->lock, NULL);
	state->id_text = message_id_text(&msg->id, state->id_buffer);
	state->part.message = msg;
	state->headers.now = msg->creation_time;
	state->headers._state = msg;
	msg->top = &state->part;
	init_body(msg, storage);
	return msg;
}

ec_message *
ec_message_new(struct timeval *now)
{
	return message_begin(&message_storage_default, now, NULL);
}

ec_message *
ec_message_addref(ec_message *msg)
{
	(void)ec_atomic_inc(&msg->ref);
	return msg;
}

void
ec_message_free(ec_message *msg)
{
	struct message_state *state;

	if (msg == NULL || ec_atomic_dec(&msg->ref) > 0)
		return;
	state = msg->_state;
	ec_message_release_body_io_object(msg);
	if (state->blobjects != NULL)
		echash_delref(state->blobjects);
	rfc2822_free_context(&state->headers);
	body_deinit(&state->body);
	if (state->was_replaced)
		body_deinit(&state->replaced);
	dict_drop(msg->vctx_conn);
	dict_drop(msg->vctx_mess);
	free(state->rcpts);
	free(state->code);
	(void)pthread_mutex_destroy(&state->lock);
	arena_deinit(&state->arena);
	free(msg);
}

static ECDict
copy_dict(ECDict from)
{
	ECDict to = dict_blank();
	ECDict_Iterator iter;
	const char *key, *value;

	dict_iter2(from, &iter);
	while (dict_next(from, &iter, &key, &value) != 0)
		dict_add_key_value(to, key, value);
	dict_iter2_free(from, &iter);
	return to;
}

void
message_detach(ec_message *msg)
{
	ECDict shared = msg->vctx_conn;

	if (ec_atomic_get(&msg->ref) == 1)
		return; /* it ends in a moment anyway */
	msg->vctx_conn = copy_dict(shared);
	dict_drop(shared);
}

/* Log lines are split at blanks and line ends by those who read them. */
static bool
fits_in_log(const char *id)
{
	size_t n = 0;

	for (; id[n] != '\0'; n++) {
		if (id[n] <= ' ' || id[n] > '~' || n >= MESSAGE_ID_BYTES)
			return false;
	}
	return n > 0;
}

void
message_set_id(ec_message *msg, const char *id)
{
	if (id != NULL && fits_in_log(id))
		msg->_state->id_text = message_text(msg, span_of_text(id));
}

const char *
ec_message_id_text(ec_message *msg)
{
	return msg->_state->id_text;
}

static void
copy_header(ec_message *to, ec_message *from)
{
	rfc2822_field *f = from->_state->headers.headers;

	/* a header may have grown past the limits that hold for reception;
	 * then the copy has what fits */
	for (; f != NULL; f = f->next)
		(void)message_add_field(to, message_field_bytes(from, f));
	message_end_header(to);
}

static int
copy_body(ec_message *to, ec_message *from)
{
	struct span run;
	size_t offset = 0;

	while (body_next(&from->_state->body, &offset, &run)) {
		if (message_add_body(to, run) < 0)
			return -1;
	}
	return message_end_body(to);
}

static void
copy_blobjects(ec_message *to, ec_message *from)
{
	ec_hash_iter iter = { 0 };
	const char *key;
	void *obj;
	int n;

	if (from->_state->blobjects == NULL)
		return;
	while (echash_next(from->_state->blobjects, &iter, &key, &n, &obj) != 0)
		ec_message_blobject_store(to, key, obj);
}

static void
copy_envelope(ec_message *to, ec_message *from)
{
	if (from->_state->mailfrom != NULL)
		(void)message_came_from(to, from->_state->mailfrom);
	for (int i = 0; ec_message_rcpt(from, i) != NULL; i++)
		(void)message_came_to(to, ec_message_rcpt(from, i));
	(void)ec_message_set_routing_domain(to, from->_state->routing_domain);
	to->binding_slot = from->binding_slot;
	to->recv_method = from->recv_method;
	to->recv_from = from->recv_from;
	to->recv_via = from->recv_via;
	to->conn_id = from->conn_id;
	to->batch_id = from->batch_id;
	to->priority = from->priority;
}

ec_message *
ec_message_copy(ec_message *orig)
{
	struct message_storage storage = {
		.threshold = orig->_state->body.threshold,
		.folder = orig->_state->body.folder,
	};
	ec_message *copy = message_begin(&storage, &orig->creation_time, NULL);

	dict_drop(copy->vctx_conn);
	dict_drop(copy->vctx_mess);
	copy->vctx_conn = copy_dict(orig->vctx_conn);
	copy->vctx_mess = copy_dict(orig->vctx_mess);
	copy_envelope(copy, orig);
	copy_header(copy, orig);
	copy_blobjects(copy, orig);
	if (copy_body(copy, orig) < 0) {
		ec_message_free(copy);
		return NULL;
	}
	return copy;
}

ec_message *
ec_message_cowref(ec_message *src)
{
	return ec_message_copy(src);
}

ec_message *
ec_message_snapshot(ec_message *orig)
{
	return ec_message_copy(orig);
}
