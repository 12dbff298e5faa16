/*
 * network.c: a mailbox for queries and the thread that empties it.
 *
 * Callers put a query into the mailbox and wake the thread, which alone talks
 * to libunbound: so a query is given up, or answered, in one place, and never
 * both.  libunbound works in a thread of its own behind ub_fd().
 *
 * Who guards what:
 *   network->lock  the mailbox, the two requests and whether the thread runs
 *   the thread     the context and the queries under way
 */
#include "keys/network.h"

#include "keys/cache.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound.h>
#include <unistd.h>

#define TYPE_TXT 16
#define CLASS_IN 1
#define RCODE_NOERROR 0
#define RCODE_NXDOMAIN 3

struct query {
	struct query *next, *previous;
	struct network *network;
	network_callback *callback;
	void *context;
	int64_t deadline; /* cache_clock_monotonic() */
	int id; /* libunbound's */
	uint16_t type;
	char name[];
};

struct query_list { /* the oldest first */
	struct query *first, *last;
};

struct network {
	struct nameservers servers;
	char *hosts, *trust_anchor;
	bool trust_anchor_auto;
	unsigned query_timeout;
	int wake; /* eventfd */

	pthread_mutex_t lock;
	bool running, stop, flush;
	struct query_list asked;
	size_t n_outstanding; /* asked and under way */

	pthread_t thread;
	struct ub_ctx *context; /* NULL after a breakdown, until the next query */
	struct query_list under_way;
};

static void
list_append(struct query_list *list, struct query *query)
{
	query->next = NULL;
	query->previous = list->last;
	if (list->last != NULL)
		list->last->next = query;
	else
		list->first = query;
	list->last = query;
}

static void
list_remove(struct query_list *list, struct query *query)
{
	if (query->previous != NULL)
		query->previous->next = query->next;
	else
		list->first = query->next;
	if (query->next != NULL)
		query->next->previous = query->previous;
	else
		list->last = query->previous;
}

/*
 * The context.
 */
struct setting {
	const char *option, *value;
};

static const struct setting settings[] = {
	/* as a library it opens 16 ports, too few for many messages at once */
	{ "outgoing-range:", "256" },
	{ "num-queries-per-thread:", "2048" },
	{ "outgoing-num-tcp:", "32" },
	/* a forwarder that was away is found again without a long wait */
	{ "infra-keep-probing:", "yes" },
	/* names of private addresses are for the servers to know */
	{ "unblock-lan-zones:", "yes" },
};

