/*
 * milter_load.c: as many messages as a mail filter takes, over some
 * connections, and how long each took.
 *
 * One thread serves all connections by epoll, for the generator runs on the
 * processors that the filter needs.  Each connection sends one message after
 * the other, as an MTA does, and waits for every reply that the filter gives.
 */
#include <errno.h>
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>

#include "client.h"
#include "fatal.h"
#include "mta.h"
#include "options.h"
#include "packet.h"
#include "shot.h"
#include "tally.h"

#define MAX_CONNECTIONS 4096
#define READ_ROOM 65536 /* replies that one recv() takes */
#define MAX_EVENTS 64
#define STALL_MS 30000 /* without any event: the filter hangs */

struct load {
	struct mta_settings settings;
	struct client client;
	const char *from, *rcpt, *helo;
	unsigned long connections, seconds, messages, size, per_connection;
	unsigned long signatures, edits; /* expected of each message */
	bool json;
	/* while it runs */
	struct letter *letter;
	struct tally tally;
	unsigned long begun; /* messages */
	unsigned open; /* connections */
	double start, end; /* seconds of the clock; end 0: none */
	int epoll;
};

struct line { /* a connection */
	struct load *load;
	struct mta *mta;
	struct shot *shot;
	bool busy; /* a message is under way */
	size_t round; /* whose reply is awaited */
	size_t sent; /* octets of the shot */
	unsigned long done; /* messages since it was opened */
	double begun; /* the message */
	unsigned edits, signatures;
	bool quarantined;
	unsigned char in[READ_ROOM];
	size_t n_in;
};

static int
take_macros(void *settings, const char *value, const char **wanted_r)
{
	struct load *load = settings;

	*wanted_r = "postfix, sendmail or none";
	return macros_style_parse(value, &load->settings.style) ? 0 : -1;
}

#define UNSET (~0UL)
#define OFFSET(member) .offset = offsetof(struct load, member)

static const struct options_row rows[] = {
	{ "connections", "N", "at the same time; default 1", OPTIONS_NUMBER,
	  OFFSET(connections), .least = 1, .most = MAX_CONNECTIONS },
	{ "seconds", "N", "begin messages for that long; default 5",
	  OPTIONS_NUMBER, OFFSET(seconds), .least = 1, .most = 86400 },
	{ "messages", "N", "send that many instead", OPTIONS_NUMBER,
	  OFFSET(messages), .least = 1, .most = 1000000000 },
	{ "size", "OCTETS", "of each message; default 4096", OPTIONS_NUMBER,
	  OFFSET(size), .least = LETTER_MIN, .most = 64 * 1024 * 1024 },
	{ "messages-per-connection", "N", "connect anew after so many; all "
	  "connections\nwait meanwhile", OPTIONS_NUMBER,
	  OFFSET(per_connection), .least = 1, .most = 1000000000 },
	{ "macros", "STYLE", "whose macros: postfix (default), sendmail, none",
	  OPTIONS_OTHER, .take = take_macros },
	{ "client", "ADDRESS", "of the SMTP client; default 127.0.0.1",
	  OPTIONS_TEXT, OFFSET(client.address) },
	{ "auth", "USER", "it authenticated as that user", OPTIONS_TEXT,
	  OFFSET(client.auth) },
	{ "from", "ADDRESS", "the sender; default letter@sender.example",
	  OPTIONS_TEXT, OFFSET(from) },
	{ "rcpt", "ADDRESS", "the recipient; default reader@receiver.example",
	  OPTIONS_TEXT, OFFSET(rcpt) },
	{ "signatures", "N", "each message has to get so many; default 1",
	  OPTIONS_NUMBER, OFFSET(signatures), .most = 100 },
	{ "edits", "N", "and so many edits in all; default: the signatures",
	  OPTIONS_NUMBER, OFFSET(edits), .most = 10000 },
	{ "json", NULL, "the result as one object", OPTIONS_SWITCH,
	  OFFSET(json) },
	{ "help", NULL, "show this", OPTIONS_HELP, .offset = 0 },
};

static const struct options_page page = {
	.program = "milter_load",
	.usage = "SOCKET [OPTION]...",
	.about = "Send generated messages from letter@sender.example to the "
	    "mail filter at SOCKET\n(unix:PATH, inet:PORT@HOST, "
	    "inet6:PORT@HOST) and measure.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "Exit status: 0, or 1 when a message was not accepted, was "
	    "not signed as expected,\nor was lost; 64 usage, 69 no filter at "
	    "SOCKET, 70 the filter broke the protocol.",
};

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
cpu_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Connect, negotiate, and bring the client in. */
static void
line_open(struct line *line)
{
	struct load *load = line->load;
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };
	enum mta_answer answer;

	if (mta_open(&load->settings, &line->mta) != 0) {
		(void)fprintf(stderr, "milter_load: %s\n", mta_why(line->mta));
		exit(mta_is_connected(line->mta) ? EX_SOFTWARE :
		    EX_UNAVAILABLE);
	}
	client_set_macros(&load->client, &mta_speech(line->mta)->macros);
	if (mta_connect(line->mta, load->client.name, load->client.address,
	        CLIENT_PORT, &answer) != 0 ||
	    (answer == MTA_CONTINUE &&
	        mta_helo(line->mta, load->helo, &answer) != 0) ||
	    mta_flush(line->mta) != 0)
		fatal("%s", mta_why(line->mta));
	if (answer != MTA_CONTINUE)
		fatal("the filter wants nothing of this client");
	line->shot = shot_new(mta_speech(line->mta), load->letter,
	    load->from, load->rcpt);
	line->done = 0;
	line->n_in = 0;
	if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, mta_fd(line->mta),
	        &event) != 0)
		fatal("epoll_ctl: %s", strerror(errno));
	load->open++;
}

