/*
 * ec_message.h: a message with its envelope, header, body and contexts.
 *
 * The host keeps the bytes that came: every field with its white space, and
 * the body with its line ends.  Modules edit the message in place; what they
 * changed is worked out at the end, by comparing, and told to the mail server
 * in front as the fewest edits that bring it there.
 *
 * Threads: a message belongs to the thread that calls the hook.  It may be
 * handed to another one, as long as only one works on it at a time.  Two
 * things are safe at any time from any thread: references
 * (ec_message_addref, ec_message_free), and the code between ec_message_lock
 * and ec_message_unlock.
 *
 * Memory: what the functions give lives as long as the message, or until the
 * next change of the same thing, whichever is first.
 */
#ifndef EC_MESSAGE_H
#define EC_MESSAGE_H

#include "ec_blobject.h"
#include "ec_sockaddr.h"
#include "ec_types.h"
#include "ecdict.h"
#include "message/message_id.h"
#include "misc/ec_string.h"
#include "rfc2822_parser.h"

/* The contexts; numbered as VCTX_CONN and VCTX_MESS are. */
#define ECMESS_CTX_CONN 0 /* of the connection that brought it */
#define ECMESS_CTX_MESS 1 /* of this message */

/* How it came. */
enum {
	P_INTERNAL = 1, /* made by a module */
	P_ESMTP = 2, /* from a mail server or client */
};

struct _ec_message {
	message_id id;
	struct timeval creation_time;
	/* Shared with the validate_context while it is being validated. */
	ECDict vctx_conn, vctx_mess;
	ec_message_part *top; /* use ec_message_get_first_part */
	ec_atomic_t ref;
	ec_binding_slot binding_slot; /* read only: ec_message_change_binding_slot */
	unsigned priority : 1;
	unsigned recv_method : 8; /* P_... */
	ec_sockaddr recv_from; /* the client */
	ec_sockaddr recv_via; /* where it connected to */
	message_id conn_id;
	message_id batch_id;
	struct message_state *_state; /* the host's */
};

/* The whole message is one part to this host. */
struct _ec_message_part {
	ec_message *message; /* it belongs to */
	ec_message_part *next, *parts, *parent; /* NULL */
	int touched; /* EC_MSG_HDR_ADD and so on, all so far */
};

/* The present time when `now` is NULL.  One reference. */
ec_message *ec_message_new(struct timeval *now);
ec_message *ec_message_addref(ec_message *msg); /* gives msg */
/* Drop a reference; the last one frees.  NULL is fine. */
void ec_message_free(ec_message *msg);
/* An independent message of the same content, with an id of its own; what it
 * is compared with for edits is the original as it is now.  NULL without
 * memory or disk space.  This host copies for all three. */
ec_message *ec_message_copy(ec_message *orig);
ec_message *ec_message_cowref(ec_message *src);
ec_message *ec_message_snapshot(ec_message *orig);

/* The id that the log and the mail server know: its queue id when the front-end
 * told one, else the text form of msg->id. */
EC_ADDITION const char *ec_message_id_text(ec_message *msg);

/*
 * The result of delivering the message.  code 0: the text begins with the
 * number.  Gives the code before, 0 when there was none, or -1 for a code
 * outside 1 to 999.  NULL when there is no code.
 */
void ec_message_lock(ec_message *msg);
void ec_message_unlock(ec_message *msg);
int ec_message_set_code(ec_message *msg, int code, const char *codestr);
const char *ec_message_get_code(ec_message *msg);

/*
 * Context variables; `w` is ECMESS_CTX_CONN or ECMESS_CTX_MESS.
 *
 * set gives 1, or 0 when key or value is NULL.  get gives "" for what is not
 * there.  The others give 1 and 0 for yes and no.  firstkey and nextkey walk
 * the keys, NULL at the end; setting or deleting ends the walk.
 */
int ec_message_context_set(ec_message *msg, int w, const char *k,
    const char *v);
const char *ec_message_context_get(ec_message *msg, int w, const char *k);
int ec_message_context_exists(ec_message *msg, int w, const char *k);
int ec_message_context_exists_and_get(ec_message *msg, int w, const char *k,
    const char **v);
int ec_message_context_delete(ec_message *msg, int w, const char *k);
int ec_message_context_size(ec_message *msg, int w);
const char *ec_message_context_firstkey(ec_message *msg, int w);
const char *ec_message_context_nextkey(ec_message *msg, int w,
    const char *lk);
