/*
 * mta.c: commands out, replies in.
 *
 * Commands that get no reply are held back until one that does, or until there
 * are many: one system call then carries a whole header.
 */
#include <errno.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "mta.h"
#include "packet.h"

#define HELD_BACK (256u * 1024)
#define WHY_MAX 512

struct mta {
	int fd;
	unsigned timeout_ms;
	struct speech speech;
	struct buffer out; /* not sent yet */
	unsigned char *data; /* of the packet that came; PACKET_MAX */
	char reply; /* its octet */
	size_t n; /* its data */
	struct buffer text; /* of a reply with a code */
	int skipping; /* the command the filter is tired of, or 0 */
	char why[WHY_MAX];
};

#define ACTIONS_V1 (SMFIF_ADDHDRS | SMFIF_CHGBODY | SMFIF_ADDRCPT | \
    SMFIF_DELRCPT)
#define ACTIONS_V2 (ACTIONS_V1 | SMFIF_CHGHDRS | SMFIF_QUARANTINE)
#define ACTIONS_V6 (ACTIONS_V2 | SMFIF_CHGFROM | SMFIF_ADDRCPT_PAR | \
    SMFIF_SETSYMLIST)
#define STEPS_V2 (SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOMAIL | \
    SMFIP_NORCPT | SMFIP_NOBODY | SMFIP_NOHDRS | SMFIP_NOEOH)
#define STEPS_V3 (STEPS_V2 | SMFIP_NOUNKNOWN)
#define STEPS_V4 (STEPS_V3 | SMFIP_NODATA)

void
mta_settings_of_version(struct mta_settings *settings, uint32_t version)
{
	settings->version = version;
	settings->actions = version >= 6 ? ACTIONS_V6 : ACTIONS_V2;
	settings->steps = version >= 6 ? SMFI_CURR_PROT :
	    version >= 4 ? STEPS_V4 : version == 3 ? STEPS_V3 : STEPS_V2;
}

__attribute__((format(printf, 2, 3)))
static int
fail(struct mta *mta, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(mta->why, sizeof(mta->why), format, args);
	va_end(args);
	return -1;
}

const char *
mta_why(const struct mta *mta)
{
	return mta == NULL ? "out of memory" : mta->why;
}

bool
mta_is_connected(const struct mta *mta)
{
	return mta != NULL && mta->fd >= 0;
}

struct speech *
mta_speech(struct mta *mta)
{
	return &mta->speech;
}

int
mta_fd(const struct mta *mta)
{
	return mta->fd;
}

const char *
mta_reply_text(const struct mta *mta)
{
	return mta->text.n == 0 ? "" : (const char *)mta->text.p;
}

static int
wait_for(struct mta *mta, short events, const char *words)
{
	struct pollfd pfd = { .fd = mta->fd, .events = events };
	int ret;

	do {
		ret = poll(&pfd, 1, (int)mta->timeout_ms);
	} while (ret < 0 && errno == EINTR);
	if (ret == 0)
		return fail(mta, "%s for %u ms", words, mta->timeout_ms);
	return ret < 0 ? fail(mta, "poll: %s", strerror(errno)) : 0;
}

static int
send_all(struct mta *mta, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = send(mta->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n >= 0)
			bytes = span_from(bytes, (size_t)n);
		else if (errno == EAGAIN) {
			if (wait_for(mta, POLLOUT,
			        "the filter read nothing") != 0)
				return -1;
		} else if (errno != EINTR) {
			return fail(mta, "the filter closed the connection: %s",
			    strerror(errno));
		}
	}
	return 0;
}

int
mta_flush(struct mta *mta)
{
	int ret;

	if (buffer_failed(&mta->out) || mta->speech.macros.failed)
		return fail(mta, "out of memory");
	ret = send_all(mta, buffer_span(&mta->out));
	buffer_clear(&mta->out);
	return ret;
}

static int
receive(struct mta *mta, unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t got = recv(mta->fd, p, n, 0);

		if (got > 0) {
			p += got;
			n -= (size_t)got;
		} else if (got == 0) {
			return fail(mta, "the filter closed the connection");
		} else if (errno == EAGAIN) {
			if (wait_for(mta, POLLIN,
			        "no answer from the filter") != 0)
				return -1;
		} else if (errno != EINTR) {
			return fail(mta, "reading from the filter: %s",
			    strerror(errno));
		}
	}
	return 0;
}

