/*
 * attributes.c: from one file to another, by name.
 */
#include "host/online/attributes.h"

#include "host/types/alloc.h"

#include <errno.h>
#include <limits.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#define ACCESS_LIST "system.posix_acl_access"

struct attributes {
	char *names; /* one after the other, with a NUL each */
	size_t n;
};

/* A file system without any has none. */
static bool
list(const char *path, struct attributes *attributes_r)
{
	ssize_t n;

	attributes_r->n = 0;
	attributes_r->names = xmalloc(XATTR_LIST_MAX);
	n = listxattr(path, attributes_r->names, XATTR_LIST_MAX);
	if (n < 0 && errno != ENOTSUP)
		return false;
	attributes_r->n = n < 0 ? 0 : (size_t)n;
	return true;
}

static const char *
next(const struct attributes *attributes, const char *name)
{
	if (name != NULL)
		name += strlen(name) + 1;
	else
		name = attributes->names;
	return name < attributes->names + attributes->n ? name : NULL;
}

static bool
begins(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* They seal the content, and the system makes them anew. */
static bool
is_of_content(const char *name)
{
	return strcmp(name, "security.ima") == 0 ||
	    strcmp(name, "security.evm") == 0;
}

/* 0, or an errno. */
static int
copy(const char *path, int fd, const char *name, char *value, char *other)
{
	ssize_t n = getxattr(path, name, value, XATTR_SIZE_MAX);
	int error;

	if (n < 0)
		return errno == ENODATA ? 0 : errno;
	if (fsetxattr(fd, name, value, (size_t)n, 0) == 0)
		return 0;
	error = errno;
	/* a label may be the same without us */
	if (fgetxattr(fd, name, other, XATTR_SIZE_MAX) == n &&
	    memcmp(value, other, (size_t)n) == 0)
		return 0;
	return error;
}

static int
fail(const char *path, const char *name, int error, struct buffer *why)
{
	buffer_add_text(why, path);
	buffer_add_text(why, ": ");
	buffer_add_text(why, strcmp(name, ACCESS_LIST) == 0 ?
	    "its access control list" : name);
	buffer_add_text(why, " could not be kept: ");
	buffer_add_text(why, strerror(error));
	return -1;
}

static int
copy_all(const char *path, int fd, const struct attributes *attributes,
    struct buffer *why)
{
	char *value = xmalloc(XATTR_SIZE_MAX), *other = xmalloc(XATTR_SIZE_MAX);
	const char *name = NULL;
	bool has_list = false;
	int error, ret = 0;

	while (ret == 0 && (name = next(attributes, name)) != NULL) {
		has_list = has_list || strcmp(name, ACCESS_LIST) == 0;
		error = is_of_content(name) ? 0 :
		    copy(path, fd, name, value, other);
		if (error != 0)
			ret = fail(path, name, error, why);
	}
	if (ret == 0 && !has_list && fremovexattr(fd, ACCESS_LIST) != 0 &&
	    errno != ENODATA && errno != ENOTSUP)
		ret = fail(path, ACCESS_LIST, errno, why);
	free(value);
	free(other);
	return ret;
}

int
attributes_copy(const char *path, int fd, struct buffer *why)
{
	struct attributes attributes;
	int ret;

	if (list(path, &attributes))
		ret = copy_all(path, fd, &attributes, why);
	else
		ret = fail(path, "its attributes", errno, why);
	free(attributes.names);
	return ret;
}

bool
attributes_are_special(const char *path)
{
	struct attributes attributes;
	const char *name = NULL;
	bool special = false;

	if (!list(path, &attributes))
		special = true;
	while (!special && (name = next(&attributes, name)) != NULL)
		special = strcmp(name, ACCESS_LIST) != 0 &&
		    !begins(name, "user.") && !is_of_content(name);
	free(attributes.names);
	return special;
}