void ec_message_context_clean(ec_message *msg, int w);
/* Copy the variable `name`, from either context to the same one of dest. */
int ec_message_context_copy(ec_message *src, ec_message *dest,
    const char *name);
/* Empty both. */
void ec_message_context_discard(ec_message *msg);

/*
 * Envelope.  get_mailfrom and get_rcptto give the whole command line with its
 * CRLF, or NULL when there is none.  set_ takes such a line, or an address
 * with or without angle brackets; with take_buffer, str is of
 * MEMTYPE_MESSAGE_BODY and freed by the message.  1, or 0 not understood.
 *
 * A message here carries all its recipients.  "The" recipient is the one that
 * a per-recipient hook was called for, elsewhere the first.
 */
const char *ec_message_get_mailfrom(ec_message *msg);
const char *ec_message_get_rcptto(ec_message *msg);
int ec_message_set_mailfrom(ec_message *msg, const char *str, int len,
    int take_buffer);
int ec_message_set_rcptto(ec_message *msg, const char *str, int len,
    int take_buffer);

#define EC_MSG_ENV_FROM 1 /* the sender, or ... */
#define EC_MSG_ENV_TO 2 /* ... the recipient */
#define EC_MSG_ENV_COMPLETE 4 /* local part and domain in one, in localpart */

/* 1, or 0 when there is no such address or no room for it.  localpart, domain
 * and isnull may be NULL.  The null sender has both parts empty.  The strings
 * of get_envelope2 are emptied first. */
int ec_message_get_envelope(ec_message *msg, int flags, char *localpart,
    int llen, char *domain, int dlen, int *isnull);
int ec_message_get_envelope2(ec_message *msg, int flags, string *localpart,
    string *domain, int *isnull);
/* -1 for a length: the text ends with a NUL.  A part that is NULL stays as it
 * is; both NULL is the null sender. */
int ec_message_set_envelope(ec_message *msg, int flags,
    const char *localpart, int llen, const char *domain, int dlen);

/* All recipients: how many, and the address of one, from 0, without brackets;
 * NULL past the end. */
EC_ADDITION int ec_message_rcpt_count(ec_message *msg);
EC_ADDITION const char *ec_message_rcpt(ec_message *msg, int index);
/* 1; 0 when it is there already, not there, or no address. */
EC_ADDITION int ec_message_rcpt_add(ec_message *msg, const char *address);
EC_ADDITION int ec_message_rcpt_remove(ec_message *msg, const char *address);

/* The domain of the recipient, unless a module set another; lower-case.  1, or
 * 0 when there is none or no room. */
int ec_message_get_routing_domain(ec_message *msg, char *domain, int dlen);
int ec_message_get_routing_domain2(ec_message *msg, string *domain);
EC_ADDITION int ec_message_set_routing_domain(ec_message *msg,
    const char *domain);
/* The same for one recipient of several. */
EC_ADDITION const char *ec_message_rcpt_domain(ec_message *msg, int index);

/* The binding, a slot of config_get_binding_id_from_name(); "default" until
 * somebody changes it. */
void ec_message_change_binding_slot(ec_message *msg, ec_binding_slot slot);

/* Parts: there is one. */
ec_message_part *ec_message_get_first_part(ec_message *msg, int headers_only);

#define EC_MSG_HDR_ADD 1
#define EC_MSG_HDR_REM 2
#define EC_MSG_HDR_EOL_FIX 4
#define EC_MSG_BODY_MODIFIED 8
#define EC_MSG_BODY_LEN_FIX 16
#define EC_MSG_BODY_EOL_FIX 32
void ec_message_part_touch(ec_message_part *part, int what);

/* The header fields.  They are the message's own for both values of for_read;
 * 0 announces a change, which ec_message_part_touch then names. */
rfc2822_context *ec_message_get_headers(ec_message_part *part, int for_read);

/*
 * The header without copying (addition): how many fields there are, and the
 * exact bytes of one, from name to value without the final CRLF.  NULL past the
 * end.  Walking from 0 upward costs constant time per field.
 */
EC_ADDITION int ec_message_header_count(ec_message *msg);
EC_ADDITION const char *ec_message_header_bytes(ec_message *msg, int index,
    size_t *len_r);

