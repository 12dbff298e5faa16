/*
 * session.c: the order of things.
 *
 * Each event runs its phases on the configuration that holds, looks at the code
 * that policy left, and makes a verdict of it.  What the host itself cannot do
 * (a full disk, a provider that never gets ready) is answered as the option
 * on_internal_error says, and logged.
 */
#include "host/validation/session.h"

#include "debug_tools.h"
#include "host/generation.h"
#include "host/log/log.h"
#include "host/message/envelope.h"
#include "host/message/lone.h"
#include "host/message/message.h"
#include "host/metrics/metrics.h"
#include "host/types/alloc.h"
#include "host/validation/phases.h"
#include "host/validation/report.h"
#include "host/validation/variables.h"
#include "host/validation/watch.h"
#include "validate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum stage {
	STAGE_CONNECTION, /* no message */
	STAGE_ENVELOPE, /* session_mail was told */
	STAGE_HEADER,
	STAGE_BODY,
	STAGE_VERDICT, /* the message is done, its edits may be read */
};

struct session {
	accept_construct ac;
	message_construct mc;
	struct session_client client;
	enum stage stage;
	struct generation *generation; /* of the message; NULL between them */
	enum settings_trouble on_trouble; /* for this message */
	struct reply connection_refused; /* answers all that follows */
	struct reply message_refused; /* answers all until the next message */
	bool as_it_came; /* on_internal_error = accept took hold */
	bool message_end_told; /* PHASE_MESSAGE_END was run */
	string line; /* the command in hand */
	char *auth_user, *auth_scheme; /* texts of mc.auth_info */
	struct session_verdict verdict;
	struct watch *watch; /* of the message; NULL: nobody watches it */
	struct watch *watch_here; /* of the event, when there is no message */
	struct { /* what the thread did before it came here */
		struct generation *generation;
		const char *log_message;
		const struct log_ear *ear;
	} before;
};

/* verdicts */

static bool
refuse(struct session *s, const struct reply *reply)
{
	s->verdict.reply = *reply;
	s->verdict.action = reply->code < 500 ? SESSION_TEMPFAIL :
	    SESSION_REJECT;
	if (reply->code == 421)
		s->verdict.disconnect = true;
	return true;
}

static void
refuse_message(struct session *s, int code, const char *text)
{
	reply_set(&s->message_refused, code, text);
	(void)refuse(s, &s->message_refused);
	report_refusal(s->generation, &s->ac, &s->mc.ctx,
	    &s->message_refused);
}

/* The host could not do its part. */
static void
trouble(struct session *s, int code, const char *what)
{
	(void)ec_debug_printf(DERROR, DSMTP, "%s", what);
	metrics_internal_error();
	switch (s->on_trouble) {
	case TROUBLE_TEMPFAIL:
		refuse_message(s, code, code == 452 ?
		    "4.3.1 insufficient system storage" :
		    "4.3.0 internal error, try again later");
		break;
	case TROUBLE_REJECT:
		refuse_message(s, 554, "5.3.0 internal error");
		break;
	case TROUBLE_ACCEPT:
		s->as_it_came = true;
		break;
	}
}

static void
take_delay(struct session *s)
{
	struct timeval *cost = &s->mc.ctx.tcost;
	uint64_t ms;

	if (cost->tv_sec > 0 || cost->tv_usec > 0) {
		ms = cost->tv_sec >= SESSION_DELAY_MS / 1000 ?
		    SESSION_DELAY_MS : (uint64_t)cost->tv_sec * 1000 +
		    (uint64_t)cost->tv_usec / 1000;
		s->verdict.delay_ms = ms < SESSION_DELAY_MS ? (unsigned)ms :
		    SESSION_DELAY_MS;
	}
	*cost = (struct timeval){ 0 };
}