static void
line_close(struct line *line)
{
	if (line->mta == NULL)
		return;
	(void)mta_quit(line->mta);
	mta_close(&line->mta);
	shot_free(&line->shot);
	line->load->open--;
}

static void
line_lost(struct line *line, const char *words)
{
	(void)fprintf(stderr, "milter_load: %s\n", words);
	if (line->busy)
		line->load->tally.lost++;
	line->busy = false;
	line_close(line);
}

/* Send the rest of the round.  What the socket does not take at once is sent
 * when it can be: EPOLLOUT is asked for meanwhile. */
static void
line_send(struct line *line)
{
	size_t end = line->shot->ends[line->round];
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };

	while (line->sent < end) {
		ssize_t n = send(mta_fd(line->mta),
		    line->shot->bytes.p + line->sent, end - line->sent,
		    MSG_NOSIGNAL);

		if (n >= 0) {
			line->sent += (size_t)n;
		} else if (errno == EAGAIN) {
			event.events |= EPOLLOUT;
			break;
		} else if (errno != EINTR) {
			line_lost(line, strerror(errno));
			return;
		}
	}
	if ((event.events & EPOLLOUT) != 0 &&
	    epoll_ctl(line->load->epoll, EPOLL_CTL_MOD, mta_fd(line->mta),
	        &event) != 0)
		fatal("epoll_ctl: %s", strerror(errno));
}

static void
line_writable(struct line *line)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };

	(void)epoll_ctl(line->load->epoll, EPOLL_CTL_MOD, mta_fd(line->mta),
	    &event);
	if (line->busy)
		line_send(line);
}

static bool
may_begin(const struct load *load, double time)
{
	return load->messages > 0 ? load->begun < load->messages :
	    time < load->end;
}

/* The next message, if there is one. */
static void
line_begin(struct line *line)
{
	struct load *load = line->load;

	line->begun = now();
	if (!may_begin(load, line->begun)) {
		line_close(line);
		return;
	}
	if (load->per_connection > 0 && line->done == load->per_connection) {
		line_close(line);
		line_open(line);
		line->begun = now();
	}
	line->busy = true;
	line->round = line->sent = 0;
	line->edits = line->signatures = 0;
	line->quarantined = false;
	shot_renew(line->shot, (uint32_t)++load->begun);
	line_send(line);
}

static void
line_end(struct line *line, enum tally_verdict verdict)
{
	struct load *load = line->load;

	if (verdict == TALLY_ACCEPT && line->quarantined)
		verdict = TALLY_QUARANTINE;
	tally_add(&load->tally, verdict,
	    (uint32_t)((now() - line->begun) * 1e6));
	load->tally.edits += line->edits;
	load->tally.signatures += line->signatures;
	if (line->signatures != load->signatures ||
	    line->edits != load->edits)
		load->tally.wrong++;
	line->busy = false;
	line->done++;
}

static bool
is_last_round(const struct line *line)
{
	return line->round + 1 == line->shot->n_rounds;
}

static bool
puts_signature(char reply, struct span data)
{
	static const char name[] = "DKIM-Signature"; /* with its NUL */
	size_t at = reply == SMFIR_INSHEADER ? 4 : 0;

	if (reply != SMFIR_INSHEADER && reply != SMFIR_ADDHEADER)
		return false;
	return data.n >= at + sizeof(name) &&
	    strncasecmp((const char *)data.p + at, name, sizeof(name)) == 0;
}

static void
line_edit(struct line *line, char reply, struct span data)
{
	if (!edit_is_reply(reply) || !is_last_round(line)) {
		line_lost(line, "the filter sent what is no reply");
		return;
	}
	line->edits++;
	if (puts_signature(reply, data))
		line->signatures++;
	if (reply == SMFIR_QUARANTINE)
		line->quarantined = true;
}

