/*
 * reader.c: spool.h, a message as a stream that can be sought in.
 *
 * A message has one reader at most.  The reader does not keep the message
 * alive: who still holds it afterwards reads nothing more.
 */
#include "spool.h"

#include "ec_atomic.h"
#include "host/message/render.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <stdio.h>
#include <stdlib.h>

io_object *
ec_message_get_body_io_object(ec_message *msg)
{
	struct message_state *state = msg->_state;

	if (message_wire(msg) == NULL)
		return NULL;
	if (state->reader == NULL) {
		state->reader = xcalloc(1, sizeof(*state->reader));
		state->reader->ref = 1;
		state->reader->message = msg;
	}
	state->reader->pos = 0;
	return state->reader;
}

void
ec_message_release_body_io_object(ec_message *msg)
{
	io_object *io = msg->_state->reader;

	msg->_state->reader = NULL;
	if (io != NULL)
		io->message = NULL;
	io_wrapper_delref(io);
	message_forget_wire(msg);
}

ssize_t
io_wrapper_read(io_object *io, void *buf, size_t nbytes)
{
	struct body *wire = io->message == NULL ? NULL :
	    message_wire(io->message);
	unsigned char *out = buf;
	size_t offset = (size_t)io->pos;
	struct span run;

	if (wire == NULL)
		return -1;
	while (nbytes > 0 && body_next(wire, &offset, &run)) {
		run = span_first(run, nbytes);
		memcpy(out, run.p, run.n);
		out += run.n;
		nbytes -= run.n;
		io->pos += (off_t)run.n;
		offset = (size_t)io->pos;
	}
	return out - (unsigned char *)buf;
}

off_t
io_wrapper_lseek(io_object *io, off_t offset, int whence)
{
	struct body *wire = io->message == NULL ? NULL :
	    message_wire(io->message);
	off_t base;

	if (wire == NULL)
		return -1;
	base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? io->pos :
	    (off_t)wire->size;
	if (offset < -base || offset > (off_t)wire->size - base)
		return -1;
	io->pos = base + offset;
	return io->pos;
}

io_object *
io_wrapper_addref(io_object *io)
{
	(void)ec_atomic_inc(&io->ref);
	return io;
}

void
io_wrapper_delref(io_object *io)
{
	if (io != NULL && ec_atomic_dec(&io->ref) == 0)
		free(io);
}

void
io_wrapper_destroy(io_object *io)
{
	io_wrapper_delref(io);
}
