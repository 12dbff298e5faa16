/*
 * state.h: what the host keeps about a message beside ec_message.h.
 *
 * Front-ends and phases fill a message in with the functions of message.h;
 * only the files of this folder look in here.
 */
#ifndef MESSAGE_STATE_H
#define MESSAGE_STATE_H

#include "base/arena.h"
#include "ec_message.h"
#include "host/message/body.h"
#include "host/message/message.h"

#include <pthread.h>

struct recipient {
	char *address; /* without brackets */
	char *domain; /* lower-case */
	bool came; /* with the transaction; else a module added it */
	bool removed; /* wanted no more */
};

struct message_state {
	struct arena arena; /* everything below that says nothing else */
	const char *id_text;
	char id_buffer[MESSAGE_ID_TEXT];

	/* envelope: addresses without brackets */
	const char *mailfrom; /* "" is the null sender, NULL none yet */
	const char *mailfrom_came;
	struct recipient *rcpts; /* heap */
	size_t rcpt_count, rcpt_room;
	size_t rcpt_current; /* "the" recipient */
	const char *routing_domain; /* set by a module, or NULL */

	/* header */
	ec_message_part part;
	rfc2822_context headers;
	rfc2822_field *last; /* while it comes in */
	struct span *came; /* the fields that came, without final CRLF */
	size_t came_count, came_room;
	size_t header_octets; /* with CRLFs */
	rfc2822_field **index; /* of ec_message_header_bytes */
	size_t index_count, index_room;

	/* body */
	struct body body;
	struct body replaced; /* the body that came, once there is another */
	bool was_replaced;
	struct body *wire; /* the whole message as on the wire, or NULL */
	io_object *reader; /* of ec_message_get_body_io_object, or NULL */

	pthread_mutex_t lock; /* guards code */
	char *code; /* heap, or NULL */
	ec_hash_table *blobjects; /* or NULL */
	enum message_fate fate;
	const char *fate_reason;
};

/* Memory of the message.  Never NULL: the host gives up instead. */
void *message_alloc(ec_message *msg, size_t n);
char *message_text(ec_message *msg, struct span s);
struct span message_bytes(ec_message *msg, struct span s);


/* Put a filled body, which is taken over, in place of the present one.  Returns
 * 0, or -1 when the disk did not take it; then nothing changed. */
int message_replace_body(ec_message *msg, struct body *fresh);

/* Something changed: what was rendered is stale. */
void message_forget_wire(ec_message *msg);

#endif
