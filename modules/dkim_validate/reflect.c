/*
 * reflect.c: from what a script asks for to letters in the post.
 *
 * Addresses are taken apart here and put together again, so that nothing of
 * them but names and domains gets into a field or the envelope.
 */
#include "reflect.h"

#include "dkim/field.h"
#include "dkim/memory.h"
#include "ec_blobject.h"
#include "post.h"
#include "report.h"
#include "sieve/address.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define BLOBJECT_KEY "dkim_validate:reports"

#define LOCALPART_MOST 64 /* octets (RFC 5321 section 4.5.3.1.1) */
#define ADDRESS_BYTES (LOCALPART_MOST + 1 + SEAL_DOMAIN_BYTES)
#define NAME_MOST 100 /* octets of a name before the sender's address */
#define FROM_BYTES (2 * NAME_MOST + ADDRESS_BYTES + 8)
#define SUBJECT_MOST 250 /* octets; more is cut off */
#define NOTE_MOST 16384 /* octets; more is cut off */

#define DEFAULT_SUBJECT "DKIM report"
#define DEFAULT_NOTE "This is what a mail server found out about the DKIM " \
	"signatures of a message.\nNobody reads replies to this mail, which " \
	"is written by a program."

struct wish {
	char *from; /* value of the field */
	char *rcpts[POST_RCPTS + 1];
	char *subject, *note;
};

struct wishes {
	size_t count;
	struct wish *of[REFLECT_MOST];
};

/* addresses */

/* atext and dots (RFC 5321 section 4.1.2): quoted names are left to others. */
static bool
is_localpart(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\0' || (!isalnum((unsigned char)text[i]) &&
		    strchr("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL))
			return false;
	}
	return n > 0 && n <= LOCALPART_MOST && text[0] != '.' &&
	    text[n - 1] != '.';
}

static bool
is_one_line(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return false;
	}
	return true;
}

/* The one address in a text: *ctx is to be destroyed in any case. */
static bool
parse_one(const char *text, size_t n, rfc2822_address_context *ctx,
    char address_r[ADDRESS_BYTES])
{
	char domain[SEAL_DOMAIN_BYTES];
	const struct rfc2822_address *a;

	if (rfc2822_address_parse(ctx, text, (int)n) != 1)
		return false;
	a = ctx->addr;
	if (a->is_group_addr || !is_localpart(a->localpart.s,
	    (size_t)a->localpart.l) || seal_address_domain((struct span){
	    (const unsigned char *)text, n }, domain) != 0)
		return false;
	(void)snprintf(address_r, ADDRESS_BYTES, "%.*s@%s", a->localpart.l,
	    a->localpart.s, domain);
	return true;
}

static bool
read_address(const char *text, size_t n, char address_r[ADDRESS_BYTES])
{
	rfc2822_address_context ctx = { 0 };
	bool good = n <= FROM_BYTES && is_one_line(text, n) &&
	    parse_one(text, n, &ctx, address_r);

	rfc2822_address_destroy(&ctx);
	return good;
}

