/*
 * registry.c: scopes, options, and the paths that join them.
 *
 * A path is a node of a small tree of its own: below Global one for each scope
 * that some option's fallback, or some stanza, has stood in.  Each carries the
 * options that may be written there.  The tree grows under a lock; what readers
 * use without it, the tables by id and slot, is published with a release.
 */
#include "host/config/registry.h"

#include "host/config/fallback.h"
#include "host/config/must.h"
#include "host/config/parser.h"
#include "host/config/paths.h"
#include "host/config/shown.h"

#include <pthread.h>
#include <strings.h>

#define SCOPES 1024 /* of all modules; there are some 30 */
#define CHUNK 256
#define CHUNKS 64 /* 16384 options; there are some 200 */

struct parent { /* a scope that another may stand in */
	struct parent *next;
	const struct config_scope *scope;
};

struct path_option {
	struct path_option *next;
	const struct config_option *option;
	unsigned hash; /* of its name, caseless */
};

struct scope_path {
	const struct scope_path *parent; /* NULL: Global */
	const struct config_scope *scope;
	struct scope_path *first_child, *next;
	struct path_option *options;
};

struct registry {
	pthread_mutex_t growing; /* guards all but what is atomic */
	struct arena arena;
	struct config_scope *_Atomic scopes[SCOPES];
	struct parent *parents[SCOPES];
	_Atomic int scope_count;
	struct config_option *_Atomic *_Atomic options[CHUNKS];
	_Atomic int option_count;
	struct scope_path root;
	void (*free_view)(void *view);
};

static unsigned
hash_name(struct span name)
{
	unsigned hash = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		hash = (hash ^ byte_lower(name.p[i])) * 16777619u;
	return hash;
}

static void
lock(const struct registry *registry)
{
	(void)pthread_mutex_lock((pthread_mutex_t *)&registry->growing);
}

static void
unlock(const struct registry *registry)
{
	(void)pthread_mutex_unlock((pthread_mutex_t *)&registry->growing);
}

static const char *
keep(struct registry *registry, const char *text)
{
	return text == NULL ? NULL :
	    must(arena_text(&registry->arena, span_of_text(text)));
}

static void
complain(struct buffer *why, const char *before, const char *name,
    const char *behind)
{
	buffer_add_text(why, before);
	buffer_add_text(why, shown(name).text);
	buffer_add_text(why, behind);
}

/* name = 1*( letter / digit / "_" ) */
static bool
is_name(const char *name)
{
	struct span s = span_of_text(name);

	for (size_t i = 0; i < s.n; i++) {
		if (!byte_is_alpha(s.p[i]) && !byte_is_digit(s.p[i]) &&
		    s.p[i] != '_')
			return false;
	}
	return s.n > 0;
}

static struct config_scope *
append_scope(struct registry *registry, const struct config_scope *row)
{
	int id = atomic_load(&registry->scope_count);
	struct config_scope *scope = must(arena_calloc(&registry->arena, 1,
	    sizeof(*scope)));

	*scope = *row;
	scope->name = keep(registry, row->name);
	scope->parents = keep(registry, row->parents);
	scope->help = keep(registry, row->help);
	scope->id = id;
	scope->hash = hash_name(span_of_text(row->name));
	atomic_store_explicit(&registry->scopes[id], scope,
	    memory_order_release);
	atomic_store_explicit(&registry->scope_count, id + 1,
	    memory_order_release);
	return scope;
}

struct registry *
registry_new(void)
{
	static const struct config_scope global = {
		.name = "Global",
		.parents = "",
		.flags = CONFIG_SCOPE_UNNAMED,
		.help = "What stands outside of every stanza.",
	};
	struct registry *registry = must(calloc(1, sizeof(*registry)));

	(void)pthread_mutex_init(&registry->growing, NULL);
	registry->root.scope = append_scope(registry, &global);
	return registry;
}

static void
free_default(const struct registry *registry,
    const struct config_option *option)
{
	void *view;

	if (option->default_value == NULL || registry->free_view == NULL)
		return;
	view = atomic_load(&((struct config_value *)
	    option->default_value)->view);
	if (view != NULL)
		registry->free_view(view);
}

void
registry_free(struct registry **registry)
{
	const struct config_option *option;

	if (*registry == NULL)
		return;
	for (int slot = 0; (option = registry_option(*registry, slot)) != NULL;
	    slot++)
		free_default(*registry, option);
	(void)pthread_mutex_destroy(&(*registry)->growing);
	arena_deinit(&(*registry)->arena);
	free(*registry);
	*registry = NULL;
}

