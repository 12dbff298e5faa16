/*
 * listener.c: a thread that accepts, and one for each console.
 */
#include "host/console/listener.h"

#include "host/config/config.h"
#include "host/config/sockaddr.h"
#include "host/console/access.h"
#include "host/console/roles.h"
#include "host/console/session.h"
#include "host/console/socket_file.h"
#include "host/control/commands_of.h"
#include "host/log/log.h"
#include "host/types/alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define STOP_SECONDS 5 /* that a running command has at the end */

static struct open_socket {
	int fd;
	char *listener, *listen; /* instances; listener may be NULL */
	char *path; /* of a file, or NULL */
	struct stat file;
} sockets[LISTENER_SOCKETS];
static size_t socket_count;

static pthread_t acceptor;
static bool is_serving;
static int stop_pipe[2] = { -1, -1 };

static pthread_mutex_t consoles_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t console_left = PTHREAD_COND_INITIALIZER;
static struct console {
	struct session session;
	bool is_used;
} consoles[LISTENER_CONNECTIONS]; /* under consoles_lock */
static unsigned console_count; /* under consoles_lock */

/* what the configuration names */

static const struct config_value *
option(const struct config *config, const struct config_node *node,
    const char *name)
{
	int slot = registry_slot(config_registry(config),
	    "Control_Listener:Listen", name);

	return slot < 0 ? NULL : node_value(node, slot);
}

static int
number(const struct config *config, const struct config_node *node,
    const char *name)
{
	const struct config_value *value = option(config, node, name);

	return value != NULL ? value->one.integer : 0;
}

/* NULL: there can be such a socket. */
static const char *
objection(const struct config *config, const struct config_node *listen,
    struct sockaddr_storage *address_r)
{
	const struct config_value *group = option(config, listen,
	    "File_Group");

	if (!sockaddr_parse(listen->instance, true, address_r))
		return "is not an address (expected \"/path\" or "
		    "\"127.0.0.1:2025\")";
	if (address_r->ss_family == AF_UNIX && group != NULL &&
	    group->one.string[0] != '\0' &&
	    getgrnam(group->one.string) == NULL)
		return "has a File_Group that does not exist";
	return NULL;
}

/* Calls for each Listen that is enabled. */
static int
each(const struct config *config, int (*tell)(void *closure,
    const struct config *config, const struct config_node *listen),
    void *closure)
{
	struct registry *registry = config_registry(config);
	const struct config_scope *outer = registry_scope(registry,
	    "Control_Listener");
	const struct config_scope *inner = registry_scope(registry, "Listen");
	const struct config_node *listener, *listen;
	int ret = 0;

	for (listener = node_first(config_root(config), outer);
	    listener != NULL; listener = node_next(listener, outer)) {
		for (listen = node_first(listener, inner); listen != NULL &&
		    ret == 0; listen = node_next(listen, inner)) {
			if (number(config, listen, "Enable") != 0)
				ret = tell(closure, config, listen);
		}
	}
	return ret;
}

/* Everybody who can connect to an address, as a block. */
static const char *
everybody(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

	switch (address->ss_family) {
	case AF_UNIX:
		return "127.0.0.1"; /* that is how they count */
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ? "::1" : "::/0";
	default:
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET ?
		    "127.0.0.0/8" : "0.0.0.0/0";
	}
}

struct examination {
	struct config_errors *errors;
	struct guarded_reader reader; /* who will read the files */
	const struct config_node *listen;
	struct access_place place;
	size_t n;
};

static void
complain(struct examination *examination, struct config_place place,
    const char *what)
{
	errors_add(examination->errors, place,
	    "Control_Listener: Listen \"%s\" %s",
	    examination->listen->instance, what);
}

/* Only what is needed.  At a socket file nobody has to log in: a password file
 * that is missing there is told to who tries. */
static bool
check_files(const struct access *access, bool is_file,
    const struct guarded_reader *reader, struct buffer *why)
{
	bool asks = access->wants_user && !is_file;

	for (int i = 0; asks && i < ACCESS_MECHANISMS; i++) {
		if (access->sources[i].is_offered &&
		    !passwords_check(&access->sources[i].file, reader, why))
			return false;
	}
	return !access->authorizes || access->groups == NULL ||
	    roles_check(access->groups, reader, why);
}

