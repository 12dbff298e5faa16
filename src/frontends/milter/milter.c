/*
 * milter.c: libmilter's life, from the socket to the last message.
 *
 * How a stop goes: libmilter, once told to stop by smfi_stop(), has nobody read
 * the next command of a connection any more, not even in the middle of a
 * message.  It takes up to five seconds to notice, too, and then frees locks
 * that others wait for.  So it is never told.  Nothing new may begin (421), the
 * messages in flight end, and milter_serve() leaves libmilter alone in a thread
 * that goes with the process.
 */
#include "frontends/milter/milter.h"

#include "frontends/milter/callbacks.h"
#include "frontends/milter/connection.h"
#include "frontends/milter/inflight.h"
#include "frontends/milter/listen.h"
#include "frontends/milter/signals.h"
#include "host/config/config.h"
#include "host/console/socket_file.h"
#include "host/log/log.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LAST_WORD_MS 100 /* see milter_stop() */
/* Postfix sends header fields of up to 102400 octets (header_size_limit), and
 * administrators raise that; libmilter alone takes 65535 and then breaks the
 * connection off, so that the message is deferred again and again. */
#define PACKET_BYTES (1024 * 1024)

/* Set by milter_open(), constant afterwards. */
static struct listen served; /* its texts are ours */
static bool is_open;
static struct stat file; /* of a local socket */

/* Guards what follows. */
static pthread_mutex_t end_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t end_changed = PTHREAD_COND_INITIALIZER;
static enum end {
	END_NOT_YET,
	END_STOPPED, /* by milter_stop() */
	END_GIVEN_UP, /* by libmilter itself */
} end;

bool
milter_is_configured(const struct config *config)
{
	struct listen listen;

	return listen_find(config, NULL, &listen) != LISTEN_NONE;
}

void
milter_examine(const struct config *config, struct config_errors *errors)
{
	struct listen listen;

	(void)listen_find(config, errors, &listen);
}

bool
milter_differs(const struct config *config)
{
	struct listen listen;

	if (!is_open)
		return milter_is_configured(config);
	return listen_find(config, NULL, &listen) != LISTEN_ONE ||
	    !listen_same(&listen, &served);
}

static const char *
path_of(const struct listen *listen)
{
	return listen->address.ss_family != AF_UNIX ? NULL :
	    ((const struct sockaddr_un *)&listen->address)->sun_path;
}

static const char *
keep(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

static gid_t
group_of(const struct listen *listen, gid_t otherwise)
{
	struct group *group = listen->group != NULL ?
	    getgrnam(listen->group) : NULL;

	return group != NULL ? group->gr_gid : otherwise;
}

static void
tell(struct buffer *why, const char *conn, const char *what)
{
	buffer_add_text(why, "the milter socket \"");
	buffer_add_text(why, conn);
	buffer_add_text(why, "\" ");
	buffer_add_text(why, what);
}

/* libmilter binds and listens.  Until the file has its owner and mode, nobody
 * gets in. */
static int
bind_socket(const struct listen *listen, struct buffer *why)
{
	char conn[LISTEN_CONN_BYTES], copy[LISTEN_CONN_BYTES];
	mode_t before;
	int ret, error;

	listen_format(&listen->address, conn);
	memcpy(copy, conn, sizeof(copy)); /* libmilter writes to its text */
	if (smfi_register(callbacks_description()) != MI_SUCCESS ||
	    smfi_setconn(copy) != MI_SUCCESS) {
		tell(why, conn, "is refused by libmilter");
		return -1;
	}
	(void)smfi_setbacklog(listen->backlog);
	(void)smfi_settimeout(listen->timeout);
	(void)smfi_setmaxdatasize(PACKET_BYTES);
	before = umask(0777);
	errno = 0;
	ret = smfi_opensocket(false);
	error = errno;
	(void)umask(before);
	if (ret == MI_SUCCESS)
		return 0;
	tell(why, conn, "cannot be opened");
	if (error != 0) {
		buffer_add_text(why, ": ");
		buffer_add_text(why, strerror(error));
	}
	return -1;
}

int
milter_open(const struct config *config, uid_t owner, gid_t group,
    struct buffer *why)
{
	struct listen listen;
	const char *path;

	if (is_open || listen_find(config, NULL, &listen) != LISTEN_ONE) {
		buffer_add_text(why, "there is no one Milter_Listener with a "
		    "Listen to open");
		return -1;
	}
	errors_format_place(listen.defined, why);
	buffer_add_text(why, "Milter_Listener: ");
	path = path_of(&listen);
	if (path != NULL && socket_file_prepare(path, owner, group, why) != 0)
		return -1;
	if (bind_socket(&listen, why) != 0)
		return -1;
	if (path != NULL && socket_file_hand_over(path, listen.mode, owner,
	    group_of(&listen, group), &file, why) != 0) {
		(void)unlink(path);
		return -1;
	}
	listen.place.listener = keep(listen.place.listener);
	listen.place.listen = keep(listen.place.listen);
	listen.group = keep(listen.group);
	listen.defined = (struct config_place){ 0 };
	connection_set_place(&listen.place);
	served = listen;
	is_open = true;
	buffer_clear(why);
	return 0;
}

/* serving: what ends it first counts */

static void
end_with(enum end how)
{
	(void)pthread_mutex_lock(&end_lock);
	if (end == END_NOT_YET)
		end = how;
	(void)pthread_cond_broadcast(&end_changed);
	(void)pthread_mutex_unlock(&end_lock);
}

static void *
run_libmilter(void *arg)
{
	(void)arg;
	(void)smfi_main();
	end_with(END_GIVEN_UP);
	return NULL;
}

int
milter_serve(void)
{
	pthread_t thread;
	bool stopped;

	if (!signals_are_ours()) {
		log_line(DCRITICAL, "milter: libmilter would take SIGHUP for "
		    "an order to stop: this program was linked without its "
		    "own sigwait()");
		return -1;
	}
	if (pthread_create(&thread, NULL, run_libmilter, NULL) != 0) {
		log_line(DCRITICAL, "milter: no thread for libmilter");
		return -1;
	}
	(void)pthread_detach(thread);
	(void)pthread_mutex_lock(&end_lock);
	while (end == END_NOT_YET)
		(void)pthread_cond_wait(&end_changed, &end_lock);
	stopped = end == END_STOPPED;
	(void)pthread_mutex_unlock(&end_lock);
	return stopped ? 0 : -1;
}

/* stopping */

static void
nap(unsigned ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

unsigned
milter_stop(unsigned seconds)
{
	unsigned left;

	inflight_stop();
	left = inflight_wait(seconds);
	/* the answer to the last message is written when its callback is over
	 * already, and nobody tells when it was */
	nap(LAST_WORD_MS);
	end_with(END_STOPPED);
	return left;
}

void
milter_close(void)
{
	if (is_open && path_of(&served) != NULL)
		socket_file_remove(path_of(&served), &file);
}
