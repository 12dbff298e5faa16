/*
 * spool.h: reading a message as a stream.
 *
 * A reader counts its users and ends with its message at the latest.  Who
 * changes the message reads the changed one from there on.  One thread at a
 * time.
 */
#ifndef EC_SPOOL_H
#define EC_SPOOL_H

#include "ec_message.h"
#include "ec_types.h"

struct _io_object {
	ec_atomic_t ref;
	ec_message *message; /* NULL: it is gone, nothing can be read */
	off_t pos; /* in the message as on the wire */
};

/* Bytes read, 0 at the end, -1 on failure. */
ssize_t io_wrapper_read(io_object *io, void *buf, size_t nbytes);
/* SEEK_SET, SEEK_CUR, SEEK_END; the new position, or -1. */
off_t io_wrapper_lseek(io_object *io, off_t offset, int whence);
io_object *io_wrapper_addref(io_object *io);
void io_wrapper_delref(io_object *io); /* NULL is fine */
void io_wrapper_destroy(io_object *io); /* the same */

/* Is the body in memory?  1: it always is, or is mapped. */
int ec_message_body_in_core(ec_message *msg, int pull);

#endif
