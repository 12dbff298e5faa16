/*
 * logging.c: which targets, and a file that its next owner can write to.
 */
#include "daemon/logging.h"

#include "daemon/globals.h"
#include "daemon/privileges.h"
#include "host/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static const struct {
	const char *word;
	int facility;
} facilities[] = {
	{ "mail", LOG_MAIL },
	{ "daemon", LOG_DAEMON },
	{ "user", LOG_USER },
	{ "local0", LOG_LOCAL0 },
	{ "local1", LOG_LOCAL1 },
	{ "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 },
	{ "local4", LOG_LOCAL4 },
	{ "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 },
	{ "local7", LOG_LOCAL7 },
};
#define COUNT (sizeof(facilities) / sizeof(facilities[0]))

/* 0: off. */
static int
facility_of(const char *word)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcasecmp(facilities[i].word, word) == 0)
			return facilities[i].facility;
	}
	return 0;
}

static struct log_targets
targets_of(const struct config *config, bool foreground)
{
	const char *word = globals_text(config, "Syslog");
	struct log_targets targets = {
		.path = globals_text(config, "Paniclog"),
	};

	if (word != NULL)
		targets.facility = facility_of(word);
	else if (targets.path == NULL && !foreground)
		targets.facility = LOG_MAIL;
	targets.to_syslog = targets.facility != 0;
	targets.to_stderr = foreground && targets.path == NULL &&
	    !targets.to_syslog;
	return targets;
}

/* A file of root's becomes the user's.  The folder may be the user's already:
 * links in it are not followed, and a file with a second name elsewhere is
 * left alone. */
static int
give(const char *path, const struct identity *identity)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0640);
	struct stat st;
	int ret;

	if (fd < 0)
		return -1;
	ret = fstat(fd, &st);
	if (ret == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
	    st.st_uid == geteuid())
		ret = fchown(fd, identity->uid, identity->gid);
	(void)close(fd);
	return ret;
}

int
logging_open(const struct config *config, bool foreground,
    const struct identity *identity, struct buffer *why)
{
	struct log_targets targets = targets_of(config, foreground);

	if (targets.path != NULL && identity != NULL &&
	    identity->name != NULL && give(targets.path, identity) != 0)
		goto fail;
	if (log_open(&targets) == 0)
		return 0;
fail:
	buffer_add_text(why, targets.path);
	buffer_add_text(why, ": ");
	buffer_add_text(why, strerror(errno));
	return -1;
}

void
logging_reopen(void)
{
	if (log_reopen() != 0)
		log_line(DERROR, "the paniclog cannot be opened again: %s; the "
		    "old file is written on", strerror(errno));
}
