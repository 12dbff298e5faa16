/*
 * reply.c: a code and somebody's words become a reply line.
 *
 * The words may come from a script that quotes the message, so nothing but
 * printable ASCII gets through: a line end would begin another reply.
 */
#include "host/validation/reply.h"

#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>

static const char *
usual_text(int code)
{
	if (code == 421)
		return "closing the connection";
	return code < 500 ? "try again later" : "refused by policy";
}

static const char *
usual_status(int code)
{
	if (code == 421)
		return "4.7.0";
	return code < 500 ? "4.7.1" : "5.7.1";
}

/* 1 to 3 digits and what follows them (RFC 3463 section 2). */
static bool
take_number(const char **text)
{
	size_t n = 0;

	while (n < 3 && byte_is_digit((unsigned char)(*text)[n]))
		n++;
	*text += n;
	return n > 0;
}

/* "5.7.1 " at the beginning, of the class of the code. */
static const char *
take_status(struct reply *reply, const char *text)
{
	const char *at = text;

	if (*at != '0' + reply->code / 100 || !take_number(&at) ||
	    *at++ != '.' || !take_number(&at) || *at++ != '.' ||
	    !take_number(&at) || (*at != ' ' && *at != '\0'))
		return text;
	(void)snprintf(reply->status, sizeof(reply->status), "%.*s",
	    (int)(at - text), text);
	return at;
}

static const char *
take_code(int code, const char *text)
{
	for (int i = 0; i < 3; i++) {
		if (!byte_is_digit((unsigned char)text[i]))
			return text;
	}
	return atoi(text) == code && (text[3] == ' ' || text[3] == '\0') ?
	    text + 3 : text;
}

static const char *
skip_blanks(const char *text)
{
	while (*text == ' ')
		text++;
	return text;
}

void
reply_set(struct reply *reply, int code, const char *text)
{
	size_t n = 0;

	*reply = (struct reply){ .code = code };
	if (text == NULL)
		text = "";
	text = skip_blanks(take_code(code, text));
	text = skip_blanks(take_status(reply, text));
	if (reply->status[0] == '\0')
		(void)snprintf(reply->status, sizeof(reply->status), "%s",
		    usual_status(code));
	if (*text == '\0')
		text = usual_text(code);
	for (; text[n] != '\0' && n + 1 < sizeof(reply->text); n++)
		reply->text[n] = text[n] < ' ' || text[n] > '~' ? '?' :
		    text[n];
	reply->text[n] = '\0';
}

void
reply_from_context(struct reply *reply, const validate_context *ctx)
{
	if (ctx->code >= 400 && ctx->code <= 599)
		reply_set(reply, ctx->code, ctx->note);
	else
		*reply = (struct reply){ 0 };
}
