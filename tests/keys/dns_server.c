/*
 * dns_server.c: see dns_server.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NSD "/usr/sbin/nsd"
#define HEADER_BYTES 12
#define MESSAGE_BYTES 512
#define WAIT_STEPS 300 /* of 100 ms each, for a slow machine */

static int
bind_loopback(int kind, uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, kind | SOCK_CLOEXEC, 0), yes = 1;

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t n = sizeof(address);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &n), 0);
	return ntohs(address.sin_port);
}

/* One that is free for UDP and TCP. */
static uint16_t
free_port(void)
{
	uint16_t port = 0;
	int udp, tcp;

	for (int i = 0; i < 20 && port == 0; i++) {
		udp = bind_loopback(SOCK_DGRAM, 0);
		assert_true(udp >= 0);
		tcp = bind_loopback(SOCK_STREAM, port_of(udp));
		if (tcp >= 0) {
			port = port_of(udp);
			close(tcp);
		}
		close(udp);
	}
	assert_int_not_equal(port, 0);
	return port;
}

/*
 * NSD.
 */
bool
nsd_present(void)
{
	return access(NSD, X_OK) == 0;
}

static void
write_configuration(const struct nsd *nsd, uint16_t port,
    const struct nsd_zone *zones, size_t n)
{
	static char text[8192];
	const char *folder = nsd->folder.path;
	size_t used;

	used = (size_t)snprintf(text, sizeof(text),
	    "server:\n ip-address: 127.0.0.1@%u\n username: \"\"\n"
	    " chroot: \"\"\n server-count: 1\n database: \"\"\n"
	    " zonesdir: \"%s\"\n pidfile: \"%s/nsd.pid\"\n"
	    " xfrdfile: \"%s/xfrd.state\"\n xfrdir: \"%s\"\n"
	    " zonelistfile: \"%s/zone.list\"\n logfile: \"%s/nsd.log\"\n"
	    "remote-control:\n control-enable: no\n", (unsigned)port, folder,
	    folder, folder, folder, folder, folder);
	for (size_t i = 0; i < n; i++) {
		folder_write(&nsd->folder, zones[i].name, zones[i].text, 0644);
		used += (size_t)snprintf(text + used, sizeof(text) - used,
		    "zone:\n name: \"%s\"\n zonefile: \"%s\"\n",
		    zones[i].name, zones[i].name);
		assert_true(used < sizeof(text));
	}
	folder_write(&nsd->folder, "nsd.conf", span_of(text, used), 0644);
}

static void
run_nsd(const struct nsd *nsd)
{
	char conf[FOLDER_PATH_BYTES];

	folder_file(&nsd->folder, "nsd.conf", conf);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execl(NSD, "nsd", "-d", "-c", conf, (char *)NULL);
	_exit(127);
}

