/*
 * envelope.h: the envelope, for those who bring a message and take it on.
 */
#ifndef MESSAGE_ENVELOPE_H
#define MESSAGE_ENVELOPE_H

#include "base/span.h"
#include "ec_message.h"

/* The parts of an address, cut at its last "@"; a domain that is not there is
 * empty. */
struct span envelope_localpart(struct span address);
struct span envelope_domain(struct span address);

const char *message_mailfrom(const ec_message *msg); /* or NULL */
bool message_mailfrom_changed(const ec_message *msg);

/* Every recipient that there is or was, by a position that never changes. */
struct envelope_rcpt {
	const char *address;
	bool came; /* else a module added it */
	bool removed;
};
size_t message_rcpts(const ec_message *msg);
/* The index of ec_message_rcpt() that an address has, or -1. */
int message_rcpt_position(ec_message *msg, const char *address);
/* The last recipient that came was refused: it never was there. */
void message_forget_rcpt(ec_message *msg, size_t index);
/* Take "the" recipient away. */
void message_drop_chosen(ec_message *msg);
/* Returns whether it is wanted. */
bool message_rcpt_info(const ec_message *msg, size_t index,
    struct envelope_rcpt *rcpt_r);

#endif
