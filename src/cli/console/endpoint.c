/*
 * endpoint.c: a path, or a host and a port, with a user in front.
 */
#include "cli/console/endpoint.h"

#include <stdlib.h>
#include <string.h>

/* The user's name ends at the last '@' before the first '/'. */
static int
take_user(const char **text, struct console_endpoint *endpoint,
    const char **why_r)
{
	size_t n = strcspn(*text, "/");
	const char *at = memrchr(*text, '@', n);

	if (at == NULL)
		return 0;
	if (at == *text) {
		*why_r = "there is no user before the '@'";
		return -1;
	}
	endpoint->user = strndup(*text, (size_t)(at - *text));
	*text = at + 1;
	return endpoint->user == NULL ? -1 : 0;
}

static int
take_host(const char *text, struct console_endpoint *endpoint,
    const char **why_r)
{
	const char *colon = strrchr(text, ':');
	size_t n = (size_t)(colon - text);

	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		*why_r = "an IPv6 address is written [ADDRESS]:PORT";
		return -1;
	}
	if (n == 0 || colon[1] == '\0') {
		*why_r = "it is HOST:PORT";
		return -1;
	}
	endpoint->host = strndup(text, n);
	endpoint->port = strdup(colon + 1);
	return endpoint->host == NULL || endpoint->port == NULL ? -1 : 0;
}

int
console_endpoint_parse(const char *text, struct console_endpoint *endpoint_r,
    const char **why_r)
{
	struct console_endpoint endpoint = { 0 };
	int ret = -1;

	*why_r = "out of memory";
	endpoint.name = strdup(text);
	if (endpoint.name == NULL)
		goto out;
	if (strncmp(text, "ssh://", 6) == 0) {
		*why_r = "there are no ssh:// endpoints: forward one with "
		    "ssh -L, or run ec_console over there";
		goto out;
	}
	if (take_user(&text, &endpoint, why_r) != 0)
		goto out;
	if (text[0] == '\0') {
		*why_r = "it is a socket file, or HOST:PORT";
		goto out;
	}
	if (strchr(text, '/') == NULL && strchr(text, ':') != NULL) {
		if (take_host(text, &endpoint, why_r) != 0)
			goto out;
	} else {
		endpoint.path = strdup(text);
		if (endpoint.path == NULL)
			goto out;
	}
	*endpoint_r = endpoint;
	endpoint = (struct console_endpoint){ 0 };
	ret = 0;
out:
	console_endpoint_deinit(&endpoint);
	return ret;
}

void
console_endpoint_deinit(struct console_endpoint *endpoint)
{
	free(endpoint->name);
	free(endpoint->user);
	free(endpoint->path);
	free(endpoint->host);
	free(endpoint->port);
	*endpoint = (struct console_endpoint){ 0 };
}
