/*
 * replay.c: one call for each step.
 *
 * Steps come as edits.h has them: changes and deletions from the bottom up,
 * then the inserts from the top down, each with the place that it has in the
 * end.  The inserts are told the other way round, the lowest first, each with
 * the number of fields of the message that stand above it.  So everything that
 * belongs at the top goes in at index 0, one after the other: the only place
 * that means the same to all MTAs.  Postfix counts a Received field of its own
 * that the message did not have when it came.
 */
#include "frontends/milter/replay.h"

#include <limits.h>
#include <string.h>

/* One packet of the protocol holds name, value, their NULs and a number. */
#define FIELD_BYTES (MILTER_MAX_DATA_SIZE - 16)
#define BODY_BYTES (16 * MILTER_CHUNK_SIZE) /* libmilter cuts it into chunks */

/* What each step takes, and how to say that it is missing. */
static const struct {
	unsigned long action;
	const char *missing;
} needs[] = {
	[EDIT_FIELD_CHANGE] = { SMFIF_CHGHDRS,
	    "the mail server does not let header fields be changed" },
	[EDIT_FIELD_DELETE] = { SMFIF_CHGHDRS,
	    "the mail server does not let header fields be deleted" },
	[EDIT_FIELD_INSERT] = { SMFIF_ADDHDRS,
	    "the mail server does not let header fields be added" },
	[EDIT_BODY] = { SMFIF_CHGBODY,
	    "the mail server does not let the body be changed" },
	[EDIT_SENDER] = { SMFIF_CHGFROM,
	    "the mail server does not let the sender be changed" },
	[EDIT_RCPT_DELETE] = { SMFIF_DELRCPT,
	    "the mail server does not let recipients be removed" },
	[EDIT_RCPT_ADD] = { SMFIF_ADDRCPT,
	    "the mail server does not let recipients be added" },
};

const char *
replay_lacks(const struct connection *c, const struct session_verdict *verdict)
{
	const struct edits *edits = &verdict->edits;

	if (verdict->action == SESSION_QUARANTINE &&
	    (c->actions & SMFIF_QUARANTINE) == 0)
		return "the mail server does not let messages be held";
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *step = &edits->steps[i];

		if ((c->actions & needs[step->type].action) == 0)
			return needs[step->type].missing;
		if (step->name.n + step->value.n > FIELD_BYTES)
			return "a header field is too long for the milter "
			    "protocol";
	}
	return NULL;
}

/* texts: the next in the connection's buffer, NUL-terminated */

static char *
text(struct connection *c, size_t at)
{
	buffer_add_byte(&c->text, '\0');
	return buffer_failed(&c->text) ? NULL : (char *)c->text.p + at;
}

/* What libmilter takes for a name and a value.  Lines end in LF there, and an
 * MTA that does not do leading space puts one blank behind the colon. */
struct field {
	char *name, *value;
};

static void
add_value(struct connection *c, struct span value)
{
	if (!c->leading_space && value.n > 0 && value.p[0] == ' ')
		value = span_from(value, 1);
	while (value.n > 0) {
		size_t n = span_find(value, '\r');

		buffer_add(&c->text, span_first(value, n));
		if (n < value.n && (n + 1 == value.n ||
		    value.p[n + 1] != '\n'))
			buffer_add_byte(&c->text, '\r');
		value = span_from(value, n < value.n ? n + 1 : n);
	}
}

static bool
field_of(struct connection *c, const struct edit *step, struct field *field_r)
{
	size_t start;

	buffer_clear(&c->text);
	buffer_add(&c->text, step->name);
	buffer_add_byte(&c->text, '\0');
	start = c->text.n;
	add_value(c, step->value);
	/* an empty value would delete the field */
	if (c->text.n == start)
		buffer_add_byte(&c->text, ' ');
	field_r->value = text(c, start);
	field_r->name = (char *)c->text.p;
	return field_r->value != NULL;
}

static char *
address_of(struct connection *c, const struct edit *step)
{
	buffer_clear(&c->text);
	buffer_add_byte(&c->text, '<');
	buffer_add_text(&c->text, step->address);
	buffer_add_byte(&c->text, '>');
	return text(c, 0);
}

