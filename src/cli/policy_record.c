/*
 * policy_record.c: events of scripts, and the session's verdicts, as JSON.
 *
 * What a callout sets is what differs in the contexts from before it, so it does
 * not matter by which function it was set.
 */
#include "cli/policy_record.h"

#include "cli/text.h"
#include "ecdict.h"
#include "modules/scriptlet_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define MAX_DEPTH 32 /* of callouts in callouts */

static struct {
	json_t *root; /* NULL: nothing is recorded */
	struct {
		json_t *call; /* within root */
		json_t *before[2]; /* the contexts */
	} stack[MAX_DEPTH];
	size_t depth;
	size_t recipients; /* told so far */
	bool failed;
} record;

static const char *const context_names[] = {
	[VCTX_CONN] = "connection",
	[VCTX_MESS] = "message",
};

/* values */

static json_t *
must(json_t *value)
{
	if (value == NULL) {
		(void)fputs("mailseal: out of memory\n", stderr);
		exit(EX_OSERR);
	}
	return value;
}

static json_t *
text(const char *s)
{
	return s == NULL ? json_null() : must(text_json(span_of_text(s)));
}

static json_t *
span(struct span s)
{
	return must(text_json(s));
}

static json_t *
number(size_t n)
{
	return must(json_integer((json_int_t)n));
}

static void
set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		(void)must(NULL);
}

static json_t *
append(const char *list, json_t *value)
{
	if (json_array_append_new(json_object_get(record.root, list),
	    value) != 0)
		(void)must(NULL);
	return value;
}

/* contexts */

static json_t *
context_copy(ECDict dict)
{
	json_t *copy = must(json_object());
	ECDict_Iterator iter;
	const char *name, *value;

	if (dict == NULL)
		return copy;
	dict_iter2(dict, &iter);
	while (dict_next(dict, &iter, &name, &value)) {
		json_t *key = text(name);

		set(copy, json_string_value(key), text(value));
		json_decref(key);
	}
	dict_iter2_free(dict, &iter);
	return copy;
}

static void
add_change(json_t *call, const char *context, const char *name, json_t *value)
{
	json_t *change = must(json_object());

	set(change, "context", text(context));
	set(change, "name", text(name));
	set(change, "value", value);
	if (json_array_append_new(json_object_get(call, "set"), change) != 0)
		(void)must(NULL);
}

static void
add_changes(json_t *call, const char *context, json_t *before, json_t *after)
{
	const char *name;
	json_t *value;

	json_object_foreach(after, name, value) {
		if (!json_equal(value, json_object_get(before, name)))
			add_change(call, context, name, json_incref(value));
	}
	json_object_foreach(before, name, value) {
		if (json_object_get(after, name) == NULL)
			add_change(call, context, name, json_null());
	}
}

static json_t *
context_of(const struct scriptlet_event *event, int which)
{
	return context_copy(event->vctx == NULL ? NULL :
	    event->vctx->env[which]);
}

/* what scripts do */

static json_t *
call_new(const char *callout, const char *module)
{
	json_t *call = must(json_object());

	set(call, "callout", text(callout));
	set(call, "module", text(module));
	set(call, "prints", must(json_array()));
	set(call, "set", must(json_array()));
	set(call, "returned", json_null());
	set(call, "error", json_null());
	return append("calls", call);
}

static void
call_begins(const struct scriptlet_event *event)
{
	json_t *call = call_new(event->callout, event->module);

	if (record.depth < MAX_DEPTH) {
		record.stack[record.depth].call = call;
		for (int which = 0; which < 2; which++)
			record.stack[record.depth].before[which] =
			    context_of(event, which);
	}
	record.depth++;
}

static void
call_ends(const struct scriptlet_event *event, const char *as)
{
	json_t *call, *after;

	if (record.depth == 0 || --record.depth >= MAX_DEPTH)
		return;
	call = record.stack[record.depth].call;
	set(call, as, text(event->text));
	for (int which = 0; which < 2; which++) {
		json_t *before = record.stack[record.depth].before[which];

		after = context_of(event, which);
		add_changes(call, context_names[which], before, after);
		json_decref(after);
		json_decref(before);
	}
}

/* Outside a callout: scripts are being loaded, or `init` runs. */
static json_t *
call_outside(const struct scriptlet_event *event)
{
	json_t *calls = json_object_get(record.root, "calls");
	size_t n = json_array_size(calls);
	json_t *last = n == 0 ? NULL : json_array_get(calls, n - 1);
	json_t *callout = text(event->callout);
	bool same = last != NULL &&
	    json_is_null(json_object_get(last, "returned")) &&
	    json_equal(json_object_get(last, "callout"), callout);

	json_decref(callout);
	return same ? last : call_new(event->callout, event->module);
}

static void
call_prints(const struct scriptlet_event *event)
{
	json_t *call = record.depth > 0 && record.depth <= MAX_DEPTH ?
	    record.stack[record.depth - 1].call : call_outside(event);

	if (json_array_append_new(json_object_get(call, "prints"),
	    text(event->text)) != 0)
		(void)must(NULL);
}