/* What policy left in the context: true when it refused. */
static bool
take_code(struct session *s)
{
	validate_context *ctx = &s->mc.ctx;
	struct reply reply;

	take_delay(s);
	reply_from_context(&reply, ctx);
	if (ctx->disconnect != 0) {
		s->verdict.disconnect = true;
		if (reply.code == 0)
			reply_set(&reply, 421, NULL);
	}
	ctx->code = 0;
	ctx->disconnect = 0;
	free(ctx->note);
	ctx->note = NULL;
	if (reply.code == 0)
		return false;
	report_refusal(s->generation, &s->ac, ctx, &reply);
	return refuse(s, &reply);
}

/* who watches */

static const char *
client_address(const struct session *s)
{
	int family = s->ac.remote_addr.sa.sa_family;

	return family == AF_INET || family == AF_INET6 ? s->mc.peer_address :
	    NULL;
}

/* What is said from now on is heard by who watches the message, or the
 * client. */
static void
listen_to(struct session *s)
{
	if (s->watch == NULL && watch_any())
		s->watch_here = watch_of_client(client_address(s), false);
	s->before.ear = log_ear_set(watch_ear(s->watch != NULL ? s->watch :
	    s->watch_here));
}

static void
listen_no_more(struct session *s)
{
	(void)log_ear_set(s->before.ear);
	watch_unref(&s->watch_here);
}

/* Is the message watched from now on? */
static void
watch_message(struct session *s, const char *recipient)
{
	if (s->watch != NULL || !watch_any())
		return;
	s->watch = recipient == NULL ?
	    watch_of_client(client_address(s), true) :
	    watch_of_recipient(recipient);
	if (s->watch == NULL)
		return;
	(void)log_ear_set(watch_ear(s->watch));
	log_aside(DINFO, "client %s, MAIL FROM:<%s>",
	    client_address(s) != NULL ? client_address(s) : "unknown",
	    message_mailfrom(s->mc.message));
}

static void
tell_edits(const struct edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		const struct edit *step = &edits->steps[i];

		log_aside(DINFO, "edit: %s %.*s%s", edit_type_name(step->type),
		    (int)step->name.n, step->name.n > 0 ?
		    (const char *)step->name.p : "",
		    step->address != NULL ? step->address : "");
	}
}

static void
tell_verdict(const struct session *s)
{
	static const char *const words[] = {
		[SESSION_ACCEPT] = "accept",
		[SESSION_QUARANTINE] = "accept and hold",
		[SESSION_DISCARD] = "accept and discard",
		[SESSION_TEMPFAIL] = "refuse for now",
		[SESSION_REJECT] = "reject",
	};
	const struct session_verdict *verdict = &s->verdict;

	if (!log_is_heard())
		return;
	tell_edits(&verdict->edits);
	log_aside(DINFO, "verdict: %s%s%s%s%s%s", words[verdict->action],
	    verdict->reason[0] != '\0' ? ": " : "", verdict->reason,
	    verdict->reply.code != 0 ? ": " : "", verdict->reply.code != 0 ?
	    verdict->reply.text : "", s->as_it_came ? ", as it came" : "");
}

/* entering and leaving */

/* Until leave(), the thread works for this session on one generation: that of
 * the message, or the newest. */
static bool
enter(struct session *s)
{
	s->verdict = (struct session_verdict){ .reason = "" };
	if (s->connection_refused.code != 0)
		return !refuse(s, &s->connection_refused);
	if (s->generation == NULL)
		s->generation = generation_current();
	if (s->generation == NULL) {
		reply_set(&s->verdict.reply, 451, "4.3.0 not configured");
		s->verdict.action = SESSION_TEMPFAIL;
		return false;
	}
	s->mc.ctx.transaction = &s->generation->header;
	s->before.generation = generation_pin(s->generation);
	s->before.log_message = log_message_set(s->mc.message == NULL ? NULL :
	    ec_message_id_text(s->mc.message));
	listen_to(s);
	return true;
}

static const struct session_verdict *
leave(struct session *s)
{
	struct generation *generation = s->generation;

	listen_no_more(s);
	(void)log_message_set(s->before.log_message);
	(void)generation_pin(s->before.generation);
	if (s->stage == STAGE_CONNECTION) {
		s->generation = NULL;
		s->mc.ctx.transaction = NULL;
		generation_unref(generation);
	}
	return &s->verdict;
}

