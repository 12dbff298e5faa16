/*
 * log.c: targets, lines, and the latest of them.
 */
#include "host/log/log.h"

#include "hooks/core/log_error.h"
#include "host/log/journal.h"
#include "host/types/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

struct tail { /* a ring */
	char *lines[LOG_TAIL];
	unsigned next;
};

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static struct { /* under log_lock */
	char *path;
	int fd; /* of path, or -1 */
	unsigned long lost; /* lines that fd did not take since it last took one */
	int lost_errno; /* why the latest of them was not */
	bool cut; /* what is in the file ends in the middle of a line */
	bool to_stderr, to_syslog;
	bool is_journal; /* what reads standard error */
	struct tail tails[LOG_LEVELS];
} sink = { .fd = -1, .to_stderr = true };

static _Atomic uint32_t flags[LOG_LEVELS] = {
	[DERROR] = DALL,
	[DCRITICAL] = DALL,
};
static _Atomic unsigned long counts[LOG_LEVELS];
static _Thread_local const char *message_id;
static _Thread_local const struct log_ear *ear;
static _Thread_local bool telling_hooks; /* a provider that logs, too */

static const char *const level_names[LOG_LEVELS] = {
	"debug", "info", "notice", "warning", "error", "critical"
};
static const int syslog_levels[LOG_LEVELS] = {
	LOG_DEBUG, LOG_INFO, LOG_NOTICE, LOG_WARNING, LOG_ERR, LOG_CRIT
};

static int
level_within(int level)
{
	if (level < DDEBUG)
		return DDEBUG;
	return level > DCRITICAL ? DCRITICAL : level;
}

const char *
log_level_name(int level)
{
	return level_names[level_within(level)];
}

int
log_level_of(const char *word)
{
	for (int i = 0; i < LOG_LEVELS; i++) {
		if (strcasecmp(word, level_names[i]) == 0)
			return i;
	}
	return -1;
}

void
log_set_flags(int level, uint32_t mask)
{
	atomic_store(&flags[level_within(level)], mask);
}

uint32_t
log_flags(int level)
{
	return atomic_load(&flags[level_within(level)]);
}

uint32_t
log_flag_of(const char *subsystem)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} known[] = {
		{ "ALL", DALL }, { "TIME", DTIME }, { "FD", DFD },
		{ "SMTP", DSMTP }, { "LOG1", DLOG1 }, { "DNS", DDNS },
		{ "DNSDS", DDNSDS }, { "NET", DNET }, { "SIG", DSIG },
		{ "MEM", DMEM }, { "DB", DDB }, { "LIC", DLIC },
		{ "SSL", DSSL }, { "MOD", DMOD }, { "START", DSTART },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(subsystem, known[i].name) == 0)
			return known[i].flag;
	}
	return 0;
}

unsigned long
log_count(int level)
{
	return atomic_load(&counts[level_within(level)]);
}

const char *
log_message_set(const char *id)
{
	const char *before = message_id;

	message_id = id;
	return before;
}

const char *
log_message(void)
{
	return message_id;
}

/* Not blocking, should it be a pipe: whoever reads it, or does not, must not
 * hold up mail. */
static int
file_open(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0640);
}

/* The connection is made at once: later there may be no right to. */
static void
syslog_open(int facility)
{
	closelog();
	openlog("mailseald", LOG_PID | LOG_NDELAY,
	    facility != 0 ? facility : LOG_MAIL);
}

int
log_open(const struct log_targets *targets)
{
	char *path = NULL;
	int fd = -1;

	if (targets->path != NULL) {
		fd = file_open(targets->path);
		if (fd < 0)
			return -1;
		path = xstrdup(targets->path);
	}
	(void)pthread_mutex_lock(&log_lock);
	/* A reload opens the same file again, on the same full disk. */
	if (path == NULL || sink.path == NULL || strcmp(path, sink.path) != 0) {
		sink.lost = 0;
		sink.cut = false;
	}
	if (sink.fd >= 0)
		(void)close(sink.fd);
	free(sink.path);
	sink.path = path;
	sink.fd = fd;
	sink.to_stderr = targets->to_stderr;
	sink.is_journal = journal_reads(STDERR_FILENO);
	sink.to_syslog = targets->to_syslog;
	if (sink.to_syslog)
		syslog_open(targets->facility);
	(void)pthread_mutex_unlock(&log_lock);
	return 0;
}

