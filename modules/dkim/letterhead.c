/*
 * letterhead.c: find Sender and From, and read the address.
 */
#include "dkim/letterhead.h"

#include "dkim/field.h"

#include <string.h>

void
letterhead_read(ec_message *msg, struct letterhead *head_r)
{
	struct span sender = { NULL, 0 }, from = { NULL, 0 };
	int n = ec_message_header_count(msg);
	struct field field;

	head_r->domain[0] = '\0';
	head_r->from_count = 0;
	for (int i = 0; i < n && field_at(msg, i, &field); i++) {
		if (field_is(&field, "From") && head_r->from_count++ == 0)
			from = field.value;
		else if (sender.p == NULL && field_is(&field, "Sender"))
			sender = field.value;
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
