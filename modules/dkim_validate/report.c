/*
 * report.c: two parts, and the fields around them.
 *
 * What comes from the message, or from the script that wanted the report, gets
 * into a field only as an encoded word or after it was looked at by whoever
 * calls; in the parts it can be anything.
 */
#include "report.h"

#include "base/base64.h"
#include "dkim/field.h"
#include "ec_sockaddr.h"

#include <stdio.h>
#include <time.h>

#define WORD_OCTETS 42 /* of an encoded word: 12 + 56 of 75 characters */
#define LINE_OCTETS 54 /* of base64: 72 characters of 76 */
#define LINE_LONGEST 900 /* of 998 (RFC 5322 section 2.1.1) */
#define HEADER_MOST 65536 /* octets of header that are sent back */
#define VALUE_MOST 256 /* octets of one value in the text */
#define DATE_BYTES 40

static void
write_text(string *out, const char *text)
{
	(void)stringwrite_strings(out, 1, text);
}

/* RFC 5322 section 3.3; strftime's names are those of the locale. */
static void
write_date(string *out, time_t when)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;

	(void)gmtime_r(&when, &tm);
	(void)stringprintf(out, "%s, %d %s %d %02d:%02d:%02d +0000",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
	    tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* encodings */

static bool
is_plain(const char *text, size_t n)
{
	size_t line = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\r' && i + 1 < n && text[i + 1] == '\n') {
			i++;
			line = 0;
		} else if ((c < ' ' && c != '\t') || c > '~' ||
		    ++line > LINE_LONGEST) {
			return false;
		}
	}
	return true;
}

static void
write_base64(string *out, const char *text, size_t n)
{
	unsigned char chars[LINE_OCTETS / 3 * 4 + 1];

	for (size_t i = 0; i < n; i += LINE_OCTETS) {
		size_t take = n - i < LINE_OCTETS ? n - i : LINE_OCTETS;

		base64_encode(span_of(text + i, take), chars);
		(void)stringwrite_strings(out, 2, (const char *)chars, "\r\n");
	}
}

/* At most `most` octets, and no part of a character of UTF-8. */
static size_t
whole_characters(const char *text, size_t n, size_t most)
{
	size_t take = n < most ? n : most;

	while (take > 0 && take < n &&
	    ((unsigned char)text[take] & 0xc0) == 0x80)
		take--;
	return take > 0 ? take : n < most ? n : most;
}

/* RFC 2047 section 2 */
static void
write_encoded_words(string *out, const char *text)
{
	unsigned char chars[WORD_OCTETS / 3 * 4 + 1];
	size_t n = strlen(text);

	while (n > 0) {
		size_t take = whole_characters(text, n, WORD_OCTETS);

		base64_encode(span_of(text, take), chars);
		(void)stringwrite_strings(out, 3, "=?utf-8?B?",
		    (const char *)chars, take < n ? "?=\r\n " : "?=");
		text += take;
		n -= take;
	}
}

static void
write_subject(string *out, const char *subject)
{
	size_t n = strlen(subject);

	write_text(out, "Subject: ");
	if (is_plain(subject, n) && strstr(subject, "=?") == NULL)
		write_text(out, subject);
	else
		write_encoded_words(out, subject);
	write_text(out, "\r\n");
}

static void
write_part(string *out, const char *boundary, const char *type,
    const string *content)
{
	size_t n = (size_t)content->len;
	bool plain = is_plain(content->buffer, n);

	(void)stringprintf(out, "--%s\r\nContent-Type: %s\r\n"
	    "Content-Transfer-Encoding: %s\r\n\r\n", boundary, type,
	    plain ? "7bit" : "base64");
	if (plain)
		(void)stringwrite(out, content->buffer, content->len);
	else
		write_base64(out, content->buffer, n);
	write_text(out, "\r\n");
}

/* the text */

/* A value in a line of its own: what would end the line becomes '?'. */
static void
write_value(string *out, const char *name, const char *value)
{
	(void)stringprintf(out, "    %-21s", name);
	for (size_t i = 0; value[i] != '\0' && i < VALUE_MOST; i++) {
		char c = (unsigned char)value[i] < ' ' || value[i] == 0x7f ?
		    '?' : value[i];

		(void)stringwrite(out, &c, 1);
	}
	write_text(out, "\r\n");
}

static void
write_if_there(string *out, const char *name, const char *value)
{
	if (value != NULL)
		write_value(out, name, value);
}