bool
scriptlet_watch(const struct scriptlet_event *event)
{
	if (record.root == NULL)
		return false;
	switch (event->kind) {
	case SCRIPTLET_CALLED:
		call_begins(event);
		return true;
	case SCRIPTLET_RETURNED:
		call_ends(event, "returned");
		return true;
	case SCRIPTLET_FAILED:
		record.failed = true;
		call_ends(event, "error");
		return true;
	case SCRIPTLET_PRINTED:
		call_prints(event);
		return true;
	}
	return false;
}

/* what the session says */

static const char *
action_name(enum session_action action)
{
	switch (action) {
	case SESSION_ACCEPT:
		return "accept";
	case SESSION_QUARANTINE:
		return "quarantine";
	case SESSION_DISCARD:
		return "discard";
	case SESSION_TEMPFAIL:
		return "tempfail";
	case SESSION_REJECT:
		return "reject";
	}
	return "";
}

static json_t *
verdict_json(const struct session_verdict *verdict)
{
	json_t *object = must(json_object());
	bool refused = verdict->action == SESSION_REJECT ||
	    verdict->action == SESSION_TEMPFAIL;

	set(object, "action", text(action_name(verdict->action)));
	set(object, "code", refused ? must(json_integer(verdict->reply.code)) :
	    json_null());
	set(object, "status", text(refused ? verdict->reply.status : NULL));
	set(object, "text", text(refused ? verdict->reply.text : NULL));
	set(object, "reason", text(verdict->reason));
	set(object, "disconnect", json_boolean(verdict->disconnect));
	return object;
}

static json_t *
edit_json(const struct edit *edit, ec_message *msg)
{
	json_t *object = must(json_object());
	size_t n = 0;

	set(object, "type", text(edit_type_name(edit->type)));
	switch (edit->type) {
	case EDIT_FIELD_CHANGE:
	case EDIT_FIELD_DELETE:
		set(object, "name", span(edit->name));
		set(object, "nth", number(edit->nth));
		if (edit->type == EDIT_FIELD_CHANGE)
			set(object, "value", span(edit->value));
		break;
	case EDIT_FIELD_INSERT:
		set(object, "name", span(edit->name));
		set(object, "index", number(edit->index));
		set(object, "value", span(edit->value));
		break;
	case EDIT_BODY:
		(void)ec_message_body(msg, &n);
		set(object, "octets", number(n));
		break;
	case EDIT_SENDER:
	case EDIT_RCPT_DELETE:
	case EDIT_RCPT_ADD:
		set(object, "address", text(edit->address));
		break;
	}
	return object;
}

static void
add_delay(const char *step, unsigned ms)
{
	json_t *delay = must(json_object());

	set(delay, "after", text(step));
	set(delay, "ms", number(ms));
	(void)append("delays", delay);
}

static void
add_refused(const char *address, const struct reply *reply)
{
	json_t *object = must(json_object());

	set(object, "address", text(address));
	set(object, "reply", must(json_sprintf("%d %s %s", reply->code,
	    reply->status, reply->text)));
	(void)append("recipients", object);
}

static void
add_recipient(const struct inject *inject,
    const struct session_verdict *verdict)
{
	size_t i = record.recipients++;

	if (i < inject->rcpt_count && (verdict->action == SESSION_REJECT ||
	    verdict->action == SESSION_TEMPFAIL))
		add_refused(inject->rcpts[i], &verdict->reply);
}

static void
add_end(struct session *session, const struct session_verdict *verdict)
{
	set(record.root, "verdict", verdict_json(verdict));
	if (verdict->as_it_came || (verdict->action != SESSION_ACCEPT &&
	    verdict->action != SESSION_QUARANTINE))
		return;
	for (size_t i = 0; i < verdict->edits.count; i++)
		(void)append("edits", edit_json(&verdict->edits.steps[i],
		    session_message(session)));
}

void
policy_record_watch(void *closure, const char *step, struct session *session,
    const struct session_verdict *verdict)
{
	if (record.root == NULL)
		return;
	if (strcmp(step, INJECT_END) == 0) {
		add_end(session, verdict);
		return;
	}
	if (strcmp(step, "RCPT TO") == 0)
		add_recipient(closure, verdict);
	if (verdict->delay_ms > 0)
		add_delay(step, verdict->delay_ms);
}

/* the record */

void
policy_record_begin(void)
{
	static const char *const lists[] = {
		"calls", "delays", "recipients", "edits"
	};

	record.root = must(json_object());
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		set(record.root, lists[i], must(json_array()));
	set(record.root, "verdict", json_null());
}

json_t *
policy_record_end(void)
{
	json_t *root = record.root;

	record.root = NULL;
	return root;
}

bool
policy_record_failed(void)
{
	return record.failed;
}
