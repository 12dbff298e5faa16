/*
 * fake_milter.h: libmilter's side of a filter, without an MTA: what it is told
 * is written down, and what the MTA would tell it is set by the test.
 */
#ifndef TESTS_FAKE_MILTER_H
#define TESTS_FAKE_MILTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libmilter/mfapi.h>

struct smfi_str { /* libmilter's context, as this test needs it */
	void *priv;
	const char *macros[16]; /* name, value ... NULL */
	const char *fails; /* a word: the call that it begins fails */
	char said[8192]; /* "insheader 0 Name: value\n" ... */
	char reply[1200]; /* of setreply */
	char symbols[1024]; /* of setsymlist */
};

static __attribute__((format(printf, 2, 3))) int
say(SMFICTX *ctx, const char *fmt, ...)
{
	size_t n = strlen(ctx->said);
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(ctx->said + n, sizeof(ctx->said) - n, fmt, args);
	va_end(args);
	return ctx->fails != NULL && strncmp(ctx->said + n, ctx->fails,
	    strlen(ctx->fails)) == 0 ? MI_FAILURE : MI_SUCCESS;
}

int
smfi_setpriv(SMFICTX *ctx, void *priv)
{
	ctx->priv = priv;
	return MI_SUCCESS;
}

void *
smfi_getpriv(SMFICTX *ctx)
{
	return ctx->priv;
}

char *
smfi_getsymval(SMFICTX *ctx, char *name)
{
	for (size_t i = 0; ctx->macros[i] != NULL; i += 2) {
		if (strcmp(ctx->macros[i], name) == 0)
			return (char *)(uintptr_t)ctx->macros[i + 1];
	}
	return NULL;
}

int
smfi_setsymlist(SMFICTX *ctx, int stage, char *macros)
{
	size_t n = strlen(ctx->symbols);

	(void)snprintf(ctx->symbols + n, sizeof(ctx->symbols) - n, "%d:%s\n",
	    stage, macros);
	return MI_SUCCESS;
}

int
smfi_setreply(SMFICTX *ctx, char *code, char *status, char *text)
{
	(void)snprintf(ctx->reply, sizeof(ctx->reply), "%s %s %s", code,
	    status, text);
	return MI_SUCCESS;
}

int
smfi_insheader(SMFICTX *ctx, int index, char *name, char *value)
{
	return say(ctx, "insheader %d %s:%s\n", index, name, value);
}

int
smfi_chgheader(SMFICTX *ctx, char *name, int nth, char *value)
{
	return value == NULL ? say(ctx, "delheader %d %s\n", nth, name) :
	    say(ctx, "chgheader %d %s:%s\n", nth, name, value);
}

int
smfi_replacebody(SMFICTX *ctx, unsigned char *bytes, int n)
{
	return say(ctx, "body %d %.*s\n", n, n < 40 ? n : 40,
	    n > 0 ? (char *)bytes : "");
}

int
smfi_chgfrom(SMFICTX *ctx, char *address, char *parameters)
{
	(void)parameters;
	return say(ctx, "chgfrom %s\n", address);
}

int
smfi_addrcpt(SMFICTX *ctx, char *address)
{
	return say(ctx, "addrcpt %s\n", address);
}

int
smfi_delrcpt(SMFICTX *ctx, char *address)
{
	return say(ctx, "delrcpt %s\n", address);
}

int
smfi_quarantine(SMFICTX *ctx, char *reason)
{
	return say(ctx, "quarantine %s\n", reason);
}

int
smfi_progress(SMFICTX *ctx)
{
	return say(ctx, "progress\n");
}

#endif
