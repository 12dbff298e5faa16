/*
 * speech.c: each command as Postfix and Sendmail write it.
 */
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"
#include "speech.h"

/* Macros go out even before a command that does not: so does Postfix.  Returns
 * whether the command goes, too. */
static bool
start(const struct speech *speech, unsigned stage, char command,
    uint32_t no_step, struct buffer *out)
{
	macros_write(&speech->macros, stage, command, out);
	if (command == SMFIC_DATA && speech->version < 4)
		return false;
	return (speech->steps & no_step) == 0;
}

static enum speech_then
then(const struct speech *speech, uint32_t no_reply)
{
	return (speech->steps & no_reply) != 0 ? SPEECH_NO_REPLY :
	    SPEECH_REPLY;
}

static char
family_of(const char *address)
{
	if (address == NULL)
		return SMFIA_UNKNOWN;
	if (address[0] == '/')
		return SMFIA_UNIX;
	return strchr(address, ':') != NULL ? SMFIA_INET6 : SMFIA_INET;
}

static void
add_client_name(struct buffer *out, const char *name, const char *address)
{
	char literal[128];

	if (name == NULL && address == NULL) {
		name = "unknown";
	} else if (name == NULL) {
		(void)snprintf(literal, sizeof(literal), "[%s]", address);
		name = literal;
	}
	packet_add_text(out, name);
}

enum speech_then
speech_connect(const struct speech *speech, const char *name,
    const char *address, uint16_t port, struct buffer *out)
{
	char family = family_of(address);
	size_t at;

	if (!start(speech, SMFIM_CONNECT, SMFIC_CONNECT, SMFIP_NOCONNECT,
	        out))
		return SPEECH_UNSAID;
	at = packet_begin(out, SMFIC_CONNECT);
	add_client_name(out, name, address);
	packet_add_octet(out, (unsigned char)family);
	if (family != SMFIA_UNKNOWN) {
		packet_add_short(out, family == SMFIA_UNIX ? 0 : port);
		/* Sendmail marks IPv6 addresses, Postfix does not */
		if (family == SMFIA_INET6 &&
		    speech->macros.style == MACROS_SENDMAIL)
			buffer_add_text(out, "IPv6:");
		packet_add_text(out, address);
	}
	packet_end(out, at);
	return then(speech, SMFIP_NR_CONN);
}

enum speech_then
speech_helo(const struct speech *speech, const char *name,
    struct buffer *out)
{
	size_t at;

	if (!start(speech, SMFIM_HELO, SMFIC_HELO, SMFIP_NOHELO, out))
		return SPEECH_UNSAID;
	at = packet_begin(out, SMFIC_HELO);
	packet_add_text(out, name);
	packet_end(out, at);
	return then(speech, SMFIP_NR_HELO);
}

/* "<address>", and each parameter a text of its own. */
static void
add_envelope(struct buffer *out, char command, const char *address,
    const char *parameters)
{
	struct span rest = span_of_text(parameters == NULL ? "" : parameters);
	struct span word;
	size_t at = packet_begin(out, command);

	buffer_add_byte(out, '<');
	buffer_add_text(out, address);
	packet_add_text(out, ">");
	while (rest.n > 0) {
		(void)span_cut(&rest, ' ', &word);
		if (word.n > 0)
			packet_add_span_text(out, word);
	}
	packet_end(out, at);
}

static const char *
host_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? "" : at + 1;
}

enum speech_then
speech_mail(struct speech *speech, const char *address,
    const char *parameters, struct buffer *out)
{
	macros_set(&speech->macros, "{mail_addr}", address);
	macros_set(&speech->macros, "{mail_host}", host_of(address));
	if (!start(speech, SMFIM_ENVFROM, SMFIC_MAIL, SMFIP_NOMAIL, out))
		return SPEECH_UNSAID;
	add_envelope(out, SMFIC_MAIL, address, parameters);
	return then(speech, SMFIP_NR_MAIL);
}

enum speech_then
speech_rcpt(struct speech *speech, const char *address,
    const char *parameters, struct buffer *out)
{
	macros_set(&speech->macros, "{rcpt_addr}", address);
	macros_set(&speech->macros, "{rcpt_host}", host_of(address));
	if (!start(speech, SMFIM_ENVRCPT, SMFIC_RCPT, SMFIP_NORCPT, out))
		return SPEECH_UNSAID;
	add_envelope(out, SMFIC_RCPT, address, parameters);
	return then(speech, SMFIP_NR_RCPT);
}

enum speech_then
speech_data(const struct speech *speech, struct buffer *out)
{
	if (!start(speech, SMFIM_DATA, SMFIC_DATA, SMFIP_NODATA, out))
		return SPEECH_UNSAID;
	packet_add_bare(out, SMFIC_DATA);
	return then(speech, SMFIP_NR_DATA);
}

/* LF between lines, and nothing behind a NUL. */
static void
add_value(struct buffer *out, struct span value)
{
	value = span_first(value, span_find(value, '\0'));
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\r' && i + 1 < value.n &&
		    value.p[i + 1] == '\n')
			continue;
		buffer_add_byte(out, value.p[i]);
	}
	buffer_add_byte(out, '\0');
}

enum speech_then
speech_header(const struct speech *speech, struct span name,
    struct span value, struct buffer *out)
{
	size_t at;

	if (!start(speech, SMFIM_EOH, SMFIC_HEADER, SMFIP_NOHDRS, out))
		return SPEECH_UNSAID;
	if ((speech->steps & SMFIP_HDR_LEADSPC) == 0 && value.n > 0 &&
	    value.p[0] == ' ')
		value = span_from(value, 1);
	at = packet_begin(out, SMFIC_HEADER);
	packet_add_span_text(out, name);
	add_value(out, value);
	packet_end(out, at);
	return then(speech, SMFIP_NR_HDR);
}

enum speech_then
speech_eoh(const struct speech *speech, struct buffer *out)
{
	if (!start(speech, SMFIM_EOH, SMFIC_EOH, SMFIP_NOEOH, out))
		return SPEECH_UNSAID;
	packet_add_bare(out, SMFIC_EOH);
	return then(speech, SMFIP_NR_EOH);
}

enum speech_then
speech_body(const struct speech *speech, struct span chunk,
    struct buffer *out)
{
	size_t at;

	if (!start(speech, SMFIM_EOM, SMFIC_BODY, SMFIP_NOBODY, out))
		return SPEECH_UNSAID;
	at = packet_begin(out, SMFIC_BODY);
	buffer_add(out, span_first(chunk, SPEECH_BODY_CHUNK));
	packet_end(out, at);
	return then(speech, SMFIP_NR_BODY);
}

enum speech_then
speech_end(const struct speech *speech, struct span chunk, struct buffer *out)
{
	size_t at;

	(void)start(speech, SMFIM_EOM, SMFIC_BODYEOB, 0, out);
	at = packet_begin(out, SMFIC_BODYEOB);
	buffer_add(out, span_first(chunk, SPEECH_BODY_CHUNK));
	packet_end(out, at);
	return SPEECH_REPLY;
}
