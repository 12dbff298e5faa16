/*
 * endpoint.c: libmicrohttpd, with a thread for each socket.
 */
#include "host/metrics/endpoint.h"

#include "host/config/config.h"
#include "host/config/sockaddr.h"
#include "host/log/log.h"
#include "host/metrics/deadlines.h"
#include "host/metrics/metrics.h"
#include "host/types/alloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TYPE_OPENMETRICS \
	"application/openmetrics-text; version=1.0.0; charset=utf-8"
#define TYPE_PROMETHEUS "text/plain; version=0.0.4; charset=utf-8"
#define TYPE_WORDS "text/plain; charset=utf-8"
#define REQUEST_BYTES (32u << 10) /* memory that one connection may take */

static struct served { /* one thread at a time follows configurations */
	char *address;
	struct MHD_Daemon *daemon; /* NULL: a free place */
	bool wanted;
} served[ENDPOINT_LISTENS];
static unsigned patience = ENDPOINT_REQUEST * 1000; /* milliseconds */
static bool is_watched; /* deadlines are open */

/* answers */

static enum MHD_Result
answer(struct MHD_Connection *connection, unsigned status, const char *type,
    const char *text, size_t n)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(n,
	    (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result ret = MHD_NO;

	if (response == NULL)
		return MHD_NO;
	/* one request for each connection, whose time is that of the request */
	if (MHD_add_response_header(response, "Content-Type", type) ==
	    MHD_YES && MHD_add_response_header(response, "Connection",
	    "close") == MHD_YES)
		ret = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return ret;
}

static enum MHD_Result
answer_words(struct MHD_Connection *connection, unsigned status,
    const char *words)
{
	return answer(connection, status, TYPE_WORDS, words, strlen(words));
}

static enum MHD_Result
answer_metrics(struct MHD_Connection *connection)
{
	const char *accept = MHD_lookup_connection_value(connection,
	    MHD_HEADER_KIND, "Accept");
	bool open = accept != NULL &&
	    strstr(accept, "application/openmetrics-text") != NULL;
	enum MHD_Result ret;
	string out;

	(void)string_init_type(&out, 16384, STRING_TYPE_ECSTRING);
	metrics_write(open ? METRICS_OPENMETRICS : METRICS_PROMETHEUS, &out);
	ret = answer(connection, MHD_HTTP_OK,
	    open ? TYPE_OPENMETRICS : TYPE_PROMETHEUS, out.buffer,
	    (size_t)out.len);
	(void)string_destroy(&out);
	return ret;
}

static enum MHD_Result
handle(void *closure, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload,
    size_t *upload_n, void **state)
{
	static int seen;

	(void)closure;
	(void)version;
	(void)upload;
	/* the first call comes with the header alone; what a client sends
	 * beyond it is not wanted */
	if (*state == NULL) {
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_n > 0) {
		*upload_n = 0;
		return MHD_YES;
	}
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		return answer_words(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "GET is all there is\n");
	if (strcmp(url, "/metrics") == 0)
		return answer_metrics(connection);
	if (strcmp(url, "/") == 0)
		return answer_words(connection, MHD_HTTP_OK,
		    "mailseal: see /metrics\n");
	return answer_words(connection, MHD_HTTP_NOT_FOUND, "see /metrics\n");
}

/* sockets */

static socklen_t
length(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
	    sizeof(struct sockaddr_in);
}

static bool
parse(const char *text, struct sockaddr_storage *address_r)
{
	return sockaddr_parse(text, true, address_r) &&
	    (address_r->ss_family == AF_INET ||
	    address_r->ss_family == AF_INET6);
}

static bool
is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;

	if (address->ss_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* A socket of our own, so that what is wrong has a name. */
static int
open_socket(const struct sockaddr_storage *address)
{
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1, error;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (address->ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes,
		    sizeof(yes));
	if (bind(fd, (const struct sockaddr *)address, length(address)) == 0 &&
	    listen(fd, ENDPOINT_CONNECTIONS) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

/* a connection may not last for ever */

static void
notice(void *closure, struct MHD_Connection *connection, void **of_socket,
    enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo *info;

	(void)closure;
	switch (what) {
	case MHD_CONNECTION_NOTIFY_STARTED:
		info = MHD_get_connection_info(connection,
		    MHD_CONNECTION_INFO_CONNECTION_FD);
		*of_socket = !is_watched || info == NULL ? NULL :
		    deadline_start(info->connect_fd);
		break;
	case MHD_CONNECTION_NOTIFY_CLOSED: /* it is open still */
		deadline_stop(*of_socket);
		*of_socket = NULL;
		break;
	}
}

/* Watched as long as there is a socket. */
static void
watch(void)
{
	if (is_watched)
		return;
	is_watched = deadlines_open(ENDPOINT_LISTENS * ENDPOINT_CONNECTIONS,
	    patience) == 0;
	if (!is_watched)
		log_line(DERROR, "Metrics_Listener: slow clients may stay: "
		    "thread: %s", strerror(errno));
}

static void
unwatch(void)
{
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++) {
		if (served[i].daemon != NULL)
			return;
	}
	if (is_watched)
		deadlines_close();
	is_watched = false;
}

void
endpoint_patience(unsigned milliseconds)
{
	patience = milliseconds;
}

/* Its threads leave signals to the one that waits for them. */
static struct MHD_Daemon *
start(int fd)
{
	struct MHD_Daemon *daemon;
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
	    MHD_USE_AUTO, 0, NULL, NULL, handle, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)ENDPOINT_CONNECTIONS,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ENDPOINT_IDLE,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTES,
	    MHD_OPTION_NOTIFY_CONNECTION, notice, NULL,
	    MHD_OPTION_END);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return daemon;
}

static int
serve(struct served *place, const char *text)
{
	struct sockaddr_storage address;
	int fd = -1;

	if (!parse(text, &address) || (fd = open_socket(&address)) < 0) {
		log_line(DERROR, "Metrics_Listener: '%s': %s", text,
		    strerror(errno));
		return -1;
	}
	watch();
	place->daemon = start(fd);
	if (place->daemon == NULL) {
		(void)close(fd);
		log_line(DERROR, "Metrics_Listener: '%s': cannot be served",
		    text);
		return -1;
	}
	place->address = xstrdup(text);
	if (!is_loopback(&address))
		log_line(DWARNING, "Metrics_Listener: '%s' is open to other "
		    "machines, without a password", text);
	return 0;
}

static void
end(struct served *place)
{
	if (place->daemon != NULL)
		MHD_stop_daemon(place->daemon); /* closes its socket */
	free(place->address);
	*place = (struct served){ 0 };
}

/* what the configuration names */

struct names {
	const char *texts[ENDPOINT_LISTENS];
	struct config_place places[ENDPOINT_LISTENS];
	size_t n, all; /* those that have room, and all that there are */
};

static bool
is_enabled(const struct config *config, const struct config_node *listener,
    const char *listen)
{
	int slot = registry_slot(config_registry(config), "Metrics_Listener",
	    "Enable");
	const struct config_value *value;
	struct config_query query = { 0 };

	(void)config_query_add(config, &query, "Metrics_Listener",
	    listener->instance);
	(void)config_query_add(config, &query, "Listen", listen);
	value = slot < 0 ? NULL : config_lookup(config, slot, &query);
	return value == NULL || value->one.integer != 0;
}

static void
add_name(struct names *names, const char *text, struct config_place place)
{
	if (names->n < ENDPOINT_LISTENS) {
		names->texts[names->n] = text;
		names->places[names->n++] = place;
	}
	names->all++;
}

static void
find_names(const struct config *config, struct names *names_r)
{
	struct registry *registry = config_registry(config);
	const struct config_scope *outer = registry_scope(registry,
	    "Metrics_Listener");
	const struct config_scope *inner = registry_scope(registry, "Listen");
	const struct config_node *listener, *listen;

	*names_r = (struct names){ .n = 0 };
	for (listener = node_first(config_root(config), outer);
	    listener != NULL; listener = node_next(listener, outer)) {
		listen = node_first(listener, inner);
		if (listen == NULL)
			add_name(names_r, ENDPOINT_DEFAULT,
			    listener->first_definition->place);
		for (; listen != NULL; listen = node_next(listen, inner)) {
			if (is_enabled(config, listener, listen->instance))
				add_name(names_r, listen->instance,
				    listen->first_definition->place);
		}
	}
}

void
endpoint_examine(const struct config *config, struct config_errors *errors)
{
	struct sockaddr_storage address;
	struct names names;

	find_names(config, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (!parse(names.texts[i], &address))
			errors_add(errors, names.places[i], "Metrics_Listener: "
			    "'%s' is not an address with a port (expected one "
			    "like \"" ENDPOINT_DEFAULT "\")", names.texts[i]);
	}
	if (names.all > names.n)
		errors_add(errors, names.places[names.n - 1],
		    "Metrics_Listener: more than %d sockets",
		    ENDPOINT_LISTENS);
}

static struct served *
find_served(const char *text)
{
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++) {
		if (served[i].daemon != NULL &&
		    strcmp(served[i].address, text) == 0)
			return &served[i];
	}
	return NULL;
}

static struct served *
free_place(void)
{
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++) {
		if (served[i].daemon == NULL)
			return &served[i];
	}
	return NULL;
}

int
endpoint_follow(const struct config *config)
{
	struct served *place;
	struct names names;
	int ret = 0;

	find_names(config, &names);
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++)
		served[i].wanted = false;
	for (size_t i = 0; i < names.n; i++) {
		place = find_served(names.texts[i]);
		if (place != NULL)
			place->wanted = true;
	}
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++) {
		if (!served[i].wanted)
			end(&served[i]);
	}
	for (size_t i = 0; i < names.n; i++) {
		if (find_served(names.texts[i]) == NULL &&
		    serve(free_place(), names.texts[i]) != 0)
			ret = -1;
	}
	unwatch();
	return ret;
}

void
endpoint_close(void)
{
	for (size_t i = 0; i < ENDPOINT_LISTENS; i++)
		end(&served[i]);
	unwatch();
}