static int
apply_settings(struct ub_ctx *context)
{
	size_t i;
	int ret;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		ret = ub_ctx_set_option(context, settings[i].option,
		    settings[i].value);
		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
apply_servers(const struct network *network, struct ub_ctx *context)
{
	size_t i;
	int ret = 0;

	/* a cache on this host is the usual forwarder */
	if (network->servers.n > 0)
		ret = ub_ctx_set_option(context, "do-not-query-localhost:",
		    "no");
	for (i = 0; i < network->servers.n && ret == 0; i++)
		ret = ub_ctx_set_fwd(context, network->servers.text[i]);
	return ret;
}

static int
apply_options(const struct network *network, struct ub_ctx *context)
{
	int ret = apply_settings(context);

	if (ret == 0)
		ret = apply_servers(network, context);
	if (ret == 0 && network->hosts != NULL)
		ret = ub_ctx_hosts(context, network->hosts);
	if (ret == 0 && network->trust_anchor != NULL)
		ret = network->trust_anchor_auto
		    ? ub_ctx_add_ta_autr(context, network->trust_anchor)
		    : ub_ctx_add_ta_file(context, network->trust_anchor);
	if (ret == 0)
		ret = ub_ctx_async(context, 1);
	/* libunbound answers for "test." by itself (RFC 6761 section 6.2), which
	 * is for the servers to do.  Changing that also makes it read all of
	 * its options now, so that a bad trust anchor is told here. */
	if (ret == 0)
		ret = ub_ctx_zone_add(context, "test.", "transparent");
	return ret;
}

/* libunbound keeps locks of its own for all contexts of a process, and makes and
 * destroys them unguarded. */
static pthread_mutex_t contexts_lock = PTHREAD_MUTEX_INITIALIZER;

static struct ub_ctx *
create_context(void)
{
	struct ub_ctx *context;

	pthread_mutex_lock(&contexts_lock);
	context = ub_ctx_create();
	pthread_mutex_unlock(&contexts_lock);
	return context;
}

static void
delete_context(struct ub_ctx *context)
{
	pthread_mutex_lock(&contexts_lock);
	ub_ctx_delete(context);
	pthread_mutex_unlock(&contexts_lock);
}

static int
make_context(const struct network *network, struct ub_ctx **context_r,
    struct why *why_r)
{
	struct ub_ctx *context = create_context();
	int ret;

	*context_r = NULL;
	if (context == NULL) {
		why_set(why_r, "libunbound: no context can be made");
		return NETWORK_E_NOMEM;
	}
	/* it would write to standard error, which is not ours to use */
	ub_ctx_debugout(context, NULL);
	ret = apply_options(network, context);
	if (ret == 0) {
		*context_r = context;
		return 0;
	}
	delete_context(context);
	if (network->trust_anchor != NULL)
		why_set(why_r, "libunbound: %s (trust anchor '%s')",
		    ub_strerror(ret), network->trust_anchor);
	else
		why_set(why_r, "libunbound: %s", ub_strerror(ret));
	return ret == UB_NOMEM ? NETWORK_E_NOMEM : NETWORK_E_DNS;
}

/*
 * Replies.
 */
static void
finish(struct network *network, struct query *query,
    const struct network_reply *reply)
{
	query->callback(query->context, reply);
	free(query);
	pthread_mutex_lock(&network->lock);
	network->n_outstanding--;
	pthread_mutex_unlock(&network->lock);
}

static void
fail(struct network *network, struct query *query, enum seal_dns dns)
{
	struct network_reply reply = { .dns = dns, .rcode = -1 };

	finish(network, query, &reply);
}

static void
fail_list(struct network *network, struct query_list *list)
{
	struct query *query;

	while ((query = list->first) != NULL) {
		list_remove(list, query);
		fail(network, query, SEAL_DNS_FAILED);
	}
}

/* The strings of one record, joined at to.  Returns the number of octets, or
 * SIZE_MAX when lengths and data do not match. */
static size_t
join_strings(const unsigned char *data, size_t n, unsigned char *to)
{
	size_t at = 0, joined = 0, length;

	while (at < n) {
		length = data[at++];
		if (length > n - at)
			return SIZE_MAX;
		memcpy(to + joined, data + at, length);
		at += length;
		joined += length;
	}
	return joined;
}

/* The data of one record at to, strings of TXT joined.  Returns as
 * join_strings(). */
static size_t
copy_data(uint16_t type, const unsigned char *data, size_t n,
    unsigned char *to)
{
	if (type == TYPE_TXT)
		return join_strings(data, n, to);
	memcpy(to, data, n);
	return n;
}

static size_t
count_records(const struct ub_result *result, size_t *octets_r)
{
	size_t n = 0;

	*octets_r = 0;
	if (!result->havedata)
		return 0;
	for (; result->data[n] != NULL; n++)
		*octets_r += (size_t)result->len[n];
	return n;
}

/* Found, or known not to be there. */
static void
finish_answered(struct network *network, struct query *query,
    const struct ub_result *result, struct network_reply *reply)
{
	size_t octets, n = count_records(result, &octets), i, joined;
	struct span *texts = calloc(n + 1, sizeof(*texts));
	unsigned char *bytes = malloc(octets + 1), *to = bytes;

	reply->dns = SEAL_DNS_FAILED;
	if (texts != NULL && bytes != NULL) {
		for (i = 0; i < n; i++) {
			joined = copy_data(query->type,
			    (const unsigned char *)result->data[i],
			    (size_t)result->len[i], to);
			if (joined == SIZE_MAX)
				continue;
			texts[reply->n++] = (struct span){ to, joined };
			to += joined;
		}
		reply->dns = SEAL_DNS_ANSWERED;
		reply->texts = texts;
		reply->ttl = result->ttl;
		reply->nxdomain = result->rcode == RCODE_NXDOMAIN;
	}
	finish(network, query, reply);
	free(bytes);
	free(texts);
}

static enum seal_dnssec
dnssec_of(const struct network *network, const struct ub_result *result)
{
	if (result->secure)
		return SEAL_DNSSEC_SECURE;
	return network->trust_anchor != NULL ? SEAL_DNSSEC_INSECURE
					     : SEAL_DNSSEC_UNKNOWN;
}

/* Called by libunbound out of ub_process(), on our thread. */
static void
on_result(void *context, int error, struct ub_result *result)
{
	struct query *query = context;
	struct network *network = query->network;
	struct network_reply reply = { .dns = SEAL_DNS_FAILED, .rcode = -1 };

	list_remove(&network->under_way, query);
	if (error != 0) {
		reply.why = ub_strerror(error);
	} else if (result != NULL) {
		reply.rcode = result->rcode;
		reply.canonical = result->canonname;
		reply.why = result->why_bogus;
	}
	if (error == 0 && result != NULL && result->bogus) {
		reply.dns = SEAL_DNS_BOGUS;
		finish(network, query, &reply);
	} else if (error == 0 && result != NULL &&
	    (result->rcode == RCODE_NOERROR ||
	    result->rcode == RCODE_NXDOMAIN)) {
		reply.dnssec = dnssec_of(network, result);
		finish_answered(network, query, result, &reply);
	} else {
		finish(network, query, &reply);
	}
	ub_resolve_free(result);
}

/*
 * The thread.
 */
static void
send_query(struct network *network, struct query *query)
{
	if (network->context == NULL &&
	    make_context(network, &network->context, NULL) != 0) {
		fail(network, query, SEAL_DNS_FAILED);
		return;
	}
	if (ub_resolve_async(network->context, query->name, query->type,
	    CLASS_IN, query, on_result, &query->id) != 0) {
		fail(network, query, SEAL_DNS_FAILED);
		return;
	}
	list_append(&network->under_way, query);
}

/* All queries have the same time, so the oldest is the first to go. */
static void
expire_queries(struct network *network)
{
	int64_t now = cache_clock_monotonic(NULL);
	struct query *query;

	while ((query = network->under_way.first) != NULL &&
	    query->deadline <= now) {
		list_remove(&network->under_way, query);
		/* from here on libunbound will not call back for it */
		ub_cancel(network->context, query->id);
		fail(network, query, SEAL_DNS_TIMEOUT);
	}
}

/* Take a new context, and ask again what was under way. */
static void
renew_context(struct network *network)
{
	struct ub_ctx *fresh, *old = network->context;
	struct query_list again = network->under_way;
	struct query *query;

	if (make_context(network, &fresh, NULL) != 0)
		return; /* the old one is better than none */
	for (query = again.first; query != NULL; query = query->next)
		ub_cancel(old, query->id);
	delete_context(old);
	network->context = fresh;
	network->under_way = (struct query_list){ NULL, NULL };
	while ((query = again.first) != NULL) {
		list_remove(&again, query);
		send_query(network, query);
	}
}

/* libunbound broke down: fail what is under way, begin anew with the next
 * query, and never spin on a descriptor that stays ready. */
static void
drop_context(struct network *network)
{
	struct query *query;

	for (query = network->under_way.first; query != NULL;
	    query = query->next)
		ub_cancel(network->context, query->id);
	delete_context(network->context);
	network->context = NULL;
	fail_list(network, &network->under_way);
}

/* Returns false when the thread is to end. */
static bool
empty_mailbox(struct network *network)
{
	struct query_list asked;
	struct query *query;
	bool stop, flush;

	pthread_mutex_lock(&network->lock);
	asked = network->asked;
	network->asked = (struct query_list){ NULL, NULL };
	stop = network->stop;
	flush = network->flush;
	network->flush = false;
	pthread_mutex_unlock(&network->lock);

	if (stop) {
		fail_list(network, &asked);
		return false;
	}
	if (flush && network->context != NULL)
		renew_context(network);
	while ((query = asked.first) != NULL) {
		list_remove(&asked, query);
		send_query(network, query);
	}
	return true;
}

/* Milliseconds to the next deadline, -1 when there is none. */
static int
time_to_wait(const struct network *network)
{
	int64_t left;

	if (network->under_way.first == NULL)
		return -1;
	left = network->under_way.first->deadline - cache_clock_monotonic(NULL);
	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}

static void
wait_and_process(struct network *network)
{
	struct pollfd fds[2] = {
		{ .fd = network->wake, .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
	};
	uint64_t count;

	if (network->context != NULL)
		fds[1].fd = ub_fd(network->context);
	if (poll(fds, 2, time_to_wait(network)) <= 0)
		return;
	if (fds[0].revents != 0)
		(void)!read(network->wake, &count, sizeof(count));
	if ((fds[1].revents & POLLIN) != 0) {
		if (ub_process(network->context) != 0)
			drop_context(network);
	} else if (fds[1].revents != 0) {
		drop_context(network);
	}
}

static void *
run(void *context)
{
	struct network *network = context;

	while (empty_mailbox(network)) {
		wait_and_process(network);
		expire_queries(network);
	}
	if (network->context != NULL)
		drop_context(network);
	return NULL;
}

/* Signals are for the threads of the program, not for ours or libunbound's.
 * The lock is held. */
static int
start_thread(struct network *network)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&network->thread, NULL, run, network);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	network->running = error == 0;
	return error == 0 ? 0 : NETWORK_E_NOMEM;
}

