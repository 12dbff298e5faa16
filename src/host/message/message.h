/*
 * message.h: how a message is filled in and taken apart by the host.
 *
 * Those who bring a message call, in this order: message_begin, the envelope,
 * message_add_field for each field, message_end_header, message_add_body for
 * each chunk, message_end_body.  From then on it is what "came", and what
 * modules change are edits.
 *
 * Threads and memory: as in ec_message.h.
 */
#ifndef HOST_MESSAGE_H
#define HOST_MESSAGE_H

#include "base/span.h"
#include "ec_message.h"

#define MESSAGE_HEADER_BYTES (1024u * 1024) /* ten times what Postfix lets in */
#define MESSAGE_FIELDS 10000 /* ten times what the engine looks at */
#define MESSAGE_RCPTS 10000 /* Postfix stops at 1000 by default */
#define MESSAGE_ADDRESS_BYTES 1024 /* RFC 5321 4.5.3.1: 64 + 1 + 255 */
#define MESSAGE_ID_BYTES 255 /* queue ids have 10 to 20 */

struct message_storage {
	size_t threshold; /* larger bodies go to a file */
	const char *folder; /* of those files; copied */
};
/* Used where nothing else is told: 1 MiB, and TMPDIR or /tmp. */
extern const struct message_storage message_storage_default;

/* A new message with one reference.  connection may be NULL; else the message
 * shares it until message_detach(). */
ec_message *message_begin(const struct message_storage *storage,
    struct timeval *now, ECDict connection);

/* The connection goes on to other messages: if anybody keeps this one, it gets
 * a copy of the connection's variables. */
void message_detach(ec_message *msg);

/* The id that the mail server knows it by.  Text that could not stand in a log
 * line is left out. */
void message_set_id(ec_message *msg, const char *id);

/* The sender and one recipient as they come, without brackets.  Returns 0, 1
 * when it is no address or there are too many. */
int message_came_from(ec_message *msg, const char *address);
int message_came_to(ec_message *msg, const char *address);

/* One field, from name to value, without its final CRLF.  Returns 0, or 1 past
 * MESSAGE_HEADER_BYTES or MESSAGE_FIELDS, with nothing added. */
int message_add_field(ec_message *msg, struct span raw);
void message_end_header(ec_message *msg);

/* Returns 0, or -1: the disk would not take it, see message_error(). */
int message_add_body(ec_message *msg, struct span chunk);
int message_end_body(ec_message *msg);
int message_error(const ec_message *msg); /* errno, or 0 */

/* Fields that came, and fields now.  Spans live as long as the message, or the
 * next change of the header. */
struct span message_field_came(const ec_message *msg, size_t index);
size_t message_fields_came(const ec_message *msg);
struct span message_field_bytes(ec_message *msg, rfc2822_field *field);

/* Make a recipient "the" one, by its position of envelope.h; SIZE_MAX: none, so
 * that the first is. */
void message_choose_rcpt(ec_message *msg, size_t index);

enum message_fate {
	MESSAGE_DELIVER,
	MESSAGE_DISCARD,
	MESSAGE_QUARANTINE,
};
enum message_fate message_get_fate(const ec_message *msg);
const char *message_fate_reason(const ec_message *msg); /* never NULL */
void message_set_fate(ec_message *msg, enum message_fate fate);

#endif
