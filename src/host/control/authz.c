/*
 * authz.c: commands about who one is, in the XML that they always had.
 */
#include "host/console/access.h"
#include "host/console/roles.h"
#include "host/console/session.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/generation.h"

struct roles {
	string *out; /* or ... */
	json_t *list; /* ... this */
	const char *indent;
};

static void
tell_role(void *closure, const char *role)
{
	struct roles *roles = closure;

	if (roles->list != NULL) {
		(void)json_array_append_new(roles->list, form_text(role));
		return;
	}
	(void)stringprintf(roles->out, "%s<Role name=\"", roles->indent);
	form_xml_text(role, roles->out);
	(void)stringprintf(roles->out, "\"/>\n");
}

/* The roles that the groups file gives whoever asks. */
static void
each_own(command_construct *cc, struct roles *roles)
{
	const struct session *session = session_here();
	struct generation *generation = generation_of(cc->transaction);
	struct buffer why = { 0 };
	struct access access;

	if (session == NULL || generation == NULL || cc->user == NULL)
		return;
	if (access_read(generation->config, &(struct access_place){
	    session->listener, session->listen, session->peer,
	    session->is_file }, &access, &why))
		roles_each(generation->config, access.groups, cc->user,
		    tell_role, roles);
	buffer_deinit(&why);
}

static int
run_id(command_construct *cc, void *closure)
{
	struct roles roles = { .out = &cc->response, .indent = "    " };

	(void)closure;
	if (cc->json) {
		roles.list = json_array();
		each_own(cc, &roles);
		return form_answer(cc, "AuthzInformation", json_pack(
		    "{s:o,s:o}", "username", form_text(cc->user), "roles",
		    roles.list));
	}
	(void)stringprintf(roles.out, "<AuthzInformation username=\"");
	form_xml_text(cc->user != NULL ? cc->user : "", roles.out);
	(void)stringprintf(roles.out, "\">\n  <Roles>\n");
	each_own(cc, &roles);
	(void)stringprintf(roles.out, "  </Roles>\n</AuthzInformation>\n");
	return 1;
}

static int
run_roles_list(command_construct *cc, void *closure)
{
	struct generation *generation = generation_of(cc->transaction);
	struct roles roles = { .out = &cc->response, .indent = " " };

	(void)closure;
	if (cc->json)
		roles.list = json_array();
	else
		(void)stringprintf(roles.out, "<Roles>\n");
	if (generation != NULL)
		roles_each(generation->config, NULL, NULL, tell_role, &roles);
	if (cc->json)
		return form_answer(cc, "Roles", json_pack("{s:o}", "roles",
		    roles.list));
	(void)stringprintf(roles.out, "</Roles>\n");
	return 1;
}

void
authz_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "authz id", run_id, "who one is here, with one's roles",
		    NULL },
		{ "authz roles list", run_roles_list,
		    "the roles that are defined", NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
