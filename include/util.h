/*
 * util.h: encodings, numbers, names and dates.  Any thread.
 */
#ifndef EC_UTIL_H
#define EC_UTIL_H

#include "ec_types.h"

/* The name of this machine in lower case: 0, or -1 with errno. */
int ec_gethostname(char *hostname, size_t len);

/*
 * Base64.  The two give the number of bytes written, without the final NUL
 * that encode adds, or 0 when dest is too small or, decoding, the text is not
 * base64 (white space in it is skipped).  _space gives the dest_len that is
 * enough, the NUL included.  To a string: `fold` nonzero breaks lines at 76
 * columns by CRLF; gives 1.
 */
int ec_base64_encode(const char *src, int src_len, char *dest, int dest_len);
int ec_base64_decode(const char *src, int src_len, char *dest, int dest_len);
int ec_base64_encode_space(int len);
int ec_base64_decode_space(int len);
int ec_base64_encode_to_string(const char *src, size_t src_len, string *dest,
    int fold);
int ec_base64_encode_string_to_string(string *src, string *dest, int fold);

/* Quoted-printable (RFC 2045 6.7).  `toencode` names further characters to
 * encode, or is NULL.  Gives the number of characters written. */
int ec_qp_encode_to_string(const char *src, size_t src_len, string *dest,
    char *toencode);

/* Hexadecimal, upper case.  0 when dest is too small or src is malformed. */
int ec_hex_encode(const char *src, size_t src_len, char *dest,
    size_t dest_len);
int ec_hex_decode(const char *src, size_t src_len, char *dest,
    size_t dest_len);

/* The whole text as a number: 1, or 0 and *value untouched. */
int ec_atoi(const char *text, int *value);
int ec_atoui(const char *text, unsigned int *value);

/* Find a file of the configuration by its name, as include would: 1 with the
 * path appended to `out`, or 0 with words in `err`. */
int ec_find_conf_file(const char *base, string *out, string *err);

/* The date in the form of header fields, in local time.  `tv` NULL is now.
 * Gives the length, or 0 when it does not fit. */
size_t ec_rfc822_date(char *buf, size_t maxsize, struct timeval *tv);

#endif
