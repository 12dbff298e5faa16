/*
 * endpoint_test.c: nobody keeps a connection by being slow.
 *
 * What is slow here is so for ever, and what waits does so until it happens: only
 * a limit that does not hold is a question of time.
 */
#include "../config/fixture.h"

#include "ec_metrics.h"
#include "host/metrics/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"
#define ANSWER "mailseal: see /metrics\n"
#define SHORT 50 /* milliseconds */
#define LONG (24u * 3600 * 1000)
#define TRIES 15000 /* of a millisecond: it does not happen */
#define COUNTERS 400
#define BUFFER 4096 /* octets, more or less, in the kernel */

struct fixture {
	struct registry *registry;
	struct config *config;
	struct sockaddr_in address;
};

/* A port of loopback that was free a moment ago. */
static void
find_port(struct sockaddr_in *address_r)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(*address_r);

	*address_r = (struct sockaddr_in){ .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address_r, n), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address_r, &n),
	    0);
	assert_int_equal(close(fd), 0);
}

/* What is sent to a slow reader shall not be off our hands at once: accepted
 * sockets have the buffer of the one that listens, which is found here. */
static void
keep_buffers_small(const struct fixture *f)
{
	struct sockaddr_in name;
	socklen_t n;
	int room = BUFFER, found = 0;

	for (int fd = 0; fd < 256; fd++) {
		n = sizeof(name);
		if (getsockname(fd, (struct sockaddr *)&name, &n) == 0 &&
		    name.sin_family == AF_INET &&
		    name.sin_port == f->address.sin_port &&
		    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room)) == 0)
			found++;
	}
	assert_int_equal(found, 1);
}

static void
begin(struct fixture *f, unsigned patience)
{
	char text[128];

	*f = (struct fixture){ .registry = bare_registry() };
	endpoint_patience(patience);
	find_port(&f->address);
	(void)snprintf(text, sizeof(text),
	    "Metrics_Listener { Listen \"127.0.0.1:%u\" { } }",
	    ntohs(f->address.sin_port));
	f->config = must_load(f->registry, text);
	assert_int_equal(endpoint_follow(f->config), 0);
	keep_buffers_small(f);
}

static void
end(struct fixture *f)
{
	endpoint_close();
	config_unref(&f->config);
	registry_free(&f->registry);
}

static int
dial(const struct fixture *f)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct timeval wait = { .tv_sec = TRIES / 1000 };
	int room = BUFFER;

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	assert_int_equal(connect(fd, (const struct sockaddr *)&f->address,
	    sizeof(f->address)), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	return fd;
}

/* Whether a request on this connection is answered. */
static bool
asks(int fd)
{
	char text[4096];
	size_t n = 0;
	ssize_t got;

	if (send(fd, REQUEST, strlen(REQUEST), MSG_NOSIGNAL) < 0)
		return false;
	do {
		got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
		text[n] = '\0';
	} while (strstr(text, ANSWER) == NULL && n < sizeof(text) - 1);
	return strncmp(text, "HTTP/1.1 200 ", 13) == 0;
}

/* Whether the other end is there: it is a descriptor of this process, too. */
static bool
is_there(int fd)
{
	struct sockaddr_in own, peer;
	socklen_t n = sizeof(own);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &n), 0);
	for (int other = 0; other < 256; other++) {
		n = sizeof(peer);
		if (getpeername(other, (struct sockaddr *)&peer, &n) == 0 &&
		    peer.sin_family == AF_INET &&
		    peer.sin_port == own.sin_port)
			return true;
	}
	return false;
}

static bool
writes_on(int fd)
{
	return send(fd, "x", 1, MSG_NOSIGNAL) < 0;
}

static void
is_thrown_out(const char *opening, bool writes)
{
	struct fixture f;
	char octet;
	int fd, later, tries = 0;

	begin(&f, SHORT);
	fd = dial(&f);
	assert_int_equal(send(fd, opening, strlen(opening), MSG_NOSIGNAL),
	    strlen(opening));
	/* whoever comes later is dealt with later: this one is accepted */
	later = dial(&f);
	(void)asks(later);
	(void)close(later);
	while (is_there(fd)) {
		if (++tries == TRIES)
			fail_msg("the connection is there for ever");
		if (writes)
			(void)writes_on(fd);
		else
			(void)recv(fd, &octet, 1, MSG_DONTWAIT);
		(void)poll(NULL, 0, 1);
	}
	(void)close(fd);
	end(&f);
}

static void
who_writes_slowly_is_thrown_out(void **state)
{
	(void)state;
	is_thrown_out("GET /", true);
}

/* An octet now and then of an answer that no buffer holds.  All of it would take
 * more tries than there are. */
static void
who_reads_slowly_is_thrown_out(void **state)
{
	char label[64];

	(void)state;
	for (int i = 0; i < COUNTERS; i++) {
		(void)snprintf(label, sizeof(label), "of=\"%050d\"", i);
		(void)ec_metric_counter("endpoint_test", "Many.", label);
	}
	is_thrown_out("GET /metrics HTTP/1.1\r\nHost: a.test\r\n\r\n", false);
}

/* All connections are taken by those who do not come to an end. */
static void
others_are_served_when_slow_ones_took_all_places(void **state)
{
	int slow[ENDPOINT_CONNECTIONS], fd, tries = 0;
	struct fixture f;
	bool served;

	(void)state;
	begin(&f, SHORT);
	for (size_t i = 0; i < ENDPOINT_CONNECTIONS; i++) {
		slow[i] = dial(&f);
		assert_int_equal(send(slow[i], "GET /", 5, MSG_NOSIGNAL), 5);
	}
	do {
		for (size_t i = 0; i < ENDPOINT_CONNECTIONS; i++)
			(void)writes_on(slow[i]);
		fd = dial(&f);
		/* on a slow machine its own time may be over */
		served = asks(fd);
		(void)close(fd);
		assert_true(++tries < TRIES);
	} while (!served);
	for (size_t i = 0; i < ENDPOINT_CONNECTIONS; i++)
		(void)close(slow[i]);
	end(&f);
}

/* So what a connection takes is what a request takes. */
static void
a_connection_is_for_one_request(void **state)
{
	struct fixture f;
	int fd;

	(void)state;
	begin(&f, LONG);
	for (int i = 0; i < 20; i++) {
		fd = dial(&f);
		assert_true(asks(fd));
		assert_false(asks(fd));
		(void)close(fd);
	}
	end(&f);
}

/* Each reload may close the last socket, and open the first again. */
static void
sockets_come_and_go_with_those_that_are_connected(void **state)
{
	struct fixture f;
	struct config *none;
	int fd;

	(void)state;
	begin(&f, LONG);
	none = must_load(f.registry, "");
	for (int i = 0; i < 5; i++) {
		assert_int_equal(endpoint_follow(f.config), 0);
		fd = dial(&f);
		assert_true(asks(fd));
		assert_int_equal(endpoint_follow(none), 0);
		assert_false(asks(fd));
		(void)close(fd);
	}
	config_unref(&none);
	end(&f);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_writes_slowly_is_thrown_out),
		cmocka_unit_test(who_reads_slowly_is_thrown_out),
		cmocka_unit_test(
		    others_are_served_when_slow_ones_took_all_places),
		cmocka_unit_test(a_connection_is_for_one_request),
		cmocka_unit_test(
		    sockets_come_and_go_with_those_that_are_connected),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
