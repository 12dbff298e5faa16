/*
 * journal.c: is it the same file, and what stands in front of a line?
 */
#include "host/log/journal.h"

#include "debug_tools.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* A shell that systemd started hands JOURNAL_STREAM on to what it starts,
 * standard error or not: both numbers have to be those of the descriptor. */
bool
journal_reads(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char here[48];
	struct stat st;

	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	(void)snprintf(here, sizeof(here), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return strcmp(stream, here) == 0;
}

void
journal_prefix(int level, char prefix_r[JOURNAL_PREFIX_BYTES])
{
	static const char digits[] = {
		[DDEBUG] = '0' + LOG_DEBUG,
		[DINFO] = '0' + LOG_INFO,
		[DNOTICE] = '0' + LOG_NOTICE,
		[DWARNING] = '0' + LOG_WARNING,
		[DERROR] = '0' + LOG_ERR,
		[DCRITICAL] = '0' + LOG_CRIT,
	};

	prefix_r[0] = '<';
	prefix_r[1] = digits[level];
	prefix_r[2] = '>';
	prefix_r[3] = '\0';
}

void
journal_complain(const void *text, size_t n)
{
	const char *p = text, *end = p + n, *next;
	char prefix[JOURNAL_PREFIX_BYTES] = "";

	if (journal_reads(STDERR_FILENO))
		journal_prefix(DERROR, prefix);
	for (; p < end; p = next) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next != NULL ? next + 1 : end;
		(void)fputs(prefix, stderr);
		(void)fwrite(p, 1, (size_t)(next - p), stderr);
	}
}
