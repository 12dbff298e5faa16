/*
 * delivery.c: a list of fields, edited one step after the other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "delivery.h"

struct delivery_line {
	struct span name;
	struct span text; /* the field, without its last line end */
	unsigned char *owned; /* what text points into, or NULL */
	bool hidden; /* the MTA's own */
};

static bool
make_room(struct delivery *delivery)
{
	size_t room = delivery->room == 0 ? 32 : 2 * delivery->room;
	struct delivery_line *lines;

	if (delivery->n < delivery->room)
		return true;
	lines = realloc(delivery->lines, room * sizeof(*lines));
	if (lines == NULL) {
		delivery->failed = true;
		return false;
	}
	delivery->lines = lines;
	delivery->room = room;
	return true;
}

static void
put_line(struct delivery *delivery, size_t at, struct delivery_line line)
{
	if (!make_room(delivery)) {
		free(line.owned);
		return;
	}
	memmove(delivery->lines + at + 1, delivery->lines + at,
	    (delivery->n - at) * sizeof(line));
	delivery->lines[at] = line;
	delivery->n++;
}

static void
drop_line(struct delivery *delivery, size_t at)
{
	free(delivery->lines[at].owned);
	delivery->n--;
	memmove(delivery->lines + at, delivery->lines + at + 1,
	    (delivery->n - at) * sizeof(*delivery->lines));
}

/* A field from an edit: LF is the end of a folded line. */
static struct delivery_line
line_of(struct delivery *delivery, struct span name, struct span value)
{
	struct delivery_line line = { 0 };
	struct buffer text = { 0 };

	buffer_add(&text, name);
	buffer_add_text(&text, delivery->colon);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '\n' &&
		    (i == 0 || value.p[i - 1] != '\r'))
			buffer_add_byte(&text, '\r');
		buffer_add_byte(&text, value.p[i]);
	}
	if (buffer_failed(&text)) {
		delivery->failed = true;
		buffer_deinit(&text);
		return line;
	}
	line.owned = text.p;
	line.text = buffer_span(&text);
	line.name = span_first(line.text, name.n);
	return line;
}

static char *
copy_of(struct delivery *delivery, struct span text)
{
	char *copy;

	if (text.n >= 2 && text.p[0] == '<' && text.p[text.n - 1] == '>')
		text = span_of(text.p + 1, text.n - 2);
	copy = strndup((const char *)text.p, text.n);
	if (copy == NULL)
		delivery->failed = true;
	return copy;
}

void
delivery_init(struct delivery *delivery, const struct mail *mail,
    const char *received, bool leading_blank)
{
	*delivery = (struct delivery){ .mail_body = mail->body,
		.colon = leading_blank ? ": " : ":" };
	if (received != NULL)
		put_line(delivery, 0, (struct delivery_line){
		    .name = SPAN("Received"), .hidden = true,
		    .text = span_of_text(received) });
	for (size_t i = 0; i < mail->n_fields; i++)
		put_line(delivery, delivery->n, (struct delivery_line){
		    .name = mail->fields[i].name,
		    .text = mail->fields[i].text });
	delivery->n_counted = delivery->n;
}

void
delivery_set_sender(struct delivery *delivery, const char *address)
{
	free(delivery->sender);
	delivery->sender = copy_of(delivery, span_of_text(address));
}

static void
add_rcpt(struct delivery *delivery, struct span address)
{
	char **rcpts = realloc(delivery->rcpts,
	    (delivery->n_rcpts + 1) * sizeof(*rcpts));

	if (rcpts == NULL) {
		delivery->failed = true;
		return;
	}
	delivery->rcpts = rcpts;
	rcpts[delivery->n_rcpts] = copy_of(delivery, address);
	if (rcpts[delivery->n_rcpts] != NULL)
		delivery->n_rcpts++;
}

void
delivery_add_rcpt(struct delivery *delivery, const char *address)
{
	add_rcpt(delivery, span_of_text(address));
}