static const struct config_scope *
find_scope(const struct registry *registry, struct span name)
{
	unsigned hash = hash_name(name);
	const struct config_scope *scope;

	for (int id = 0; (scope = registry_scope_at(registry, id)) != NULL;
	    id++) {
		if (scope->hash == hash &&
		    span_ieq(span_of_text(scope->name), name))
			return scope;
	}
	return NULL;
}

const struct config_scope *
registry_scope(const struct registry *registry, const char *name)
{
	return find_scope(registry, span_of_text(name));
}

const struct config_scope *
registry_scope_at(const struct registry *registry, int id)
{
	if (id < 0 || id >= atomic_load_explicit(&registry->scope_count,
	    memory_order_acquire))
		return NULL;
	return atomic_load_explicit(&registry->scopes[id],
	    memory_order_acquire);
}

const struct config_scope *
registry_global(const struct registry *registry)
{
	return registry->root.scope;
}

static bool
has_parent(const struct registry *registry, const struct config_scope *scope,
    const struct config_scope *parent)
{
	const struct parent *p = registry->parents[scope->id];

	while (p != NULL && p->scope != parent)
		p = p->next;
	return p != NULL;
}

static void
add_parent(struct registry *registry, const struct config_scope *scope,
    const struct config_scope *parent)
{
	struct parent *p;

	if (has_parent(registry, scope, parent))
		return;
	p = must(arena_alloc(&registry->arena, sizeof(*p)));
	p->scope = parent;
	p->next = registry->parents[scope->id];
	registry->parents[scope->id] = p;
}

/* parents = scope *( " " scope ); a scope may stand in its own kind */
static bool
check_parents(const struct registry *registry,
    const struct config_scope *row, struct buffer *why)
{
	struct span rest = span_of_text(row->parents), head;
	bool more;

	do {
		more = span_cut(&rest, ' ', &head);
		if (find_scope(registry, head) == NULL) {
			complain(why, "scope '", row->name,
			    "' stands in a scope that is unknown");
			return false;
		}
	} while (more);
	return true;
}

static void
add_parents(struct registry *registry, const struct config_scope *scope,
    const char *parents)
{
	struct span rest = span_of_text(parents), head;
	bool more;

	do {
		more = span_cut(&rest, ' ', &head);
		add_parent(registry, scope, find_scope(registry, head));
	} while (more);
}

static const struct config_scope *
add_scope(struct registry *registry, const struct config_scope *row,
    struct buffer *why)
{
	const struct config_scope *scope;

	if (!is_name(row->name)) {
		complain(why, "'", row->name,
		    "' is no scope name (expected letters, digits, '_')");
		return NULL;
	}
	if (!check_parents(registry, row, why))
		return NULL;
	scope = registry_scope(registry, row->name);
	if (scope != NULL && (scope->match != row->match ||
	    scope->flags != row->flags)) {
		complain(why, "scope '", row->name,
		    "' is known already, with other rules");
		return NULL;
	}
	if (scope == NULL && registry->scope_count == SCOPES) {
		complain(why, "no room for scope '", row->name, "'");
		return NULL;
	}
	if (scope == NULL)
		scope = append_scope(registry, row);
	add_parents(registry, scope, row->parents);
	return scope;
}

const struct config_scope *
registry_add_scope(struct registry *registry, const struct config_scope *row,
    struct buffer *why)
{
	const struct config_scope *scope;

	lock(registry);
	scope = add_scope(registry, row, why);
	unlock(registry);
	return scope;
}

bool
registry_nests(struct registry *registry, const struct config_scope *scope,
    const struct config_scope *parent)
{
	bool nests;

	lock(registry);
	nests = has_parent(registry, scope, parent);
	unlock(registry);
	return nests;
}

static struct scope_path *
child_path(struct registry *registry, struct scope_path *parent,
    const struct config_scope *scope)
{
	struct scope_path *path;

	for (path = parent->first_child; path != NULL; path = path->next) {
		if (path->scope == scope)
			return path;
	}
	path = must(arena_calloc(&registry->arena, 1, sizeof(*path)));
	path->parent = parent;
	path->scope = scope;
	path->next = parent->first_child;
	parent->first_child = path;
	return path;
}

const struct scope_path *
registry_root_path(const struct registry *registry)
{
	return &registry->root;
}

const struct scope_path *
registry_path(struct registry *registry, const struct scope_path *parent,
    const struct config_scope *scope)
{
	const struct scope_path *path;

	lock(registry);
	path = child_path(registry, (struct scope_path *)parent, scope);
	unlock(registry);
	return path;
}

