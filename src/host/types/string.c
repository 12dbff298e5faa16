/*
 * string.c: misc/ec_string.h.
 *
 * All writing goes through room_for, which says how many of the bytes the
 * string can take: all of them, except in caller's memory that must not grow.
 */
#include "misc/ec_string.h"

#include "host/types/memtype.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRING_LEAST 64 /* a first growth below that is not worth it */

/* The memory type behind a string type, or -1: the caller's memory. */
static int
memory_of(int type)
{
	switch (type) {
	case STRING_TYPE_STATIC:
	case STRING_TYPE_GROWABLE_STATIC:
	case STRING_TYPE_IO_OBJECT:
		return -1;
	case STRING_TYPE_DISK_BACKED:
	case STRING_TYPE_GROWBUF:
		return MEMTYPE_STRING;
	default:
		return memtype_is_sized(type) ? type : -1;
	}
}

int
string_init_type(string *str, size_t size, int type)
{
	int memory = memory_of(type);

	if (size == 0 || size > INT_MAX)
		return 0;
	str->len = 0;
	str->allocd = (int)size;
	str->type = type;
	str->backing = NULL;
	if (memory >= 0)
		str->buffer = ec_malloc_size(memory, size);
	else if ((type != STRING_TYPE_STATIC &&
	    type != STRING_TYPE_GROWABLE_STATIC) || str->buffer == NULL)
		return 0;
	str->buffer[0] = '\0';
	return 1;
}

int
string_destroy(string *str)
{
	int memory = memory_of(str->type);

	if (memory >= 0 && str->buffer != NULL)
		ec_free(memory, str->buffer);
	if (memory >= 0) {
		str->buffer = NULL;
		str->allocd = 0;
	}
	str->len = 0;
	return 1;
}

void
string_truncate(string *str, int len)
{
	if (len < 0 || len >= str->len)
		return;
	str->len = len;
	str->buffer[len] = '\0';
}

static void
grow(string *str, size_t wanted)
{
	size_t size = str->allocd > STRING_LEAST ? (size_t)str->allocd :
	    STRING_LEAST;
	char *buffer;

	while (size < wanted)
		size *= 2;
	if (size > INT_MAX)
		size = INT_MAX;
	if (str->type == STRING_TYPE_GROWABLE_STATIC) {
		buffer = ec_malloc_size(MEMTYPE_STRING, size);
		if (str->len > 0)
			memcpy(buffer, str->buffer, (size_t)str->len);
		str->type = STRING_TYPE_ECSTRING;
		str->buffer = buffer;
	} else {
		str->buffer = ec_realloc(memory_of(str->type), str->buffer,
		    size);
	}
	str->allocd = (int)size;
}

/* How many of n bytes can be appended, after growing as far as possible. */
static size_t
room_for(string *str, size_t n)
{
	size_t most = (size_t)INT_MAX - 1 - (size_t)str->len;
	size_t wanted;

	if (n > most)
		n = most;
	wanted = (size_t)str->len + n + 1;
	if (wanted <= (size_t)str->allocd)
		return n;
	if (str->type == STRING_TYPE_STATIC)
		return str->allocd > str->len + 1 ?
		    (size_t)(str->allocd - str->len - 1) : 0;
	grow(str, wanted);
	return n;
}

ssize_t
stringwrite2(string *str, const char *buf, size_t len)
{
	size_t n = room_for(str, len);

	if (n == 0 && len > 0)
		return -1;
	if (n > 0)
		memcpy(str->buffer + str->len, buf, n);
	str->len += (int)n;
	if (str->allocd > str->len)
		str->buffer[str->len] = '\0';
	return (ssize_t)n;
}

string *
stringwrite(string *str, const char *buf, int len)
{
	if (len > 0)
		(void)stringwrite2(str, buf, (size_t)len);
	return str;
}

