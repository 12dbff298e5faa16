/*
 * roles.c: users to roles, roles to expressions.
 */
#include "host/console/roles.h"

#include "host/config/config.h"
#include "host/types/alloc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct line {
	struct span role, users;
};

/* NULL: it is good. */
static const char *
read_line(struct span text, struct line *line_r)
{
	struct span part;
	unsigned cuts = 0;

	*line_r = (struct line){ 0 };
	if (memchr(text.p, '\0', text.n) != NULL)
		return "holds a NUL";
	while (span_cut(&text, ':', &part)) {
		if (cuts++ == 0)
			line_r->role = span_trim_wsp(part);
	}
	line_r->users = part; /* behind the last ':' */
	if (cuts == 0 || cuts > 3)
		return "is not \"role:user,user...\"";
	if (line_r->role.n == 0)
		return "has no role";
	return line_r->role.n < ROLES_NAME_BYTES ? NULL :
	    "has a role with more than 127 octets";
}

static bool
check_lines(const char *path, struct span text, struct buffer *why)
{
	struct guarded_lines lines = { .rest = text };
	const char *what = NULL;
	struct line line;
	struct span one;
	char at[32];

	while (what == NULL && guarded_next(&lines, &one))
		what = read_line(one, &line);
	if (what == NULL)
		return true;
	buffer_add_text(why, "'");
	buffer_add_text(why, path);
	(void)snprintf(at, sizeof(at), "' line %u ", lines.number);
	buffer_add_text(why, at);
	buffer_add_text(why, what);
	return false;
}

static bool
read_groups(const char *groups, const struct guarded_reader *reader,
    struct buffer *text, struct buffer *why)
{
	return guarded_read(groups, reader, false, text, why) &&
	    check_lines(groups, buffer_span(text), why);
}

bool
roles_check(const char *groups, const struct guarded_reader *reader,
    struct buffer *why)
{
	struct buffer text = { 0 };
	bool good = read_groups(groups, reader, &text, why);

	buffer_deinit(&text);
	return good;
}

static bool
is_separator(unsigned char c)
{
	return c == ',' || byte_is_wsp(c);
}

static bool
names(struct span users, const char *user)
{
	while (users.n > 0) {
		size_t n = 0;

		while (n < users.n && !is_separator(users.p[n]))
			n++;
		if (n > 0 && span_eq(span_first(users, n), span_of_text(user)))
			return true;
		users = span_from(users, n < users.n ? n + 1 : n);
	}
	return false;
}

/* The next role of the user in a file that was checked. */
static bool
next_role(struct guarded_lines *lines, const char *user,
    char role_r[static ROLES_NAME_BYTES])
{
	struct line line;
	struct span one;

	while (guarded_next(lines, &one)) {
		if (read_line(one, &line) != NULL || !names(line.users, user))
			continue;
		memcpy(role_r, line.role.p, line.role.n);
		role_r[line.role.n] = '\0';
		return true;
	}
	return false;
}

/* expressions */

static const struct config_node *
stanza(const struct config *config)
{
	const struct config_scope *scope = registry_scope(
	    config_registry(config), "Authorization");

	return scope == NULL ? NULL :
	    node_first(config_root(config), scope);
}

static bool
role_allows(const struct config *config, const char *role,
    const char *command)
{
	struct registry *registry = config_registry(config);
	const struct config_scope *scope = registry_scope(registry, "Role");
	const struct config_node *around = stanza(config);
	const struct config_node *node = around == NULL || scope == NULL ?
	    NULL : node_child(around, scope, role);
	int slot = registry_slot(registry, "Authorization:Role", "Allow");
	const struct config_setting *allow = node == NULL || slot < 0 ? NULL :
	    node_setting(node, slot);

	for (uint32_t i = 0; allow != NULL && i < allow->value.count; i++) {
		if (regex_matches(allow->value.items[i].regex, command))
			return true;
	}
	return false;
}

bool
roles_allow(const struct config *config, const char *groups,
    const char *user, const char *command, char role_r[ROLES_NAME_BYTES],
    struct buffer *why)
{
	struct buffer text = { 0 };
	struct guarded_reader reader;
	bool allowed = role_allows(config, user, command);

	(void)snprintf(role_r, ROLES_NAME_BYTES, "%s", user);
	if (allowed || groups == NULL)
		return allowed;
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	if (read_groups(groups, &reader, &text, why)) {
		struct guarded_lines lines = { .rest = buffer_span(&text) };

		while (!allowed && next_role(&lines, user, role_r))
			allowed = role_allows(config, role_r, command);
	}
	buffer_deinit(&text);
	return allowed;
}

static void
each_defined(const struct config *config,
    void (*tell)(void *closure, const char *role), void *closure)
{
	const struct config_scope *scope = registry_scope(
	    config_registry(config), "Role");
	const struct config_node *around = stanza(config), *node = NULL;

	if (around != NULL && scope != NULL)
		node = node_first(around, scope);
	for (; node != NULL; node = node_next(node, scope)) {
		if (node->instance != NULL)
			tell(closure, node->instance);
	}
}

void
roles_each(const struct config *config, const char *groups, const char *user,
    void (*tell)(void *closure, const char *role), void *closure)
{
	struct buffer text = { 0 }, why = { 0 };
	char role[ROLES_NAME_BYTES];
	struct guarded_reader reader;

	if (user == NULL) {
		each_defined(config, tell, closure);
		return;
	}
	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	if (groups != NULL && read_groups(groups, &reader, &text, &why)) {
		struct guarded_lines lines = { .rest = buffer_span(&text) };

		while (next_role(&lines, user, role))
			tell(closure, role);
	}
	buffer_deinit(&text);
	buffer_deinit(&why);
}

/* what they see */

static const char *
skip_word(const char *at, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(at, word, n) != 0 ||
	    isspace((unsigned char)at[n]) == 0)
		return at;
	at += n;
	return at + strspn(at, " \t\r\n\v\f");
}

/* As commands are cut into words: a quote begins one, and ends at the next that
 * no '\\' stands before. */
char *
roles_command(const char *line)
{
	/* a blank for each quote may come in */
	char *out = xmalloc(2 * strlen(line) + 1);
	bool quoted = false, begins = true;
	const char *at = line + strspn(line, " \t\r\n\v\f"), *form = at;
	size_t n = 0;

	at = skip_word(at, "json");
	if (at == form)
		at = skip_word(at, "xml");
	if (*at == '\0')
		at = form; /* "json" alone is a command of its own */
	for (; *at != '\0'; at++) {
		if (!quoted && isspace((unsigned char)*at) != 0) {
			begins = true;
			continue;
		}
		if (begins && n > 0)
			out[n++] = ' ';
		if (quoted && *at == '\\' && at[1] != '\0') {
			out[n++] = *at++;
		} else if (*at == '"' && (quoted || begins)) {
			out[n++] = *at;
			begins = quoted; /* what follows is a word of its own */
			quoted = !quoted;
			continue;
		}
		out[n++] = *at;
		begins = false;
	}
	out[n] = '\0';
	return out;
}
