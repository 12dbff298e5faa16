/*
 * filter_header.c: one field.
 */
#include "dkim/filter_header.h"

#include "seal.h"

void
filter_header_add(ec_message *msg, const char *host, int index)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *header = ec_message_get_headers(part, 0);
	rfc2822_field *field = rfc2822_new_headerf("DKIM-Filter",
	    "mailseal %s %s %s", seal_version(), host,
	    ec_message_id_text(msg));

	rfc2822_insert_header(header, field, index);
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}
