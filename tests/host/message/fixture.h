/*
 * fixture.h: a message made of text, and comparing bytes.
 */
#ifndef TESTS_MESSAGE_FIXTURE_H
#define TESTS_MESSAGE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "host/message/edits.h"
#include "host/message/envelope.h"
#include "host/message/message.h"
#include "host/message/render.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define UNUSED __attribute__((unused))

static UNUSED void
assert_bytes(const char *name, struct span came, struct span wanted)
{
	if (!span_eq(came, wanted))
		fail_msg("%s: \"%.*s\" came, \"%.*s\" wanted", name,
		    (int)came.n, (const char *)came.p, (int)wanted.n,
		    (const char *)wanted.p);
}

/* Fields, each without its final CRLF, ended by NULL. */
static UNUSED void
add_fields(ec_message *msg, const char *const *fields)
{
	for (; *fields != NULL; fields++)
		assert_int_equal(message_add_field(msg,
		    span_of_text(*fields)), 0);
	message_end_header(msg);
}

static UNUSED ec_message *
message_of(const char *const *fields, const char *body)
{
	ec_message *msg = message_begin(&message_storage_default, NULL, NULL);

	assert_int_equal(message_came_from(msg, "from@a.test"), 0);
	assert_int_equal(message_came_to(msg, "to@b.test"), 0);
	add_fields(msg, fields);
	assert_int_equal(message_add_body(msg, span_of_text(body)), 0);
	assert_int_equal(message_end_body(msg), 0);
	return msg;
}

static UNUSED int
into_buffer(void *arg, struct span s)
{
	buffer_add(arg, s);
	return 0;
}

static UNUSED void
assert_message(ec_message *msg, const char *wanted)
{
	struct buffer out = { 0 };

	assert_int_equal(message_write(msg, false, into_buffer, &out), 0);
	assert_bytes("message", buffer_span(&out), span_of_text(wanted));
	buffer_deinit(&out);
}

static UNUSED rfc2822_context *
headers_of(ec_message *msg)
{
	return ec_message_get_headers(ec_message_get_first_part(msg, 0), 0);
}

static UNUSED void
prepend(ec_message *msg, const char *name, const char *value)
{
	rfc2822_prepend_header(headers_of(msg),
	    rfc2822_new_header(name, value));
}

/* The edits as text, one in a line: "delete Name 2", "insert 0 Name: value",
 * "change Name 1: value", "body", "rcpt-add a@b". */
static UNUSED void
format_edits(ec_message *msg, struct buffer *out)
{
	struct edits edits = message_edits(msg);
	char line[64];

	for (size_t i = 0; i < edits.count; i++) {
		const struct edit *e = &edits.steps[i];

		buffer_add_text(out, edit_type_name(e->type));
		if (e->type == EDIT_FIELD_INSERT) {
			(void)snprintf(line, sizeof(line), " %zu", e->index);
			buffer_add_text(out, line);
		}
		if (e->name.n > 0) {
			buffer_add_byte(out, ' ');
			buffer_add(out, e->name);
		}
		if (e->nth > 0) {
			(void)snprintf(line, sizeof(line), " %zu", e->nth);
			buffer_add_text(out, line);
		}
		if (e->type == EDIT_FIELD_INSERT ||
		    e->type == EDIT_FIELD_CHANGE) {
			buffer_add_byte(out, ':');
			buffer_add(out, e->value);
		}
		if (e->address != NULL) {
			buffer_add_byte(out, ' ');
			buffer_add_text(out, e->address);
		}
		buffer_add_byte(out, '\n');
	}
}

static UNUSED void
assert_edits(ec_message *msg, const char *wanted)
{
	struct buffer out = { 0 };

	format_edits(msg, &out);
	assert_bytes("edits", buffer_span(&out), span_of_text(wanted));
	buffer_deinit(&out);
}

#endif
