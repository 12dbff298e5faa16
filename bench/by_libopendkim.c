/*
 * by_libopendkim.c: libopendkim as its own interface wants it.  The library is
 * opened once; a handle serves one message, takes the private key as text with
 * each message to sign, and asks a callback for the key record of each message
 * to verify, so that neither waits for DNS.
 */
#include <stdlib.h>
#include <string.h>

#include <opendkim/dkim.h>

#include "contestant.h"
#include "fatal.h"

#define MAX_FIELD 4096 /* a signature field, several times over */
#define FIELD_NAME DKIM_SIGNHEADER ": "

struct session {
	const struct job *job;
	DKIM_LIB *library;
	char field[MAX_FIELD]; /* the last signature */
	size_t n_field;
};

static dkim_alg_t
dkim_algorithm(enum algorithm algorithm)
{
	return algorithm == ALGORITHM_ED25519 ? DKIM_SIGN_ED25519SHA256
	                                      : DKIM_SIGN_RSASHA256;
}

/* Its interface takes text as unsigned char and not const, but leaves it
 * alone. */
static unsigned char *
bytes(const void *text)
{
	return (unsigned char *)(uintptr_t)text;
}

static DKIM_CBSTAT
look_up_key(DKIM *dkim, DKIM_SIGINFO *signature, unsigned char *buffer,
    size_t room)
{
	const struct session *session = dkim_get_user_context(dkim);
	const char *record = session->job->keypair->record;

	(void)signature;
	if (strlen(record) >= room)
		return DKIM_CBSTAT_ERROR;
	memcpy(buffer, record, strlen(record) + 1);
	return DKIM_CBSTAT_CONTINUE;
}

/* The whole message through a handle, up to its verdict. */
static DKIM_STAT
feed(DKIM *dkim, const struct letter *letter)
{
	struct span rest = letter->body;
	DKIM_STAT status;

	for (size_t i = 0; i < letter->n_fields; i++) {
		status = dkim_header(dkim, bytes(letter->fields[i].p),
		    letter->fields[i].n);
		if (status != DKIM_STAT_OK)
			return status;
	}
	status = dkim_eoh(dkim);
	while (status == DKIM_STAT_OK && rest.n > 0) {
		struct span chunk = span_first(rest, CHUNK);

		status = dkim_body(dkim, bytes(chunk.p), chunk.n);
		rest = span_from(rest, chunk.n);
	}
	if (status != DKIM_STAT_OK)
		return status;
	return dkim_eom(dkim, NULL);
}

static int
keep_field(struct session *session, DKIM *dkim)
{
	unsigned char *value;
	size_t n;

	if (dkim_getsighdr_d(dkim, strlen(FIELD_NAME), &value, &n) !=
	    DKIM_STAT_OK || n > MAX_FIELD - strlen(FIELD_NAME))
		return -1;
	memcpy(session->field, FIELD_NAME, strlen(FIELD_NAME));
	memcpy(session->field + strlen(FIELD_NAME), value, n);
	session->n_field = strlen(FIELD_NAME) + n;
	return 0;
}

static int
sign(void *state)
{
	struct session *session = state;
	const struct job *job = session->job;
	DKIM_STAT status;
	DKIM *dkim;
	int ret = -1;

	dkim = dkim_sign(session->library, bytes("bench"), NULL,
	    bytes(job->keypair->pem), bytes(KEYPAIR_SELECTOR),
	    bytes(KEYPAIR_DOMAIN), DKIM_CANON_RELAXED, DKIM_CANON_RELAXED,
	    dkim_algorithm(job->algorithm), -1, &status);
	if (dkim == NULL)
		return -1;
	if (feed(dkim, job->letter) == DKIM_STAT_OK)
		ret = keep_field(session, dkim);
	dkim_free(dkim);
	return ret;
}

static struct span
signature(void *state)
{
	struct session *session = state;

	return span_of(session->field, session->n_field);
}

static int
verify(void *state)
{
	struct session *session = state;
	DKIM_STAT status;
	DKIM *dkim;

	dkim = dkim_verify(session->library, bytes("bench"), NULL, &status);
	if (dkim == NULL)
		return -1;
	dkim_set_user_context(dkim, session);
	status = feed(dkim, session->job->sealed);
	dkim_free(dkim);
	switch (status) {
	case DKIM_STAT_OK:
		return 0;
	case DKIM_STAT_BADSIG:
		return 1;
	default:
		return -1;
	}
}

static void
set_option(DKIM_LIB *library, dkim_opts_t option, void *value, size_t size)
{
	if (dkim_options(library, DKIM_OP_SETOPT, option, value, size) !=
	    DKIM_STAT_OK)
		fatal("libopendkim: option %d not taken", option);
}

static void
session_free(void *state)
{
	struct session *session = state;

	dkim_close(session->library);
	free(session);
}

struct contestant
by_libopendkim(const struct job *job)
{
	struct session *session = fatal_calloc(1, sizeof(*session));
	const char *oversigned[] = { SIGNED_FROM, NULL };
	uint64_t now = KEYPAIR_TIME;

	session->job = job;
	session->library = dkim_init(NULL, NULL);
	if (session->library == NULL)
		fatal("libopendkim: cannot be opened");
	set_option(session->library, DKIM_OPTS_FIXEDTIME, &now, sizeof(now));
	set_option(session->library, DKIM_OPTS_SIGNHDRS, bytes(signed_names),
	    sizeof(unsigned char **));
	set_option(session->library, DKIM_OPTS_OVERSIGNHDRS, bytes(oversigned),
	    sizeof(unsigned char **));
	dkim_set_key_lookup(session->library, look_up_key);
	return (struct contestant){
		.impl = IMPL_LIBOPENDKIM,
		.state = session,
		.run = job->work == WORK_SIGN ? sign : verify,
		.signature = job->work == WORK_SIGN ? signature : NULL,
		.free = session_free,
	};
}

bool
libopendkim_can(enum algorithm algorithm)
{
	DKIM_LIB *library;
	bool can;

	if (algorithm != ALGORITHM_ED25519)
		return true;
	library = dkim_init(NULL, NULL);
	if (library == NULL)
		return false;
	can = dkim_libfeature(library, DKIM_FEATURE_ED25519);
	dkim_close(library);
	return can;
}