/* The next packet: mta->reply, and mta->n octets of mta->data. */
static int
receive_packet(struct mta *mta)
{
	unsigned char head[PACKET_HEAD];
	uint32_t length;

	if (receive(mta, head, sizeof(head)) != 0)
		return -1;
	length = packet_length(head);
	if (length == 0 || length > PACKET_MAX)
		return fail(mta, "the filter sent a packet of %lu octets",
		    (unsigned long)length);
	mta->reply = (char)head[PACKET_HEAD - 1];
	mta->n = length - 1;
	return receive(mta, mta->data, mta->n);
}

static const char *
octet_text(char octet, char text[8])
{
	if (octet >= ' ' && octet <= '~')
		(void)snprintf(text, 8, "'%c'", octet);
	else
		(void)snprintf(text, 8, "0x%02x", (unsigned char)octet);
	return text;
}

static int
fail_reply(struct mta *mta, char command, const char *words)
{
	char reply_text[8], command_text[8];

	return fail(mta, "reply %s to command %s: %s",
	    octet_text(mta->reply, reply_text),
	    octet_text(command, command_text), words);
}

/* "xyz text", CRLF between lines; '%' is doubled by filters, for Sendmail takes
 * the text for a format. */
static int
take_code(struct mta *mta, char command, enum mta_answer *answer_r)
{
	struct packet_reader reader = packet_read(span_of(mta->data, mta->n));
	struct span text = packet_take_text(&reader);

	if (!packet_is_done(&reader) || text.n < 3 ||
	    (text.p[0] != '4' && text.p[0] != '5') ||
	    !byte_is_digit(text.p[1]) || !byte_is_digit(text.p[2]) ||
	    (text.n > 3 && text.p[3] != ' ' && text.p[3] != '-'))
		return fail_reply(mta, command, "malformed reply code");
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' && ++i == text.n)
			break;
		buffer_add_byte(&mta->text, text.p[i]);
	}
	*answer_r = text.p[0] == '4' ? MTA_TEMPFAIL : MTA_REJECT;
	if (text.n >= 3 && memcmp(text.p, "421", 3) == 0)
		*answer_r = MTA_SHUTDOWN;
	return 0;
}

static const struct verdict {
	char reply;
	enum mta_answer answer;
} verdicts[] = {
	{ SMFIR_CONTINUE, MTA_CONTINUE },
	{ SMFIR_ACCEPT, MTA_ACCEPT },
	{ SMFIR_REJECT, MTA_REJECT },
	{ SMFIR_TEMPFAIL, MTA_TEMPFAIL },
	{ SMFIR_DISCARD, MTA_DISCARD },
	{ SMFIR_SHUTDOWN, MTA_SHUTDOWN },
	{ SMFIR_SKIP, MTA_SKIP },
};

/* Returns 1 with an answer, 0 when the packet is none, -1 on error. */
static int
take_verdict(struct mta *mta, char command, enum mta_answer *answer_r)
{
	if (mta->reply == SMFIR_REPLYCODE)
		return take_code(mta, command, answer_r) == 0 ? 1 : -1;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i].reply != mta->reply)
			continue;
		if (mta->n != 0)
			return fail_reply(mta, command, "it has data");
		*answer_r = verdicts[i].answer;
		if (*answer_r == MTA_SKIP)
			mta->skipping = command;
		return 1;
	}
	return 0;
}

static const struct permission {
	char reply;
	uint32_t action;
} permissions[] = {
	{ SMFIR_ADDHEADER, SMFIF_ADDHDRS },
	{ SMFIR_INSHEADER, SMFIF_ADDHDRS },
	{ SMFIR_CHGHEADER, SMFIF_CHGHDRS },
	{ SMFIR_REPLBODY, SMFIF_CHGBODY },
	{ SMFIR_CHGFROM, SMFIF_CHGFROM },
	{ SMFIR_ADDRCPT, SMFIF_ADDRCPT },
	{ SMFIR_ADDRCPT_PAR, SMFIF_ADDRCPT_PAR },
	{ SMFIR_DELRCPT, SMFIF_DELRCPT },
	{ SMFIR_QUARANTINE, SMFIF_QUARANTINE },
};