/* A command that does not belong here: nothing is entered. */
static const struct session_verdict *
out_of_order(struct session *s)
{
	s->verdict = (struct session_verdict){ .reason = "" };
	reply_set(&s->verdict.reply, 503, "5.5.1 out of order");
	s->verdict.action = SESSION_REJECT;
	return &s->verdict;
}

/* For events of a message: false when there is nothing to do, because the event
 * is out of order, or the message was refused or given up before. */
static bool
enter_message(struct session *s, enum stage from, enum stage to)
{
	if (s->message_refused.code != 0 || s->as_it_came) {
		s->verdict = (struct session_verdict){ .reason = "" };
		if (s->message_refused.code != 0)
			(void)refuse(s, &s->message_refused);
		return false;
	}
	if (s->stage < from || s->stage > to) {
		(void)out_of_order(s);
		return false;
	}
	return enter(s);
}

/* phases */

static enum phase_result
run(struct session *s, enum phase phase)
{
	return phase_run(phase, &(struct phase_call){
		.generation = s->generation,
		.ac = &s->ac,
		.ctx = &s->mc.ctx,
		.msg = s->mc.message,
		.line = &s->line,
		.auth = &s->mc.auth_info,
		.auth_status = s->mc.auth_status,
	});
}

/* Run a phase of a command; true when the command is refused. */
static bool
command_refused(struct session *s, enum phase phase)
{
	struct reply reply;

	if (run(s, phase) == PHASE_NOT_READY) {
		reply_set(&reply, 451, "4.3.0 not ready, try again later");
		report_refusal(s->generation, &s->ac, &s->mc.ctx, &reply);
		return refuse(s, &reply);
	}
	return take_code(s);
}

/* Run a phase of a message that is in; true when it goes no further. */
static bool
message_ends(struct session *s, enum phase phase)
{
	switch (run(s, phase)) {
	case PHASE_NOT_READY:
		trouble(s, 451, "a module was not ready in time");
		return true;
	case PHASE_REJECTED:
		if (!take_code(s))
			refuse_message(s, 550, NULL);
		return true;
	case PHASE_DEFERRED:
		if (!take_code(s))
			refuse_message(s, 451, NULL);
		return true;
	case PHASE_OVER:
		break;
	}
	return take_code(s);
}

/* the connection */

static void
put_in_bag(struct session *s)
{
	s->mc.ctx.bag = ec_bag_create();
	(void)ec_bag_put(s->mc.ctx.bag, "validate_context", &s->mc.ctx);
	(void)ec_bag_put(s->mc.ctx.bag, "accept_construct", &s->ac);
	(void)ec_bag_put(s->mc.ctx.bag, "message_construct", &s->mc);
}

struct session *
session_new(const struct session_client *client)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->client = *client;
	s->ac.remote_addr = client->address;
	s->ac.accept_construct_closure.vptr = &s->mc;
	s->ac.protocol = P_ESMTP;
	s->ac.conn_id = message_id_new();
	s->mc.ac = &s->ac;
	s->mc.ctx._mc = &s->mc;
	s->mc.auth_info = (struct ec_auth_info){ "", "" };
	(void)sockaddr_to_string_opt(&s->ac.remote_addr.sa,
	    s->mc.peer_address, sizeof(s->mc.peer_address), EC_SA2S_NO_PORT);
	validate_context_init(&s->mc.ctx);
	put_in_bag(s);
	(void)string_init_type(&s->line, 128, STRING_TYPE_ECSTRING);
	metrics_connection_began();
	return s;
}

const struct session_verdict *
session_connect(struct session *s)
{
	bool refused;

	if (s->stage != STAGE_CONNECTION)
		return out_of_order(s);
	if (!enter(s))
		return &s->verdict;
	validate_context_set(&s->mc.ctx, VCTX_CONN, "pathway", "default");
	settings_fill_context(s->generation, &s->client.place,
	    client_address(s), s->mc.ctx.env[VCTX_CONN]);
	if (settings_may_relay(s->generation, &s->client.place,
	    client_address(s)))
		variables_may_relay(&s->mc);
	refused = command_refused(s, PHASE_ACCEPT);
	if (!refused) {
		refused = command_refused(s, PHASE_CONNECT);
		(void)run(s, PHASE_AFTER_CONNECT);
		refused = take_code(s) || refused;
	}
	if (refused)
		s->connection_refused = s->verdict.reply;
	return leave(s);
}