/* May these come in, and is what they need there? */
static bool
examine_block(struct examination *examination, const struct config *config,
    const char *block, struct config_place place)
{
	struct buffer why = { 0 };
	struct access access;
	bool good;
	char *text;

	examination->place.peer = block;
	good = access_read(config, &examination->place, &access, &why);
	if (good && !check_files(&access, examination->place.is_file,
	    &examination->reader, &why)) {
		struct buffer words = { 0 };

		buffer_add_text(&words, "needs a file that is of no use: ");
		buffer_add(&words, buffer_span(&why));
		buffer_deinit(&why);
		why = words;
		good = false;
	}
	text = buffer_take_text(&why);
	if (!good)
		complain(examination, place, text != NULL ? text : "");
	free(text);
	return good;
}

/* The Peer blocks that are a part of everybody: what holds for a client is what
 * holds for the smallest block that he is in. */
static void
examine_peers(struct examination *examination, const struct config *config,
    const struct config_node *around, const char *all)
{
	const struct config_scope *scope = registry_scope(
	    config_registry(config), "Peer");
	const struct config_node *peer = node_first(around, scope);
	struct cidr outer;

	for (; peer != NULL; peer = node_next(peer, scope)) {
		if (peer->network != NULL && cidr_parse(all, &outer) &&
		    outer.v6 == peer->network->v6 &&
		    cidr_contains(&outer, peer->network))
			(void)examine_block(examination, config,
			    peer->instance, peer->first_definition->place);
	}
}

static int
examine(void *closure, const struct config *config,
    const struct config_node *listen)
{
	struct examination *examination = closure;
	struct sockaddr_storage address;
	const char *why = objection(config, listen, &address);

	if (why == NULL && ++examination->n > LISTENER_SOCKETS)
		why = "is one socket too many";
	examination->listen = listen;
	if (why != NULL) {
		complain(examination, listen->first_definition->place, why);
		return 0;
	}
	examination->place = (struct access_place){
		listen->parent->instance, listen->instance, NULL,
		address.ss_family == AF_UNIX };
	if (examine_block(examination, config, everybody(&address),
	    listen->first_definition->place)) {
		examine_peers(examination, config, listen,
		    everybody(&address));
		examine_peers(examination, config, listen->parent,
		    everybody(&address));
	}
	return 0;
}

void
listener_examine(const struct config *config, uid_t owner, gid_t group,
    struct config_errors *errors)
{
	struct examination examination = { .errors = errors };

	guarded_reader_init(&examination.reader, owner, group);
	(void)each(config, examine, &examination);
}

/* sockets */

struct opening {
	uid_t owner;
	gid_t group;
	struct buffer *why;
};

static int
fail(struct opening *opening, const char *what, const char *reason)
{
	buffer_add_text(opening->why, what);
	buffer_add_text(opening->why, ": ");
	buffer_add_text(opening->why, reason);
	return -1;
}

static socklen_t
length(const struct sockaddr_storage *address)
{
	switch (address->ss_family) {
	case AF_UNIX:
		return sizeof(struct sockaddr_un);
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	default:
		return sizeof(struct sockaddr_in);
	}
}

static int
bind_socket(struct open_socket *s, const struct sockaddr_storage *address,
    int backlog)
{
	int yes = 1, ret;
	mode_t before;

	s->fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return -1;
	if (address->ss_family != AF_UNIX)
		(void)setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &yes,
		    sizeof(yes));
	/* an IPv4 client is to be one for Peer blocks, too: it has a socket of
	 * its own */
	if (address->ss_family == AF_INET6)
		(void)setsockopt(s->fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes,
		    sizeof(yes));
	/* nobody else comes in before the file has its mode */
	before = umask(0177);
	ret = bind(s->fd, (const struct sockaddr *)address, length(address));
	(void)umask(before);
	return ret == 0 ? listen(s->fd, backlog) : -1;
}