static bool
is_permitted(const struct mta *mta)
{
	for (size_t i = 0; i < sizeof(permissions) / sizeof(permissions[0]);
	    i++) {
		if (permissions[i].reply == mta->reply)
			return (mta->speech.actions &
			    permissions[i].action) != 0;
	}
	return false;
}

static int
take_edit(struct mta *mta, char command, struct edit_list *edits)
{
	if (!edit_is_reply(mta->reply))
		return fail_reply(mta, command, "no such reply");
	if (edits == NULL)
		return fail_reply(mta, command, "an edit, but not at the end "
		    "of the message");
	if (!is_permitted(mta))
		return fail_reply(mta, command, "an edit that was not agreed "
		    "on");
	if (edit_list_add(edits, mta->reply,
	        span_of(mta->data, mta->n)) != 0)
		return fail_reply(mta, command, "malformed, or too many edits");
	return 0;
}

/* Replies up to the one that answers the command. */
static int
receive_answer(struct mta *mta, char command, struct edit_list *edits,
    enum mta_answer *answer_r)
{
	int ret;

	buffer_clear(&mta->text);
	do {
		if (receive_packet(mta) != 0)
			return -1;
		ret = take_verdict(mta, command, answer_r);
		if (ret == 0 && mta->reply != SMFIR_PROGRESS)
			ret = take_edit(mta, command, edits);
	} while (ret == 0);
	buffer_add_byte(&mta->text, '\0');
	return ret < 0 ? -1 : 0;
}

/* After the command's packets were written to mta->out. */
static int
finish(struct mta *mta, char command, enum speech_then then,
    struct edit_list *edits, enum mta_answer *answer_r)
{
	*answer_r = MTA_CONTINUE;
	if (then != SPEECH_REPLY)
		return mta->out.n < HELD_BACK ? 0 : mta_flush(mta);
	if (mta_flush(mta) != 0)
		return -1;
	return receive_answer(mta, command, edits, answer_r);
}

/* A filter that skips fields or chunks hears of none until something else
 * happens. */
static bool
is_skipped(struct mta *mta, char command, enum mta_answer *answer_r)
{
	*answer_r = MTA_CONTINUE;
	if (mta->skipping == command)
		return true;
	mta->skipping = 0;
	return false;
}

int
mta_connect(struct mta *mta, const char *name, const char *address,
    uint16_t port, enum mta_answer *answer_r)
{
	return finish(mta, SMFIC_CONNECT, speech_connect(&mta->speech, name,
	    address, port, &mta->out), NULL, answer_r);
}

int
mta_helo(struct mta *mta, const char *name, enum mta_answer *answer_r)
{
	return finish(mta, SMFIC_HELO, speech_helo(&mta->speech, name,
	    &mta->out), NULL, answer_r);
}

int
mta_mail(struct mta *mta, const char *address, const char *parameters,
    enum mta_answer *answer_r)
{
	mta->skipping = 0;
	return finish(mta, SMFIC_MAIL, speech_mail(&mta->speech, address,
	    parameters, &mta->out), NULL, answer_r);
}

int
mta_rcpt(struct mta *mta, const char *address, const char *parameters,
    enum mta_answer *answer_r)
{
	if (is_skipped(mta, SMFIC_RCPT, answer_r))
		return 0;
	return finish(mta, SMFIC_RCPT, speech_rcpt(&mta->speech, address,
	    parameters, &mta->out), NULL, answer_r);
}

int
mta_data(struct mta *mta, enum mta_answer *answer_r)
{
	mta->skipping = 0;
	return finish(mta, SMFIC_DATA, speech_data(&mta->speech, &mta->out),
	    NULL, answer_r);
}

int
mta_header(struct mta *mta, struct span name, struct span value,
    enum mta_answer *answer_r)
{
	if (is_skipped(mta, SMFIC_HEADER, answer_r))
		return 0;
	return finish(mta, SMFIC_HEADER, speech_header(&mta->speech, name,
	    value, &mta->out), NULL, answer_r);
}

int
mta_eoh(struct mta *mta, enum mta_answer *answer_r)
{
	mta->skipping = 0;
	return finish(mta, SMFIC_EOH, speech_eoh(&mta->speech, &mta->out),
	    NULL, answer_r);
}

int
mta_body(struct mta *mta, struct span chunk, enum mta_answer *answer_r)
{
	if (is_skipped(mta, SMFIC_BODY, answer_r))
		return 0;
	return finish(mta, SMFIC_BODY, speech_body(&mta->speech, chunk,
	    &mta->out), NULL, answer_r);
}

