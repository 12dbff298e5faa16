/*
 * signature.c: results of ours in the words of libopendkim, and the functions
 * that ask for them.
 */
#include "opendkim/signature.h"

#include "dkim/memory.h"
#include "module.h"
#include "verifying/checking.h"

#include <strings.h>

/* Without a row: DKIM_STAT_CANTVRFY, as that library has it for whatever is
 * wrong with a signature or its key, and for what policy refuses. */
static const struct {
	enum seal_reason reason;
	DKIM_STAT status;
} statuses[] = {
	{ SEAL_WHY_OK, DKIM_STAT_OK },
	{ SEAL_WHY_BODY_HASH, DKIM_STAT_BADSIG },
	{ SEAL_WHY_SIGNATURE, DKIM_STAT_BADSIG },
	{ SEAL_WHY_KEY_NOT_FOUND, DKIM_STAT_NOKEY },
	{ SEAL_WHY_KEY_REVOKED, DKIM_STAT_REVOKED },
	{ SEAL_WHY_DNS_TIMEOUT, DKIM_STAT_KEYFAIL },
	{ SEAL_WHY_DNS_FAILED, DKIM_STAT_KEYFAIL },
	{ SEAL_WHY_DNS_BOGUS, DKIM_STAT_KEYFAIL },
	{ SEAL_WHY_NO_ANSWER, DKIM_STAT_KEYFAIL },
	{ SEAL_WHY_NO_MEMORY, DKIM_STAT_NORESOURCE },
};
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

static DKIM_STAT
status_of(enum seal_reason reason)
{
	for (size_t i = 0; i < STATUSES; i++) {
		if (statuses[i].reason == reason)
			return statuses[i].status;
	}
	return DKIM_STAT_CANTVRFY;
}

/* Was it left aside, with nothing known against it? */
static bool
is_ignored(enum seal_reason reason)
{
	return reason == SEAL_WHY_TOO_MANY_SIGNATURES ||
	    reason == SEAL_WHY_TOO_MANY_QUERIES ||
	    reason == SEAL_WHY_HEADER_TOO_LARGE;
}

static unsigned
flags_of(const struct seal_result *result)
{
	unsigned flags = 0;

	if (is_ignored(result->reason))
		flags |= DKIM_SIGFLAG_IGNORE;
	if (result->query != NULL)
		flags |= DKIM_SIGFLAG_PROCESSED;
	if (result->verdict == SEAL_PASS)
		flags |= DKIM_SIGFLAG_PASSED;
	if ((result->flags & SEAL_RESULT_TESTING) != 0)
		flags |= DKIM_SIGFLAG_TESTKEY;
	if ((result->flags & SEAL_RESULT_STRICT) != 0)
		flags |= DKIM_SIGFLAG_NOSUBDOMAIN;
	return flags;
}

static const char *
algorithm_of(enum seal_algorithm algorithm)
{
	return algorithm == SEAL_ALGORITHM_NONE ? "unknown" :
	    seal_algorithm_name(algorithm);
}

/* h= (RFC 6376 section 3.5: names between colons, with folding white space
 * around) as names and colons alone; NULL for an empty one. */
static char *
names_of(struct span list)
{
	char *out;
	size_t n = 0;

	if (list.n == 0)
		return NULL;
	out = memory_new(list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		/* of what is no name, nothing will be asked */
		if (list.p[i] > ' ' && list.p[i] != 0x7f)
			out[n++] = (char)list.p[i];
	}
	return out;
}

void
signature_init(DKIM_SIGINFO *sig, const struct seal_result *result)
{
	*sig = (DKIM_SIGINFO){
		.status = status_of(result->reason),
		.flags = flags_of(result),
		.error = result->verdict == SEAL_PASS ? NULL :
		    memory_text(result->why),
		.domain = checking_text(result->domain),
		.selector = checking_text(result->selector),
		.identity = checking_text(result->identity),
		.headers = names_of(result->signed_headers),
		.header_canon = seal_canon_name(result->header_canon),
		.body_canon = seal_canon_name(result->body_canon),
		.algorithm = algorithm_of(result->algorithm),
		.key_bits = result->key_bits,
	};
}

void
signature_deinit(DKIM_SIGINFO *sig)
{
	memory_free(sig->error);
	memory_free(sig->domain);
	memory_free(sig->selector);
	memory_free(sig->identity);
	memory_free(sig->headers);
}

/* get_sig() leaves NULL where there is none: asking about that is answered,
 * as with an index that is not there. */
static const DKIM_SIGINFO nothing = { .status = DKIM_STAT_INVALID };

static const DKIM_SIGINFO *
known(const DKIM_SIGINFO *sig)
{
	return sig != NULL ? sig : &nothing;
}

/* What the call comes to, for what every signature has. */
static DKIM_STAT
done(const DKIM_SIGINFO *sig)
{
	return sig != NULL ? DKIM_STAT_OK : DKIM_STAT_INVALID;
}

/* And for a text that it may lack. */
static DKIM_STAT
give(const DKIM_SIGINFO *sig, const char *text, const char **text_r)
{
	*text_r = text;
	return text != NULL || sig == NULL ? done(sig) : DKIM_STAT_SYNTAX;
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_status(const DKIM_SIGINFO *sig)
{
	return known(sig)->status;
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_errorstr(const DKIM_SIGINFO *sig, const char **text)
{
	*text = known(sig)->error;
	return done(sig);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_flags(const DKIM_SIGINFO *sig, unsigned *flags)
{
	*flags = known(sig)->flags;
	return done(sig);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_domain(const DKIM_SIGINFO *sig, const char **domain)
{
	return give(sig, known(sig)->domain, domain);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_selector(const DKIM_SIGINFO *sig, const char **selector)
{
	return give(sig, known(sig)->selector, selector);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_identity(const DKIM_SIGINFO *sig, const char **identity)
{
	return give(sig, known(sig)->identity, identity);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_canons(const DKIM_SIGINFO *sig, const char **header,
    const char **body)
{
	if (header != NULL)
		*header = known(sig)->header_canon;
	if (body != NULL)
		*body = known(sig)->body_canon;
	return done(sig);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_signalg(const DKIM_SIGINFO *sig, const char **algorithm)
{
	*algorithm = known(sig)->algorithm;
	return done(sig);
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_keysize(const DKIM_SIGINFO *sig, unsigned *bits)
{
	*bits = known(sig)->key_bits;
	return *bits > 0 || sig == NULL ? done(sig) : DKIM_STAT_NOKEY;
}

static bool
lists(const char *headers, const char *name)
{
	size_t n = strlen(name);

	while (*headers != '\0') {
		size_t item = strcspn(headers, ":");

		if (item == n && strncasecmp(headers, name, n) == 0)
			return true;
		headers += item + (headers[item] == ':');
	}
	return false;
}

EC_MODULE_EXPORT DKIM_STAT
ec_opendkim_get_sig_hdrsigned(const DKIM_SIGINFO *sig, const char *name,
    int *is_signed)
{
	*is_signed = 0;
	if (sig == NULL || name == NULL || name[0] == '\0')
		return DKIM_STAT_INVALID;
	if (sig->headers == NULL)
		return DKIM_STAT_SYNTAX;
	*is_signed = lists(sig->headers, name);
	return DKIM_STAT_OK;
}