/* An MTA goes on after CONTINUE alone; everything else ends the message. */
static void
line_reply(struct line *line, char reply, struct span data)
{
	switch (reply) {
	case SMFIR_PROGRESS:
		return;
	case SMFIR_CONTINUE:
		if (is_last_round(line)) {
			line_end(line, TALLY_ACCEPT);
		} else {
			line->round++;
			line_send(line);
		}
		return;
	case SMFIR_ACCEPT:
		line_end(line, TALLY_ACCEPT);
		return;
	case SMFIR_REJECT:
		line_end(line, TALLY_REJECT);
		return;
	case SMFIR_TEMPFAIL:
	case SMFIR_SHUTDOWN:
		line_end(line, TALLY_TEMPFAIL);
		return;
	case SMFIR_DISCARD:
		line_end(line, TALLY_DISCARD);
		return;
	case SMFIR_REPLYCODE:
		line_end(line, data.n > 0 && data.p[0] == '5' ? TALLY_REJECT :
		    TALLY_TEMPFAIL);
		return;
	default:
		line_edit(line, reply, data);
	}
}

/* Every whole packet that came. */
static void
line_replies(struct line *line)
{
	size_t at = 0;

	while (line->mta != NULL && line->n_in - at >= PACKET_HEAD) {
		uint32_t length = packet_length(line->in + at);
		char reply = (char)line->in[at + PACKET_HEAD - 1];
		struct span data;

		if (length == 0 || length > READ_ROOM - PACKET_HEAD) {
			line_lost(line, "the filter sent a packet of a wrong "
			    "length");
			return;
		}
		if (line->n_in - at < length + PACKET_HEAD - 1)
			break;
		data = span_of(line->in + at + PACKET_HEAD, length - 1);
		at += length + PACKET_HEAD - 1;
		if (line->busy)
			line_reply(line, reply, data);
	}
	if (line->mta == NULL)
		return;
	memmove(line->in, line->in + at, line->n_in - at);
	line->n_in -= at;
}

static void
line_readable(struct line *line)
{
	ssize_t n = recv(mta_fd(line->mta), line->in + line->n_in,
	    READ_ROOM - line->n_in, 0);

	if (n > 0) {
		line->n_in += (size_t)n;
		line_replies(line);
		if (line->mta != NULL && !line->busy)
			line_begin(line);
	} else if (n == 0) {
		line_lost(line, "the filter closed a connection");
	} else if (errno != EAGAIN && errno != EINTR) {
		line_lost(line, strerror(errno));
	}
}

static void
handle(const struct epoll_event *event)
{
	struct line *line = event->data.ptr;

	if (line->mta != NULL && (event->events & EPOLLOUT) != 0)
		line_writable(line);
	if (line->mta != NULL && (event->events & ~(uint32_t)EPOLLOUT) != 0)
		line_readable(line);
}

static void
run(struct load *load, struct line *lines)
{
	struct epoll_event events[MAX_EVENTS];

	for (size_t i = 0; i < load->connections; i++)
		line_open(&lines[i]);
	load->tally.cpu_seconds = -cpu_now();
	load->start = now();
	load->end = load->start + (double)load->seconds;
	for (size_t i = 0; i < load->connections; i++)
		line_begin(&lines[i]);
	while (load->open > 0) {
		int n = epoll_wait(load->epoll, events, MAX_EVENTS, STALL_MS);

		if (n == 0)
			fatal("the filter has not answered for %d s",
			    STALL_MS / 1000);
		for (int i = 0; i < n; i++)
			handle(&events[i]);
	}
	load->tally.seconds = now() - load->start;
	load->tally.cpu_seconds += cpu_now();
}

static int
show(struct load *load)
{
	const struct tally *tally = &load->tally;

	tally_sort(&load->tally);
	if (load->json)
		tally_show_json(tally, load->connections);
	else
		tally_show(tally, load->connections);
	return tally->n == tally->verdicts[TALLY_ACCEPT] &&
	    tally->wrong == 0 && tally->lost == 0 ? EX_OK : EXIT_FAILURE;
}

static int
measure(struct load *load)
{
	struct line *lines = fatal_calloc(load->connections, sizeof(*lines));
	int ret;

	for (size_t i = 0; i < load->connections; i++)
		lines[i].load = load;
	load->letter = letter_new(load->size);
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (load->epoll < 0)
		fatal("epoll_create1: %s", strerror(errno));
	run(load, lines);
	ret = show(load);
	letter_free(&load->letter);
	tally_deinit(&load->tally);
	free(lines);
	return ret;
}

int
main(int argc, char **argv)
{
	struct load load = {
		.settings = { .timeout_ms = STALL_MS },
		.client.address = "127.0.0.1",
		.helo = "client.example.com",
		.from = "letter@sender.example",
		.rcpt = "reader@receiver.example",
		.connections = 1, .seconds = 5, .size = 4096,
		.signatures = 1, .edits = UNSET,
	};
	int operand, ret;

	(void)signal(SIGPIPE, SIG_IGN);
	ret = options_parse(&page, argc, argv, &load, &operand);
	if (ret != OPTIONS_GO)
		return ret;
	if (operand + 1 != argc)
		return options_misuse(&page, operand == argc ?
		    "which SOCKET?" : "one SOCKET only");
	load.settings.address = argv[operand];
	mta_settings_of_version(&load.settings, MTA_VERSION);
	if (load.edits == UNSET)
		load.edits = load.signatures;
	return measure(&load);
}
