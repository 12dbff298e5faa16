/*
 * client_fuzz.c: what a server may say to ec_console, in pieces between RS: each
 * comes when the client waits for more.  Whatever that is, no control character
 * reaches a terminal.
 *
 * The client waits in console_signals_wait(), which is ours here: so no second
 * thread is needed.
 */
#include "fuzz.h"

#include "cli/console/client.h"
#include "cli/console/printable.h"
#include "cli/console/signals.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RS 0x1e
#define REQUESTS 4

static char folder[] = "/tmp/client_fuzz.XXXXXX";
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static struct server {
	int listener, fd; /* -1: not yet, or no more */
	struct span left;
} server = { -1, -1, { 0 } };

static void
remove_socket(void)
{
	(void)unlink(address.sun_path);
	(void)rmdir(folder);
}

static void
listen_there(void)
{
	must(mkdtemp(folder) != NULL && atexit(remove_socket) == 0);
	(void)strcat(strcpy(address.sun_path, folder), "/s");
	server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(server.listener, (struct sockaddr *)&address,
	    sizeof(address)) == 0 && listen(server.listener, 4) == 0);
}

static void
hang_up(void)
{
	if (server.fd >= 0)
		(void)close(server.fd);
	server.fd = -1;
}

/* The client waits: the next piece comes, or the end. */
int
console_signals_wait(int fd, short events, int ms)
{
	struct span piece;
	bool more;

	(void)fd;
	(void)ms;
	if (events != POLLIN)
		return 1;
	if (server.fd < 0)
		server.fd = accept(server.listener, NULL, NULL);
	must(server.fd >= 0);
	more = span_cut(&server.left, RS, &piece);
	if (piece.n > 0)
		(void)send(server.fd, piece.p, piece.n,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (!more) {
		server.left = span_of(NULL, 0);
		(void)shutdown(server.fd, SHUT_RDWR);
	}
	return more && piece.n == 0 ? console_signals_wait(fd, events, ms) : 1;
}

bool
console_signals_take(int number)
{
	(void)number;
	return false;
}

bool
console_signals_interrupt(void)
{
	return false;
}

void
console_signals_obey(int number)
{
	(void)number;
}

static void
show(struct span text)
{
	struct console_printable printable = { 0 };
	struct buffer out = { 0 };

	/* in two pieces: letters may be cut anywhere */
	console_printable_add(&printable, span_first(text, text.n / 2), &out);
	console_printable_add(&printable, span_from(text, text.n / 2), &out);
	console_printable_end(&printable, &out);
	for (size_t i = 0; i < out.n; i++)
		must(out.p[i] == '\n' || out.p[i] == '\t' ||
		    (out.p[i] >= ' ' && out.p[i] <= '~'));
	buffer_deinit(&out);
}

static void
converse(struct console_client *client)
{
	struct buffer text = { 0 }, why = { 0 };

	show(span_of_text(console_client_version(client)));
	for (int i = 0; i < REQUESTS; i++) {
		int status = console_client_ask(client, "help", &text, &why);

		show(buffer_span(&text));
		if (status < 0) {
			must(why.n > 0);
			break;
		}
		must(status <= CONSOLE_CLIENT_GO_ON);
	}
	buffer_deinit(&text);
	buffer_deinit(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct console_endpoint endpoint = { .path = address.sun_path };
	struct console_client *client = NULL;
	struct buffer why = { 0 };

	if (server.listener < 0)
		listen_there();
	server.left = span_of(data, size);
	if (console_client_open(&endpoint, &client, &why) == 0)
		converse(client);
	else
		must(client == NULL && why.n > 0);
	console_client_free(&client);
	hang_up();
	buffer_deinit(&why);
	return 0;
}
