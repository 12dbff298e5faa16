/*
 * edits.c: the difference between two headers.
 *
 * What came and what is there now are two lists of fields.  Equal ends are cut
 * off; in what remains, the cheapest way from one to the other is found as for
 * any edit distance: keeping an equal field costs nothing, deleting, inserting,
 * and replacing a field by another of the same name cost one step each.
 */
#include "host/message/edits.h"

#include "host/message/envelope.h"
#include "host/message/field.h"
#include "host/message/message.h"
#include "host/message/state.h"
#include "host/types/alloc.h"

#include <stdlib.h>

/* Above this many cells, as only a module that turns a giant header inside out
 * makes, the fields that were left alone are kept and all others exchanged. */
#define MAX_CELLS (4u * 1024 * 1024)

struct line {
	struct span bytes;
	struct span name; /* empty: no field */
	size_t came; /* 1 + index among those that came, or 0 */
};

enum step { STEP_KEEP, STEP_CHANGE, STEP_DELETE, STEP_INSERT };

struct difference {
	const struct line *old, *new; /* behind the equal beginning */
	size_t old_n, new_n; /* without the equal end */
	size_t skipped; /* length of the equal beginning */
	size_t on_top; /* new fields that stand above all that came */
	enum step *steps;
	size_t count;
};

static bool
lines_equal(const struct line *a, const struct line *b)
{
	return span_eq(a->bytes, b->bytes);
}

static bool
same_name(const struct line *a, const struct line *b)
{
	return a->name.n > 0 && span_ieq(a->name, b->name);
}

static struct span
name_in(struct span raw)
{
	struct span value = field_value_of(raw);

	return value.n == raw.n ? span_first(raw, 0) :
	    span_trim_wsp(span_first(raw, raw.n - value.n - 1));
}

static struct line *
lines_came(ec_message *msg, size_t *n_r)
{
	size_t n = message_fields_came(msg);
	struct line *lines = message_alloc(msg, (n + 1) * sizeof(*lines));

	for (size_t i = 0; i < n; i++) {
		lines[i].bytes = message_field_came(msg, i);
		lines[i].name = name_in(lines[i].bytes);
		lines[i].came = i + 1;
	}
	*n_r = n;
	return lines;
}

static struct line *
lines_now(ec_message *msg, size_t *n_r)
{
	size_t n = (size_t)ec_message_header_count(msg);
	struct line *lines = message_alloc(msg, (n + 1) * sizeof(*lines));
	rfc2822_field *field = msg->_state->headers.headers;

	for (size_t i = 0; i < n; i++, field = field->next) {
		lines[i].bytes = message_field_bytes(msg, field);
		lines[i].name = field_name(field);
		lines[i].came = (size_t)field->_origin;
	}
	*n_r = n;
	return lines;
}

/* Did nobody touch the list?  The usual case, in one pass without memory. */
static bool
header_untouched(ec_message *msg)
{
	rfc2822_field *field = msg->_state->headers.headers;
	size_t i = 0, n = message_fields_came(msg);

	for (; field != NULL; field = field->next, i++) {
		if (i >= n || field->_origin != (int)i + 1 ||
		    !field_is(field, message_field_came(msg, i)))
			return false;
	}
	return i == n;
}

static void
trim(struct difference *d)
{
	while (d->old_n > 0 && d->new_n > 0 && lines_equal(d->old, d->new)) {
		d->old++, d->old_n--;
		d->new++, d->new_n--;
		d->skipped++;
	}
	while (d->old_n > 0 && d->new_n > 0 &&
	    lines_equal(&d->old[d->old_n - 1], &d->new[d->new_n - 1])) {
		d->old_n--;
		d->new_n--;
	}
}

/* What was put on top is inserted there, and is never the change of an old field
 * that happens to have its name: the mail server may have put fields of its own
 * above the old one, a Received for example. */
static void
find_top(struct difference *d)
{
	if (d->skipped > 0)
		return;
	while (d->on_top < d->new_n && d->new[d->on_top].came == 0)
		d->on_top++;
}

static void
consider(uint32_t cost, enum step step, uint32_t *best, unsigned char *choice)
{
	if (cost < *best) {
		*best = cost;
		*choice = (unsigned char)step;
	}
}

/* choice[i][j]: the first step from old[i..] to new[j..]. */
static void
fill_choices(const struct difference *d, unsigned char *choice,
    uint32_t *below, uint32_t *row)
{
	size_t width = d->new_n + 1;

	for (size_t i = d->old_n + 1; i-- > 0;) {
		for (size_t j = width; j-- > 0;) {
			unsigned char *at = &choice[i * width + j];
			bool has_old = i < d->old_n, has_new = j < d->new_n;
			uint32_t best = UINT32_MAX;

			if (!has_old && !has_new)
				best = 0;
			if (has_old && has_new &&
			    lines_equal(&d->old[i], &d->new[j]))
				consider(below[j + 1], STEP_KEEP, &best, at);
			if (has_old && has_new && j >= d->on_top &&
			    same_name(&d->old[i], &d->new[j]))
				consider(below[j + 1] + 1, STEP_CHANGE, &best,
				    at);
			if (has_new)
				consider(row[j + 1] + 1, STEP_INSERT, &best,
				    at);
			if (has_old)
				consider(below[j] + 1, STEP_DELETE, &best, at);
			row[j] = best;
		}
		memcpy(below, row, width * sizeof(*row));
	}
}

static void
cheapest_steps(struct difference *d)
{
	size_t width = d->new_n + 1;
	unsigned char *choice = xcalloc(d->old_n + 1, width);
	uint32_t *below = xcalloc(width, sizeof(*below));
	uint32_t *row = xcalloc(width, sizeof(*row));

	fill_choices(d, choice, below, row);
	for (size_t i = 0, j = 0; i < d->old_n || j < d->new_n;) {
		enum step step = choice[i * width + j];

		d->steps[d->count++] = step;
		i += step != STEP_INSERT;
		j += step != STEP_DELETE;
	}
	free(choice);
	free(below);
	free(row);
}