/* A name that can stand in quotes as it is. */
static bool
is_name(const struct rfc2822_address_part_string *desc)
{
	for (int i = 0; i < desc->l; i++) {
		unsigned char c = (unsigned char)desc->s[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\')
			return false;
	}
	return desc->l > 0 && desc->l <= NAME_MOST;
}

static char *
read_sender(const char *text)
{
	rfc2822_address_context ctx = { 0 };
	char address[ADDRESS_BYTES], from[FROM_BYTES];
	size_t n = text == NULL ? 0 : strlen(text);
	char *ret = NULL;

	if (n > 0 && n <= FROM_BYTES && is_one_line(text, n) &&
	    parse_one(text, n, &ctx, address)) {
		const struct rfc2822_address_part_string *desc =
		    &ctx.addr->desc;

		if (is_name(desc))
			(void)snprintf(from, sizeof(from), "\"%.*s\" <%s>",
			    desc->l, desc->s, address);
		else
			(void)snprintf(from, sizeof(from), "%s", address);
		ret = memory_text(from);
	}
	rfc2822_address_destroy(&ctx);
	return ret;
}

/* Addresses separated by ';'.  On a failure some may have been filled in. */
static bool
read_rcpts(const char *list, char *rcpts_r[POST_RCPTS + 1])
{
	char address[ADDRESS_BYTES];

	for (size_t i = 0; list != NULL && i < POST_RCPTS; i++) {
		size_t n = strcspn(list, ";");

		if (!read_address(list, n, address))
			return false;
		rcpts_r[i] = memory_text(address);
		if (list[n] == '\0')
			return true;
		list += n + 1;
	}
	return false;
}

/* wishes */

static void
wish_free(struct wish *wish)
{
	for (size_t i = 0; wish->rcpts[i] != NULL; i++)
		memory_free(wish->rcpts[i]);
	memory_free(wish->from);
	memory_free(wish->subject);
	memory_free(wish->note);
	memory_free(wish);
}

static void
wishes_free(void *of)
{
	struct wishes *wishes = of;

	for (size_t i = 0; i < wishes->count; i++)
		wish_free(wishes->of[i]);
	memory_free(wishes);
}

static struct wishes *
wishes_of(ec_message *msg)
{
	ec_blobject *blobject = ec_message_blobject_get(msg, BLOBJECT_KEY);

	return blobject == NULL ? NULL : blobject->self;
}

static struct wishes *
wishes_new(ec_message *msg)
{
	static ec_blobject_class class = {
		.objectType = BLOBJECT_KEY, .dtor = wishes_free,
	};
	struct wishes *wishes = memory_new(sizeof(*wishes));
	ec_blobject *blobject = ec_blobject_wrap(&class, wishes);

	ec_message_blobject_store(msg, BLOBJECT_KEY, blobject);
	ec_blobject_delref(blobject);
	return wishes;
}

/* As much of a text as is wanted, and no part of a character of UTF-8. */
static char *
beginning(const char *text, size_t most)
{
	size_t n = strnlen(text, most);

	while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--;
	return ec_mt_strndup(MEMTYPE_IS_MALLOC_3C, text, n);
}

/* A field is one line: whatever would end it becomes a space. */
static char *
subject_of(const char *text)
{
	char *subject = beginning(text == NULL ? DEFAULT_SUBJECT : text,
	    SUBJECT_MOST);

	for (char *c = subject; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	return subject;
}

int
reflect_ask(const struct checker *checker, ec_message *msg,
    const char *sender, const char *rcpts, const char *subject,
    const char *note)
{
	struct wish *wish = memory_new(sizeof(*wish));
	struct wishes *wishes = wishes_of(msg);

	wish->from = read_sender(sender);
	if (wish->from == NULL || !read_rcpts(rcpts, wish->rcpts)) {
		wish_free(wish);
		return -3;
	}
	if (wishes == NULL)
		wishes = wishes_new(msg);
	if (wishes->count == REFLECT_MOST) {
		ec_mod_debug(checker->self, DERROR, "no more than %d reports "
		    "about one message", REFLECT_MOST);
		wish_free(wish);
		return 0;
	}
	wish->subject = subject_of(subject);
	wish->note = beginning(note == NULL ? DEFAULT_NOTE : note, NOTE_MOST);
	wishes->of[wishes->count++] = wish;
	return 1;
}

/* answering */

/* Auto-Submitted with anything but "no" (RFC 3834 section 5). */
static bool
is_automatic(ec_message *msg)
{
	struct field field;

	for (int i = 0; field_at(msg, i, &field); i++) {
		const unsigned char *p = field.value.p;
		size_t n = field.value.n;

		if (!field_is(&field, "Auto-Submitted"))
			continue;
		while (n > 0 && isspace(*p)) {
			p++;
			n--;
		}
		if (n < 2 || strncasecmp((const char *)p, "no", 2) != 0 ||
		    (n > 2 && !isspace(p[2]) && p[2] != ';' && p[2] != '('))
			return true;
	}
	return false;
}

static const char *
why_not(ec_message *msg, const struct findings *findings)
{
	int is_null = 1;

	if (findings == NULL)
		return "it could not be verified";
	if (ec_message_get_envelope2(msg, EC_MSG_ENV_FROM, NULL, NULL,
	    &is_null) == 0 || is_null)
		return "it has the null sender";
	if (is_automatic(msg))
		return "it is automatic itself (Auto-Submitted)";
	return NULL;
}

/* Our name where only letters, digits, hyphens and dots may stand. */
static char *
plain_host(const struct checker *checker)
{
	char *host = memory_text(checker->host);

	for (char *c = host; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && *c != '.')
			*c = '-';
	}
	return host;
}

/* The recipients of the wish become those of the letter. */
static struct letter *
write_letter(const struct checker *checker, ec_message *msg,
    const struct findings *findings, struct wish *wish)
{
	struct letter *letter = memory_new(sizeof(*letter));
	string text;

	letter->about = memory_text(ec_message_id_text(msg));
	memcpy(letter->rcpts, wish->rcpts, sizeof(letter->rcpts));
	memset(wish->rcpts, 0, sizeof(wish->rcpts));
	letter->host = plain_host(checker);
	letter->command = memory_text(checker->report_command);
	letter->relay = memory_text(checker->report_relay);
	letter->timeout = checker->report_timeout;
	(void)string_init_type(&text, 4096, STRING_TYPE_MALLOC);
	report_write(&(struct report){
		.host = letter->host,
		.msg = msg,
		.findings = findings,
		.from = wish->from,
		.to = letter->rcpts[0],
		.subject = wish->subject,
		.note = wish->note,
	}, &text);
	letter->text = text.buffer; /* of plain malloc, as memory_free() wants */
	letter->length = (size_t)text.len;
	return letter;
}

void
reflect_answer(const struct checker *checker, ec_message *msg,
    const struct findings *findings)
{
	struct wishes *wishes = wishes_of(msg);
	const char *why;

	if (wishes == NULL)
		return;
	why = why_not(msg, findings);
	if (why != NULL)
		ec_mod_debug(checker->self, DNOTICE, "no report about "
		    "message '%s': %s", ec_message_id_text(msg), why);
	for (size_t i = 0; why == NULL && i < wishes->count; i++)
		(void)post_queue(write_letter(checker, msg, findings,
		    wishes->of[i]));
	(void)ec_message_blobject_remove(msg, BLOBJECT_KEY);
}
