/*
 * dk_party.c: one field decides.  A Sender that cannot be read does not hand
 * over to From, and of two fields neither counts: readers may be shown either.
 */
#include "domainkeys/dk_party.h"

#include "message/address.h"

int
dk_party_find(const struct header *header, struct seal_dk_party *party_r,
    struct header_field **field_r)
{
	struct seal_dk_party party = { .source = SEAL_DK_SENDER };
	struct span name = SPAN("sender");
	struct header_field *field;
	size_t addresses;
	int ret;

	*party_r = (struct seal_dk_party){ .source = SEAL_DK_NOBODY };
	*field_r = NULL;
	if (header_count(header, name) == 0) {
		party.source = SEAL_DK_FROM;
		name = SPAN("from");
	}
	if (header_count(header, name) != 1)
		return 0;
	field = header_last(header, name);
	ret = address_first(field->value, header->arena, &party.local,
	    &party.domain, &addresses);
	if (ret != 0)
		return ret < 0 ? -1 : 0;
	*party_r = party;
	*field_r = field;
	return 0;
}