/* Whether something that answers queries listens there. */
static bool
answers(uint16_t port)
{
	/* the root's SOA: refused, but answered */
	static const unsigned char query[] = {
		0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1,
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	unsigned char reply[MESSAGE_BYTES];
	bool yes;

	assert_true(fd >= 0);
	yes = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    send(fd, query, sizeof(query), 0) == (ssize_t)sizeof(query) &&
	    poll(&ready, 1, 100) == 1 &&
	    recv(fd, reply, sizeof(reply), 0) >= HEADER_BYTES;
	close(fd);
	return yes;
}

void
nsd_start(struct nsd *nsd, const struct nsd_zone *zones, size_t n)
{
	uint16_t port = free_port();
	int status, step = 0;

	folder_make(&nsd->folder);
	snprintf(nsd->address, sizeof(nsd->address), "127.0.0.1@%u",
	    (unsigned)port);
	write_configuration(nsd, port, zones, n);
	nsd->child = fork();
	assert_true(nsd->child >= 0);
	if (nsd->child == 0)
		run_nsd(nsd);
	while (!answers(port)) {
		if (waitpid(nsd->child, &status, WNOHANG) == nsd->child)
			fail_msg("nsd ended, see %s/nsd.log", nsd->folder.path);
		if (++step == WAIT_STEPS)
			fail_msg("nsd does not answer");
		usleep(100 * 1000);
	}
}

void
nsd_stop(struct nsd *nsd)
{
	int status;

	assert_int_equal(kill(nsd->child, SIGTERM), 0);
	assert_int_equal(waitpid(nsd->child, &status, 0), nsd->child);
	folder_remove(&nsd->folder);
}

/*
 * The puppet.
 */
struct puppet {
	int fd, stop[2]; /* a pipe: closing its second end ends the thread */
	atomic_int mood, count;
	pthread_t thread;
	char address[DNS_ADDRESS_BYTES];
};

static const struct span txt_data = SPAN_INIT("\13" PUPPET_TEXT);
static const struct span broken_data = SPAN_INIT("\377" PUPPET_TEXT);
/* m = r = ".", five numbers, the last (what "no" lives) being 60 */
static const struct span soa_data = SPAN_INIT(
    "\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\74");

/* The question is the header, a name, and four octets. */
static size_t
end_of_question(const unsigned char *message, size_t n)
{
	size_t at = HEADER_BYTES;

	while (at < n && message[at] != 0)
		at += 1 + (size_t)message[at];
	return at + 5 <= n ? at + 5 : 0;
}

static size_t
add_record(unsigned char *message, size_t at, unsigned name, unsigned type,
    struct span data)
{
	const unsigned char head[] = {
		(unsigned char)(name >> 8), (unsigned char)name, 0,
		(unsigned char)type, 0, 1, 0, 0, 0, PUPPET_TTL, 0,
		(unsigned char)data.n,
	};
	/* an owner of two octets is a pointer; one of zero is the root */
	size_t skip = name == 0 ? 1 : 0;

	memcpy(message + at, head + skip, sizeof(head) - skip);
	memcpy(message + at + sizeof(head) - skip, data.p, data.n);
	return at + sizeof(head) - skip + data.n;
}

/* Turn a query into the answer.  Returns its length, or 0 for none. */
static size_t
make_answer(unsigned char *message, size_t n, enum puppet_mood mood)
{
	const unsigned to_question = 0xc000 | HEADER_BYTES;
	size_t at = n < HEADER_BYTES ? 0 : end_of_question(message, n);

	if (at == 0 || mood == PUPPET_SILENT)
		return 0;
	message[2] |= 0x84; /* an answer, authoritative */
	message[3] = 0x80; /* recursion available */
	memset(message + 6, 0, 6); /* no records, EDNS0 neither */
	switch (mood) {
	case PUPPET_SILENT:
		break;
	case PUPPET_SERVFAIL:
		message[3] |= 2;
		break;
	case PUPPET_REFUSED:
		message[3] |= 5;
		break;
	case PUPPET_DENIES:
		message[3] |= 3;
		message[9] = 1;
		return add_record(message, at, 0, 6, soa_data);
	case PUPPET_ANSWERS:
		message[7] = 1;
		return add_record(message, at, to_question, 16, txt_data);
	case PUPPET_BROKEN:
		message[7] = 1;
		return add_record(message, at, to_question, 16, broken_data);
	}
	return at;
}

static void
serve_one(struct puppet *puppet)
{
	unsigned char message[MESSAGE_BYTES * 2];
	struct sockaddr_in from;
	socklen_t from_n = sizeof(from);
	ssize_t got = recvfrom(puppet->fd, message, MESSAGE_BYTES, 0,
	    (struct sockaddr *)&from, &from_n);
	size_t n;

	if (got <= 0)
		return;
	atomic_fetch_add(&puppet->count, 1);
	n = make_answer(message, (size_t)got,
	    (enum puppet_mood)atomic_load(&puppet->mood));
	if (n > 0)
		sendto(puppet->fd, message, n, 0, (struct sockaddr *)&from,
		    from_n);
}

static void *
run_puppet(void *context)
{
	struct puppet *puppet = context;
	struct pollfd fds[2] = {
		{ .fd = puppet->fd, .events = POLLIN },
		{ .fd = puppet->stop[0], .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0 && fds[1].revents == 0) {
		if (fds[0].revents != 0)
			serve_one(puppet);
	}
	return NULL;
}

struct puppet *
puppet_start(enum puppet_mood mood)
{
	struct puppet *puppet = calloc(1, sizeof(*puppet));

	assert_non_null(puppet);
	puppet->fd = bind_loopback(SOCK_DGRAM, 0);
	assert_true(puppet->fd >= 0);
	assert_int_equal(pipe(puppet->stop), 0);
	atomic_init(&puppet->mood, mood);
	atomic_init(&puppet->count, 0);
	snprintf(puppet->address, sizeof(puppet->address), "127.0.0.1@%u",
	    (unsigned)port_of(puppet->fd));
	assert_int_equal(pthread_create(&puppet->thread, NULL, run_puppet,
	    puppet), 0);
	return puppet;
}

void
puppet_stop(struct puppet **puppet)
{
	struct puppet *p = *puppet;

	*puppet = NULL;
	close(p->stop[1]);
	assert_int_equal(pthread_join(p->thread, NULL), 0);
	close(p->stop[0]);
	close(p->fd);
	free(p);
}

const char *
puppet_address(const struct puppet *puppet)
{
	return puppet->address;
}

void
puppet_set_mood(struct puppet *puppet, enum puppet_mood mood)
{
	atomic_store(&puppet->mood, mood);
}

int
puppet_count(const struct puppet *puppet)
{
	return atomic_load(&puppet->count);
}
