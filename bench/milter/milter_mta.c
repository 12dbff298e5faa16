/*
 * milter_mta.c: send messages to a mail filter as an MTA would, and say what
 * the filter wants done to them.
 */
#include <errno.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "client.h"
#include "dial.h"
#include "options.h"
#include "show.h"

#define EX_DISCARDED 99 /* as mailseald --inject has it */
#define EX_REJECTED 1

#define STEPS_NO_REPLY (SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | \
    SMFIP_NR_RCPT | SMFIP_NR_DATA | SMFIP_NR_UNKN | SMFIP_NR_HDR | \
    SMFIP_NR_EOH | SMFIP_NR_BODY)
#define DEFAULT_RCPT "recipient@example.net"

struct sending {
	struct mta_settings settings;
	const char *from, *from_parameters;
	const char *rcpts[TRANSACTION_RCPTS];
	size_t n_rcpts;
	struct client client;
	const char *helo, *queue_id, *output;
	bool no_helo, health_check, negotiate_only, new_client;
	bool no_received, no_leadspc, all_replies, body_at_end;
	unsigned long protocol, actions, steps, repeat, chunk, timeout;
	enum stage abort_after, vanish_after, pause_after;
	enum show_how how;
	/* while it runs */
	unsigned long sent; /* messages begun */
	unsigned long total; /* to send */
	bool broken; /* the connection was left, as told */
	int status;
};

#define UNSET (~0UL)

static int
take_macros(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	*wanted_r = "postfix, sendmail or none";
	return macros_style_parse(value, &sending->settings.style) ? 0 : -1;
}

static int
take_rcpt(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	*wanted_r = "fewer recipients";
	if (sending->n_rcpts == TRANSACTION_RCPTS)
		return -1;
	sending->rcpts[sending->n_rcpts++] = value;
	return 0;
}

static int
take_client(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	(void)wanted_r;
	sending->client.address = strcmp(value, "unknown") == 0 ? NULL : value;
	return 0;
}

static int
take_stage(const char *value, enum stage *stage, const char **wanted_r)
{
	*wanted_r = "connect, helo, mail, rcpt, data, header, eoh, body or "
	    "end";
	return stage_parse(value, stage) ? 0 : -1;
}

static int
take_abort_after(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	return take_stage(value, &sending->abort_after, wanted_r);
}

static int
take_vanish_after(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	return take_stage(value, &sending->vanish_after, wanted_r);
}

static int
take_pause_after(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	return take_stage(value, &sending->pause_after, wanted_r);
}

static int
take_edits(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	(void)value;
	(void)wanted_r;
	sending->how = SHOW_EDITS;
	return 0;
}

static int
take_json(void *settings, const char *value, const char **wanted_r)
{
	struct sending *sending = settings;

	(void)value;
	(void)wanted_r;
	sending->how = SHOW_JSON;
	return 0;
}

#define OFFSET(member) .offset = offsetof(struct sending, member)