/*
 * The body without copying (addition): a run of bytes at *offset, which moves
 * on.  Begin with 0.  1, or 0 at the end.  No dots are doubled, lines end in
 * CRLF as they came.
 */
EC_ADDITION int ec_message_body_next(ec_message *msg, size_t *offset,
    const char **bytes_r, size_t *len_r);
EC_ADDITION size_t ec_message_body_size(ec_message *msg);
/* The body as one run: joined once when it came in several pieces.  NULL only
 * without memory. */
EC_ADDITION const char *ec_message_body(ec_message *msg, size_t *len_r);
/* A new body, copied.  1, or 0 without memory or disk space. */
EC_ADDITION int ec_message_set_body(ec_message *msg, const char *bytes,
    size_t len);

/* Octets from the first field to the end, as on the wire without dots. */
size_t ec_message_get_message_size(ec_message *msg);
/* Is the body in a file, not in memory? */
int ec_message_is_large(ec_message *msg);
int ec_message_is_mcmt(ec_message *msg); /* 0: several recipients, one body */
const char *ec_message_get_delivery_method(ec_message *msg); /* "smtp" */
const char *ec_message_get_pathway(ec_message *msg); /* "default" unless set */
/* The file of a large body, for mmap; 0: the body is in memory. */
int ec_message_get_body_fd_for_mmap(ec_message *msg);
/* The whole message in one run of memory, as on the wire with doubled dots and
 * the final dot; NULL without disk space.  It is counted, not NUL-terminated:
 * EC_MSG_RENDER_CALCULATE_LENGTH_ONLY below tells its length. */
char *ec_message_get_message_memory(ec_message *msg);

/* A reader of the whole message as on the wire; see spool.h for what to do
 * with it.  NULL without memory. */
io_object *ec_message_get_body_io_object(ec_message *msg);
void ec_message_release_body_io_object(ec_message *msg);

/*
 * Rendering: appends to str, gives the number of bytes.  As on the wire unless
 * told otherwise: CRLF, lines that begin with a dot have it doubled, and a line
 * with a dot ends it.
 */
#define EC_MSG_RENDER_OMIT_DOT 1 /* without that last line */
#define EC_MSG_RENDER_CALCULATE_LENGTH_ONLY 2 /* str may be NULL */
#define EC_MSG_RENDER_HEADERS_ONLY 4 /* and the empty line behind them */
#define EC_MSG_RENDER_XML 8 /* refused: gives 0 */
#define EC_MSG_RENDER_OMIT_HEADERS 16 /* the body alone */
#define EC_MSG_RENDER_OMIT_EPILOGUE 32 /* no effect: there is one part */
#define EC_MSG_RENDER_UNSTUFFED 64 /* dots not doubled, LF for CRLF, and no
    last line with a dot */
#define EC_MSG_RENDER_DEBUG 128 /* no effect */
#define EC_MSG_RENDER_AVOID_IO 256 /* no effect */
#define EC_MSG_RENDER_SUPPRESS_WRITE_ERRORS 512 /* no effect */
int ec_message_render_to_string(ec_message *msg, string *str, int flags);
int ec_message_render_headers_to_string(ec_message *msg, string *str,
    int flags);
int ec_message_render_part_to_string(ec_message_part *part, string *str,
    int flags);
int ec_message_render_part_headers_to_string(ec_message_part *part,
    string *str, int flags);
/* Envelope and contexts, a line each, for people. */
int ec_message_render_meta_to_string(ec_message *msg, string *str, int flags);

/* Objects that hang on the message.  store takes a reference of its own, and
 * drops that to an object of the same key.  get gives the message's, without
 * counting.  remove gives 1, or 0 when there is none. */
void ec_message_blobject_store(ec_message *msg, const char *key,
    ec_blobject *obj);
ec_blobject *ec_message_blobject_get(ec_message *msg, const char *key);
int ec_message_blobject_remove(ec_message *msg, const char *key);

/*
 * What becomes of the message, from validate_data on (additions).  The last
 * word counts; a refusing code in the validate_context counts more.
 *
 * discard: taken from the client, then dropped; in a per-recipient hook only
 * that recipient is.  quarantine: held by the mail server.  NULL for the
 * reason: "550 5.7.0 discarded by policy", and "held by policy".
 */
EC_ADDITION void ec_message_discard(ec_message *msg, const char *reason);
EC_ADDITION void ec_message_quarantine(ec_message *msg, const char *reason);

#endif