int
log_reopen(void)
{
	int ret = 0, fd;

	(void)pthread_mutex_lock(&log_lock);
	if (sink.path != NULL) {
		fd = file_open(sink.path);
		if (fd < 0) {
			ret = -1;
		} else {
			(void)close(sink.fd);
			sink.fd = fd;
			sink.cut = false;
		}
	}
	(void)pthread_mutex_unlock(&log_lock);
	return ret;
}

/* Text from mail ends up here: it must stay on one line. */
static size_t
sanitize(char *text, size_t n)
{
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	text[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			text[i] = c == '\t' ? ' ' : '?';
	}
	return n;
}

/* What vsnprintf and snprintf gave, as what is in the buffer. */
static size_t
written(int n, size_t room)
{
	if (n < 0)
		return 0;
	return (size_t)n < room ? (size_t)n : room - 1;
}

static size_t
stamp(char *buf, size_t size, int level)
{
	time_t now = time(NULL);
	struct tm tm;
	char when[32];

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(when, sizeof(when), "%a %d %b %Y %H:%M:%S", &tm) == 0)
		when[0] = '\0';
	return written(snprintf(buf, size, "[%s] [%s] ", when,
	    log_level_name(level)), size);
}

static void
tail_add(struct tail *tail, const char *line)
{
	char **at = &tail->lines[tail->next];

	free(*at);
	*at = xstrdup(line);
	tail->next = (tail->next + 1) % LOG_TAIL;
}

/* Returns how much could be written. */
static size_t
write_all(int fd, const char *p, size_t n)
{
	size_t all = 0;

	while (all < n) {
		ssize_t done = write(fd, p + all, n - all);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break; /* there is no better place to complain */
		all += (size_t)done;
	}
	return all;
}

/* A whole line into the file.  Returns false, and remembers why, when the file
 * has not taken all of it: a full disk, say. */
static bool
write_line(const char *line, size_t n)
{
	size_t done = write_all(sink.fd, line, n);

	if (done == n) {
		sink.cut = false;
		return true;
	}
	sink.lost_errno = errno;
	if (done > 0)
		sink.cut = true;
	return false;
}

/* Before the first line that the file takes again: how many it did not. */
static bool
write_lost(void)
{
	char line[LOG_LINE_BYTES];
	size_t n = 0;

	if (sink.cut)
		line[n++] = '\n';
	n += stamp(line + n, sizeof(line) - n, DERROR);
	n += written(snprintf(line + n, sizeof(line) - n,
	    "the log could not be written, %lu lines are missing here: %s\n",
	    sink.lost, strerror(sink.lost_errno)), sizeof(line) - n);
	return write_line(line, n);
}

static void
write_to_file(const char *line, size_t n)
{
	if (sink.lost > 0) {
		if (!write_lost()) {
			sink.lost++;
			return;
		}
		sink.lost = 0;
	}
	if (!write_line(line, n))
		sink.lost++;
}

/* The journal has time and level as fields: where the stamp ends the prefix is
 * put, for one write, and taken away again. */
static void
write_to_journal(int level, char *line, size_t n, size_t head)
{
	char prefix[JOURNAL_PREFIX_BYTES], kept[JOURNAL_PREFIX_BYTES];
	size_t size = sizeof(prefix) - 1;
	char *text = line + head - size;

	journal_prefix(level, prefix);
	memcpy(kept, text, size);
	memcpy(text, prefix, size);
	(void)write_all(STDERR_FILENO, text, n - head + size);
	memcpy(text, kept, size);
}

/* line[n] is free for the newline; the text begins at line + head, and the stamp
 * is before that. */
static void
emit(int level, char *line, size_t n, size_t head)
{
	(void)pthread_mutex_lock(&log_lock);
	tail_add(&sink.tails[level], line);
	if (sink.to_syslog)
		syslog(syslog_levels[level], "%s", line + head);
	line[n] = '\n';
	if (sink.fd >= 0)
		write_to_file(line, n + 1);
	if (sink.to_stderr && sink.is_journal && head >= JOURNAL_PREFIX_BYTES)
		write_to_journal(level, line, n + 1, head);
	else if (sink.to_stderr)
		(void)write_all(STDERR_FILENO, line, n + 1);
	line[n] = '\0';
	(void)pthread_mutex_unlock(&log_lock);
}