static gid_t
group_of(const struct config *config, const struct config_node *listen,
    gid_t otherwise)
{
	const struct config_value *value = option(config, listen,
	    "File_Group");
	struct group *group = value != NULL && value->one.string[0] != '\0' ?
	    getgrnam(value->one.string) : NULL;

	return group != NULL ? group->gr_gid : otherwise;
}

static int
open_one(void *closure, const struct config *config,
    const struct config_node *listen)
{
	struct opening *opening = closure;
	struct open_socket *s = &sockets[socket_count];
	struct sockaddr_storage address;
	const char *name = listen->instance;
	const char *why = socket_count == LISTENER_SOCKETS ?
	    "is one socket too many" : objection(config, listen, &address);
	const char *path = why == NULL && address.ss_family == AF_UNIX ?
	    ((struct sockaddr_un *)&address)->sun_path : NULL;
	gid_t group = group_of(config, listen, opening->group);

	errors_format_place(listen->first_definition->place, opening->why);
	buffer_add_text(opening->why, "Control_Listener: ");
	if (why != NULL)
		return fail(opening, name, why);
	if (path != NULL && socket_file_prepare(path, opening->owner, group,
	    opening->why) != 0)
		return -1;
	*s = (struct open_socket){ .fd = -1 };
	if (bind_socket(s, &address,
	    number(config, listen, "Listen_Backlog")) != 0) {
		(void)fail(opening, name, strerror(errno));
		if (s->fd >= 0)
			(void)close(s->fd);
		return -1;
	}
	socket_count++;
	if (path != NULL) {
		s->path = xstrdup(path);
		if (socket_file_hand_over(path, (mode_t)number(config, listen,
		    "File_Mode") & 0777, opening->owner, group, &s->file,
		    opening->why) != 0)
			return -1;
	}
	s->listener = listen->parent->instance != NULL ?
	    xstrdup(listen->parent->instance) : NULL;
	s->listen = xstrdup(name);
	buffer_clear(opening->why);
	return 0;
}

static void
close_sockets(void)
{
	for (size_t i = 0; i < socket_count; i++) {
		(void)close(sockets[i].fd);
		if (sockets[i].path != NULL)
			socket_file_remove(sockets[i].path, &sockets[i].file);
	}
	/* the names stay: a command that is not done may ask for them */
	socket_count = 0;
}

int
listener_open(const struct config *config, uid_t owner, gid_t group,
    struct buffer *why)
{
	struct opening opening = { owner, group, why };

	if (each(config, open_one, &opening) == 0)
		return 0;
	close_sockets();
	return -1;
}

/* consoles */

static void *
serve_console(void *closure)
{
	struct console *console = closure;

	session_run(&console->session);
	(void)pthread_mutex_lock(&consoles_lock);
	(void)close(console->session.fd);
	console->is_used = false;
	console_count--;
	(void)pthread_cond_signal(&console_left);
	(void)pthread_mutex_unlock(&consoles_lock);
	return NULL;
}

/* Who is at the other end of a socket file, as the system knows it. */
static void
find_user(struct session *session)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);
	struct passwd pw, *found = NULL;
	char room[4096];

	if (getsockopt(session->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0 &&
	    getpwuid_r(cred.uid, &pw, room, sizeof(room), &found) == 0 &&
	    found != NULL && strlen(pw.pw_name) < sizeof(session->user))
		(void)strcpy(session->user, pw.pw_name);
}

static void
describe_peer(const struct open_socket *s,
    const struct sockaddr_storage *peer, struct session *session)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)peer;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)peer;

	session->listener = s->listener;
	session->listen = s->listen;
	session->is_file = s->path != NULL;
	(void)strcpy(session->peer, "127.0.0.1");
	if (session->is_file)
		find_user(session);
	else if (peer->ss_family == AF_INET)
		(void)inet_ntop(AF_INET, &v4->sin_addr, session->peer,
		    sizeof(session->peer));
	else
		(void)inet_ntop(AF_INET6, &v6->sin6_addr, session->peer,
		    sizeof(session->peer));
}

