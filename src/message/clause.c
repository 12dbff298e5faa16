/*
 * clause.c: properties of header fields, and a clause without any.
 */
#include "message/clause.h"

void
clause_add(struct seal_clause *clause, const char *name, struct span value)
{
	if (value.n == 0 || value.n > CLAUSE_MAX_VALUE)
		return;
	clause->properties[clause->n_properties++] = (struct seal_property){
		.type = SPAN("header"),
		.name = span_of_text(name),
		.value = value,
	};
}

int
clause_format_none(struct span method, struct span authserv_id, char **text_r)
{
	struct seal_clause none = {
		.method = method,
		.method_version = 1,
		.result = SPAN("none"),
	};

	return seal_authres_format(&(struct seal_authres){
		.authserv_id = authserv_id,
		.version = 1,
		.clauses = &none,
		.n_clauses = 1,
	}, text_r);
}
