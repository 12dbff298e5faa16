/*
 * session.c: lines in, answers out.
 *
 * What the configuration says of this console is asked anew for each request:
 * what a reload changes holds from the next one on.
 */
#include "host/console/session.h"

#include "host/config/config.h"
#include "host/console/exchange.h"
#include "host/console/roles.h"
#include "host/control/commands.h"
#include "host/control/form.h"
#include "host/generation.h"
#include "host/log/log.h"
#include "host/online/transaction.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NOT_AUTHORIZED "Not Authorized for this command\n"
#define LOGIN_WANTED "Authorization required for console session\n"
#define LOGIN_FAILED "Authentication failed\n"
#define DENIED "Consoles from here are denied\n"
#define GO_ON 4
#define LOGIN_BYTES 8192 /* of a line before the user is known */
#define LOGIN_SECONDS 60 /* when Timeout sets no limit */
#define WHY_BYTES 512

struct talk { /* a session while it runs */
	struct session *session;
	char *text; /* COMMAND_BYTES + 2 */
	size_t n; /* octets that were read ... */
	size_t used; /* ... and of these, those that were dealt with */
	int timeout; /* as the socket has it; -1: not yet */
	int64_t login_by; /* milliseconds; 0: no matter */
	unsigned failures; /* to log in */
	bool is_over;
};

struct view { /* what one configuration says */
	struct generation *generation; /* a reference, or NULL */
	struct access access;
	bool is_good;
	char why[WHY_BYTES];
};

static _Thread_local const struct session *here;
static atomic_bool is_stopping;

const struct session *
session_here(void)
{
	return here;
}

