/*
 * mta.h: the MTA's side of the milter protocol, command by command.
 *
 *	mta_open		connect and negotiate
 *	mta_connect, mta_helo	the SMTP client
 *	mta_mail, mta_rcpt, mta_data, mta_header, mta_eoh, mta_body, mta_end
 *	mta_abort		the message is off (Postfix says so after each)
 *	mta_quit, mta_quit_nc	the client is gone; another one follows
 *	mta_close
 *
 * Each command sends its macros first.  What the filter does not want is not
 * sent, and where it gives no reply none is waited for: then the answer is
 * MTA_CONTINUE.  An edit is taken at the end of a message alone, and only if
 * this MTA offered it: everything else is an error, as with a real MTA.
 *
 * Errors: every function returns 0; or -1 after the connection broke, time ran
 * out or the filter broke the protocol.  Then mta_why() says what happened, and
 * only mta_close() makes sense.
 */
#ifndef BENCH_MILTER_MTA_H
#define BENCH_MILTER_MTA_H

#include "edit.h"
#include "speech.h"

enum mta_answer {
	MTA_CONTINUE,
	MTA_ACCEPT, /* ask no more about this message, or this client */
	MTA_REJECT,
	MTA_TEMPFAIL,
	MTA_DISCARD,
	MTA_SHUTDOWN, /* 421, and the client's connection is closed */
	MTA_SKIP, /* no more commands of this kind */
};

struct mta_settings {
	const char *address; /* of the filter's socket, see dial.h */
	enum macros_style style;
	unsigned timeout_ms; /* to wait for each octet */
	uint32_t version; /* offered */
	uint32_t actions; /* SMFIF_*, offered */
	uint32_t steps; /* SMFIP_*, offered */
};

/* Protocol 6 with everything that Postfix and Sendmail offer; and what older
 * MTAs offered, by their protocol's version: 2 (Sendmail 8.12) to 5. */
#define MTA_VERSION 6
void mta_settings_of_version(struct mta_settings *settings,
    uint32_t version);

struct mta;

/* *mta_r is there in any case, if only for mta_why() and mta_close(); NULL
 * when memory ran out. */
int mta_open(const struct mta_settings *settings, struct mta **mta_r);
void mta_close(struct mta **mta);
const char *mta_why(const struct mta *mta);
/* Was there a filter at that address at all? */
bool mta_is_connected(const struct mta *mta);
/* What was agreed on, and the macros: all but those of addresses are the
 * caller's to set. */
struct speech *mta_speech(struct mta *mta);
/* The socket, which does not block, for those who go on by themselves. */
int mta_fd(const struct mta *mta);

/* The answer, and "550 5.7.1 text" when the filter gave one (lines separated by
 * CRLF, each with its code); until the next command. */
const char *mta_reply_text(const struct mta *mta);

/* The commands; their arguments are those of speech.h. */
int mta_connect(struct mta *mta, const char *name, const char *address,
    uint16_t port, enum mta_answer *answer_r);
int mta_helo(struct mta *mta, const char *name, enum mta_answer *answer_r);
int mta_mail(struct mta *mta, const char *address, const char *parameters,
    enum mta_answer *answer_r);
int mta_rcpt(struct mta *mta, const char *address, const char *parameters,
    enum mta_answer *answer_r);
int mta_data(struct mta *mta, enum mta_answer *answer_r);
int mta_header(struct mta *mta, struct span name, struct span value,
    enum mta_answer *answer_r);
int mta_eoh(struct mta *mta, enum mta_answer *answer_r);
int mta_body(struct mta *mta, struct span chunk, enum mta_answer *answer_r);
/* The edits are appended. */
int mta_end(struct mta *mta, struct span chunk, struct edit_list *edits,
    enum mta_answer *answer_r);
int mta_abort(struct mta *mta);
int mta_quit(struct mta *mta);
int mta_quit_nc(struct mta *mta);

/* Send what was held back: before a pause, or before vanishing. */
int mta_flush(struct mta *mta);

#endif
