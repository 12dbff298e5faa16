/*
 * macros.c: the lists, and their packets.
 */
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <stdlib.h>

#include "macros.h"
#include "packet.h"

static const char *const postfix_lists[MACROS_STAGES] = {
	[SMFIM_CONNECT] = "j {daemon_name} {daemon_addr} v _",
	[SMFIM_HELO] = "{tls_version} {cipher} {cipher_bits} {cert_subject} "
	    "{cert_issuer}",
	[SMFIM_ENVFROM] = "i {auth_type} {auth_authen} {auth_author} "
	    "{mail_addr} {mail_host} {mail_mailer}",
	[SMFIM_ENVRCPT] = "i {rcpt_addr} {rcpt_host} {rcpt_mailer}",
	[SMFIM_DATA] = "i",
	[SMFIM_EOM] = "i",
	[SMFIM_EOH] = "i",
};

static const char *const sendmail_lists[MACROS_STAGES] = {
	[SMFIM_CONNECT] = "j _ {daemon_name} {if_name} {if_addr}",
	[SMFIM_HELO] = "{tls_version} {cipher} {cipher_bits} {cert_subject} "
	    "{cert_issuer}",
	[SMFIM_ENVFROM] = "i {auth_type} {auth_authen} {auth_ssf} "
	    "{auth_author} {mail_mailer} {mail_host} {mail_addr}",
	[SMFIM_ENVRCPT] = "{rcpt_mailer} {rcpt_host} {rcpt_addr}",
	[SMFIM_EOM] = "{msg_id}",
};

void
macros_init(struct macros *macros, enum macros_style style)
{
	*macros = (struct macros){ .style = style };
}

void
macros_deinit(struct macros *macros)
{
	for (size_t i = 0; i < MACROS_STAGES; i++)
		free(macros->lists[i]);
	for (size_t i = 0; i < macros->n; i++)
		free(macros->values[i].value);
	*macros = (struct macros){ 0 };
}

bool
macros_style_parse(const char *word, enum macros_style *style_r)
{
	static const char *const words[] = {
		[MACROS_POSTFIX] = "postfix",
		[MACROS_SENDMAIL] = "sendmail",
		[MACROS_NONE] = "none",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], word) == 0) {
			*style_r = (enum macros_style)i;
			return true;
		}
	}
	return false;
}

static char *
copy_of(struct macros *macros, struct span text)
{
	char *copy = strndup((const char *)text.p, text.n);

	if (copy == NULL)
		macros->failed = true;
	return copy;
}

void
macros_set(struct macros *macros, const char *name, const char *value)
{
	size_t i = 0;

	while (i < macros->n && strcmp(macros->values[i].name, name) != 0)
		i++;
	if (i == MACROS_MAX) {
		macros->failed = true;
		return;
	}
	if (i == macros->n) {
		macros->values[i].name = name;
		macros->values[i].value = NULL;
		macros->n++;
	}
	free(macros->values[i].value);
	macros->values[i].value = value == NULL ? NULL :
	    copy_of(macros, span_of_text(value));
}

/* Filters ask for one letter with and without its braces. */
static struct span
bare_name(struct span name)
{
	if (name.n == 3 && name.p[0] == '{' && name.p[2] == '}')
		return span_of(name.p + 1, 1);
	return name;
}

const char *
macros_value(const struct macros *macros, struct span name)
{
	for (size_t i = 0; i < macros->n; i++) {
		if (span_eq(span_of_text(macros->values[i].name),
		        bare_name(name)))
			return macros->values[i].value;
	}
	return NULL;
}

static void
drop_own_lists(struct macros *macros)
{
	for (size_t i = 0; i < MACROS_STAGES; i++) {
		if (macros->lists[i] == NULL)
			macros->lists[i] = copy_of(macros, SPAN(""));
	}
}

void
macros_override(struct macros *macros, uint32_t stage, struct span list)
{
	if (stage >= MACROS_STAGES)
		return;
	if (macros->style == MACROS_POSTFIX)
		drop_own_lists(macros);
	free(macros->lists[stage]);
	macros->lists[stage] = copy_of(macros, list);
}

static bool
is_separator(unsigned char c)
{
	return byte_is_fws(c) || c == ',';
}

/* The next name of the list, or an empty span. */
static struct span
next_name(struct span *list)
{
	struct span name;
	size_t n = 0;

	while (list->n > 0 && is_separator(list->p[0]))
		*list = span_from(*list, 1);
	while (n < list->n && !is_separator(list->p[n]))
		n++;
	name = span_first(*list, n);
	*list = span_from(*list, n);
	return name;
}

static const char *
list_of(const struct macros *macros, unsigned stage)
{
	if (macros->lists[stage] != NULL)
		return macros->lists[stage];
	if (macros->style == MACROS_SENDMAIL)
		return sendmail_lists[stage];
	return postfix_lists[stage];
}

void
macros_write(const struct macros *macros, unsigned stage, char command,
    struct buffer *out)
{
	const char *text = list_of(macros, stage);
	struct span list, name;
	size_t start;

	if (macros->style == MACROS_NONE || text == NULL)
		return;
	start = packet_begin(out, SMFIC_MACRO);
	packet_add_octet(out, (unsigned char)command);
	list = span_of_text(text);
	while ((name = next_name(&list)).n > 0) {
		const char *value = macros_value(macros, name);

		if (value == NULL)
			continue;
		packet_add_span_text(out, name);
		packet_add_text(out, value);
	}
	packet_end(out, start);
}
