/*
 * negotiate.c: as little talk as the MTA allows, and nothing it does not know.
 *
 * What an MTA does not offer is not asked for, or it would be turned away:
 * libmilter ends a connection that does not get what it wants.  What is missing
 * shows when a message needs it.
 */
#include "frontends/milter/negotiate.h"

#include "frontends/milter/connection.h"

#include <stdatomic.h>

#define ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY | \
	SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGFROM | SMFIF_QUARANTINE)

/* Steps that nobody here listens to. */
#define STEPS (SMFIP_NODATA | SMFIP_NOUNKNOWN)

/* Whatever is wrong with the header is said at the end of the message, so the
 * MTA need not wait for an answer to each field.  libmilter answers in our
 * place where the MTA cannot do without.  Chunks of the body are answered: an
 * MTA may send the last one with the end of the message, and libmilter then
 * takes a silence about the chunk for one about the message. */
#define SILENCE (SMFIP_NR_HDR | SMFIP_NR_EOH)

/* The macros that are looked at, and no others: each is sent with every
 * message. */
static const struct {
	int stage;
	const char *macros;
} wanted[] = {
	{ SMFIM_CONNECT, "{daemon_addr} {daemon_port} {if_addr}" },
	{ SMFIM_HELO, "{tls_version} {cipher} {cipher_bits} {cert_subject} "
	    "{cert_issuer} {verify}" },
	{ SMFIM_ENVFROM, "i {auth_authen} {auth_type}" },
	{ SMFIM_EOH, "i" },
	{ SMFIM_EOM, "i" },
};

/* What the latest connection agreed to, the leading space as one bit more. */
#define LEADING_SPACE 0x80000000ul
static _Atomic unsigned long latest;

static void
ask_for_macros(SMFICTX *ctx)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		(void)smfi_setsymlist(ctx, wanted[i].stage,
		    (char *)(uintptr_t)wanted[i].macros);
}

sfsistat
negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1,
    unsigned long f2, unsigned long f3, unsigned long *pf0,
    unsigned long *pf1, unsigned long *pf2, unsigned long *pf3)
{
	struct connection *c = connection_of(ctx);

	(void)f2;
	(void)f3;
	c->actions = f0 & ACTIONS;
	c->leading_space = (f1 & SMFIP_HDR_LEADSPC) != 0;
	if ((f0 & SMFIF_SETSYMLIST) != 0)
		ask_for_macros(ctx);
	*pf0 = f0 & (ACTIONS | SMFIF_SETSYMLIST);
	*pf1 = f1 & (STEPS | SMFIP_HDR_LEADSPC);
	*pf1 |= SILENCE;
	*pf2 = 0;
	*pf3 = 0;
	atomic_store(&latest, c->actions |
	    (c->leading_space ? LEADING_SPACE : 0));
	return SMFIS_CONTINUE;
}

void
negotiate_recall(struct connection *c)
{
	unsigned long agreed = atomic_load(&latest);

	c->actions = agreed & ACTIONS;
	c->leading_space = (agreed & LEADING_SPACE) != 0;
}