static void
set_line(struct session *s, const char *first, const char *second,
    const char *third)
{
	string_truncate(&s->line, 0);
	(void)stringwrite_strings(&s->line, 3, first, second, third);
}

/* What the client said is text for policy, and no longer than a command. */
static const char *
within_command(const char *text)
{
	return text != NULL && strlen(text) <= MESSAGE_ADDRESS_BYTES ? text :
	    "";
}

const struct session_verdict *
session_helo(struct session *s, const char *verb, const char *name)
{
	session_abort(s);
	if (!enter(s))
		return &s->verdict;
	name = within_command(name);
	set_line(s, verb, " ", name);
	variables_of_helo(&s->mc.ctx, s->line.buffer, name);
	(void)command_refused(s, PHASE_EHLO);
	return leave(s);
}

static void
keep_auth(struct session *s, const char *user, const char *scheme)
{
	free(s->auth_user);
	free(s->auth_scheme);
	s->auth_user = xstrdup(within_command(user));
	s->auth_scheme = xstrdup(within_command(scheme));
	s->mc.auth_info.user = s->auth_user;
	s->mc.auth_info.scheme = s->auth_scheme;
}

const struct session_verdict *
session_auth(struct session *s, const char *user, const char *scheme,
    int status)
{
	session_abort(s);
	if (!enter(s))
		return &s->verdict;
	keep_auth(s, user, scheme);
	s->mc.auth_status = status;
	variables_of_auth(&s->mc, status);
	(void)command_refused(s, PHASE_AUTH);
	return leave(s);
}

/* the envelope */

/* The message's variables begin empty; context and message share both
 * dictionaries. */
static void
share_variables(struct session *s, ec_message *msg)
{
	dict_drop(s->mc.ctx.env[VCTX_MESS]);
	s->mc.ctx.env[VCTX_MESS] = msg->vctx_mess;
}

static void
begin_message(struct session *s)
{
	struct message_storage storage = settings_storage(s->generation);
	ec_message *msg;

	msg = message_begin(&storage, NULL, s->mc.ctx.env[VCTX_CONN]);
	msg->recv_method = P_ESMTP;
	msg->recv_from = s->ac.remote_addr;
	msg->recv_via = s->client.local;
	msg->conn_id = s->ac.conn_id;
	share_variables(s, msg);
	s->mc.message = msg;
	s->message_end_told = false;
	s->mc.message_rcpt_count = 0;
	s->on_trouble = settings_trouble(s->generation);
	(void)ec_bag_put(s->mc.ctx.bag, "ec_message", msg);
	(void)log_message_set(ec_message_id_text(msg));
}

/* As soon as nobody asks policy any more, so that what modules keep for a
 * message is free while the connection idles. */
static void
tell_message_end(struct session *s)
{
	if (!s->message_end_told)
		(void)run(s, PHASE_MESSAGE_END);
	s->message_end_told = true;
}

/* The message's variables go with it, so the context needs others. */
static void
end_message(struct session *s)
{
	ec_message *msg = s->mc.message;

	s->stage = STAGE_CONNECTION;
	s->message_refused = (struct reply){ 0 };
	s->as_it_came = false;
	s->verdict.edits = (struct edits){ 0 };
	s->verdict.reason = "";
	if (msg == NULL)
		return;
	tell_message_end(s);
	s->mc.message = NULL;
	(void)ec_bag_remove(s->mc.ctx.bag, "ec_message");
	s->mc.ctx.env[VCTX_MESS] = dict_blank();
	message_detach(msg);
	ec_message_free(msg);
	watch_unref(&s->watch);
}

