/*
 * show.c: lines and objects.
 */
#include <jansson.h>
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <stdlib.h>

#include "show.h"

const char *
show_verdict(const struct outcome *outcome)
{
	switch (outcome->answer) {
	case MTA_CONTINUE:
	case MTA_SKIP:
	case MTA_ACCEPT:
		return outcome_quarantine(outcome).p != NULL ? "quarantine" :
		    "accept";
	case MTA_REJECT:
		return "reject";
	case MTA_SHUTDOWN:
	case MTA_TEMPFAIL:
		return "tempfail";
	case MTA_DISCARD:
		return "discard";
	}
	return "?";
}

/* What the client hears when the filter gave no words, as Postfix says it. */
static const char *
reply_of(const struct outcome *outcome)
{
	if (outcome->reply != NULL && outcome->reply[0] != '\0')
		return outcome->reply;
	switch (outcome->answer) {
	case MTA_REJECT:
		return "550 5.7.1 Command rejected";
	case MTA_TEMPFAIL:
		return "451 4.7.1 Service unavailable - try again later";
	case MTA_SHUTDOWN:
		return "421 4.7.0 Server closing connection";
	case MTA_CONTINUE:
	case MTA_ACCEPT:
	case MTA_DISCARD:
	case MTA_SKIP:
		break;
	}
	return "";
}

/* One line, whatever is in it. */
static void
print_escaped(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c == '\n')
			(void)fputs("\\n", stdout);
		else if (c == '\r')
			(void)fputs("\\r", stdout);
		else if (c == '\t')
			(void)fputs("\\t", stdout);
		else if (c == '\\')
			(void)fputs("\\\\", stdout);
		else if (c < ' ' || c == 0x7f)
			(void)printf("\\x%02x", c);
		else
			(void)putchar(c);
	}
}

static void
print_text(const char *text)
{
	print_escaped(span_of_text(text));
}

static void
print_edit(const struct edit *edit)
{
	(void)printf("  %s", edit_kind_name(edit->kind));
	if (edit->kind == EDIT_INSERT || edit->kind == EDIT_CHANGE)
		(void)printf(" %u", edit->index);
	if (edit->kind == EDIT_BODY) {
		(void)printf(" %zu octets\n", edit->value.n);
		return;
	}
	(void)putchar(' ');
	print_escaped(edit->name);
	if (edit->kind <= EDIT_CHANGE)
		(void)putchar(':');
	else if (edit->name.n > 0 && edit->value.n > 0)
		(void)putchar(' ');
	print_escaped(edit->value);
	(void)putchar('\n');
}

static void
print_outcome(const struct show *show, const struct outcome *outcome)
{
	struct span reason = outcome_quarantine(outcome);

	for (size_t i = 0; i < outcome->n_refusals; i++) {
		(void)printf("%s: rcpt %s: ", show->message,
		    show->rcpts[outcome->refusals[i].rcpt]);
		print_text(outcome->refusals[i].reply);
		(void)putchar('\n');
	}
	(void)printf("%s: %s", show->message, show_verdict(outcome));
	if (reply_of(outcome)[0] != '\0') {
		(void)putchar(' ');
		print_text(reply_of(outcome));
	} else if (reason.p != NULL) {
		(void)putchar(' ');
		print_escaped(reason);
	}
	if (outcome->stage != STAGE_END)
		(void)printf(" (after %s)", stage_name(outcome->stage));
	(void)putchar('\n');
	if (show->how != SHOW_EDITS)
		return;
	for (size_t i = 0; i < outcome->edits.n; i++)
		print_edit(&outcome->edits.items[i]);
}

/* Takes the object over. */
static void
print_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);

	(void)puts(line == NULL ? "{}" : line);
	free(line);
	json_decref(object);
}

static json_t *
json_of(struct span s)
{
	struct buffer utf8 = { 0 };
	json_t *string;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c >= 0x80) {
			buffer_add_byte(&utf8, (unsigned char)(0xc0 | c >> 6));
			c = (unsigned char)(0x80 | (c & 0x3f));
		}
		buffer_add_byte(&utf8, c);
	}
	string = json_stringn(utf8.n == 0 ? "" : (const char *)utf8.p, utf8.n);
	buffer_deinit(&utf8);
	return string;
}

static json_t *
json_of_text(const char *text)
{
	return json_of(span_of_text(text == NULL ? "" : text));
}