static void
write_message(const struct report *report, string *out)
{
	ec_message *msg = report->msg;
	char date_room[DATE_BYTES], client[64] = "?", size[32];
	string date = STRING_STATIC_INIT(date_room), sender;

	(void)string_init_type(&sender, 64, STRING_TYPE_ECSTRING);
	(void)ec_message_get_envelope2(msg, EC_MSG_ENV_FROM |
	    EC_MSG_ENV_COMPLETE, &sender, NULL, NULL);
	(void)sockaddr_to_string_opt(&msg->recv_from.sa, client,
	    sizeof(client), EC_SA2S_NO_PORT);
	(void)snprintf(size, sizeof(size), "%zu octets",
	    ec_message_get_message_size(msg));
	write_date(&date, msg->creation_time.tv_sec);
	write_text(out, "The message\r\n\r\n");
	write_value(out, "queue id", ec_message_id_text(msg));
	write_value(out, "came", date_room);
	write_value(out, "from the client", client);
	write_value(out, "envelope sender", sender.buffer);
	write_value(out, "size", size);
	(void)string_destroy(&sender);
}

static const char *
alignment_words(int alignment)
{
	switch (alignment) {
	case EC_DKIM_ALIGNED_STRICT:
		return "strict: the same domain";
	case EC_DKIM_ALIGNED_RELAXED:
		return "relaxed: the same organizational domain";
	default:
		return "none";
	}
}

static void
write_key(string *out, const ec_dkim_verify_result *item)
{
	char key[64];

	if (item->key_bits == 0)
		return;
	(void)snprintf(key, sizeof(key), "%u bits%s", item->key_bits,
	    item->testing ? ", in test mode (t=y)" : "");
	write_value(out, "key", key);
}

static void
write_item(string *out, const ec_dkim_verify_result *item)
{
	char canon[32];

	(void)snprintf(canon, sizeof(canon), "%s/%s",
	    item->header_canon != NULL ? item->header_canon : "?",
	    item->body_canon != NULL ? item->body_canon : "?");
	write_value(out, "result",
	    ec_dkim_verify_status_to_string(item->status));
	write_if_there(out, "because", item->diagnostic);
	write_if_there(out, "signing domain", item->domain);
	write_if_there(out, "selector", item->selector);
	write_if_there(out, "identity", item->identity);
	write_if_there(out, "algorithm", item->algorithm);
	write_value(out, "canonicalization", canon);
	write_key(out, item);
	write_value(out, "alignment with From",
	    alignment_words(item->alignment));
}

static void
write_results(const ec_dkim_verify_results *results, string *out)
{
	if (results->count == 0) {
		write_text(out, "\r\nIt has no DKIM signature.\r\n");
		return;
	}
	(void)stringprintf(out, "\r\nIts DKIM signatures, from the top: "
	    "%d, and all in all: %s\r\n", results->count,
	    ec_dkim_verify_status_to_string(results->status));
	for (int i = 0; i < results->count; i++) {
		(void)stringprintf(out, "\r\nSignature %d\r\n\r\n", i + 1);
		write_item(out, &results->items[i]);
	}
}

static void
write_note(string *out, const char *note)
{
	size_t n = strlen(note);

	while (n > 0 && (note[n - 1] == '\n' || note[n - 1] == '\r'))
		n--;
	(void)stringwrite_canonical_crlf(out, note, (int)n);
	write_text(out, "\r\n\r\n");
}

/* the header */

static void
write_header(ec_message *msg, string *out)
{
	struct field field;

	for (int i = 0; field_at(msg, i, &field); i++) {
		if ((size_t)out->len + field.whole.n > HEADER_MOST)
			return;
		(void)stringwrite(out, (const char *)field.whole.p,
		    (int)field.whole.n);
		write_text(out, "\r\n");
	}
}

void
report_write(const struct report *report, string *out)
{
	message_id id = message_id_new();
	char unique[MESSAGE_ID_TEXT], boundary[MESSAGE_ID_TEXT + 16];
	string text, header;

	(void)string_init_type(&text, 1024, STRING_TYPE_ECSTRING);
	(void)string_init_type(&header, 1024, STRING_TYPE_ECSTRING);
	(void)message_id_text(&id, unique);
	/* cannot be in base64, nor be known to who wrote the message */
	(void)snprintf(boundary, sizeof(boundary), "=_%s_%x", unique,
	    (unsigned)(clock() & 0xffffff));
	write_text(out, "Date: ");
	write_date(out, time(NULL));
	(void)stringprintf(out, "\r\nFrom: %s\r\nTo: %s\r\n", report->from,
	    report->to);
	write_subject(out, report->subject);
	(void)stringprintf(out, "Message-ID: <%s@%s>\r\nMIME-Version: 1.0\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", unique,
	    report->host, boundary);
	write_note(&text, report->note);
	write_message(report, &text);
	write_results(&report->findings->results, &text);
	write_part(out, boundary, "text/plain; charset=utf-8", &text);
	write_header(report->msg, &header);
	write_part(out, boundary, "text/rfc822-headers; charset=utf-8",
	    &header);
	(void)stringprintf(out, "--%s--\r\n", boundary);
	(void)string_destroy(&header);
	(void)string_destroy(&text);
}