static const struct options_row rows[] = {
	{ "macros", "STYLE", "whose macros: postfix (default), sendmail, none",
	  OPTIONS_OTHER, .take = take_macros },
	{ "protocol", "N", "offer this version of the protocol, 2 to 6, and "
	  "what\nMTAs of that time could do", OPTIONS_NUMBER,
	  OFFSET(protocol), .least = 2, .most = MTA_VERSION },
	{ "actions", "BITS", "offer these actions (SMFIF_*) alone",
	  OPTIONS_NUMBER, OFFSET(actions), .most = SMFI_CURR_ACTS },
	{ "steps", "BITS", "offer these steps (SMFIP_*) alone",
	  OPTIONS_NUMBER, OFFSET(steps), .most = SMFI_CURR_PROT },
	{ "no-leadspc", NULL, "do not offer to keep the blank behind the colon",
	  OPTIONS_SWITCH, OFFSET(no_leadspc) },
	{ "all-replies", NULL, "do not offer to go without replies",
	  OPTIONS_SWITCH, OFFSET(all_replies) },
	{ "client", "ADDRESS", "of the SMTP client; default 127.0.0.1; "
	  "\"unknown\", or the\npath of a local socket", OPTIONS_OTHER,
	  .take = take_client },
	{ "client-name", "NAME", "its host name; unknown unless given",
	  OPTIONS_TEXT, OFFSET(client.name) },
	{ "helo", "NAME", "what it calls itself", OPTIONS_TEXT,
	  OFFSET(helo) },
	{ "no-helo", NULL, "it says no HELO", OPTIONS_SWITCH,
	  OFFSET(no_helo) },
	{ "auth", "USER", "it authenticated as that user", OPTIONS_TEXT,
	  OFFSET(client.auth) },
	{ "tls", NULL, "it came by TLS", OPTIONS_SWITCH, OFFSET(client.tls) },
	{ "from", "ADDRESS", "the sender; the null sender unless given",
	  OPTIONS_TEXT, OFFSET(from) },
	{ "from-parameters", "TEXT", "of MAIL FROM, \"SIZE=100 BODY=8BITMIME\"",
	  OPTIONS_TEXT, OFFSET(from_parameters) },
	{ "rcpt", "ADDRESS", "a recipient; may be given again", OPTIONS_OTHER,
	  .take = take_rcpt },
	{ "queue-id", "ID", "of the first message; a number follows in further "
	  "ones", OPTIONS_TEXT, OFFSET(queue_id) },
	{ "chunk", "OCTETS", "of the body in one packet; default 65535",
	  OPTIONS_NUMBER, OFFSET(chunk), .least = 1, .most = SPEECH_BODY_CHUNK },
	{ "body-at-end", NULL, "send the last piece of the body along with the "
	  "end of the\nmessage", OPTIONS_SWITCH, OFFSET(body_at_end) },
	{ "repeat", "N", "send each message that many times", OPTIONS_NUMBER,
	  OFFSET(repeat), .least = 1, .most = 1000000000 },
	{ "new-client", NULL, "each message from a new client over the same "
	  "connection\n(QUIT_NC; libmilter knows it behind a whole message "
	  "alone)", OPTIONS_SWITCH, OFFSET(new_client) },
	{ "abort-after", "STAGE", "break the first message off there, then go "
	  "on with the next", OPTIONS_OTHER, .take = take_abort_after },
	{ "vanish-after", "STAGE", "close the connection there without a word",
	  OPTIONS_OTHER, .take = take_vanish_after },
	{ "pause-after", "STAGE", "say \"paused\" on standard error, and wait "
	  "for a line on\nstandard input", OPTIONS_OTHER,
	  .take = take_pause_after },
	{ "health-check", NULL, "connect, say nothing, close", OPTIONS_SWITCH,
	  OFFSET(health_check) },
	{ "negotiate-only", NULL, "show what the filter wants, and end",
	  OPTIONS_SWITCH, OFFSET(negotiate_only) },
	{ "timeout", "SECONDS", "to wait for an answer; default 30",
	  OPTIONS_NUMBER, OFFSET(timeout), .least = 1, .most = 86400 },
	{ "edits", NULL, "show the edits as they came", OPTIONS_OTHER,
	  .take = take_edits },
	{ "json", NULL, "show everything, an object a line", OPTIONS_OTHER,
	  .take = take_json },
	{ "output", "FILE", "write the message as it would be delivered; - is "
	  "standard\noutput; of several, the second goes to FILE.2",
	  OPTIONS_TEXT, OFFSET(output) },
	{ "no-received", NULL, "put no Received field of the MTA on top of it",
	  OPTIONS_SWITCH, OFFSET(no_received) },
	{ "help", NULL, "show this", OPTIONS_HELP, .offset = 0 },
};

static const struct options_page page = {
	.program = "milter_mta",
	.usage = "SOCKET [OPTION]... MESSAGE...\n"
	    "       milter_mta SOCKET --health-check | --negotiate-only",
	.about = "Send messages to the mail filter at SOCKET (unix:PATH, "
	    "inet:PORT@HOST,\ninet6:PORT@HOST) as an MTA does, over one "
	    "connection, and say what the filter\nwants.  - is standard input.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "Stages: connect helo mail rcpt data header eoh body end.\n\n"
	    "Exit status, of the last message that was not accepted: 0 "
	    "accepted, or\nquarantined; 1 rejected; 75 tempfail; 99 discarded. "
	    " 64 usage, 66 a message\ncannot be read, 69 no filter at SOCKET, "
	    "74 the output cannot be written, 76 the\nfilter broke the "
	    "protocol, closed the connection, or did not answer.",
};

