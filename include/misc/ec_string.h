/*
 * misc/ec_string.h: text that grows at its end.
 *
 * `buffer` holds `len` bytes and a NUL after them; the bytes may be NUL
 * themselves.  Shared between threads only by those who lock it themselves.
 */
#ifndef EC_STRING_H
#define EC_STRING_H

#include "ec_malloc.h"
#include "ec_types.h"

/* Where the bytes are.  A number from 0 is a memory type of any size, and
 * buffer can be freed as such. */
#define STRING_TYPE_MALLOC MEMTYPE_IS_MALLOC_3C
#define STRING_TYPE_ECSTRING MEMTYPE_STRING
#define STRING_TYPE_MESSAGE_BODY MEMTYPE_MESSAGE_BODY
#define STRING_TYPE_SIEVE MEMTYPE_SIEVE
#define STRING_TYPE_STATIC -100 /* the caller's memory; does not grow */
#define STRING_TYPE_DISK_BACKED -101 /* here: in memory */
#define STRING_TYPE_IO_OBJECT -102 /* not offered here: init gives 0 */
#define STRING_TYPE_GROWBUF -103 /* here: in memory */
#define STRING_TYPE_GROWABLE_STATIC -104 /* the caller's memory until full */

struct _ec_string {
	int len;
	int allocd; /* bytes at buffer */
	char *buffer;
	int type;
	io_object *backing;
};

/* For the two static types: use the caller's array. */
#define STRING_STATIC_INIT(array) \
	{ 0, (int)sizeof(array), (array), STRING_TYPE_STATIC, NULL }
#define STRING_GROWABLE_STATIC_INIT(array) \
	{ 0, (int)sizeof(array), (array), STRING_TYPE_GROWABLE_STATIC, NULL }

/*
 * Start an empty string with room for `size` bytes, the NUL included, at
 * least 1.  For the static types set buffer first.  1, or 0 when the size or
 * type is none.
 */
int string_init_type(string *str, size_t size, int type);

/* Free what it holds and leave it empty; it may be written to again. */
int string_destroy(string *str);

/* Forget the text, keep the memory (addition). */
EC_ADDITION void string_truncate(string *str, int len);

/*
 * Append.  Text that a STATIC string has no room for is cut off, and so is
 * what would pass INT_MAX bytes.  Those that give a string give `str`; the
 * others the number of bytes written, or -1 if nothing could be.
 */
string *stringprintf(string *str, const char *fmt, ...) EC_PRINTF_LIKE(2, 3);
string *stringvprintf(string *str, const char *fmt, va_list args)
    EC_PRINTF_LIKE(2, 0);
string *stringwrite(string *str, const char *buf, int len);
ssize_t stringwrite2(string *str, const char *buf, size_t len);
/* Append `n` C strings; NULLs among them are skipped. */
ssize_t stringwrite_strings(string *str, int n, ...);
/* Append with every CR, LF and CRLF written as CRLF. */
string *stringwrite_canonical_crlf(string *str, const char *buf, int len);

/* "label = value" lines for console commands; with xml as elements. */
string *stringwrite_config_bool(string *str, const char *label, int value,
    int xml);
string *stringwrite_config_int(string *str, const char *label, int value,
    int xml);
string *stringwrite_config_string(string *str, const char *label,
    const char *value, int xml);

/* printf into new memory of a type: gives the length, with *out_r set. */
int ec_mt_asprintf(int object_type, char **out_r, const char *fmt, ...)
    EC_PRINTF_LIKE(3, 4);
int ec_mt_vasprintf(int object_type, char **out_r, const char *fmt,
    va_list args) EC_PRINTF_LIKE(3, 0);
/* ... of MEMTYPE_MESSAGE_BODY */
int ec_asprintf(char **out_r, const char *fmt, ...) EC_PRINTF_LIKE(2, 3);
int ec_vasprintf(char **out_r, const char *fmt, va_list args)
    EC_PRINTF_LIKE(2, 0);
/* As snprintf: the length it would have had. */
int ec_snprintf(char *buf, size_t size, const char *fmt, ...)
    EC_PRINTF_LIKE(3, 4);
int ec_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
    EC_PRINTF_LIKE(3, 0);

#endif