static void
wake_thread(struct network *network)
{
	static const uint64_t one = 1;

	/* fails only when it was woken 2^64 times already */
	(void)!write(network->wake, &one, sizeof(one));
}

/*
 * For the callers.
 */
static int
copy_text(const char *text, char **copy_r)
{
	*copy_r = text != NULL ? strdup(text) : NULL;
	return text == NULL || *copy_r != NULL ? 0 : NETWORK_E_NOMEM;
}

static int
check_readable(const char *path, const char *what, struct why *why_r)
{
	if (path == NULL || euidaccess(path, R_OK) == 0)
		return 0;
	why_set(why_r, "%s '%s': %s", what, path, strerrordesc_np(errno));
	return NETWORK_E_OPTION;
}

static int
network_setup(struct network *network, const struct network_options *options,
    struct why *why_r)
{
	int ret = check_readable(options->hosts, "hosts file", why_r);

	if (ret == 0)
		ret = check_readable(options->trust_anchor, "trust anchor",
		    why_r);
	if (ret != 0)
		return ret;
	if (copy_text(options->hosts, &network->hosts) != 0 ||
	    copy_text(options->trust_anchor, &network->trust_anchor) != 0) {
		why_set(why_r, "out of memory");
		return NETWORK_E_NOMEM;
	}
	network->servers = *options->servers;
	network->trust_anchor_auto = options->trust_anchor_auto;
	network->query_timeout = options->query_timeout;
	network->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (network->wake < 0) {
		why_set(why_r, "eventfd: %s", strerrordesc_np(errno));
		return NETWORK_E_NOMEM;
	}
	return make_context(network, &network->context, why_r);
}

