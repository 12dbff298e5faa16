/*
 * probe.c: a module that does what the message asks for, so that the pipeline
 * can be watched from outside.  Each X-Probe field is one wish:
 *
 *	prepend NAME VALUE	append NAME VALUE	remove NAME
 *	body TEXT		(| stands for a line end)
 *	code REPLY		final CODE (of core_final_validation2)
 *	discard			hold			again
 *	rcpt ADDRESS		unrcpt ADDRESS
 *	early EDIT		(one of the edits above, before others sign)
 *	variable NAME		(its value goes into X-Variable)
 *
 * Recipients named refuse@... are refused.
 */
#include "validate_module.h"

#include "hooks/core/final_validation.h"
#include "hooks/core/validate_data.h"
#include "hooks/core/validate_data_spool.h"
#include "hooks/core/validate_rcptto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static rfc2822_context *
headers(ec_message *msg)
{
	return ec_message_get_headers(ec_message_get_first_part(msg, 1), 0);
}

/* The nth wish as text, or 0. */
static int
wish(ec_message *msg, int nth, char *out, size_t room)
{
	rfc2822_field *f = rfc2822_find_first_header(headers(msg), "X-Probe");
	string text;

	while (f != NULL && nth-- > 0)
		f = rfc2822_find_next_header(f);
	if (f == NULL)
		return 0;
	string_init_type(&text, 64, STRING_TYPE_ECSTRING);
	rfc2822_header_stringwrite_ex(&text, f, 0);
	snprintf(out, room, "%s", text.buffer);
	string_destroy(&text);
	return 1;
}

static const char *
after(const char *text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(text, word, n) != 0 || (text[n] != ' ' && text[n] != '\0'))
		return NULL;
	return text[n] == ' ' ? text + n + 1 : text + n;
}

static rfc2822_field *
field_of(const char *text)
{
	char name[64] = "";
	size_t n = strcspn(text, " ");

	snprintf(name, sizeof(name), "%.*s", (int)n, text);
	return rfc2822_new_header(name, text[n] == ' ' ? text + n + 1 : "");
}

static void
set_body(ec_message *msg, const char *text)
{
	char body[256];
	size_t n = 0;

	for (; *text != '\0' && n + 2 < sizeof(body); text++) {
		if (*text == '|') {
			body[n++] = '\r';
			body[n++] = '\n';
		} else {
			body[n++] = *text;
		}
	}
	ec_message_set_body(msg, body, n);
}

static void
edit(ec_message *msg, const char *text)
{
	const char *rest;

	if ((rest = after(text, "prepend")) != NULL)
		rfc2822_prepend_header(headers(msg), field_of(rest));
	else if ((rest = after(text, "append")) != NULL)
		rfc2822_append_header(headers(msg), field_of(rest));
	else if ((rest = after(text, "remove")) != NULL)
		rfc2822_remove_header(headers(msg), rest);
	else if ((rest = after(text, "body")) != NULL)
		set_body(msg, rest);
	else if ((rest = after(text, "variable")) != NULL)
		rfc2822_prepend_header(headers(msg), rfc2822_new_headerf(
		    "X-Variable", "%s=%s", rest,
		    ec_message_context_get(msg, ECMESS_CTX_CONN, rest)));
}

static void
on_final(void *self, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	char text[512];

	(void)self;
	(void)ac;
	(void)ctx;
	for (int i = 0; wish(msg, i, text, sizeof(text)); i++)
		edit(msg, text);
}

static int
on_final2(void *self, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	char text[512];
	const char *rest;

	(void)self;
	(void)ac;
	(void)ctx;
	for (int i = 0; wish(msg, i, text, sizeof(text)); i++) {
		if ((rest = after(text, "final")) != NULL)
			return atoi(rest);
	}
	return EC_HOOK_CONT;
}

static int
on_data(void *self, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	char text[512];

	(void)self;
	(void)ac;
	(void)ctx;
	for (int i = 0; wish(msg, i, text, sizeof(text)); i++) {
		if (after(text, "again") != NULL && ctx->old_phase == 0)
			return VALIDATE_AGAIN; /* once */
	}
	return VALIDATE_CONT;
}

static int
on_data_spool(void *self, ec_message *msg, accept_construct *ac,
    validate_context *ctx)
{
	char text[512];
	const char *rest;

	(void)self;
	(void)ac;
	for (int i = 0; wish(msg, i, text, sizeof(text)); i++) {
		if ((rest = after(text, "code")) != NULL)
			validate_context_set_code(ctx, 0, rest);
		else if (after(text, "discard") != NULL)
			ec_message_discard(msg, NULL);
		else if (after(text, "hold") != NULL)
			ec_message_quarantine(msg, NULL);
		else if ((rest = after(text, "rcpt")) != NULL)
			ec_message_rcpt_add(msg, rest);
		else if ((rest = after(text, "unrcpt")) != NULL)
			ec_message_rcpt_remove(msg, rest);
		else if ((rest = after(text, "early")) != NULL)
			edit(msg, rest);
	}
	return VALIDATE_CONT;
}

static int
on_rcptto(void *self, ec_message *msg, string *str, accept_construct *ac,
    validate_context *ctx)
{
	(void)self;
	(void)msg;
	(void)ac;
	if (strstr(str->buffer, "<refuse@") != NULL)
		validate_context_set_code(ctx, 550, "5.1.1 no such user");
	return VALIDATE_CONT;
}

static int
probe_init(generic_module_infrastructure *self, ec_config_header *transaction,
    string *output, int flags)
{
	int mode = EC_MODULE_INIT_MODE(flags);

	(void)transaction;
	(void)output;
	if (mode == EC_MODULE_INIT_DESTROY ||
	    (flags & EC_MODULE_INIT_PRIVILEGED) != 0)
		return 0;
	register_core_validate_rcptto_hook_last(on_rcptto, self);
	register_core_validate_data_hook_last(on_data, self);
	register_core_validate_data_spool_hook_last(on_data_spool, self);
	register_core_final_validation2_hook_last(on_final2, self);
	register_core_final_validation_hook_last(on_final, self);
	return 0;
}

EC_MODULE_EXPORT generic_module_infrastructure probe = { {
	EC_MODULE_INIT(EC_MODULE_TYPE_VALIDATE, 0),
	.module_name = "probe.c",
	.module_description = "does what the message asks for",
	EC_MODULE_VERSION,
	.module_ext_init = probe_init,
} };