static json_t *
json_of_edits(const struct outcome *outcome)
{
	json_t *list = json_array();

	for (size_t i = 0; i < outcome->edits.n; i++) {
		const struct edit *edit = &outcome->edits.items[i];

		(void)json_array_append_new(list, json_pack(
		    "{s:s, s:I, s:o, s:o}",
		    "edit", edit_kind_name(edit->kind),
		    "index", (json_int_t)edit->index,
		    "name", json_of(edit->name),
		    "value", json_of(edit->value)));
	}
	return list;
}

static json_t *
json_of_refusals(const struct show *show, const struct outcome *outcome)
{
	json_t *list = json_array();

	for (size_t i = 0; i < outcome->n_refusals; i++)
		(void)json_array_append_new(list, json_pack("{s:o, s:o}",
		    "rcpt", json_of_text(
		        show->rcpts[outcome->refusals[i].rcpt]),
		    "reply", json_of_text(outcome->refusals[i].reply)));
	return list;
}

static json_t *
json_of_rcpts(const struct delivery *delivery)
{
	json_t *list = json_array();

	for (size_t i = 0; i < delivery->n_rcpts; i++)
		(void)json_array_append_new(list,
		    json_of_text(delivery->rcpts[i]));
	return list;
}

static void
print_outcome_json(const struct show *show, const struct outcome *outcome,
    const struct delivery *delivery)
{
	struct span reason = outcome_quarantine(outcome);

	print_json(json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, "
	    "s:o}",
	    "message", json_of_text(show->message),
	    "queue_id", json_of_text(show->queue_id),
	    "verdict", show_verdict(outcome),
	    "stage", stage_name(outcome->stage),
	    "reply", json_of_text(reply_of(outcome)),
	    "quarantine", reason.p == NULL ? json_null() : json_of(reason),
	    "refused", json_of_refusals(show, outcome),
	    "edits", json_of_edits(outcome),
	    "sender", json_of_text(delivery->sender),
	    "rcpts", json_of_rcpts(delivery)));
}

void
show_outcome(const struct show *show, const struct outcome *outcome,
    const struct delivery *delivery)
{
	if (show->how == SHOW_JSON)
		print_outcome_json(show, outcome, delivery);
	else
		print_outcome(show, outcome);
}

void
show_broken_off(const struct show *show, enum stage stage, const char *how)
{
	if (show->how == SHOW_JSON)
		print_json(json_pack("{s:o, s:o, s:s, s:s}",
		    "message", json_of_text(show->message),
		    "queue_id", json_of_text(show->queue_id),
		    "verdict", how, "stage", stage_name(stage)));
	else
		(void)printf("%s: %s after %s\n", show->message, how,
		    stage_name(stage));
}

static const char *
macro_stage_name(unsigned stage)
{
	static const char *const names[MACROS_STAGES] = {
		[SMFIM_CONNECT] = "connect",
		[SMFIM_HELO] = "helo",
		[SMFIM_ENVFROM] = "mail",
		[SMFIM_ENVRCPT] = "rcpt",
		[SMFIM_DATA] = "data",
		[SMFIM_EOM] = "end",
		[SMFIM_EOH] = "eoh",
	};

	return names[stage];
}

static void
show_agreement_json(const struct speech *agreed)
{
	json_t *lists = json_object();

	for (unsigned i = 0; i < MACROS_STAGES; i++) {
		if (agreed->macros.lists[i] != NULL)
			(void)json_object_set_new(lists, macro_stage_name(i),
			    json_of_text(agreed->macros.lists[i]));
	}
	print_json(json_pack("{s:I, s:I, s:I, s:o}",
	    "version", (json_int_t)agreed->version,
	    "actions", (json_int_t)agreed->actions,
	    "steps", (json_int_t)agreed->steps,
	    "macros", lists));
}

void
show_agreement(enum show_how how, const struct speech *agreed)
{
	if (how == SHOW_JSON) {
		show_agreement_json(agreed);
		return;
	}
	(void)printf("protocol %u, actions 0x%03x, steps 0x%06x\n",
	    agreed->version, agreed->actions, agreed->steps);
	for (unsigned i = 0; i < MACROS_STAGES; i++) {
		if (agreed->macros.lists[i] != NULL)
			(void)printf("macros at %s: %s\n",
			    macro_stage_name(i), agreed->macros.lists[i]);
	}
}