int
mta_end(struct mta *mta, struct span chunk, struct edit_list *edits,
    enum mta_answer *answer_r)
{
	mta->skipping = 0;
	return finish(mta, SMFIC_BODYEOB, speech_end(&mta->speech, chunk,
	    &mta->out), edits, answer_r);
}

int
mta_abort(struct mta *mta)
{
	mta->skipping = 0;
	packet_add_bare(&mta->out, SMFIC_ABORT);
	return mta_flush(mta);
}

int
mta_quit(struct mta *mta)
{
	packet_add_bare(&mta->out, SMFIC_QUIT);
	return mta_flush(mta);
}

int
mta_quit_nc(struct mta *mta)
{
	packet_add_bare(&mta->out, SMFIC_QUIT_NC);
	return mta_flush(mta);
}

static int
take_macro_lists(struct mta *mta, struct packet_reader *reader)
{
	if (reader->rest.n > 0 &&
	    (mta->speech.actions & SMFIF_SETSYMLIST) == 0)
		return fail(mta, "the filter chose macros without asking");
	while (reader->rest.n > 0 && !reader->failed) {
		uint32_t stage = packet_take_long(reader);
		struct span list = packet_take_text(reader);

		if (!reader->failed)
			macros_override(&mta->speech.macros, stage, list);
	}
	return reader->failed ?
	    fail(mta, "the filter's lists of macros are malformed") : 0;
}

static int
take_agreement(struct mta *mta, const struct mta_settings *settings)
{
	struct packet_reader reader = packet_read(span_of(mta->data, mta->n));
	struct speech *agreed = &mta->speech;

	if (mta->reply != SMFIC_OPTNEG)
		return fail_reply(mta, SMFIC_OPTNEG, "not an answer to it");
	agreed->version = packet_take_long(&reader);
	agreed->actions = packet_take_long(&reader);
	agreed->steps = packet_take_long(&reader);
	if (reader.failed)
		return fail(mta, "the filter's answer to the negotiation is "
		    "too short");
	if (agreed->version < 2 || agreed->version > settings->version)
		return fail(mta, "the filter speaks protocol %u, we offered "
		    "%u", agreed->version, settings->version);
	if ((agreed->actions & ~settings->actions) != 0)
		return fail(mta, "the filter wants actions 0x%x, we offered "
		    "0x%x", agreed->actions, settings->actions);
	if ((agreed->steps & ~settings->steps) != 0)
		return fail(mta, "the filter wants steps 0x%x, we offered "
		    "0x%x", agreed->steps, settings->steps);
	return take_macro_lists(mta, &reader);
}

static int
negotiate(struct mta *mta, const struct mta_settings *settings)
{
	size_t at = packet_begin(&mta->out, SMFIC_OPTNEG);

	packet_add_long(&mta->out, settings->version);
	packet_add_long(&mta->out, settings->actions);
	packet_add_long(&mta->out, settings->steps);
	packet_end(&mta->out, at);
	if (mta_flush(mta) != 0 || receive_packet(mta) != 0)
		return -1;
	return take_agreement(mta, settings);
}

int
mta_open(const struct mta_settings *settings, struct mta **mta_r)
{
	struct mta *mta = calloc(1, sizeof(*mta));
	struct buffer why = { 0 };

	*mta_r = mta;
	if (mta == NULL)
		return -1;
	mta->fd = -1;
	mta->timeout_ms = settings->timeout_ms;
	macros_init(&mta->speech.macros, settings->style);
	mta->data = malloc(PACKET_MAX);
	if (mta->data == NULL)
		return fail(mta, "out of memory");
	mta->fd = dial(settings->address, &why);
	if (mta->fd < 0)
		(void)fail(mta, "%.*s", (int)why.n, (const char *)why.p);
	buffer_deinit(&why);
	return mta->fd < 0 ? -1 : negotiate(mta, settings);
}

void
mta_close(struct mta **mta)
{
	if (*mta == NULL)
		return;
	if ((*mta)->fd >= 0)
		(void)close((*mta)->fd);
	macros_deinit(&(*mta)->speech.macros);
	buffer_deinit(&(*mta)->out);
	buffer_deinit(&(*mta)->text);
	free((*mta)->data);
	free(*mta);
	*mta = NULL;
}