static struct scope_path *
rank_path(struct registry *registry, const struct fallback_rank *rank)
{
	struct scope_path *path = &registry->root;

	for (unsigned i = 0; i < rank->count; i++)
		path = child_path(registry, path, rank->scopes[i]);
	return path;
}

static const struct config_option *
path_option(const struct scope_path *path, const char *name, unsigned hash)
{
	for (const struct path_option *o = path->options; o != NULL;
	    o = o->next) {
		if (o->hash == hash && strcasecmp(o->option->name, name) == 0)
			return o->option;
	}
	return NULL;
}

/* The same path without the group that its binding stands in, or NULL. */
static const struct scope_path *
outside_group(struct registry *registry, const struct scope_path *path)
{
	const struct scope_path *above;

	if (path->parent == NULL || path->parent->parent == NULL)
		return NULL;
	if (path->parent->parent->parent == NULL) {
		if ((path->parent->scope->flags & CONFIG_SCOPE_GROUP) == 0 ||
		    (path->scope->flags & CONFIG_SCOPE_GROUPED) == 0)
			return NULL;
		above = &registry->root;
	} else {
		above = outside_group(registry, path->parent);
	}
	return above == NULL ? NULL :
	    child_path(registry, (struct scope_path *)above, path->scope);
}

const struct config_option *
registry_find(struct registry *registry, const struct scope_path *path,
    const char *name)
{
	unsigned hash = hash_name(span_of_text(name));
	const struct config_option *option;
	const struct scope_path *outside;

	lock(registry);
	option = path_option(path, name, hash);
	if (option == NULL) {
		outside = outside_group(registry, path);
		if (outside != NULL)
			option = path_option(outside, name, hash);
	}
	unlock(registry);
	return option;
}

bool
registry_allows(struct registry *registry, const struct scope_path *path,
    const struct config_option *option)
{
	return registry_find(registry, path, option->name) == option;
}

void
registry_path_text(const struct scope_path *path, struct buffer *out)
{
	if (path->parent != NULL) {
		registry_path_text(path->parent, out);
		buffer_add_text(out, ":");
	}
	buffer_add_text(out, path->scope->name);
}