/* Keep what is the same object in the same order, exchange the rest. */
static void
plain_steps(struct difference *d)
{
	size_t i = 0, start = d->old[0].came - 1;

	for (size_t j = 0; j < d->new_n; j++) {
		const struct line *new = &d->new[j];
		size_t came = new->came - 1 - start;

		if (new->came > start + i && came < d->old_n &&
		    lines_equal(&d->old[came], new)) {
			for (; i < came; i++)
				d->steps[d->count++] = STEP_DELETE;
			d->steps[d->count++] = STEP_KEEP;
			i++;
		} else {
			d->steps[d->count++] = STEP_INSERT;
		}
	}
	for (; i < d->old_n; i++)
		d->steps[d->count++] = STEP_DELETE;
}

static size_t
nth_of_name(const struct line *all, const struct line *line)
{
	size_t nth = 1;

	for (; all < line; all++)
		nth += same_name(all, line) ? 1 : 0;
	return nth;
}

struct collector {
	struct edit *steps;
	size_t count;
};

static void
collect(struct collector *c, struct edit edit)
{
	c->steps[c->count++] = edit;
}

static struct span
value_in(const struct line *line)
{
	return field_value_of(line->bytes);
}

/* From the bottom to the top. */
static void
collect_changes(struct collector *c, const struct difference *d,
    const struct line *all)
{
	size_t i = d->old_n, j = d->new_n;

	for (size_t k = d->count; k-- > 0;) {
		enum step step = d->steps[k];

		i -= step != STEP_INSERT;
		j -= step != STEP_DELETE;
		if (step == STEP_KEEP || step == STEP_INSERT ||
		    d->old[i].name.n == 0)
			continue;
		collect(c, (struct edit){
			.type = step == STEP_CHANGE ? EDIT_FIELD_CHANGE :
			    EDIT_FIELD_DELETE,
			.nth = nth_of_name(all, &d->old[i]),
			.name = step == STEP_CHANGE ? d->new[j].name :
			    d->old[i].name,
			.value = step == STEP_CHANGE ? value_in(&d->new[j]) :
			    SPAN(""),
		});
	}
}

/* From the top to the bottom. */
static void
collect_inserts(struct collector *c, const struct difference *d)
{
	size_t j = 0;

	for (size_t k = 0; k < d->count; k++) {
		if (d->steps[k] == STEP_INSERT && d->new[j].name.n > 0) {
			collect(c, (struct edit){
				.type = EDIT_FIELD_INSERT,
				.index = d->skipped + j,
				.name = d->new[j].name,
				.value = value_in(&d->new[j]),
			});
		}
		j += d->steps[k] != STEP_DELETE;
	}
}

static void
header_edits(ec_message *msg, struct collector *c)
{
	struct difference d = { 0 };
	const struct line *all;

	all = d.old = lines_came(msg, &d.old_n);
	d.new = lines_now(msg, &d.new_n);
	trim(&d);
	find_top(&d);
	d.steps = xcalloc(d.old_n + d.new_n + 1, sizeof(*d.steps));
	c->steps = message_alloc(msg,
	    (d.old_n + d.new_n + message_rcpts(msg) + 2) * sizeof(*c->steps));
	if (d.old_n == 0 || (d.old_n + 1) <= MAX_CELLS / (d.new_n + 1))
		cheapest_steps(&d);
	else
		plain_steps(&d);
	collect_changes(c, &d, all);
	collect_inserts(c, &d);
	free(d.steps);
}

static void
body_edits(ec_message *msg, struct collector *c)
{
	struct message_state *state = msg->_state;

	if (state->was_replaced && !body_equal(&state->body, &state->replaced))
		collect(c, (struct edit){ .type = EDIT_BODY });
}

static void
rcpt_edits(ec_message *msg, struct collector *c, enum edit_type type)
{
	struct envelope_rcpt rcpt;

	for (size_t i = 0; i < message_rcpts(msg); i++) {
		bool wanted = message_rcpt_info(msg, i, &rcpt);

		if (wanted != rcpt.came &&
		    wanted == (type == EDIT_RCPT_ADD))
			collect(c, (struct edit){
				.type = type, .address = rcpt.address
			});
	}
}

static void
envelope_edits(ec_message *msg, struct collector *c)
{
	if (message_mailfrom_changed(msg))
		collect(c, (struct edit){
			.type = EDIT_SENDER, .address = message_mailfrom(msg)
		});
	rcpt_edits(msg, c, EDIT_RCPT_DELETE);
	rcpt_edits(msg, c, EDIT_RCPT_ADD);
}

struct edits
message_edits(ec_message *msg)
{
	struct collector c = { 0 };

	if (header_untouched(msg))
		c.steps = message_alloc(msg,
		    (message_rcpts(msg) + 2) * sizeof(*c.steps));
	else
		header_edits(msg, &c);
	body_edits(msg, &c);
	envelope_edits(msg, &c);
	return (struct edits){ .steps = c.steps, .count = c.count };
}

const char *
edit_type_name(enum edit_type type)
{
	switch (type) {
	case EDIT_FIELD_CHANGE:
		return "change";
	case EDIT_FIELD_DELETE:
		return "delete";
	case EDIT_FIELD_INSERT:
		return "insert";
	case EDIT_BODY:
		return "body";
	case EDIT_SENDER:
		return "sender";
	case EDIT_RCPT_DELETE:
		return "rcpt-delete";
	case EDIT_RCPT_ADD:
		return "rcpt-add";
	}
	return "?";
}