void
session_stop_all(void)
{
	atomic_store(&is_stopping, true);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
view_begin(const struct session *session, struct view *view_r)
{
	struct access_place place = { session->listener, session->listen,
		session->peer, session->is_file };
	struct buffer why = { 0 };
	char *text;

	*view_r = (struct view){ .generation = generation_current() };
	if (view_r->generation == NULL) {
		/* none is in use any more: the process stops */
		view_r->access.is_denied = true;
		return;
	}
	view_r->is_good = access_read(view_r->generation->config, &place,
	    &view_r->access, &why);
	text = buffer_take_text(&why);
	(void)snprintf(view_r->why, sizeof(view_r->why), "%s",
	    text != NULL ? text : "");
	free(text);
}

static void
view_end(struct view *view)
{
	generation_unref(view->generation);
}

/* Whoever has to log in does not get the time of somebody who has, neither to
 * send nor to read what he is told. */
static bool
is_in_time(struct talk *talk, short events)
{
	struct pollfd fd = { talk->session->fd, events, 0 };
	int64_t left;
	int ret = 0;

	if (talk->login_by == 0)
		return true;
	while (ret <= 0 && (left = talk->login_by - now_ms()) > 0)
		ret = poll(&fd, 1, left < INT_MAX ? (int)left : INT_MAX);
	if (ret > 0)
		return true;
	log_line(DINFO, "console from %s: nobody has logged in in time",
	    talk->session->peer);
	return false;
}

static bool
send_all(struct talk *talk, const char *p, size_t n)
{
	bool limited = talk->login_by != 0; /* then a part at a time */
	int flags = MSG_NOSIGNAL | (limited ? MSG_DONTWAIT : 0);

	while (n > 0) {
		ssize_t sent = !is_in_time(talk, POLLOUT) ? 0 :
		    send(talk->session->fd, p, n, flags);

		if (sent < 0 && (errno == EINTR ||
		    (limited && errno == EAGAIN)))
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static void
answer(struct talk *talk, int status, const char *text, size_t n)
{
	char head[48];
	int length = snprintf(head, sizeof(head), "%d %zu\n", status, n);

	if (!send_all(talk, head, (size_t)length) || !send_all(talk, text, n))
		talk->is_over = true;
}

static void
answer_text(struct talk *talk, int status, const char *text)
{
	answer(talk, status, text, strlen(text));
}

/* The same to a command, in the form that it asks for. */
static void
answer_no(struct talk *talk, const char *command, const char *words)
{
	string out;

	(void)string_init_type(&out, 256, STRING_TYPE_ECSTRING);
	(void)stringprintf(&out, "%s", words);
	form_ensure(form_of_line(command), false, &out);
	answer(talk, EC_RUN_COMMAND_NOT_AUTHZ, out.buffer, (size_t)out.len);
	(void)string_destroy(&out);
}

/* What was dealt with is wiped: it may have been a password. */
static void
forget_used(struct talk *talk)
{
	size_t left = talk->n - talk->used;

	memmove(talk->text, talk->text + talk->used, left);
	OPENSSL_cleanse(talk->text + left, talk->used);
	talk->n = left;
	talk->used = 0;
}

/* Wait for a whole line; its LF becomes a NUL.  NULL: there will be none, or
 * it is none. */
static char *
read_line(struct talk *talk)
{
	size_t room = talk->login_by != 0 ? LOGIN_BYTES : COMMAND_BYTES;

	forget_used(talk);
	for (;;) {
		char *end = memchr(talk->text, '\n', talk->n);
		ssize_t n;

		if (end != NULL) {
			*end = '\0';
			talk->used = (size_t)(end - talk->text) + 1;
			return strlen(talk->text) + 1 == talk->used ?
			    talk->text : NULL;
		}
		if (talk->n > room || !is_in_time(talk, POLLIN))
			return NULL;
		n = recv(talk->session->fd, talk->text + talk->n,
		    COMMAND_BYTES + 1 - talk->n, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		talk->n += (size_t)n;
	}
}

static void
set_timeout(struct talk *talk, int seconds)
{
	struct timeval tv = { .tv_sec = seconds };

	if (talk->timeout == seconds)
		return;
	talk->timeout = seconds;
	(void)setsockopt(talk->session->fd, SOL_SOCKET, SO_RCVTIMEO, &tv,
	    sizeof(tv));
	(void)setsockopt(talk->session->fd, SOL_SOCKET, SO_SNDTIMEO, &tv,
	    sizeof(tv));
}

/* Whoever is turned away may come again as often as he likes, but not fill the
 * log. */
static void
tell_away(const struct session *session, int level, const char *what)
{
	char key[SESSION_PEER_BYTES + 128], words[LOG_HIDDEN_BYTES];
	struct log_hidden hidden;

	(void)snprintf(key, sizeof(key), "console %s %s", session->peer, what);
	if (log_once(key, &hidden))
		log_line(level, "console from %s: %s%s", session->peer, what,
		    log_hidden_words(&hidden, words));
}

/* May this console still be here? */
static bool
is_admitted(const struct talk *talk, const struct view *view)
{
	const struct session *session = talk->session;

	if (view->generation == NULL)
		return false;
	if (view->access.is_denied)
		tell_away(session, DNOTICE, "denied by Always_Deny");
	else if (!view->is_good)
		log_line(DWARNING, "console from %s: refused, since Listen "
		    "\"%s\" %s", session->peer, session->listen, view->why);
	return !view->access.is_denied && view->is_good;
}

static bool
must_log_in(const struct talk *talk, const struct view *view)
{
	return view->access.wants_user && talk->session->user[0] == '\0';
}

/* "digest-md5,login", NUL-terminated. */
static void
list_mechanisms(const struct access *access, char *list_r, size_t room)
{
	size_t n = 0;

	list_r[0] = '\0';
	for (int i = 0; i < ACCESS_MECHANISMS; i++) {
		if (access->sources[i].is_offered)
			n += (size_t)snprintf(list_r + n, room - n, "%s%s",
			    n > 0 ? "," : "", access_mechanism_name(
			    (enum access_mechanism)i));
	}
}

static void
greet(struct talk *talk, const struct view *view)
{
	char line[160], list[64] = "";
	int n;

	if (must_log_in(talk, view))
		list_mechanisms(&view->access, list, sizeof(list));
	n = snprintf(line, sizeof(line), "mailseal %s%s%s\n",
	    MAILSEAL_VERSION, list[0] != '\0' ? " auth " : "", list);
	if (!send_all(talk, line, (size_t)n))
		talk->is_over = true;
}

/* logging in */

/* The client waits for longer each time.  Its end, or ours, ends that. */
static void
delay(struct talk *talk)
{
	struct pollfd fd = { talk->session->fd, POLLRDHUP, 0 };
	int64_t until = now_ms() + (SESSION_DELAY_MS << (talk->failures - 1));
	int64_t left;

	while ((left = until - now_ms()) > 0) {
		if (poll(&fd, 1, (int)left) > 0) {
			talk->is_over = true;
			return;
		}
	}
}

static void
fail_login(struct talk *talk, const char *words)
{
	answer_text(talk, EC_RUN_COMMAND_NOT_AUTHZ, words);
	if (talk->failures < SESSION_ATTEMPTS)
		return;
	tell_away(talk->session, DWARNING, "closed, too many attempts to log "
	    "in");
	talk->is_over = true;
}

static void
succeed(struct talk *talk, const struct exchange *exchange,
    const struct access_source *source, const char *text)
{
	struct session *session = talk->session;

	(void)snprintf(session->user, sizeof(session->user), "%s",
	    exchange->user);
	talk->login_by = 0;
	talk->failures = 0;
	if (source->is_logged)
		log_line(DNOTICE, "console from %s: user '%s' has logged in "
		    "(%s)", session->peer, session->user,
		    access_mechanism_name(exchange->mechanism));
	answer_text(talk, EC_RUN_COMMAND_COMPLETED, text);
}

/* Challenge, response, verdict. */
static void
log_in(struct talk *talk, enum access_mechanism mechanism,
    const struct access_source *source, const char *user)
{
	struct buffer words = { 0 }, proof = { 0 };
	struct exchange exchange;
	bool can = exchange_begin(&exchange, mechanism, source, user, &words);
	char *response, *why = buffer_take_text(&words), *text = NULL;
	bool good;

	if (!can)
		log_line(DERROR, "console from %s: nobody can log in: %s",
		    talk->session->peer, why != NULL ? why : "out of memory");
	answer_text(talk, GO_ON, exchange.challenge);
	response = talk->is_over ? NULL : read_line(talk);
	if (response == NULL) {
		talk->is_over = true;
		goto out;
	}
	response[strcspn(response, "\r")] = '\0';
	good = exchange_end(&exchange, span_of_text(response), &proof);
	if (proof.n > 0)
		buffer_add_text(&proof, "\n");
	text = buffer_take_text(&proof);
	if (good && text != NULL) {
		succeed(talk, &exchange, source, text);
		goto out;
	}
	log_line(DWARNING, "console from %s: user '%s' is refused (%s): no "
	    "such user, or another password", talk->session->peer,
	    exchange.user, access_mechanism_name(mechanism));
	talk->failures++;
	delay(talk);
	fail_login(talk, LOGIN_FAILED);
out:
	exchange_deinit(&exchange);
	free(why);
	free(text);
}

/* "auth [MECHANISM USER]" */
static void
run_auth(struct talk *talk, const struct view *view, const char *text)
{
	char list[80], user[2 * PASSWORDS_USER_BYTES];
	size_t n;
	int mechanism;

	text += strspn(text, " ");
	if (*text == '\0') {
		list_mechanisms(&view->access, list, sizeof(list) - 1);
		(void)strcat(list, "\n");
		answer_text(talk, EC_RUN_COMMAND_COMPLETED, list);
		return;
	}
	n = strcspn(text, " ");
	mechanism = access_mechanism_of(text, n);
	if (mechanism < 0 || !view->access.sources[mechanism].is_offered ||
	    text[n] == '\0') {
		answer_text(talk, EC_RUN_COMMAND_FAILED, "That is no "
		    "mechanism of this listener, or the user is missing\n");
		return;
	}
	/* the line is read over: the name is needed longer */
	(void)snprintf(user, sizeof(user), "%s", text + n + 1);
	log_in(talk, (enum access_mechanism)mechanism,
	    &view->access.sources[mechanism], user);
}

/* commands */

/* The words behind the first one, if that is it; else NULL. */
static const char *
behind(const char *text, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(text, word, n) != 0 ||
	    (text[n] != '\0' && isspace((unsigned char)text[n]) == 0))
		return NULL;
	return text + n + strspn(text + n, " \t\r\f\v");
}

/* What is not secret, or the user's own: without it nobody could find out what
 * he may do. */
static bool
is_free(const char *command)
{
	const char *id = behind(command, "authz");

	return command[0] == '\0' || behind(command, "help") != NULL ||
	    (id != NULL && strcasecmp(id, "id") == 0);
}

static bool
has_role_for(const struct talk *talk, const struct view *view,
    const char *command, char role_r[ROLES_NAME_BYTES])
{
	struct buffer words = { 0 };
	bool may = talk->session->user[0] != '\0' && roles_allow(
	    view->generation->config, view->access.groups,
	    talk->session->user, command, role_r, &words);
	char *why = words.n > 0 ? buffer_take_text(&words) : NULL;

	if (why != NULL)
		log_line(DERROR, "console from %s: roles are not known: %s",
		    talk->session->peer, why);
	free(why);
	return may;
}

/* Names of commands may be completed by everybody, what stands behind them by
 * those who may give them. */
static bool
may_complete(const struct talk *talk, const struct view *view,
    const char *line)
{
	char role[ROLES_NAME_BYTES];

	return line[strcspn(line, " ")] == '\0' || is_free(line) ||
	    has_role_for(talk, view, line, role);
}

static bool
is_authorized(const struct talk *talk, const struct view *view,
    const char *command)
{
	const struct session *session = talk->session;
	char role[ROLES_NAME_BYTES];
	bool may = is_free(command);

	if (may)
		return true;
	may = has_role_for(talk, view, command, role);
	if (may)
		log_line(DINFO, "console from %s: user '%s', role '%s': %.256s",
		    session->peer, session->user, role, command);
	else
		log_line(DNOTICE, "console from %s: user '%s' is not "
		    "authorized: %.256s", session->peer,
		    session->user[0] != '\0' ? session->user : "(unknown)",
		    command);
	return may;
}

static void
run(struct talk *talk, const char *text)
{
	struct session *session = talk->session;
	string out;
	int ret;

	(void)string_init_type(&out, 1024, STRING_TYPE_ECSTRING);
	here = session;
	ret = commands_run(text, session->user[0] != '\0' ? session->user :
	    NULL, &out);
	here = NULL;
	answer(talk, ret, out.buffer, (size_t)out.len);
	(void)string_destroy(&out);
}

static void
run_if_allowed(struct talk *talk, const struct view *view, const char *text)
{
	char *command = roles_command(text);
	const char *line = behind(command, "complete");

	if (!view->access.authorizes)
		run(talk, text);
	else if (line != NULL && !may_complete(talk, view, line))
		answer(talk, EC_RUN_COMMAND_COMPLETED, "", 0);
	else if (line != NULL || is_authorized(talk, view, command))
		run(talk, text);
	else
		answer_no(talk, text, NOT_AUTHORIZED);
	free(command);
}

static bool
is_quit(const char *text)
{
	return strcasecmp(text, "quit") == 0 || strcasecmp(text, "quit\r") == 0;
}

static void
deal_with(struct talk *talk, const char *text)
{
	const char *auth = behind(text, "auth");
	struct view view;

	view_begin(talk->session, &view);
	set_timeout(talk, view.access.timeout);
	if (!is_admitted(talk, &view)) {
		answer_no(talk, text, DENIED);
		talk->is_over = true;
	} else if (auth != NULL) {
		run_auth(talk, &view, auth);
	} else if (must_log_in(talk, &view)) {
		talk->failures++;
		fail_login(talk, LOGIN_WANTED);
	} else {
		run_if_allowed(talk, &view, text);
	}
	view_end(&view);
}

static void
begin(struct talk *talk)
{
	int64_t seconds;
	struct view view;

	view_begin(talk->session, &view);
	if (!is_admitted(talk, &view)) {
		talk->is_over = true;
	} else {
		set_timeout(talk, view.access.timeout);
		seconds = view.access.timeout > 0 ? view.access.timeout :
		    LOGIN_SECONDS;
		if (must_log_in(talk, &view))
			talk->login_by = now_ms() + seconds * 1000;
		greet(talk, &view);
	}
	view_end(&view);
}

void
session_run(struct session *session)
{
	struct talk talk = { .session = session, .timeout = -1 };
	char *text;

	talk.text = malloc(COMMAND_BYTES + 2);
	if (talk.text == NULL)
		return;
	transaction_open();
	begin(&talk);
	while (!talk.is_over && !atomic_load(&is_stopping) && (text =
	    read_line(&talk)) != NULL && !is_quit(text))
		deal_with(&talk, text);
	transaction_close();
	OPENSSL_cleanse(talk.text, talk.n);
	free(talk.text);
}