static bool
same_text(const char *a, const char *b)
{
	return (a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0;
}

/* A row that came before, with the same name in one of the new row's paths.
 * *same_r: it is the same row. */
static const struct config_option *
find_rival(struct registry *registry, const struct config_option *row,
    const struct fallback *ranks, bool *same_r)
{
	unsigned hash = hash_name(span_of_text(row->name));
	const struct config_option *rival = NULL;

	for (unsigned i = 0; rival == NULL && i < ranks->count; i++)
		rival = path_option(rank_path(registry, &ranks->ranks[i]),
		    row->name, hash);
	*same_r = rival != NULL && rival->type == row->type &&
	    same_text(rival->module, row->module) &&
	    same_text(rival->fallback, row->fallback);
	return rival;
}

static void
link_paths(struct registry *registry, const struct config_option *option)
{
	struct scope_path *path;
	struct path_option *o;

	for (unsigned i = 0; i < option->ranks->count; i++) {
		path = rank_path(registry, &option->ranks->ranks[i]);
		o = must(arena_alloc(&registry->arena, sizeof(*o)));
		o->option = option;
		o->hash = hash_name(span_of_text(option->name));
		o->next = path->options;
		path->options = o;
	}
}

static bool
read_default(struct registry *registry, struct config_option *option,
    struct buffer *why)
{
	struct written *written;
	struct config_value *value;
	struct buffer details = { 0 };
	bool ok;

	if (option->defval == NULL)
		return true;
	written = must(arena_alloc(&registry->arena, sizeof(*written)));
	*written = parser_value(option->defval, &registry->arena);
	value = must(arena_alloc(&registry->arena, sizeof(*value)));
	ok = value_read(option, written, &registry->arena, value, &details);
	if (ok) {
		option->default_value = value;
	} else {
		complain(why, "the default of option '", option->name, "': ");
		buffer_add(why, buffer_span(&details));
	}
	buffer_deinit(&details);
	return ok;
}

static struct config_option *
copy_row(struct registry *registry, const struct config_option *row)
{
	struct config_option *option = must(arena_alloc(&registry->arena,
	    sizeof(*option)));

	*option = *row;
	option->name = keep(registry, row->name);
	option->fallback = keep(registry, row->fallback);
	option->defval = keep(registry, row->defval);
	option->module = keep(registry, row->module);
	option->help = keep(registry, row->help);
	option->default_value = NULL;
	return option;
}

static int
publish(struct registry *registry, struct config_option *option)
{
	int slot = atomic_load(&registry->option_count);
	struct config_option *_Atomic *chunk;

	chunk = atomic_load(&registry->options[slot / CHUNK]);
	if (chunk == NULL) {
		chunk = must(arena_calloc(&registry->arena, CHUNK,
		    sizeof(*chunk)));
		atomic_store(&registry->options[slot / CHUNK], chunk);
	}
	option->slot = slot;
	atomic_store(&chunk[slot % CHUNK], option);
	atomic_store_explicit(&registry->option_count, slot + 1,
	    memory_order_release);
	return slot;
}

static const struct config_scope *
find_for_fallback(void *registry, const char *name)
{
	return registry_scope(registry, name);
}

static int
add_option(struct registry *registry, const struct config_option *row,
    struct buffer *why)
{
	const struct config_option *rival;
	struct config_option *option;
	const struct fallback *ranks;
	bool same;

	if (!is_name(row->name)) {
		complain(why, "'", row->name,
		    "' is no option name (expected letters, digits, '_')");
		return -1;
	}
	ranks = fallback_parse(row->fallback == NULL ? "Global" :
	    row->fallback, &registry->arena, find_for_fallback, registry, why);
	if (ranks == NULL)
		return -1;
	rival = find_rival(registry, row, ranks, &same);
	if (same)
		return rival->slot;
	if (rival != NULL || registry->option_count == CHUNK * CHUNKS) {
		complain(why, "option '", row->name, rival != NULL ?
		    "' is declared already for one of its scopes" :
		    "' is one too many");
		return -1;
	}
	option = copy_row(registry, row);
	option->ranks = ranks;
	if (!read_default(registry, option, why))
		return -1;
	link_paths(registry, option);
	return publish(registry, option);
}

int
registry_add_option(struct registry *registry,
    const struct config_option *row, struct buffer *why)
{
	int slot;

	lock(registry);
	slot = add_option(registry, row, why);
	unlock(registry);
	return slot;
}

void
registry_describe(struct registry *registry, int slot, const char *help,
    unsigned more_flags)
{
	struct config_option *option =
	    (struct config_option *)registry_option(registry, slot);

	if (option == NULL)
		return;
	lock(registry);
	if (help != NULL)
		option->help = keep(registry, help);
	option->flags |= more_flags;
	unlock(registry);
}

const struct config_option *
registry_option(const struct registry *registry, int slot)
{
	struct config_option *_Atomic *chunk;

	if (slot < 0 || slot >= atomic_load_explicit(&registry->option_count,
	    memory_order_acquire))
		return NULL;
	chunk = atomic_load(&registry->options[slot / CHUNK]);
	return atomic_load(&chunk[slot % CHUNK]);
}

/* path = scope *( ":" scope ), Global left out or not */
static const struct scope_path *
parse_path(struct registry *registry, struct span text)
{
	const struct scope_path *path = &registry->root;
	const struct config_scope *scope;
	struct span head;
	bool more;

	if (text.n == 0)
		return path;
	do {
		more = span_cut(&text, ':', &head);
		scope = find_scope(registry, head);
		if (scope == NULL)
			return NULL;
		if (scope != registry->root.scope)
			path = registry_path(registry, path, scope);
	} while (more);
	return path;
}

static int
slot_at(struct registry *registry, struct span path_text, const char *name)
{
	const struct scope_path *path = parse_path(registry, path_text);
	const struct config_option *option = path == NULL ? NULL :
	    registry_find(registry, path, name);

	return option == NULL ? -1 : option->slot;
}

int
registry_slot(struct registry *registry, const char *path, const char *name)
{
	return slot_at(registry, span_of_text(path), name);
}

int
registry_slot_of_capability(struct registry *registry, const char *capability)
{
	static const struct span prefix = SPAN_INIT("config.");
	struct span text = span_of_text(capability);
	size_t cut;

	if (!span_ieq(span_first(text, prefix.n), prefix))
		return -1;
	text = span_from(text, prefix.n);
	for (cut = text.n; cut > 0; cut--) {
		if (text.p[cut - 1] == '.' || text.p[cut - 1] == ':')
			break;
	}
	if (cut == 0)
		return -1;
	return slot_at(registry, span_first(text, cut - 1),
	    (const char *)text.p + cut);
}

void
registry_on_value_free(struct registry *registry,
    void (*free_view)(void *view))
{
	registry->free_view = free_view;
}

void (*registry_value_free(const struct registry *registry))(void *view)
{
	return registry->free_view;
}
