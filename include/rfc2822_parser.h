/*
 * rfc2822_parser.h: the header of a message, field by field, byte by byte.
 *
 * A field is its name and a list of lines.  Before each line stands the white
 * space that was there: after the colon for the first one, at the beginning of
 * a continuation line for the others.  So name, ':', wsp_pad, line, CRLF,
 * wsp_pad, line, CRLF ... are again exactly the bytes that came.
 *
 * Memory: fields that came with the message live in it.  Texts are counted and
 * not NUL-terminated; they may hold NUL, and a lone CR or LF is a byte of its
 * line.  Fields from rfc2822_new_header are the caller's until they are put
 * into a context, which then owns them.  Replace a field with one of your own
 * rather than changing its texts.
 *
 * Threads: a context belongs to its message, see ec_message.h.
 */
#ifndef EC_RFC2822_PARSER_H
#define EC_RFC2822_PARSER_H

#include "ec_types.h"
#include "misc/ec_string.h"

typedef struct _rfc2822_field_body rfc2822_field_body;

struct _rfc2822_field_body {
	char *line; /* without the white space before it and its CRLF */
	int line_len;
	int line_should_free; /* the host's */
	char *wsp_pad;
	int wsp_pad_len;
	rfc2822_field_body *next; /* the continuation line, or NULL */
};

struct _rfc2822_field {
	char *field; /* the name; NULL: a line without a colon, which is no field */
	int field_len; /* white space before the colon is not counted */
	int field_should_free; /* the host's */
	rfc2822_field_body body; /* the first line */
	rfc2822_field *next; /* the field below, or NULL */

	/* the host's: */
	const char *_name_pad; /* white space between name and colon */
	int _name_pad_len;
	int _origin; /* 1 + index in the message as it came; 0: made later */
	int _in_heap; /* not of the message's own memory */
	const char *_bytes; /* the field as last written out, or NULL */
	size_t _bytes_len;
};

struct _rfc2822_context {
	rfc2822_field *headers; /* from the top */
	char *header_crutch; /* NULL */
	const char *body; /* NULL: see ec_message_body_next in ec_message.h */
	struct timeval now; /* when the message came */
	int body_len; /* 0 */
	unsigned body_should_free : 1;
	unsigned needs_reassembly : 1; /* fields were added or removed */
	unsigned had_date : 1; /* there was a Date field */
	unsigned add_date_if_needed : 1;
	unsigned needs_crlf_dot_crlf : 1;
	unsigned pedantic_crlf_headers : 1;
	unsigned pedantic_crlf_body : 1;
	unsigned pedantic_max_line_length : 2;

	void *_state; /* the host's */
};

/*
 * The first field of that name from the top (case does not matter), and the
 * next one of the same name below a given one.  NULL when there is none.
 */
rfc2822_field *rfc2822_find_first_header(rfc2822_context *ctx,
    const char *header_name);
rfc2822_field *rfc2822_find_next_header(rfc2822_field *last);

/*
 * A field of your own.  One space stands after the colon, unless `str` begins
 * with white space or a line end of its own.  Line ends in `str` make
 * continuation lines; one that does not begin with white space gets a tab, and
 * empty ones are left out, so that no text can make a second field or end the
 * header.  NULL when the name is not one (RFC 5322 section 2.2: printable ASCII
 * without a colon).
 */
rfc2822_field *rfc2822_new_header(const char *name, const char *str);
rfc2822_field *rfc2822_new_headerf(const char *name, const char *fmt, ...)
    EC_PRINTF_LIKE(2, 3);

/*
 * A field with exactly these bytes, from its name to its value, without the
 * final CRLF.  NULL when there is no name, a CR or LF that is no fold, or too
 * much of it.
 */
EC_ADDITION rfc2822_field *rfc2822_parse_header(const char *bytes,
    size_t len);

/* Append a continuation line; without white space at its beginning it gets a
 * tab. */
void rfc2822_header_append_line(rfc2822_field *hdr, const char *str);

/* Put a field of your own at the top, at the bottom, or so that `index` fields
 * stand above it; the context owns it now.  Afterwards tell the message with
 * ec_message_part_touch(part, EC_MSG_HDR_ADD). */
void rfc2822_prepend_header(rfc2822_context *ctx, rfc2822_field *hdr);
EC_ADDITION void rfc2822_append_header(rfc2822_context *ctx,
    rfc2822_field *hdr);
EC_ADDITION void rfc2822_insert_header(rfc2822_context *ctx,
    rfc2822_field *hdr, int index);

/* Remove the first field of that name; it is gone from memory.  Gives its
 * index from 0 at the top, or -1 when there was none.  Touch the part with
 * EC_MSG_HDR_REM. */
int rfc2822_remove_header(rfc2822_context *ctx, const char *name);
/* Remove this very field.  Gives its index, or -1 when it is not in there. */
EC_ADDITION int rfc2822_remove_field(rfc2822_context *ctx, rfc2822_field *hdr);

/* For a field that no context owns. */
void rfc2822_free_header(rfc2822_field *hdr);

/* Append the field as it goes over the wire, the final CRLF included. */
string *rfc2822_header_stringwrite(string *s, rfc2822_field *field);

/* ... or only some of it. */
#define RFC2822_HDR_RENDER_NAME 1 /* name, colon, and the space behind it */
#define RFC2822_HDR_RENDER_FOLD 2 /* CRLF and white space between lines, else
    one space */
#define RFC2822_HDR_RENDER_CRLF 4 /* a CRLF at the end */
string *rfc2822_header_stringwrite_ex(string *s, rfc2822_field *field,
    int flags);

/* A copy that outlives the message. */
rfc2822_context *rfc2822_clone_headers(rfc2822_context *ctx);
void rfc2822_free_context(rfc2822_context *ctx);

#endif
