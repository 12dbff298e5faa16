/*
 * variables.c: what scripts read to know about a connection and a message.
 */
#include "host/validation/variables.h"

#include "host/message/envelope.h"
#include "host/types/alloc.h"
#include "validate.h"

#include <stdio.h>
#include <stdlib.h>

static void
set_number(validate_context *ctx, const char *key, int number)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", number);
	validate_context_set(ctx, VCTX_CONN, key, text);
}

static void
set_span(validate_context *ctx, const char *prefix, const char *what,
    struct span s)
{
	char key[32];
	char *text = xstrndup((const char *)s.p, s.n);

	(void)snprintf(key, sizeof(key), "%s_%s", prefix, what);
	validate_context_set(ctx, VCTX_MESS, key, text);
	free(text);
}

void
variables_of_helo(validate_context *ctx, const char *line, const char *name)
{
	validate_context_set(ctx, VCTX_CONN, "ehlo_string", line);
	validate_context_set(ctx, VCTX_CONN, "ehlo_domain", name);
}

static const char *
auth_word(int status)
{
	switch (status) {
	case EC_AUTH_OK:
		return "pass";
	case EC_AUTH_FAIL:
		return "fail";
	default:
		return "error";
	}
}

void
variables_may_relay(message_construct *mc)
{
	mc->relayable = 1;
	validate_context_set(&mc->ctx, VCTX_CONN, "can_relay", "true");
}

void
variables_of_auth(message_construct *mc, int status)
{
	validate_context_set(&mc->ctx, VCTX_CONN, "auth_user",
	    mc->auth_info.user);
	if (mc->auth_info.scheme[0] != '\0')
		validate_context_set(&mc->ctx, VCTX_CONN, "auth_name",
		    mc->auth_info.scheme);
	validate_context_set(&mc->ctx, VCTX_CONN, "auth_status",
	    auth_word(status));
	if (status == EC_AUTH_OK)
		variables_may_relay(mc);
}

void
variables_of_address(validate_context *ctx, const char *prefix,
    const char *command, const char *address)
{
	struct span whole = span_of_text(address);

	set_span(ctx, prefix, "string", span_of_text(command));
	set_span(ctx, prefix, "localpart", envelope_localpart(whole));
	set_span(ctx, prefix, "domain", envelope_domain(whole));
}

void
variables_of_counts(message_construct *mc)
{
	set_number(&mc->ctx, "connection_message_count",
	    mc->connection_message_count);
	set_number(&mc->ctx, "connection_rcpt_count",
	    mc->connection_rcpt_count);
	set_number(&mc->ctx, "message_rcpt_count", mc->message_rcpt_count);
}

void
variables_of_header(validate_context *ctx, ec_message *msg)
{
	rfc2822_context *headers = ec_message_get_headers(
	    ec_message_get_first_part(msg, 1), 1);

	if (headers->had_date == 0)
		validate_context_set(ctx, VCTX_MESS, "rfc2822_date_missing",
		    "true");
}