void
session_abort(struct session *s)
{
	struct generation *generation = s->generation, *before;

	if (s->mc.message == NULL)
		return;
	/* objects on the message may ask for options when they end */
	before = generation_pin(generation);
	end_message(s);
	(void)generation_pin(before);
	s->generation = NULL;
	s->mc.ctx.transaction = NULL;
	generation_unref(generation);
}

const struct session_verdict *
session_mail(struct session *s, const char *address, const char *parameters)
{
	struct reply reply;
	const char *sender;

	session_abort(s);
	if (!enter(s))
		return &s->verdict;
	begin_message(s);
	s->stage = STAGE_ENVELOPE;
	if (message_came_from(s->mc.message, address) != 0) {
		reply_set(&reply, 501, "5.1.7 bad sender address syntax");
		(void)refuse(s, &reply);
		end_message(s);
		return leave(s);
	}
	sender = message_mailfrom(s->mc.message);
	watch_message(s, NULL);
	set_line(s, "MAIL FROM:<", sender, ">");
	if (within_command(parameters)[0] != '\0')
		(void)stringwrite_strings(&s->line, 2, " ", parameters);
	s->mc.connection_message_count++;
	variables_of_counts(&s->mc);
	variables_of_address(&s->mc.ctx, "mailfrom", s->line.buffer, sender);
	if (command_refused(s, PHASE_MAILFROM))
		end_message(s);
	return leave(s);
}

/* The recipient counts as one while policy looks at it, and is taken back when
 * it is refused. */
const struct session_verdict *
session_rcpt(struct session *s, const char *address, const char *parameters)
{
	ec_message *msg = s->mc.message;
	struct envelope_rcpt rcpt;
	size_t count;

	if (!enter_message(s, STAGE_ENVELOPE, STAGE_ENVELOPE))
		return &s->verdict;
	count = message_rcpts(msg);
	if (message_came_to(msg, address) != 0) {
		reply_set(&s->verdict.reply, 501,
		    "5.1.3 bad recipient address syntax");
		s->verdict.action = SESSION_REJECT;
		return leave(s);
	}
	if (message_rcpts(msg) == count)
		return leave(s); /* told before */
	(void)message_rcpt_info(msg, count, &rcpt);
	watch_message(s, rcpt.address);
	log_aside(DINFO, "RCPT TO:<%s>", rcpt.address);
	message_choose_rcpt(msg, count);
	set_line(s, "RCPT TO:<", rcpt.address, ">");
	if (within_command(parameters)[0] != '\0')
		(void)stringwrite_strings(&s->line, 2, " ", parameters);
	s->mc.connection_rcpt_count++;
	s->mc.message_rcpt_count++;
	variables_of_counts(&s->mc);
	variables_of_address(&s->mc.ctx, "rcptto", s->line.buffer,
	    rcpt.address);
	if (command_refused(s, PHASE_RCPTTO))
		message_forget_rcpt(msg, count);
	message_choose_rcpt(msg, SIZE_MAX);
	return leave(s);
}

/* the message */

/* All recipients are known as soon as something else comes: true when the
 * message is refused for them. */
static bool
envelope_ends(struct session *s)
{
	if (s->stage != STAGE_ENVELOPE || message_rcpts(s->mc.message) == 0)
		return false;
	s->stage = STAGE_HEADER;
	if (!message_ends(s, PHASE_RCPTTO_LIST) &&
	    !message_ends(s, PHASE_RCPTTO_LIST_FINAL))
		return s->as_it_came;
	/* whatever comes of it is not looked at */
	s->message_refused = s->verdict.reply;
	return true;
}

const struct session_verdict *
session_header(struct session *s, struct span field)
{
	if (!enter_message(s, STAGE_ENVELOPE, STAGE_HEADER))
		return &s->verdict;
	if (envelope_ends(s))
		return leave(s);
	s->stage = STAGE_HEADER;
	if (message_add_field(s->mc.message, field) != 0)
		refuse_message(s, 552, "5.3.4 header too large");
	return leave(s);
}