static int
fail(int status, const char *what, const char *why)
{
	(void)fflush(stdout);
	(void)fprintf(stderr, "milter_mta: %s%s%s\n", what,
	    what[0] == '\0' ? "" : ": ", why);
	return status;
}

static int
fail_mta(const struct mta *mta)
{
	return fail(mta_is_connected(mta) ? EX_PROTOCOL : EX_UNAVAILABLE, "",
	    mta_why(mta));
}

static void
pause_for_a_line(void)
{
	int c;

	(void)fputs("paused\n", stderr);
	do {
		c = getchar();
	} while (c != EOF && c != '\n');
}

/* {msg_id}: Sendmail's macro at the end of a message. */
static void
set_message_id(struct macros *macros, const struct mail *mail)
{
	macros_set(macros, "{msg_id}", NULL);
	for (size_t i = 0; i < mail->n_fields; i++) {
		struct span value = span_trim_fws(mail->fields[i].value);
		char text[512];

		if (!span_ieq(mail->fields[i].name, SPAN("Message-ID")))
			continue;
		(void)snprintf(text, sizeof(text), "%.*s", (int)value.n,
		    (const char *)value.p);
		macros_set(macros, "{msg_id}", text);
		return;
	}
}

/* Returns OPTIONS_GO, or the status to end with. */
static int
begin_client(struct sending *sending, struct mta *mta,
    struct outcome *outcome_r)
{
	enum mta_answer answer;

	outcome_r->answer = MTA_CONTINUE;
	if (mta_connect(mta, sending->client.name, sending->client.address,
	        CLIENT_PORT, &answer) != 0)
		return fail_mta(mta);
	outcome_r->stage = STAGE_CONNECT;
	if (answer == MTA_CONTINUE && !sending->no_helo &&
	    sending->abort_after != STAGE_CONNECT &&
	    sending->vanish_after != STAGE_CONNECT) {
		if (mta_helo(mta, sending->helo, &answer) != 0)
			return fail_mta(mta);
		outcome_r->stage = STAGE_HELO;
	}
	if (answer != MTA_CONTINUE) {
		outcome_r->answer = answer;
		outcome_r->reply = strdup(mta_reply_text(mta));
	}
	return OPTIONS_GO;
}

static int
status_of(const struct outcome *outcome)
{
	switch (outcome->answer) {
	case MTA_CONTINUE:
	case MTA_ACCEPT:
	case MTA_SKIP:
		break;
	case MTA_REJECT:
		return EX_REJECTED;
	case MTA_TEMPFAIL:
	case MTA_SHUTDOWN:
		return EX_TEMPFAIL;
	case MTA_DISCARD:
		return EX_DISCARDED;
	}
	return EX_OK;
}

static FILE *
open_output(const struct sending *sending)
{
	char path[4096];

	if (strcmp(sending->output, "-") == 0)
		return stdout;
	if (sending->sent == 1)
		return fopen(sending->output, "w");
	(void)snprintf(path, sizeof(path), "%s.%lu", sending->output,
	    sending->sent);
	return fopen(path, "w");
}

static int
write_output(const struct sending *sending, const struct delivery *delivery)
{
	FILE *out = open_output(sending);
	int ret;

	if (out == NULL)
		return fail(EX_CANTCREAT, sending->output, strerror(errno));
	ret = delivery_write(delivery, out);
	if (out != stdout && fclose(out) != 0)
		ret = -1;
	return ret == 0 ? OPTIONS_GO :
	    fail(EX_IOERR, sending->output, strerror(errno));
}

static bool
is_refused(const struct outcome *outcome, size_t rcpt)
{
	for (size_t i = 0; i < outcome->n_refusals; i++) {
		if (outcome->refusals[i].rcpt == rcpt)
			return true;
	}
	return false;
}

