/*
 * mail.c: reading and cutting.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mail.h"

#define READ_SIZE 65536

static int
read_all(int fd, struct buffer *out)
{
	for (;;) {
		unsigned char *p = buffer_extend(out, READ_SIZE);
		ssize_t n;

		if (p == NULL || out->n > MAIL_MAX) {
			errno = p == NULL ? ENOMEM : EFBIG;
			return -1;
		}
		n = read(fd, p, READ_SIZE);
		out->n -= READ_SIZE - (n > 0 ? (size_t)n : 0);
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -1;
	}
}

static bool
has_unix_lines(struct span text)
{
	size_t at = span_find(text, '\n');

	return at < text.n && (at == 0 || text.p[at - 1] != '\r');
}

/* LF to CRLF, but for those that are it already. */
static void
add_crlf(struct buffer *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r'))
			buffer_add_byte(out, '\r');
		buffer_add_byte(out, text.p[i]);
	}
}

/* The offset of the next CRLF, or s.n. */
static size_t
line_length(struct span s)
{
	const unsigned char *p = s.n == 0 ? NULL :
	    memmem(s.p, s.n, "\r\n", 2);

	return p == NULL ? s.n : (size_t)(p - s.p);
}

static struct span
behind_line(struct span s, size_t n)
{
	return span_from(s, n == s.n ? n : n + 2);
}

/* field-name = 1*ftext (RFC 5322 section 3.6.8), then blanks and a colon. */
static bool
cut_name(struct span line, struct mail_field *field)
{
	size_t n = 0, colon;

	while (n < line.n && line.p[n] > ' ' && line.p[n] < 0x7f &&
	    line.p[n] != ':')
		n++;
	colon = n;
	while (colon < line.n && byte_is_wsp(line.p[colon]))
		colon++;
	if (n == 0 || colon == line.n || line.p[colon] != ':')
		return false;
	field->name = span_first(line, n);
	field->value = span_from(line, colon + 1);
	return true;
}

/* The whole field at the start of rest, folded lines included. */
static struct span
field_text(struct span rest)
{
	size_t n = line_length(rest);

	while (rest.n - n > 2 && byte_is_wsp(rest.p[n + 2]))
		n += 2 + line_length(span_from(rest, n + 2));
	return span_first(rest, n);
}

static int
add_field(struct mail *mail, const struct mail_field *field)
{
	/* room doubles at each power of two */
	if ((mail->n_fields & (mail->n_fields - 1)) == 0) {
		size_t room = mail->n_fields == 0 ? 1 : 2 * mail->n_fields;
		struct mail_field *fields = realloc(mail->fields,
		    room * sizeof(*fields));

		if (fields == NULL)
			return -1;
		mail->fields = fields;
	}
	mail->fields[mail->n_fields++] = *field;
	return 0;
}

static int
cut(struct mail *mail)
{
	struct span rest = buffer_span(&mail->text);
	struct mail_field field;

	while (rest.n > 0) {
		field.text = field_text(rest);
		if (!cut_name(field.text, &field))
			break;
		if (add_field(mail, &field) != 0)
			return -1;
		rest = behind_line(rest, field.text.n);
	}
	if (rest.n >= 2 && memcmp(rest.p, "\r\n", 2) == 0)
		rest = span_from(rest, 2);
	mail->body = rest;
	return 0;
}

static int
take(struct mail *mail, struct buffer *bytes)
{
	if (has_unix_lines(buffer_span(bytes))) {
		add_crlf(&mail->text, buffer_span(bytes));
	} else {
		mail->text = *bytes;
		*bytes = (struct buffer){ 0 };
	}
	if (buffer_failed(&mail->text) || cut(mail) != 0) {
		errno = ENOMEM;
		return -1;
	}
	return 0;
}

int
mail_read(const char *path, struct mail *mail_r)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct buffer bytes = { 0 };
	int ret, reason;

	*mail_r = (struct mail){ 0 };
	if (fd < 0)
		return -1;
	ret = read_all(fd, &bytes);
	if (ret == 0)
		ret = take(mail_r, &bytes);
	reason = errno;
	buffer_deinit(&bytes);
	if (!standard)
		(void)close(fd);
	errno = reason;
	return ret;
}

void
mail_deinit(struct mail *mail)
{
	buffer_deinit(&mail->text);
	free(mail->fields);
	*mail = (struct mail){ 0 };
}