const struct session_verdict *
session_end_of_header(struct session *s)
{
	if (!enter_message(s, STAGE_ENVELOPE, STAGE_HEADER))
		return &s->verdict;
	if (envelope_ends(s))
		return leave(s);
	s->stage = STAGE_BODY;
	message_end_header(s->mc.message);
	variables_of_header(&s->mc.ctx, s->mc.message);
	return leave(s);
}

static void
disk_trouble(struct session *s)
{
	int error = message_error(s->mc.message);
	char what[160];

	(void)snprintf(what, sizeof(what), "body: cannot be kept: %s "
	    "(in what spool_directory names)", strerror(error));
	trouble(s, error == ENOSPC || error == EDQUOT ? 452 : 451, what);
}

const struct session_verdict *
session_body(struct session *s, struct span chunk)
{
	if (!enter_message(s, STAGE_BODY, STAGE_BODY))
		return &s->verdict;
	if (message_add_body(s->mc.message, chunk) < 0)
		disk_trouble(s);
	return leave(s);
}

static bool
one_rcpt_ends(struct session *s)
{
	bool ends;

	(void)run(s, PHASE_PRE_EACH_RCPT);
	ends = message_ends(s, PHASE_EACH_RCPT);
	if (s->verdict.action == SESSION_ACCEPT) {
		(void)run(s, PHASE_AFTER_EACH_RCPT);
		(void)run(s, PHASE_POST_EACH_RCPT);
		(void)run(s, PHASE_LAST_EACH_RCPT);
	}
	return ends || take_code(s);
}

/* Discarding in here means this recipient alone. */
static bool
each_rcpt_ends(struct session *s)
{
	ec_message *msg = s->mc.message;
	size_t count = message_rcpts(msg);
	struct envelope_rcpt rcpt;
	bool ends = false;

	for (size_t i = 0; i < count && !ends; i++) {
		enum message_fate fate = message_get_fate(msg);

		if (!message_rcpt_info(msg, i, &rcpt))
			continue;
		message_choose_rcpt(msg, i);
		message_set_fate(msg, MESSAGE_DELIVER);
		ends = one_rcpt_ends(s);
		if (message_get_fate(msg) == MESSAGE_DISCARD)
			message_drop_chosen(msg);
		if (message_get_fate(msg) != MESSAGE_QUARANTINE)
			message_set_fate(msg, fate);
	}
	message_choose_rcpt(msg, SIZE_MAX);
	if (count > 0 && ec_message_rcpt_count(msg) == 0 &&
	    message_get_fate(msg) != MESSAGE_DISCARD)
		ec_message_discard(msg, "no recipient is left");
	return ends;
}

static bool
binding_ends(struct session *s)
{
	ec_message *msg = s->mc.message;
	ec_binding_slot before = msg->binding_slot;

	/* 0 is "default": policy chose another one already */
	if (before != 0)
		return false;
	if (message_ends(s, PHASE_SET_BINDING))
		return true;
	if (msg->binding_slot != before)
		(void)run(s, PHASE_POST_SET_BINDING);
	return take_code(s);
}

static bool
final_ends(struct session *s)
{
	if (message_ends(s, PHASE_FINAL2))
		return true;
	(void)run(s, PHASE_FINAL);
	(void)run(s, PHASE_POST_FINAL);
	return take_code(s);
}

static void
accept_message(struct session *s)
{
	ec_message *msg = s->mc.message;

	s->verdict.reason = message_fate_reason(msg);
	switch (message_get_fate(msg)) {
	case MESSAGE_DISCARD:
		s->verdict.action = SESSION_DISCARD;
		return;
	case MESSAGE_QUARANTINE:
		s->verdict.action = SESSION_QUARANTINE;
		break;
	case MESSAGE_DELIVER:
		s->verdict.action = SESSION_ACCEPT;
		s->verdict.reason = "";
		break;
	}
	s->verdict.edits = message_edits(msg);
	report_reception(s->generation, &s->ac, msg);
}

