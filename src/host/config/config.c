/*
 * config.c: a load from beginning to end, and what others do with its result.
 *
 * Order of a load: the main file with its includes, the Local_Changes_File, the
 * changes made online; then the check over all of it, so that a module loaded
 * by a late stanza can answer for an early word; then the tree is closed.
 */
#include "host/config/config.h"

#include "host/config/check.h"
#include "host/config/must.h"
#include "host/config/parser.h"
#include "host/config/paths.h"
#include "host/config/restate.h"
#include "host/config/tree.h"

#include <strings.h>
#include <unistd.h>

struct config {
	_Atomic unsigned references;
	unsigned generation;
	struct registry *registry;
	struct arena arena;
	struct tree tree;
	const struct config_file *first_file;
};

struct loading { /* what a load needs and its result does not */
	const struct config_load *load;
	struct config *config;
	struct config_errors *errors;
	struct sources sources;
	struct parser parser;
	struct arena scratch;
	struct statement root;
};

static unsigned
next_generation(void)
{
	static _Atomic unsigned last;

	return atomic_fetch_add(&last, 1) + 1;
}

static const char *
pick_search_path(const struct config_load *load)
{
	const char *environment = getenv("EC_CONF_SEARCH_PATH");

	if (load->search_path != NULL)
		return load->search_path;
	return environment != NULL ? environment : CONFIG_SEARCH_PATH;
}

static void
loading_init(struct loading *loading, struct registry *registry,
    const struct config_load *load, struct config_errors *errors)
{
	struct config *config = must(calloc(1, sizeof(*config)));

	config->references = 1;
	config->registry = registry;
	tree_init(&config->tree, &config->arena, registry);
	*loading = (struct loading){
		.load = load,
		.config = config,
		.errors = errors,
		.sources = {
			.arena = &config->arena,
			.errors = errors,
			.search_path = pick_search_path(load),
			.texts = load->texts,
			.text_count = load->text_count,
		},
		.root = { .kind = STATEMENT_STANZA },
	};
	loading->parser.arena = &config->arena;
	loading->parser.scratch = &loading->scratch;
	loading->parser.sources = &loading->sources;
	loading->parser.errors = errors;
}

static void
loading_deinit(struct loading *loading)
{
	parser_deinit(&loading->parser);
	arena_deinit(&loading->scratch);
	config_unref(&loading->config);
}

static void
read_text(struct loading *loading, struct span text, const char *name,
    bool changes)
{
	struct source source = sources_text(&loading->sources, text, name);

	parser_run(&loading->parser, &source, changes, &loading->root);
}

static bool
read_main(struct loading *loading)
{
	const struct config_load *load = loading->load;
	struct source source;

	if (load->onto != NULL) {
		restate(&loading->parser, load->onto->tree.root,
		    load->onto->first_file, &loading->root);
		return true;
	}
	if (load->path == NULL) {
		read_text(loading, load->text, load->text_name == NULL ?
		    "(text)" : load->text_name, false);
		return true;
	}
	if (!sources_read(&loading->sources, load->path, NULL, false,
	    (struct config_place){ 0 }, &source))
		return false;
	parser_run(&loading->parser, &source, false, &loading->root);
	source_close(&source);
	return true;
}

/* All changes made online are one file, in which places mean nothing. */
static void
read_changes(struct loading *loading)
{
	static const char name[] = "(online changes)";
	struct source source = { .text = loading->load->changes };
	struct config_file *file = loading->sources.first;

	while (file != NULL && !(file->in_memory &&
	    strcmp(file->path, name) == 0))
		file = file->next;
	source.file = file;
	if (file == NULL)
		source = sources_text(&loading->sources,
		    loading->load->changes, name);
	parser_run(&loading->parser, &source, true, &loading->root);
}

static bool
is_true(const struct statement *statement)
{
	static const struct config_option boolean = { .name = "",
	    .type = CONFIG_BOOL };
	struct config_value value;
	struct arena arena = { 0 };
	struct buffer why = { 0 };
	bool yes;

	/* what is no boolean is told by the check */
	yes = statement != NULL && value_read(&boolean, &statement->written,
	    &arena, &value, &why) && value.one.integer != 0;
	buffer_deinit(&why);
	arena_deinit(&arena);
	return yes;
}

/* The path in Local_Changes_File, or NULL. */
static const char *
local_path(struct loading *loading, const struct statement *statement)
{
	if (loading->load->local_changes != NULL)
		return loading->load->local_changes;
	if (statement == NULL || statement->written.shape != WRITTEN_SCALAR ||
	    statement->written.atoms[0].text[0] == '\0')
		return NULL;
	return sources_beside(&loading->sources,
	    statement->written.atoms[0].text, loading->sources.first);
}

/* One that is only about to be written. */
static void
read_new_local(struct loading *loading, const char *path)
{
	const struct config_text *given = sources_given(&loading->sources,
	    path);
	struct source source;

	if (given == NULL)
		return;
	source = sources_text(&loading->sources, given->text, path);
	source.file->in_memory = false;
	source.file->local = true;
	parser_run(&loading->parser, &source, true, &loading->root);
}

/* Local_Changes_File is read last, wherever it is named; it need not exist
 * before there are changes.  It is where these are saved, so it knows
 * "unset". */