int
network_new(const struct network_options *options, struct network **network_r,
    struct why *why_r)
{
	struct network *network = calloc(1, sizeof(*network));
	int ret;

	*network_r = NULL;
	if (network == NULL)
		return NETWORK_E_NOMEM;
	network->wake = -1;
	pthread_mutex_init(&network->lock, NULL);
	ret = network_setup(network, options, why_r);
	if (ret != 0)
		network_free(&network);
	*network_r = network;
	return ret;
}

void
network_free(struct network **network)
{
	struct network *n = *network;

	if (n == NULL)
		return;
	*network = NULL;
	pthread_mutex_lock(&n->lock);
	n->stop = true;
	pthread_mutex_unlock(&n->lock);
	if (n->running) {
		wake_thread(n);
		pthread_join(n->thread, NULL);
	} else if (n->context != NULL) {
		delete_context(n->context);
	}
	if (n->wake >= 0)
		close(n->wake);
	pthread_mutex_destroy(&n->lock);
	free(n->hosts);
	free(n->trust_anchor);
	free(n);
}

/* The lock is held. */
static int
post(struct network *network, struct query *query)
{
	if (network->n_outstanding >= NETWORK_MAX_OUTSTANDING)
		return NETWORK_E_BUSY;
	if (!network->running && start_thread(network) != 0)
		return NETWORK_E_NOMEM;
	network->n_outstanding++;
	list_append(&network->asked, query);
	return 0;
}

int
network_ask(struct network *network, const char *name,
    network_callback *callback, void *context)
{
	return network_ask_type(network, name, TYPE_TXT, callback, context);
}

int
network_ask_type(struct network *network, const char *name, uint16_t type,
    network_callback *callback, void *context)
{
	size_t room = strlen(name) + 1;
	struct query *query = calloc(1, sizeof(*query) + room);
	int ret;

	if (query == NULL)
		return NETWORK_E_NOMEM;
	query->network = network;
	query->type = type;
	query->callback = callback;
	query->context = context;
	query->deadline = cache_clock_monotonic(NULL) + network->query_timeout;
	memcpy(query->name, name, room);
	pthread_mutex_lock(&network->lock);
	ret = post(network, query);
	pthread_mutex_unlock(&network->lock);
	if (ret == 0)
		wake_thread(network);
	else
		free(query);
	return ret;
}

void
network_flush(struct network *network)
{
	bool running;

	pthread_mutex_lock(&network->lock);
	running = network->running;
	network->flush = running; /* nothing was asked yet: nothing is cached */
	pthread_mutex_unlock(&network->lock);
	if (running)
		wake_thread(network);
}
