/*
 * smtp.h: the session that takes a message onward.
 */
#ifndef EC_SMTP_H
#define EC_SMTP_H

#include "ec_types.h"
#include "ecdict.h"
#include "misc/ec_ptr_array.h"

/* The part of the delivery that modules look at.  The mail server in front
 * of this host delivers; the host fills this in for hooks that want to know
 * which message is about to go. */
struct _delivery_construct {
	Event *e; /* NULL */
	ec_message *message;
	ec_config_header *transaction;
	ec_ptr_array batch; /* empty */
};

/* Parameters for the MAIL or RCPT command that is about to be sent. */
struct _smtp_client_args {
	ECDict dict; /* extension to value */
	int len; /* bytes that they take on the line */
};

/* `value` may be NULL.  0, or -1 when the name or value has a character that
 * a command line cannot hold. */
int smtp_client_args_add(smtp_client_args *args, const char *extension,
    const char *value);
void smtp_client_args_delete(smtp_client_args *args, const char *extension);
/* Nonzero with *value set, which is "" when it has none; 0 not there. */
int smtp_client_args_exists_and_fetch(smtp_client_args *args,
    const char *extension, const char **value);

#endif