/* The network does not get all: whoever sits at the machine comes in, too. */
static struct console *
free_console(bool is_file)
{
	struct console *found = NULL;
	unsigned tcp = 0;

	for (size_t i = 0; i < LISTENER_CONNECTIONS; i++) {
		if (!consoles[i].is_used)
			found = &consoles[i];
		else if (!consoles[i].session.is_file)
			tcp++;
	}
	return is_file || tcp < LISTENER_TCP_CONNECTIONS ? found : NULL;
}

/* Give the connection a thread; false when there is no room. */
static bool
begin_console(const struct session *session)
{
	struct console *console;
	pthread_t thread;
	bool began = false;

	(void)pthread_mutex_lock(&consoles_lock);
	console = free_console(session->is_file);
	if (console != NULL) {
		console->session = *session;
		began = pthread_create(&thread, NULL, serve_console,
		    console) == 0;
	}
	if (began) {
		(void)pthread_detach(thread);
		console->is_used = true;
		console_count++;
	}
	(void)pthread_mutex_unlock(&consoles_lock);
	return began;
}

static void
tell_full(const struct session *session)
{
	int limit = session->is_file ? LISTENER_CONNECTIONS :
	    LISTENER_TCP_CONNECTIONS;
	char words[LOG_HIDDEN_BYTES];
	struct log_hidden hidden;

	if (log_once(session->is_file ? "consoles at files" :
	    "consoles by TCP", &hidden))
		log_line(DWARNING, "console from %s: %d are connected, and "
		    "that is the limit%s", session->peer, limit,
		    log_hidden_words(&hidden, words));
}

static void
take(const struct open_socket *s)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t n = sizeof(peer);
	struct session session = { 0 };

	session.fd = accept4(s->fd, (struct sockaddr *)&peer, &n,
	    SOCK_CLOEXEC);
	if (session.fd < 0) {
		/* without descriptors left this would spin */
		if (errno == EMFILE || errno == ENFILE)
			(void)nanosleep(&(struct timespec){ .tv_nsec =
			    100000000 }, NULL);
		return;
	}
	describe_peer(s, &peer, &session);
	if (!begin_console(&session)) {
		tell_full(&session);
		(void)close(session.fd);
	}
}

static void *
accept_consoles(void *closure)
{
	struct pollfd fds[LISTENER_SOCKETS + 1];

	(void)closure;
	for (size_t i = 0; i < socket_count; i++)
		fds[i] = (struct pollfd){ sockets[i].fd, POLLIN, 0 };
	fds[socket_count] = (struct pollfd){ stop_pipe[0], POLLIN, 0 };
	for (;;) {
		if (poll(fds, socket_count + 1, -1) < 0)
			continue;
		if (fds[socket_count].revents != 0)
			return NULL;
		for (size_t i = 0; i < socket_count; i++) {
			if (fds[i].revents != 0)
				take(&sockets[i]);
		}
	}
}

int
listener_serve(void)
{
	sigset_t all, before;

	if (socket_count == 0)
		return 0;
	if (pipe2(stop_pipe, O_CLOEXEC) != 0)
		return -1;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	errno = pthread_create(&acceptor, NULL, accept_consoles, NULL);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	is_serving = errno == 0;
	return is_serving ? 0 : -1;
}

/* Who waits for a line hears its end; a command that runs may answer. */
static bool
consoles_end(void)
{
	struct timespec until;
	bool left;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += STOP_SECONDS;
	session_stop_all();
	(void)pthread_mutex_lock(&consoles_lock);
	for (size_t i = 0; i < LISTENER_CONNECTIONS; i++) {
		if (consoles[i].is_used)
			(void)shutdown(consoles[i].session.fd, SHUT_RD);
	}
	while (console_count > 0 && pthread_cond_timedwait(&console_left,
	    &consoles_lock, &until) == 0)
		;
	left = console_count > 0;
	(void)pthread_mutex_unlock(&consoles_lock);
	return !left;
}

bool
listener_close(void)
{
	bool ended = true;

	if (is_serving) {
		(void)close(stop_pipe[1]); /* the acceptor sees it */
		(void)pthread_join(acceptor, NULL);
		(void)close(stop_pipe[0]);
		ended = consoles_end();
		is_serving = false;
	}
	close_sockets();
	return ended;
}