static void
delete_rcpt(struct delivery *delivery, struct span address)
{
	char *gone = copy_of(delivery, address);
	size_t kept = 0;

	for (size_t i = 0; i < delivery->n_rcpts; i++) {
		if (gone != NULL && strcasecmp(delivery->rcpts[i], gone) == 0)
			free(delivery->rcpts[i]);
		else
			delivery->rcpts[kept++] = delivery->rcpts[i];
	}
	delivery->n_rcpts = kept;
	free(gone);
}

static void
append(struct delivery *delivery, const struct edit *edit)
{
	put_line(delivery, delivery->n,
	    line_of(delivery, edit->name, edit->value));
}

static void
insert(struct delivery *delivery, const struct edit *edit)
{
	if (edit->index >= delivery->n_counted) {
		append(delivery, edit);
		return;
	}
	put_line(delivery, edit->index,
	    line_of(delivery, edit->name, edit->value));
	delivery->n_counted++;
}

/* The field that a CHANGE means, or n_counted. */
static size_t
find(const struct delivery *delivery, const struct edit *edit)
{
	uint32_t left = edit->index == 0 ? 1 : edit->index;
	size_t i;

	for (i = 0; i < delivery->n_counted; i++) {
		if (!delivery->lines[i].hidden &&
		    span_ieq(delivery->lines[i].name, edit->name) &&
		    --left == 0)
			break;
	}
	return i;
}

static void
change(struct delivery *delivery, const struct edit *edit)
{
	size_t at = find(delivery, edit);

	if (at == delivery->n_counted) {
		if (edit->value.n > 0)
			append(delivery, edit);
		return;
	}
	drop_line(delivery, at);
	if (edit->value.n > 0)
		put_line(delivery, at,
		    line_of(delivery, edit->name, edit->value));
	else
		delivery->n_counted--;
}

static void
apply(struct delivery *delivery, const struct edit *edit)
{
	switch (edit->kind) {
	case EDIT_ADD:
		append(delivery, edit);
		break;
	case EDIT_INSERT:
		insert(delivery, edit);
		break;
	case EDIT_CHANGE:
		change(delivery, edit);
		break;
	case EDIT_BODY:
		delivery->body_replaced = true;
		buffer_add(&delivery->body, edit->value);
		break;
	case EDIT_FROM:
		free(delivery->sender);
		delivery->sender = copy_of(delivery, edit->name);
		break;
	case EDIT_RCPT_ADD:
		add_rcpt(delivery, edit->name);
		break;
	case EDIT_RCPT_DELETE:
		delete_rcpt(delivery, edit->name);
		break;
	case EDIT_QUARANTINE:
		break;
	}
}

void
delivery_apply(struct delivery *delivery, const struct edit_list *edits)
{
	for (size_t i = 0; i < edits->n; i++)
		apply(delivery, &edits->items[i]);
	if (buffer_failed(&delivery->body))
		delivery->failed = true;
}

static void
write_span(FILE *out, struct span s)
{
	if (s.n > 0)
		(void)fwrite(s.p, 1, s.n, out);
}

int
delivery_write(const struct delivery *delivery, FILE *out)
{
	if (delivery->failed) {
		errno = ENOMEM;
		return -1;
	}
	for (size_t i = 0; i < delivery->n; i++) {
		write_span(out, delivery->lines[i].text);
		write_span(out, SPAN("\r\n"));
	}
	write_span(out, SPAN("\r\n"));
	write_span(out, delivery->body_replaced ?
	    buffer_span(&delivery->body) : delivery->mail_body);
	return fflush(out) != 0 || ferror(out) != 0 ? -1 : 0;
}

void
delivery_deinit(struct delivery *delivery)
{
	for (size_t i = 0; i < delivery->n; i++)
		free(delivery->lines[i].owned);
	for (size_t i = 0; i < delivery->n_rcpts; i++)
		free(delivery->rcpts[i]);
	free(delivery->lines);
	free(delivery->rcpts);
	free(delivery->sender);
	buffer_deinit(&delivery->body);
	*delivery = (struct delivery){ 0 };
}
