/*
 * report.h: a mail about the signatures of a message.
 */
#ifndef DKIM_VALIDATE_REPORT_H
#define DKIM_VALIDATE_REPORT_H

#include "findings.h"

struct report {
	const char *host; /* our name: letters, digits, hyphens and dots */
	ec_message *msg; /* its header is that which came */
	const struct findings *findings;
	const char *from; /* value of From: printable ASCII, one line */
	const char *to; /* an address */
	const char *subject; /* one line, UTF-8 */
	const char *note; /* of any kind; lines end in LF, with or without CR */
};

/*
 * Append the mail, with CRLF: a text for people, and the header of the message
 * as text/rfc822-headers (RFC 6522).  Both travel as base64 unless they are
 * short lines of ASCII, so it is 7-bit mail whatever the message had in it.
 */
void report_write(const struct report *report, string *out);

#endif