/* Show what came of the message and write what would be delivered. */
static int
report(struct sending *sending, struct mta *mta,
    const struct show *show, const struct mail *mail,
    const struct outcome *outcome)
{
	bool leading_blank = (mta_speech(mta)->steps &
	    SMFIP_HDR_LEADSPC) == 0;
	bool accepted = status_of(outcome) == EX_OK;
	char received[512];
	struct delivery delivery;
	int ret = OPTIONS_GO;

	(void)snprintf(received, sizeof(received),
	    "Received: from %s (%s)\r\n\tby " CLIENT_MTA_NAME " with ESMTP id %s",
	    sending->helo, sending->client.address == NULL ?
	    "unknown" : sending->client.address, show->queue_id);
	delivery_init(&delivery, mail, sending->no_received ? NULL : received,
	    leading_blank);
	delivery_set_sender(&delivery, sending->from);
	for (size_t i = 0; i < sending->n_rcpts; i++) {
		if (!is_refused(outcome, i))
			delivery_add_rcpt(&delivery, sending->rcpts[i]);
	}
	delivery_apply(&delivery, &outcome->edits);
	if (!accepted || sending->output == NULL ||
	    strcmp(sending->output, "-") != 0)
		show_outcome(show, outcome, &delivery);
	if (accepted && sending->output != NULL)
		ret = write_output(sending, &delivery);
	if (delivery.failed || outcome->failed)
		ret = fail(EX_OSERR, "", "out of memory");
	delivery_deinit(&delivery);
	if (!accepted)
		sending->status = status_of(outcome);
	return ret;
}

/* Was this message to be broken off?  Then do so. */
static int
break_off(struct sending *sending, struct mta *mta, const struct show *show,
    enum stage stage)
{
	if (sending->vanish_after != STAGE_NONE) {
		show_broken_off(show, stage, "vanished");
		sending->broken = true;
		return OPTIONS_GO;
	}
	show_broken_off(show, stage, "aborted");
	return mta_abort(mta) == 0 ? OPTIONS_GO : fail_mta(mta);
}

/* Postfix aborts even what came to its end, unless the client goes. */
static int
leave_message(struct sending *sending, struct mta *mta, enum stage stop,
    enum stage reached)
{
	if (stop == STAGE_END && sending->vanish_after == stop)
		sending->broken = true;
	else if (reached != STAGE_END ||
	    (sending->settings.style == MACROS_POSTFIX &&
	        !sending->new_client))
		return mta_abort(mta) == 0 ? OPTIONS_GO : fail_mta(mta);
	return OPTIONS_GO;
}

static bool
stops_before_mail(enum stage stage)
{
	return stage == STAGE_CONNECT || stage == STAGE_HELO;
}

static int
run_message(struct sending *sending, struct mta *mta,
    const struct show *show, const struct mail *mail, bool first)
{
	enum stage stop = !first ? STAGE_NONE :
	    sending->vanish_after != STAGE_NONE ? sending->vanish_after :
	    sending->abort_after;
	struct transaction transaction = {
		.from = sending->from,
		.parameters = sending->from_parameters,
		.rcpts = sending->rcpts,
		.n_rcpts = sending->n_rcpts,
		.mail = mail,
		.queue_id = show->queue_id,
		.body_at_end = sending->body_at_end,
		.chunk = sending->chunk,
		.stop_after = stop,
		.pause_after = first ? sending->pause_after : STAGE_NONE,
		.pause = pause_for_a_line,
	};
	struct outcome outcome;
	int ret;

	if (stops_before_mail(stop))
		return break_off(sending, mta, show, stop);
	if (transaction_run(&transaction, mta, &outcome) != 0)
		ret = fail_mta(mta);
	else if (outcome.stopped)
		ret = break_off(sending, mta, show, outcome.stage);
	else
		ret = report(sending, mta, show, mail, &outcome);
	if (ret == OPTIONS_GO && !outcome.stopped)
		ret = leave_message(sending, mta, stop, outcome.stage);
	outcome_deinit(&outcome);
	return ret;
}

static int
send_one(struct sending *sending, struct mta *mta, const char *path,
    const struct mail *mail, struct outcome *client)
{
	bool first = sending->sent == 0;
	char queue_id[128];
	struct show show = { sending->how, path, queue_id, sending->rcpts };
	int ret;

	sending->sent++;
	if (first)
		(void)snprintf(queue_id, sizeof(queue_id), "%s",
		    sending->queue_id);
	else
		(void)snprintf(queue_id, sizeof(queue_id), "%s%lu",
		    sending->queue_id, sending->sent);
	if (!first && sending->new_client) {
		outcome_deinit(client);
		if (mta_quit_nc(mta) != 0)
			return fail_mta(mta);
		ret = begin_client(sending, mta, client);
		if (ret != OPTIONS_GO)
			return ret;
	}
	if (client->answer != MTA_CONTINUE)
		/* the client was told to go away, or that nobody cares */
		return report(sending, mta, &show, mail, client);
	set_message_id(&mta_speech(mta)->macros, mail);
	return run_message(sending, mta, &show, mail, first);
}