static void
read_local_changes(struct loading *loading)
{
	const struct statement *file = statement_find(&loading->root,
	    "Local_Changes_File");
	const struct statement *only = statement_find(&loading->root,
	    "Local_Changes_Only");
	const char *path = local_path(loading, file);
	struct config_place place = { 0 };
	struct source source;

	if (file != NULL)
		place = file->place;
	if (path == NULL && is_true(only))
		errors_add(loading->errors, only->place, "Local_Changes_Only "
		    "needs a file (expected Local_Changes_File as well)");
	if (path == NULL || loading->load->onto != NULL)
		return;
	if (access(path, F_OK) < 0) {
		read_new_local(loading, path);
		return;
	}
	if (access(path, W_OK) < 0)
		errors_add(loading->errors, place, "Local_Changes_File "
		    "'%s' is not writable", path);
	if (!sources_read(&loading->sources, path, NULL, false, place,
	    &source))
		return;
	source.file->local = true;
	if (source.file->times_read > 1)
		errors_add(loading->errors, place, "Local_Changes_File "
		    "'%s' is the main file or an included one (expected a "
		    "file of its own)", path);
	else
		parser_run(&loading->parser, &source, true, &loading->root);
	source_close(&source);
}

static void
check_all(struct loading *loading, bool complete)
{
	struct check check = {
		.registry = loading->config->registry,
		.tree = &loading->config->tree,
		.arena = &loading->config->arena,
		.errors = loading->errors,
		.resolve = loading->load->resolve,
		.closure = loading->load->closure,
	};

	check_statements(&check, &loading->root);
	tree_finish(&loading->config->tree);
	if (complete)
		check_required(&check);
}

struct config *
config_load(struct registry *registry, const struct config_load *load,
    struct config_errors *errors)
{
	unsigned errors_before = errors->count;
	struct config *config = NULL;
	struct loading loading;

	loading_init(&loading, registry, load, errors);
	if (read_main(&loading)) {
		read_local_changes(&loading);
		if (load->changes.n > 0)
			read_changes(&loading);
		if (load->read_all != NULL)
			load->read_all(load->closure, &loading.root);
		check_all(&loading, !load->is_partial &&
		    errors->count == errors_before);
	}
	if (errors->count == errors_before) {
		config = loading.config;
		loading.config = NULL; /* the caller's now */
		config->first_file = loading.sources.first;
		config->generation = next_generation();
	}
	loading_deinit(&loading);
	return config;
}

struct config *
config_ref(struct config *config)
{
	(void)atomic_fetch_add_explicit(&config->references, 1,
	    memory_order_relaxed);
	return config;
}

static void
free_views(struct config *config)
{
	void (*free_view)(void *view) = registry_value_free(config->registry);
	void *view;

	if (free_view == NULL)
		return;
	for (struct config_node *node = config->tree.root; node != NULL;
	    node = tree_next(node)) {
		for (struct config_setting *setting = node->first_setting;
		    setting != NULL; setting = setting->next) {
			view = atomic_load(&setting->value.view);
			if (view != NULL)
				free_view(view);
		}
	}
}

void
config_unref(struct config **config)
{
	struct config *gone = *config;

	*config = NULL;
	if (gone == NULL || atomic_fetch_sub_explicit(&gone->references, 1,
	    memory_order_acq_rel) != 1)
		return;
	free_views(gone);
	tree_deinit(&gone->tree);
	arena_deinit(&gone->arena);
	free(gone);
}

unsigned
config_generation(const struct config *config)
{
	return config->generation;
}

const struct config_node *
config_root(const struct config *config)
{
	return config->tree.root;
}

const struct config_file *
config_first_file(const struct config *config)
{
	return config->first_file;
}

struct registry *
config_registry(const struct config *config)
{
	return config->registry;
}

const struct config_setting *
config_find(const struct config *config, int slot,
    const struct config_query *query)
{
	static const struct config_query global;
	const struct config_option *option =
	    registry_option(config->registry, slot);

	return option == NULL ? NULL : fallback_find(config->tree.root, option,
	    query == NULL ? &global : query);
}

const struct config_value *
config_global(const struct config *config, const char *name)
{
	int slot = registry_slot(config->registry, "", name);

	return slot < 0 ? NULL : config_lookup(config, slot, NULL);
}

const struct config_setting *
config_global_setting(const struct config *config, const char *name)
{
	int slot = registry_slot(config->registry, "", name);

	return slot < 0 ? NULL : config_find(config, slot, NULL);
}

const struct config_value *
config_lookup(const struct config *config, int slot,
    const struct config_query *query)
{
	const struct config_option *option =
	    registry_option(config->registry, slot);
	const struct config_setting *setting = config_find(config, slot,
	    query);

	if (setting != NULL)
		return &setting->value;
	return option == NULL ? NULL : option->default_value;
}

static bool
put_key(struct config_query *query, const struct config_scope *scope,
    const char *instance, bool replace)
{
	for (unsigned i = 0; i < query->count; i++) {
		if (query->keys[i].scope != scope)
			continue;
		if (replace)
			query->keys[i].instance = instance;
		return true;
	}
	if (query->count == FALLBACK_KEYS)
		return false;
	query->keys[query->count++] = (struct config_key){ scope, instance };
	return true;
}

bool
config_query_add(const struct config *config, struct config_query *query,
    const char *scope_name, const char *instance)
{
	const struct config_scope *scope = registry_scope(config->registry,
	    scope_name);
	const struct config_node *binding;

	if (scope == NULL || !put_key(query, scope, instance, true))
		return false;
	if ((scope->flags & CONFIG_SCOPE_GROUPED) == 0 || instance == NULL)
		return true;
	binding = tree_grouped(config->tree.root, scope, instance);
	return binding == NULL || put_key(query, binding->parent->scope,
	    binding->parent->instance, false);
}

const struct config_node *
config_binding(const struct config *config, const char *name)
{
	const struct config_scope *scope = registry_scope(config->registry,
	    "Binding");
	const struct config_node *node;

	if (scope == NULL)
		return NULL;
	node = tree_grouped(config->tree.root, scope, name);
	return node != NULL ? node :
	    node_child(config->tree.root, scope, name);
}
