/*
 * value.h: what an option's text means, by the option's type.
 *
 * Values live in the arena of the configuration that holds them, a default
 * value in the registry; nobody changes them.  Texts are NUL-terminated.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "host/config/cidr.h"
#include "host/config/option.h"
#include "host/config/regex.h"
#include "host/config/written.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>

union config_item {
	const char *string; /* STRING */
	int integer; /* INT; BOOL: 0 or 1; PERMS */
	uint64_t u64; /* UINT64 */
	double real; /* FLOAT */
	size_t size; /* SIZE */
	const struct sockaddr_storage *address; /* SOCKADDR: AF_INET, AF_INET6
	    or AF_UNIX; SOCKADDR_PORTLESS has port 0 */
	const struct regex *regex; /* REGEX */
	const struct cidr *network; /* NETWORK */
};

struct config_pair {
	const char *key, *value;
};

struct config_value {
	const struct config_option *option;
	const struct written *written; /* what it was read from */
	union {
		union config_item one; /* neither array nor dict */
		const union config_item *items; /* array, count of them */
		const struct config_pair *pairs; /* dict, count of them */
	};
	uint32_t count; /* 1 when neither */
	/* For the SDK: the value in the published layout, made on first use.
	 * Whoever puts something here sets registry_on_value_free(). */
	_Atomic(void *) view;
};

/* Read a value by its option's row: type, choices, array, validate().  Returns
 * true with *value_r filled (option and written included), or false with words
 * for people in why, such as "'maybe' is not a boolean (expected ...)". */
bool value_read(const struct config_option *option,
    const struct written *written, struct arena *arena,
    struct config_value *value_r, struct buffer *why);

/* The same, with the line of what is wrong in *line_r, where it is known. */
bool value_read_line(const struct config_option *option,
    const struct written *written, struct arena *arena,
    struct config_value *value_r, struct buffer *why, uint32_t *line_r);

/* The text of a key in a dict, or NULL. */
const char *value_dict_get(const struct config_value *value, const char *key);

/* What an option's type is called: "integer". */
const char *value_type(const struct config_option *option);

#endif
