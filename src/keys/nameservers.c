/*
 * nameservers.c: addresses are checked here, so that a slip is told with the
 * word at fault and not as a failing query later.
 */
#include "keys/nameservers.h"

#include "base/span.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static bool
is_port(const char *text)
{
	unsigned value = 0;
	size_t n = strlen(text), i;

	if (n == 0 || n > 5)
		return false;
	for (i = 0; i < n; i++) {
		if (!byte_is_digit((unsigned char)text[i]))
			return false;
		value = value * 10 + (unsigned)(text[i] - '0');
	}
	return value > 0 && value <= UINT16_MAX;
}

static bool
is_address(char *text)
{
	unsigned char address[sizeof(struct in6_addr)];
	char *zone = strchr(text, '%'); /* fe80::1%eth0 */

	if (inet_pton(AF_INET, text, address) == 1)
		return true;
	if (zone != NULL)
		*zone = '\0';
	return inet_pton(AF_INET6, text, address) == 1;
}

bool
nameservers_add(struct nameservers *servers, const char *text)
{
	char copy[NAMESERVER_BYTES];
	size_t n = strlen(text);
	char *port;

	if (servers->n == NAMESERVERS_MAX || n >= sizeof(copy))
		return false;
	memcpy(copy, text, n + 1);
	port = strchr(copy, '@');
	if (port != NULL)
		*port++ = '\0';
	if ((port != NULL && !is_port(port)) || !is_address(copy))
		return false;
	memcpy(servers->text[servers->n++], text, n + 1);
	return true;
}

/* "nameserver" blanks address */
static void
read_line(struct nameservers *servers, char *line)
{
	static const char blanks[] = " \t\r\n";
	char *rest, *word = strtok_r(line, blanks, &rest);

	if (word == NULL || strcmp(word, "nameserver") != 0)
		return;
	word = strtok_r(NULL, blanks, &rest);
	if (word != NULL)
		nameservers_add(servers, word);
}

int
nameservers_read(struct nameservers *servers, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	int error = 0;

	if (file == NULL)
		return errno;
	while (getline(&line, &room, file) >= 0)
		read_line(servers, line);
	if (ferror(file))
		error = EIO;
	free(line);
	fclose(file);
	return error;
}
