/*
 * lists.c: one name after the other, and what the lists say of it.
 */
#include "opendkim/lists.h"

#include "dkim/memory.h"
#include "misc/ec_string.h"
#include "seal.h"

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

#define SUFFIXES "?*+"

struct name { /* within a list */
	const char *text;
	size_t n; /* without the suffix */
	char suffix; /* or '\0' */
};

/* The name at *list, which moves on; false at the end. */
static bool
next(const char **list, struct name *name_r)
{
	const char *at = *list;
	size_t n;

	if (at == NULL || *at == '\0')
		return false;
	n = strcspn(at, ":");
	*list = at + n + (at[n] == ':' ? 1 : 0);
	*name_r = (struct name){ at, n, '\0' };
	if (n > 0 && strchr(SUFFIXES, at[n - 1]) != NULL) {
		name_r->suffix = at[n - 1];
		name_r->n--;
	}
	return true;
}

static bool
is_name(const struct name *name, const struct name *other)
{
	return name->n == other->n &&
	    strncasecmp(name->text, other->text, name->n) == 0;
}

static bool
is_in(const char *list, const struct name *name)
{
	struct name other;

	while (next(&list, &other)) {
		if (is_name(&other, name))
			return true;
	}
	return false;
}

static bool
is_from(const struct name *name)
{
	return is_name(name, &(struct name){ "From", strlen("From"), '\0' });
}

static void
add(string *out, const struct name *name, char suffix)
{
	(void)stringprintf(out, "%s%.*s%c", out->len > 0 ? ":" : "",
	    (int)name->n, name->text, suffix);
}

/* All of headerlist that is not skipped, in its order. */
static void
add_signed(string *out, const char *sign, const char *oversign,
    const char *skip)
{
	struct name name;

	while (next(&sign, &name)) {
		if (is_in(skip, &name) && !is_from(&name))
			continue;
		if (!is_in(oversign, &name))
			add(out, &name, name.suffix != '\0' ? name.suffix :
			    '+');
		else if (!is_in(out->buffer, &name))
			add(out, &name, '*');
	}
}

static void
add_oversigned(string *out, const char *oversign, const char *skip)
{
	struct name name;

	while (next(&oversign, &name)) {
		if ((!is_in(skip, &name) || is_from(&name)) &&
		    !is_in(out->buffer, &name))
			add(out, &name, '*');
	}
}

char *
lists_join(const char *sign, const char *oversign, const char *skip)
{
	const char *from = "From";
	string out;
	char *text;

	if (sign == NULL && oversign == NULL && skip == NULL)
		return NULL;
	if (sign == NULL)
		sign = seal_default_headers();
	(void)string_init_type(&out, 256, STRING_TYPE_MALLOC);
	/* what signs nothing of the author is no signature: RFC 6376 5.4 */
	if (!is_in(sign, &(struct name){ from, strlen(from), '\0' }) &&
	    !is_in(oversign, &(struct name){ from, strlen(from), '\0' }))
		(void)stringwrite_strings(&out, 1, "From+");
	add_signed(&out, sign, oversign, skip);
	add_oversigned(&out, oversign, skip);
	text = memory_text(out.buffer);
	(void)string_destroy(&out);
	return text;
}