ssize_t
stringwrite_strings(string *str, int n, ...)
{
	ssize_t total = 0;
	va_list args;

	va_start(args, n);
	for (int i = 0; i < n; i++) {
		const char *part = va_arg(args, const char *);
		ssize_t written;

		if (part == NULL)
			continue;
		written = stringwrite2(str, part, strlen(part));
		if (written < 0) {
			total = -1;
			break;
		}
		total += written;
	}
	va_end(args);
	return total;
}

string *
stringvprintf(string *str, const char *fmt, va_list args)
{
	size_t room = str->allocd > str->len ?
	    (size_t)(str->allocd - str->len) : 0;
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(room > 0 ? str->buffer + str->len : NULL, room, fmt,
	    args);
	if (n >= 0 && (size_t)n < room) {
		str->len += n;
	} else if (n > 0) {
		/* it did not fit: once more, into memory that does */
		text = ec_malloc_size(MEMTYPE_STRING, (size_t)n + 1);
		(void)vsnprintf(text, (size_t)n + 1, fmt, again);
		(void)stringwrite2(str, text, (size_t)n);
		ec_free(MEMTYPE_STRING, text);
	}
	va_end(again);
	return str;
}

string *
stringprintf(string *str, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)stringvprintf(str, fmt, args);
	va_end(args);
	return str;
}

string *
stringwrite_canonical_crlf(string *str, const char *buf, int len)
{
	int start = 0;

	for (int i = 0; i < len; i++) {
		if (buf[i] != '\r' && buf[i] != '\n')
			continue;
		(void)stringwrite(str, buf + start, i - start);
		(void)stringwrite(str, "\r\n", 2);
		if (buf[i] == '\r' && i + 1 < len && buf[i + 1] == '\n')
			i++;
		start = i + 1;
	}
	return stringwrite(str, buf + start, len - start);
}

static void
write_escaped(string *str, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '<':
			(void)stringwrite(str, "&lt;", 4);
			break;
		case '&':
			(void)stringwrite(str, "&amp;", 5);
			break;
		default:
			(void)stringwrite(str, text, 1);
		}
	}
}

string *
stringwrite_config_string(string *str, const char *label, const char *value,
    int xml)
{
	if (xml == 0)
		return stringprintf(str, "%s = \"%s\"\n", label,
		    value != NULL ? value : "");
	(void)stringprintf(str, "<%s>", label);
	write_escaped(str, value != NULL ? value : "");
	return stringprintf(str, "</%s>\n", label);
}

string *
stringwrite_config_int(string *str, const char *label, int value, int xml)
{
	if (xml != 0)
		return stringprintf(str, "<%s>%d</%s>\n", label, value, label);
	return stringprintf(str, "%s = %d\n", label, value);
}

string *
stringwrite_config_bool(string *str, const char *label, int value, int xml)
{
	const char *word = value != 0 ? "true" : "false";

	if (xml != 0)
		return stringprintf(str, "<%s>%s</%s>\n", label, word, label);
	return stringprintf(str, "%s = %s\n", label, word);
}

int
ec_mt_vasprintf(int object_type, char **out_r, const char *fmt, va_list args)
{
	char *text = NULL;
	int n = vasprintf(&text, fmt, args);

	*out_r = NULL;
	if (n >= 0) {
		*out_r = ec_mt_strndup(object_type, text, (size_t)n);
		free(text);
	}
	return n;
}

int
ec_mt_asprintf(int object_type, char **out_r, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = ec_mt_vasprintf(object_type, out_r, fmt, args);
	va_end(args);
	return n;
}

int
ec_vasprintf(char **out_r, const char *fmt, va_list args)
{
	return ec_mt_vasprintf(MEMTYPE_MESSAGE_BODY, out_r, fmt, args);
}

int
ec_asprintf(char **out_r, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = ec_vasprintf(out_r, fmt, args);
	va_end(args);
	return n;
}

int
ec_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	return vsnprintf(buf, size, fmt, args);
}

int
ec_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}
