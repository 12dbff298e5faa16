/*
 * dk_policy.c: the policy record of a domain (RFC 4870 section 3.6).
 */
#include "base/span.h"
#include "dkim/tags.h"
#include "seal.h"

static struct span
value_of(const struct tag_list *list, const char *name)
{
	const struct tag *tag = tag_list_find(list, name);

	return tag != NULL ? tag->value : span_of(NULL, 0);
}

/* A record of another kind may stand under the name: a policy has one of its
 * own tags at least, and neither v= nor p=. */
static bool
is_policy(const struct tag_list *list)
{
	return (tag_list_find(list, "o") != NULL ||
	    tag_list_find(list, "t") != NULL ||
	    tag_list_find(list, "r") != NULL ||
	    tag_list_find(list, "n") != NULL) &&
	    tag_list_find(list, "p") == NULL &&
	    tag_list_find(list, "v") == NULL;
}

void
seal_dk_policy_parse(struct span text, struct seal_dk_policy *policy_r)
{
	struct tag_list list;

	*policy_r = (struct seal_dk_policy){ .found = false };
	if (text.n > SEAL_MAX_RECORD_BYTES ||
	    tag_list_parse(&list, text) != SEAL_WHY_OK || !is_policy(&list))
		return;
	policy_r->found = true;
	policy_r->signs_all = span_eq(value_of(&list, "o"), SPAN("-"));
	policy_r->testing = tag_value_lists(value_of(&list, "t"), SPAN("y"));
	policy_r->report = value_of(&list, "r");
	policy_r->notes = value_of(&list, "n");
}
