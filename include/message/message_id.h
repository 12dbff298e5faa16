/*
 * message/message_id.h: numbers that tell messages and connections apart.
 */
#ifndef EC_MESSAGE_ID_H
#define EC_MESSAGE_ID_H

#include "ec_types.h"

typedef struct _message_id {
	u_int32_t slot; /* seconds of the clock, the low 32 bits */
	u_int16_t pid; /* of this process */
	u_int16_t counter; /* moves with every number given out */
} message_id;

/* Text of an id and its NUL: "6738C1F2-04D2-0007". */
#define MESSAGE_ID_TEXT 19

/* Write the text form into buf, MESSAGE_ID_TEXT bytes, and give buf. */
EC_ADDITION char *message_id_text(const message_id *id, char *buf);

/* A new number, unlike every other that this process gives.  Any thread. */
EC_ADDITION message_id message_id_new(void);

#endif
