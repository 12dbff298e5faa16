/*
 * letterhead.c: find Sender and From, and read the address.
 */
#include "dkim/letterhead.h"

#include "dkim/field.h"
#include "rfc2822_parser.h"

#include <string.h>
#include <strings.h>

static bool
is_named(const rfc2822_field *field, const char *name, size_t n)
{
	return field->field != NULL && (size_t)field->field_len == n &&
	    strncasecmp(field->field, name, n) == 0;
}

static struct span
value_at(ec_message *msg, int index)
{
	struct field field;

	return field_at(msg, index, &field) ? field.value :
	    (struct span){ NULL, 0 };
}

/* By name first: the octets of a field are made sure of when they are asked
 * for, and most fields are neither. */
void
letterhead_read(ec_message *msg, struct letterhead *head_r)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	const rfc2822_field *field =
	    ec_message_get_headers(part, 1)->headers;
	struct span sender = { NULL, 0 }, from = { NULL, 0 };
	int n = ec_message_header_count(msg);

	head_r->domain[0] = '\0';
	head_r->from_count = 0;
	for (int i = 0; i < n && field != NULL; i++, field = field->next) {
		if (is_named(field, "From", 4) && head_r->from_count++ == 0)
			from = value_at(msg, i);
		else if (sender.p == NULL && is_named(field, "Sender", 6))
			sender = value_at(msg, i);
	}
	if (sender.p == NULL || seal_address_domain(sender, head_r->domain) != 0)
		(void)seal_address_domain(from, head_r->domain);
}

int
letterhead_domain(ec_message *msg, char **domain_r)
{
	struct letterhead head;

	letterhead_read(msg, &head);
	*domain_r = head.domain[0] == '\0' ? NULL : strdup(head.domain);
	return *domain_r != NULL;
}

int
letterhead_domain_string(ec_message *msg, string *domain)
{
	struct letterhead head;

	letterhead_read(msg, &head);
	(void)stringwrite_strings(domain, 1, head.domain);
	return head.domain[0] != '\0';
}
