/*
 * speech.h: what an MTA says to a filter: the packets of each command, with
 * the macros before it, appended to a buffer.
 *
 * Nothing is sent and nothing awaited here, so that a conversation (mta.h) and
 * a load generator that prepares its bytes speak alike.
 */
#ifndef BENCH_MILTER_SPEECH_H
#define BENCH_MILTER_SPEECH_H

#include "macros.h"

struct speech {
	/* what was agreed on */
	uint32_t version, actions, steps;
	struct macros macros;
};

#define SPEECH_BODY_CHUNK 65535 /* octets of body in one packet at most */

/* What follows a command. */
enum speech_then {
	SPEECH_UNSAID, /* the filter does not want the command: no reply */
	SPEECH_NO_REPLY, /* it wants to hear it, but says nothing */
	SPEECH_REPLY,
};

/* address: "192.0.2.1", "2001:db8::1", "/path" of a local socket; NULL: not
 * known.  name NULL: as an MTA writes a client without one. */
enum speech_then speech_connect(const struct speech *speech, const char *name,
    const char *address, uint16_t port, struct buffer *out);
enum speech_then speech_helo(const struct speech *speech, const char *name,
    struct buffer *out);
/* address without brackets, "" for the null sender; parameters separated by
 * blanks, or NULL.  These two set the macros of the address. */
enum speech_then speech_mail(struct speech *speech, const char *address,
    const char *parameters, struct buffer *out);
enum speech_then speech_rcpt(struct speech *speech, const char *address,
    const char *parameters, struct buffer *out);
enum speech_then speech_data(const struct speech *speech, struct buffer *out);
/* value: all that follows the colon, CRLF between its lines; one leading blank
 * is eaten unless the filter asked for it. */
enum speech_then speech_header(const struct speech *speech, struct span name,
    struct span value, struct buffer *out);
enum speech_then speech_eoh(const struct speech *speech, struct buffer *out);
/* At most SPEECH_BODY_CHUNK octets. */
enum speech_then speech_body(const struct speech *speech, struct span chunk,
    struct buffer *out);
/* chunk: what is left of the body, where an MTA sends it along; mostly empty. */
enum speech_then speech_end(const struct speech *speech, struct span chunk,
    struct buffer *out);

#endif