static void
tell_hooks(int level, const char *fmt, va_list args)
{
	struct timeval now;

	if (telling_hooks || has_core_log_error_hook() == 0)
		return;
	telling_hooks = true;
	(void)gettimeofday(&now, NULL);
	call_core_log_error_hook(&now, level, fmt, args);
	telling_hooks = false;
}

/* A whole line, as it is written, with room for a newline.  Gives where its
 * text begins. */
static size_t
compose(char line[LOG_LINE_BYTES], size_t *n_r, int level, const char *fmt,
    va_list args)
{
	size_t room = LOG_LINE_BYTES - 1;
	size_t head, n;
	va_list again;

	head = n = stamp(line, room, level);
	if (message_id != NULL)
		n += written(snprintf(line + n, room - n, "%s: ", message_id),
		    room - n);
	va_copy(again, args);
	n += written(vsnprintf(line + n, room - n, fmt, again), room - n);
	va_end(again);
	*n_r = sanitize(line, n);
	return head < *n_r ? head : *n_r;
}

void
log_vline(int level, const char *fmt, va_list args)
{
	char line[LOG_LINE_BYTES];
	size_t head, n;
	int saved = errno;

	level = level_within(level);
	head = compose(line, &n, level, fmt, args);
	emit(level, line, n, head);
	if (ear != NULL)
		ear->hear(ear->closure, line, n);
	(void)atomic_fetch_add(&counts[level], 1);
	tell_hooks(level, fmt, args);
	errno = saved;
}

const struct log_ear *
log_ear_set(const struct log_ear *to)
{
	const struct log_ear *before = ear;

	ear = to;
	return before;
}

const struct log_ear *
log_ear_ref(void)
{
	if (ear != NULL && ear->ref != NULL)
		ear->ref(ear->closure);
	return ear;
}

void
log_ear_unref(const struct log_ear *given)
{
	if (given != NULL && given->unref != NULL)
		given->unref(given->closure);
}

bool
log_is_heard(void)
{
	return ear != NULL;
}

void
log_vaside(int level, const char *fmt, va_list args)
{
	char line[LOG_LINE_BYTES];
	size_t n;

	if (ear == NULL)
		return;
	(void)compose(line, &n, level_within(level), fmt, args);
	ear->hear(ear->closure, line, n);
}

void
log_aside(int level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vaside(level, fmt, args);
	va_end(args);
}

void
log_line(int level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_vline(level, fmt, args);
	va_end(args);
}

/* Room for all that is remembered, got before the lock is taken: who writes a
 * line never waits for somebody who reads them. */
struct remembered {
	char lines[LOG_LEVELS][LOG_TAIL][LOG_LINE_BYTES];
};

static void
remember(struct remembered *all)
{
	(void)pthread_mutex_lock(&log_lock);
	for (int level = 0; level < LOG_LEVELS; level++) {
		const struct tail *tail = &sink.tails[level];

		for (unsigned i = 0; i < LOG_TAIL; i++) {
			const char *line =
			    tail->lines[(tail->next + i) % LOG_TAIL];
			size_t n = line == NULL ? 0 :
			    strnlen(line, LOG_LINE_BYTES - 1);

			if (n > 0)
				memcpy(all->lines[level][i], line, n);
			all->lines[level][i][n] = '\0';
		}
	}
	(void)pthread_mutex_unlock(&log_lock);
}

void
log_tail_each(void (*each)(void *closure, int level, const char *line),
    void *closure)
{
	struct remembered *all = xmalloc(sizeof(*all));

	remember(all);
	for (int level = 0; level < LOG_LEVELS; level++) {
		for (unsigned i = 0; i < LOG_TAIL; i++) {
			if (all->lines[level][i][0] != '\0')
				each(closure, level, all->lines[level][i]);
		}
	}
	free(all);
}

static void
append_line(void *closure, int level, const char *line)
{
	(void)level;
	(void)stringprintf(closure, "%s\n", line);
}

void
log_tail(string *out)
{
	log_tail_each(append_line, out);
}

int
ec_debug_vprintf(int level, int mask, const char *fmt, va_list args)
{
	if ((log_flags(level) & (uint32_t)mask) != 0)
		log_vline(level, fmt, args);
	else
		log_vaside(level, fmt, args);
	return 1;
}

int
ec_debug_printf(int level, int mask, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)ec_debug_vprintf(level, mask, fmt, args);
	va_end(args);
	return 1;
}