/* CR and LF alone, before anybody looks at the message. */
static bool
line_ends_end(struct session *s)
{
	enum settings_lone in_header = settings_lone_in_header(s->generation);
	enum settings_lone in_body = settings_lone_in_body(s->generation);
	ec_message *msg = s->mc.message;

	if (in_header != LONE_IGNORE && lone_in_header(msg)) {
		if (in_header == LONE_PEDANTIC) {
			refuse_message(s, 550, "5.6.0 CR or LF alone in the "
			    "header");
			return true;
		}
		lone_fix_header(msg);
	}
	if (in_body == LONE_IGNORE || !lone_in_body(msg))
		return false;
	if (in_body == LONE_PEDANTIC) {
		refuse_message(s, 550, "5.6.0 CR or LF alone in the body");
		return true;
	}
	if (lone_fix_body(msg) == 0)
		return false;
	trouble(s, 451, "body: cannot be mended for lack of space");
	return true;
}

static void
judge(struct session *s)
{
	if (line_ends_end(s))
		return;
	if (message_ends(s, PHASE_DATA) || message_ends(s, PHASE_DATA_SPOOL) ||
	    each_rcpt_ends(s) || binding_ends(s))
		return;
	/* nobody signs what goes nowhere */
	if (message_get_fate(s->mc.message) != MESSAGE_DISCARD &&
	    final_ends(s))
		return;
	accept_message(s);
}

static enum metrics_message
what_became(const struct session_verdict *verdict)
{
	switch (verdict->action) {
	case SESSION_ACCEPT:
		return METRICS_ACCEPTED;
	case SESSION_QUARANTINE:
		return METRICS_HELD;
	case SESSION_DISCARD:
		return METRICS_DISCARDED;
	case SESSION_TEMPFAIL:
		return METRICS_DEFERRED;
	case SESSION_REJECT:
		return METRICS_REJECTED;
	}
	return METRICS_REJECTED;
}

const struct session_verdict *
session_end_of_message(struct session *s)
{
	if (s->stage == STAGE_ENVELOPE || s->stage == STAGE_HEADER)
		(void)session_end_of_header(s);
	if (enter_message(s, STAGE_BODY, STAGE_BODY)) {
		if (message_end_body(s->mc.message) < 0)
			disk_trouble(s);
		else
			judge(s);
		tell_verdict(s);
		tell_message_end(s);
		(void)leave(s);
	}
	if (s->mc.message != NULL) {
		if (s->stage != STAGE_VERDICT)
			metrics_message(what_became(&s->verdict));
		s->stage = STAGE_VERDICT;
	}
	s->verdict.as_it_came = s->as_it_came;
	return &s->verdict;
}

const struct session_verdict *
session_trouble(struct session *s, const char *what)
{
	if (s->stage != STAGE_VERDICT)
		return out_of_order(s);
	if (!enter(s))
		return &s->verdict;
	trouble(s, 451, what);
	(void)leave(s);
	s->verdict.as_it_came = s->as_it_came;
	return &s->verdict;
}

/* the rest */

/* Also to modules that refused the connection. */
static void
tell_end(struct session *s)
{
	s->connection_refused = (struct reply){ 0 };
	if (!enter(s))
		return;
	(void)run(s, PHASE_DEALLOC);
	(void)leave(s);
}

void
session_free(struct session **session)
{
	struct session *s = *session;

	if (s == NULL)
		return;
	session_abort(s);
	tell_end(s);
	ec_bag_delref(s->mc.ctx.bag);
	validate_context_destroy(&s->mc.ctx);
	(void)string_destroy(&s->line);
	free(s->auth_user);
	free(s->auth_scheme);
	free(s);
	metrics_connection_ended();
	*session = NULL;
}

void
session_set_id(struct session *s, const char *id)
{
	if (s->mc.message != NULL)
		message_set_id(s->mc.message, id);
}

void
session_set_variable(struct session *s, const char *name, const char *value)
{
	validate_context_set(&s->mc.ctx, VCTX_CONN, name, value);
}

ec_message *
session_message(struct session *s)
{
	return s->mc.message;
}

uint64_t
session_generation(const struct session *s)
{
	return s->generation == NULL ? 0 :
	    (uint64_t)s->generation->header.generation;
}
