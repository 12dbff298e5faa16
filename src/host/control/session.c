/*
 * session.c: lines in, answers out.
 */
#include "host/control/session.h"

#include "host/config/config.h"
#include "host/control/commands.h"
#include "host/generation.h"
#include "host/log/log.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define REFUSAL "Not Authorized for this command\n"

struct line {
	char *text; /* COMMAND_BYTES + 2 */
	size_t n; /* octets that were read and not used */
};

/* An option that holds for this client, as the configuration in use has it. */
static int
number(const struct session *session, const char *name, int otherwise)
{
	struct generation *generation = generation_current();
	struct config_query query = { 0 };
	const struct config_value *value;
	const struct config *config;
	int slot, found = otherwise;

	if (generation == NULL)
		return otherwise;
	config = generation->config;
	slot = registry_slot(config_registry(config),
	    "Control_Listener:Listen", name);
	if (slot < 0)
		slot = registry_slot(config_registry(config),
		    "Control_Listener", name);
	(void)config_query_add(config, &query, "Control_Listener",
	    session->listener);
	(void)config_query_add(config, &query, "Listen", session->listen);
	(void)config_query_add(config, &query, "Peer", session->peer);
	value = slot < 0 ? NULL : config_lookup(config, slot, &query);
	if (value != NULL)
		found = value->one.integer;
	generation_unref(generation);
	return found;
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool
answer(int fd, int status, const char *text, size_t n)
{
	char head[48];
	int length = snprintf(head, sizeof(head), "%d %zu\n", status, n);

	return send_all(fd, head, (size_t)length) && send_all(fd, text, n);
}

/* Wait for a whole line; its LF becomes a NUL.  Gives its length with the LF,
 * or 0 when there will be none. */
static size_t
read_line(int fd, struct line *line)
{
	for (;;) {
		char *end = memchr(line->text, '\n', line->n);
		ssize_t n;

		if (end != NULL) {
			*end = '\0';
			return (size_t)(end - line->text) + 1;
		}
		if (line->n > COMMAND_BYTES)
			return 0;
		n = recv(fd, line->text + line->n,
		    COMMAND_BYTES + 1 - line->n, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		line->n += (size_t)n;
	}
}

static void
set_timeout(int fd, int seconds)
{
	struct timeval tv = { .tv_sec = seconds };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
}

static bool
run(const struct session *session, const char *text)
{
	string out;
	bool good;
	int ret;

	if (number(session, "Enable_Authorization", 0) != 0)
		return answer(session->fd, EC_RUN_COMMAND_NOT_AUTHZ, REFUSAL,
		    sizeof(REFUSAL) - 1);
	(void)string_init_type(&out, 1024, STRING_TYPE_ECSTRING);
	ret = commands_run(text, session->user[0] != '\0' ? session->user :
	    NULL, &out);
	good = answer(session->fd, ret, out.buffer, (size_t)out.len);
	(void)string_destroy(&out);
	return good;
}

static bool
is_quit(const char *text)
{
	return strcasecmp(text, "quit") == 0 || strcasecmp(text, "quit\r") == 0;
}

void
session_run(const struct session *session)
{
	static const char greeting[] = "mailseal " MAILSEAL_VERSION "\n";
	struct line line = { 0 };
	size_t n;

	if (number(session, "Always_Deny", 0) != 0) {
		log_line(DNOTICE, "console from %s: denied by Always_Deny",
		    session->peer);
		return;
	}
	line.text = malloc(COMMAND_BYTES + 2);
	if (line.text == NULL)
		return;
	set_timeout(session->fd, number(session, "Timeout", 60));
	if (!send_all(session->fd, greeting, sizeof(greeting) - 1))
		goto out;
	while ((n = read_line(session->fd, &line)) > 0) {
		if (strlen(line.text) + 1 != n || is_quit(line.text) ||
		    !run(session, line.text))
			break;
		memmove(line.text, line.text + n, line.n - n);
		line.n -= n;
	}
out:
	free(line.text);
}
