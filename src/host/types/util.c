/*
 * util.c: the rest of util.h, but for files of the configuration.
 */
#include "util.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
ec_gethostname(char *hostname, size_t len)
{
	if (len == 0) {
		errno = EINVAL;
		return -1;
	}
	if (gethostname(hostname, len) != 0)
		return -1;
	hostname[len - 1] = '\0'; /* a cut-off name may come without */
	for (char *c = hostname; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return 0;
}

/* The whole text as a number within bounds. */
static bool
number(const char *text, long long least, long long most, long long *value_r)
{
	char *end;

	errno = 0;
	*value_r = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' &&
	    !isspace((unsigned char)*text) && *value_r >= least &&
	    *value_r <= most;
}

int
ec_atoi(const char *text, int *value)
{
	long long n;

	if (!number(text, INT_MIN, INT_MAX, &n))
		return 0;
	*value = (int)n;
	return 1;
}

int
ec_atoui(const char *text, unsigned int *value)
{
	long long n;

	if (!number(text, 0, UINT_MAX, &n))
		return 0;
	*value = (unsigned)n;
	return 1;
}

size_t
ec_rfc822_date(char *buf, size_t maxsize, struct timeval *tv)
{
	/* English whatever the locale: RFC 5322 3.3 */
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
	    "Fri", "Sat" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t when = tv != NULL ? tv->tv_sec : time(NULL);
	struct tm tm;
	char form[64];

	if (localtime_r(&when, &tm) == NULL || tm.tm_wday < 0 ||
	    tm.tm_wday > 6 || tm.tm_mon < 0 || tm.tm_mon > 11)
		return 0;
	/* the names stand in the format; strftime does the numbers */
	(void)snprintf(form, sizeof(form), "%s, %%d %s %%Y %%H:%%M:%%S %%z",
	    days[tm.tm_wday], months[tm.tm_mon]);
	return strftime(buf, maxsize, form, &tm);
}
