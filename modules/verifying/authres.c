/*
 * authres.c: what was said under which name hangs on the message.
 *
 * Our field is known again by its value: policy may have removed it in between,
 * or changed it, and then it is left alone.
 */
#include "verifying/authres.h"

#include "base/span.h"
#include "dkim/field.h"
#include "dkim/memory.h"
#include "misc/ec_ptr_array.h"

#define FIELD_NAME "Authentication-Results"
#define BLOBJECT_KEY "verifying:authres"

struct said { /* under one authserv-id */
	struct said *next;
	char *authserv_id;
	char *value; /* NULL: nothing yet, but forged fields are gone */
};

struct statements {
	struct said *first;
};

static void
statements_free(void *self)
{
	struct statements *statements = self;
	struct said *said, *next;

	for (said = statements->first; said != NULL; said = next) {
		next = said->next;
		memory_free(said->authserv_id);
		memory_free(said->value);
		memory_free(said);
	}
	memory_free(statements);
}

static struct statements *
statements_of(ec_message *msg)
{
	static ec_blobject_class class = {
		.objectType = BLOBJECT_KEY, .dtor = statements_free,
	};
	ec_blobject *blobject = ec_message_blobject_get(msg, BLOBJECT_KEY);

	if (blobject == NULL) {
		blobject = ec_blobject_wrap(&class,
		    memory_new(sizeof(struct statements)));
		ec_message_blobject_store(msg, BLOBJECT_KEY, blobject);
		ec_blobject_delref(blobject);
	}
	return blobject->self;
}

static struct said *
find(const struct statements *statements, const char *authserv_id)
{
	struct said *said = statements->first;

	while (said != NULL && strcmp(said->authserv_id, authserv_id) != 0)
		said = said->next;
	return said;
}

/* What was said under that name, or a new entry. */
static struct said *
said_of(ec_message *msg, const char *authserv_id)
{
	struct statements *statements = statements_of(msg);
	struct said *said = find(statements, authserv_id);

	if (said != NULL)
		return said;
	said = memory_new(sizeof(*said));
	said->authserv_id = memory_text(authserv_id);
	said->next = statements->first;
	statements->first = said;
	return said;
}

static bool
claims_to_be(const struct field *field, const char *authserv_id)
{
	return field_is(field, FIELD_NAME) &&
	    seal_authres_claims(field->value, span_of_text(authserv_id));
}

/* All are looked at first, and go from the bottom up: removing one moves those
 * below it, and must not make another be missed. */
static int
remove_claims(ec_message *msg, const char *authserv_id)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *header = ec_message_get_headers(part, 1);
	rfc2822_field *at = header->headers;
	ec_ptr_array forged;
	struct field field;
	int n;

	(void)ec_ptr_array_init(&forged, 0, NULL);
	for (int i = 0; at != NULL && field_at(msg, i, &field);
	    i++, at = at->next) {
		if (claims_to_be(&field, authserv_id))
			(void)ec_ptr_array_append(&forged, at);
	}
	n = forged.size;
	if (n > 0) {
		header = ec_message_get_headers(part, 0);
		for (int i = n; i > 0; i--)
			(void)rfc2822_remove_field(header,
			    forged.items[i - 1]);
		ec_message_part_touch(part, EC_MSG_HDR_REM);
	}
	ec_ptr_array_destroy(&forged);
	return n;
}

int
authres_remove_forged(ec_message *msg, const char *authserv_id)
{
	if (find(statements_of(msg), authserv_id) != NULL)
		return 0;
	(void)said_of(msg, authserv_id);
	return remove_claims(msg, authserv_id);
}

/* Whether it has the value that we gave one; a space was put before it. */
static bool
says(const struct field *field, const char *value)
{
	size_t n = strlen(value);

	return field_is(field, FIELD_NAME) && field->value.n == n + 1 &&
	    memcmp(field->value.p + 1, value, n) == 0;
}

/* Take the field with this value away.  Gives how many stand above its place,
 * or -1 when there is none. */
static int
take_back(ec_message *msg, const char *value)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_field *at = ec_message_get_headers(part, 1)->headers;
	struct field field;

	for (int i = 0; at != NULL && field_at(msg, i, &field);
	    i++, at = at->next) {
		if (says(&field, value))
			return rfc2822_remove_field(ec_message_get_headers(part,
			    0), at);
	}
	return -1;
}

/* The clauses of a value of ours: what follows "authserv-id;", where the id may
 * be a quoted string. */
static const char *
clauses_of(const char *value)
{
	bool quoted = false;

	for (; *value != '\0' && (quoted || *value != ';'); value++) {
		if (*value == '"')
			quoted = !quoted;
		else if (quoted && *value == '\\' && value[1] != '\0')
			value++;
	}
	return *value == ';' ? value + 1 : value;
}

static char *
joined(const char *value, const char *more)
{
	const char *clauses = clauses_of(more);
	size_t n = strlen(value) + strlen(clauses) + 2;
	char *text = memory_new(n);

	(void)stpcpy(stpcpy(stpcpy(text, value), ";"), clauses);
	return text;
}

bool
authres_add(ec_message *msg, const char *authserv_id, const char *value)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	struct said *said = said_of(msg, authserv_id);
	int index = said->value == NULL ? -1 : take_back(msg, said->value);
	char *text = index < 0 ? memory_text(value) :
	    joined(said->value, value);
	rfc2822_field *field = rfc2822_new_header(FIELD_NAME, text);

	memory_free(said->value);
	said->value = text;
	if (field == NULL)
		return false;
	rfc2822_insert_header(ec_message_get_headers(part, 0), field,
	    index < 0 ? 0 : index);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
	return true;
}