static int
send_path(struct sending *sending, struct mta *mta, const char *path,
    struct outcome *client)
{
	struct mail mail;
	int ret = OPTIONS_GO;

	if (mail_read(path, &mail) != 0) {
		ret = fail(EX_NOINPUT, path, strerror(errno));
		mail_deinit(&mail);
		return ret;
	}
	for (unsigned long i = 0; i < sending->repeat && ret == OPTIONS_GO &&
	    !sending->broken; i++)
		ret = send_one(sending, mta, path, &mail, client);
	mail_deinit(&mail);
	return ret;
}

static int
converse(struct sending *sending, struct mta *mta, char **paths, int n_paths)
{
	struct outcome client = { 0 };
	int ret;

	client_set_macros(&sending->client, &mta_speech(mta)->macros);
	ret = begin_client(sending, mta, &client);
	for (int i = 0; i < n_paths && ret == OPTIONS_GO && !sending->broken;
	    i++)
		ret = send_path(sending, mta, paths[i], &client);
	if (ret == OPTIONS_GO && !sending->broken && mta_quit(mta) != 0)
		ret = fail_mta(mta);
	outcome_deinit(&client);
	return ret == OPTIONS_GO ? sending->status : ret;
}

static void
settle(struct sending *sending)
{
	struct mta_settings *settings = &sending->settings;

	settings->timeout_ms = (unsigned)sending->timeout * 1000;
	mta_settings_of_version(settings, (uint32_t)sending->protocol);
	if (sending->actions != UNSET)
		settings->actions = (uint32_t)sending->actions;
	if (sending->steps != UNSET)
		settings->steps = (uint32_t)sending->steps;
	if (sending->no_leadspc)
		settings->steps &= ~(uint32_t)SMFIP_HDR_LEADSPC;
	if (sending->all_replies)
		settings->steps &= ~(uint32_t)STEPS_NO_REPLY;
	if (sending->n_rcpts == 0)
		sending->rcpts[sending->n_rcpts++] = DEFAULT_RCPT;
}

/* A balancer's health check says nothing at all, so mta_open is too much. */
static int
check_health(const struct sending *sending)
{
	struct buffer why = { 0 };
	int fd = dial(sending->settings.address, &why);
	int ret = EX_OK;

	if (fd < 0) {
		buffer_add_byte(&why, '\0');
		ret = fail(EX_UNAVAILABLE, "", (const char *)why.p);
	} else {
		(void)close(fd);
	}
	buffer_deinit(&why);
	return ret;
}

static int
run(struct sending *sending, char **paths, int n_paths)
{
	struct mta *mta;
	int ret;

	if (sending->health_check)
		return check_health(sending);
	if (mta_open(&sending->settings, &mta) != 0) {
		ret = fail_mta(mta);
	} else if (sending->negotiate_only) {
		show_agreement(sending->how, mta_speech(mta));
		ret = mta_quit(mta) == 0 ? EX_OK : fail_mta(mta);
	} else {
		ret = converse(sending, mta, paths, n_paths);
	}
	mta_close(&mta);
	return ret;
}

int
main(int argc, char **argv)
{
	struct sending sending = {
		.from = "", .client.address = "127.0.0.1",
		.helo = "client.example.com", .queue_id = "4QmailTest",
		.protocol = MTA_VERSION, .actions = UNSET, .steps = UNSET,
		.repeat = 1, .chunk = SPEECH_BODY_CHUNK, .timeout = 30,
	};
	bool bare;
	int operand, ret;

	(void)signal(SIGPIPE, SIG_IGN);
	ret = options_parse(&page, argc, argv, &sending, &operand);
	if (ret != OPTIONS_GO)
		return ret;
	bare = sending.health_check || sending.negotiate_only;
	if (operand == argc)
		return options_misuse(&page, "which SOCKET?");
	if (bare != (operand + 1 == argc))
		return options_misuse(&page, bare ?
		    "this goes without messages: %s" : "no MESSAGE for %s",
		    argv[bare ? operand + 1 : operand]);
	settle(&sending);
	sending.settings.address = argv[operand];
	ret = run(&sending, argv + operand + 1, argc - operand - 1);
	if (fflush(stdout) != 0)
		return fail(EX_IOERR, "standard output", strerror(errno));
	return ret;
}