/* steps: MI_SUCCESS or MI_FAILURE each */

static int
change_field(SMFICTX *ctx, struct connection *c, const struct edit *step)
{
	struct field field;

	if (step->nth > INT_MAX || !field_of(c, step, &field))
		return MI_FAILURE;
	return smfi_chgheader(ctx, field.name, (int)step->nth, field.value);
}

static int
delete_field(SMFICTX *ctx, struct connection *c, const struct edit *step)
{
	char *name;

	buffer_clear(&c->text);
	buffer_add(&c->text, step->name);
	name = text(c, 0);
	if (step->nth > INT_MAX || name == NULL)
		return MI_FAILURE;
	return smfi_chgheader(ctx, name, (int)step->nth, NULL);
}

static int
insert_field(SMFICTX *ctx, struct connection *c, const struct edit *step,
    size_t index)
{
	struct field field;

	if (index > INT_MAX || !field_of(c, step, &field))
		return MI_FAILURE;
	return smfi_insheader(ctx, (int)index, field.name, field.value);
}

static int
replace_body(SMFICTX *ctx, struct connection *c)
{
	ec_message *msg = session_message(c->session);
	int ret = MI_SUCCESS;
	size_t offset = 0, n;
	const char *bytes;
	bool empty = true;

	while (ret == MI_SUCCESS &&
	    ec_message_body_next(msg, &offset, &bytes, &n)) {
		for (size_t done = 0, run; ret == MI_SUCCESS && done < n;
		    done += run) {
			run = n - done < BODY_BYTES ? n - done : BODY_BYTES;
			ret = smfi_replacebody(ctx,
			    (unsigned char *)(uintptr_t)bytes + done,
			    (int)run);
			empty = false;
		}
	}
	return empty ? smfi_replacebody(ctx, NULL, 0) : ret;
}

static int
take_step(SMFICTX *ctx, struct connection *c, const struct edit *step)
{
	char *address;

	switch (step->type) {
	case EDIT_FIELD_CHANGE:
		return change_field(ctx, c, step);
	case EDIT_FIELD_DELETE:
		return delete_field(ctx, c, step);
	case EDIT_FIELD_INSERT:
		return MI_SUCCESS; /* later: insert_fields() */
	case EDIT_BODY:
		return replace_body(ctx, c);
	case EDIT_SENDER:
		address = address_of(c, step);
		return smfi_chgfrom(ctx, address, NULL);
	case EDIT_RCPT_DELETE:
		address = address_of(c, step);
		return smfi_delrcpt(ctx, address);
	case EDIT_RCPT_ADD:
		address = address_of(c, step);
		return smfi_addrcpt(ctx, address);
	}
	return MI_FAILURE;
}

static int
insert_fields(SMFICTX *ctx, struct connection *c, const struct edits *edits)
{
	size_t above = 0;

	for (size_t i = 0; i < edits->count; i++)
		above += edits->steps[i].type == EDIT_FIELD_INSERT;
	for (size_t i = edits->count; i-- > 0;) {
		const struct edit *step = &edits->steps[i];

		if (step->type != EDIT_FIELD_INSERT)
			continue;
		above--;
		if (insert_field(ctx, c, step, step->index - above) !=
		    MI_SUCCESS)
			return MI_FAILURE;
	}
	return MI_SUCCESS;
}

/* Postfix and Sendmail want a reason. */
static int
hold(SMFICTX *ctx, struct connection *c, const char *reason)
{
	buffer_clear(&c->text);
	buffer_add_text(&c->text, reason[0] != '\0' ? reason :
	    "held by policy");
	return smfi_quarantine(ctx, text(c, 0));
}

int
replay(SMFICTX *ctx, struct connection *c,
    const struct session_verdict *verdict)
{
	const struct edits *edits = &verdict->edits;

	for (size_t i = 0; i < edits->count; i++) {
		if (take_step(ctx, c, &edits->steps[i]) != MI_SUCCESS)
			return -1;
	}
	if (insert_fields(ctx, c, edits) != MI_SUCCESS)
		return -1;
	if (verdict->action == SESSION_QUARANTINE &&
	    hold(ctx, c, verdict->reason) != MI_SUCCESS)
		return -1;
	return 0;
}
