/*
 * host.c: building a generation, and the moments at which modules hear of it.
 */
#include "host/host.h"

#include "ec_fc.h"
#include "host/config/config.h"
#include "host/config/must.h"
#include "host/config/parser.h"
#include "host/config/suggest.h"
#include "host/control/commands.h"
#include "host/generation.h"
#include "host/hooks/hooks.h"
#include "host/jobs/jobs.h"
#include "host/loader/directories.h"
#include "host/loader/instance.h"
#include "host/loader/options.h"
#include "host/loader/values.h"
#include "host/log/log.h"
#include "host/log/results.h"
#include "host/metrics/metrics.h"
#include "host/stats/keeper.h"
#include "host/stats/stats.h"
#include "host/types/alloc.h"
#include "hooks/core/config_resource_setup.h"
#include "hooks/core/post_config_commit.h"
#include "hooks/core/post_drop_privileges.h"
#include "hooks/core/pre_drop_privileges.h"
#include "hooks/core/sys_init.h"
#include "module.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static pthread_mutex_t build_lock = PTHREAD_MUTEX_INITIALIZER;
static struct host_source in_use; /* under build_lock; its texts are ours */
static void (*examine)(const struct config *, struct config_errors *);

struct build { /* one generation in the making */
	struct generation *generation;
	struct generation *before; /* the pin to put back */
	struct config_errors *errors;
	unsigned errors_before;
};

static bool
is_good(const struct build *build)
{
	return build->errors->count == build->errors_before;
}

static void
tell(struct build *build, const string *trouble)
{
	const char *at = trouble->buffer;

	while (trouble->len > 0 && *at != '\0') {
		size_t n = strcspn(at, "\n");

		errors_add(build->errors, (struct config_place){ 0 }, "%.*s",
		    (int)n, at);
		at += n + (at[n] == '\n' ? 1 : 0);
	}
}

/* A directory that is misspelled would only show as modules that nobody
 * knows. */
static void
check_directory(struct build *build, const struct statement *path,
    const struct written_atom *atom)
{
	struct config_place place = path->place;

	place.line = atom->line;
	if (access(atom->text, R_OK | X_OK) != 0)
		errors_add(build->errors, place, "option 'Module_Path': '%s': "
		    "%s (expected a directory with modules)", atom->text,
		    strerror(errno));
}

/* Everything is read: Module_Path says where else modules are. */
static void
on_read_all(void *closure, const struct statement *root)
{
	const struct statement *path = statement_find(root, "Module_Path");
	struct build *build = closure;
	const char **paths = NULL;
	size_t n = 0;
	string trouble;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	if (path != NULL && path->written.shape != WRITTEN_DICT) {
		n = path->written.count;
		paths = xcalloc(n, sizeof(*paths));
		for (size_t i = 0; i < n; i++) {
			check_directory(build, path, &path->written.atoms[i]);
			paths[i] = path->written.atoms[i].text;
		}
	}
	directories_set_module_path(paths, n);
	directories_refresh(&trouble);
	if (trouble.len > 0)
		tell(build, &trouble);
	(void)string_destroy(&trouble);
	free(paths);
}

/* Where the word begins that a capability ends with: behind the last '.' or
 * ':'. */
static size_t
capability_word(const char *capability)
{
	size_t at = strlen(capability);

	while (at > 0 && capability[at - 1] != '.' && capability[at - 1] != ':')
		at--;
	return at;
}

struct likeness { /* the name that is most like a word */
	struct suggest suggest;
	char closest[SUGGEST_BYTES + 1];
};

static void
offer(struct likeness *likeness, const char *name, size_t n)
{
	char copy[SUGGEST_BYTES + 1];

	if (n > SUGGEST_BYTES)
		return;
	memcpy(copy, name, n);
	copy[n] = '\0';
	suggest_offer(&likeness->suggest, copy);
	if (likeness->suggest.closest == copy) {
		memcpy(likeness->closest, copy, n + 1);
		likeness->suggest.closest = likeness->closest;
	}
}

/* What a manifest provides at the place that a capability speaks of. */
static void
offer_provided(struct likeness *likeness, const struct manifest *manifest,
    const char *capability)
{
	size_t path = capability_word(capability), n;
	const struct manifest_value *value = NULL;
	const char *at, *word;

	while ((value = manifest_value(manifest, "msys.provides", value)) !=
	    NULL) {
		at = value->text;
		while (manifest_word(&at, &word, &n)) {
			if (n > path &&
			    strncasecmp(word, capability, path) == 0 &&
			    memchr(word + path, '.', n - path) == NULL &&
			    memchr(word + path, ':', n - path) == NULL)
				offer(likeness, word + path, n - path);
		}
	}
}

/* No module gives this word: a name like it that one gives at the same place
 * goes to why.  Manifests alone are asked, nothing is loaded. */
static void
suggest_like(const struct manifests *manifests, const char *capability,
    struct buffer *why)
{
	static const char top[] = "config.Global:";
	size_t path = capability_word(capability);
	struct likeness likeness = { .suggest.word = capability + path };

	for (const struct manifest *m = manifests_first(manifests); m != NULL;
	    m = m->next) {
		offer_provided(&likeness, m, capability);
		if (path == strlen(top) && strncasecmp(capability, top, path) == 0)
			offer(&likeness, m->module, strlen(m->module));
	}
	if (likeness.suggest.closest != NULL)
		buffer_add_text(why, likeness.suggest.closest);
}

static int
on_resolve(void *closure, const char *capability, struct buffer *why)
{
	struct manifests *manifests = manifests_current();
	const struct manifest *manifest = manifests_provider(manifests,
	    capability);
	int ret = 0;

	(void)closure;
	if (manifest == NULL)
		suggest_like(manifests, capability, why);
	else
		ret = loaded_get(manifests, manifest, why) != NULL ? 1 : -1;
	manifests_unref(manifests);
	return ret;
}

static void
build_read(struct build *build, struct config_load load,
    struct config_errors *errors)
{
	load.resolve = on_resolve;
	load.read_all = on_read_all;
	load.closure = build;
	memset(build, 0, sizeof(*build));
	build->errors = errors;
	build->errors_before = errors->count;
	build->generation = generation_new();
	build->before = generation_pin(build->generation);
	build->generation->config = config_load(options_registry(), &load,
	    errors);
}

static void
build_begin(struct build *build, const struct host_source *source,
    struct config_errors *errors)
{
	struct config_load load = {
		.path = source->path,
		.text = source->text,
		.text_name = source->text_name,
		.changes = source->changes,
		.onto = source->onto,
		.search_path = source->search_path,
	};

	build_read(build, load, errors);
	if (build->generation->config != NULL && examine != NULL)
		examine(build->generation->config, errors);
}

/* Start the modules of a configuration that is good in itself. */
static void
build_start(struct build *build, int flags)
{
	string output;

	if (!is_good(build) || build->generation->config == NULL)
		return;
	(void)string_init_type(&output, 1, STRING_TYPE_ECSTRING);
	values_postset(build->generation, &output);
	tell(build, &output);
	(void)string_destroy(&output);
	instances_start(build->generation, flags, build->errors);
}

/* The last chance to hang commands at the generation. */
static void
build_resources(struct build *build)
{
	string trouble;
	struct hooks_registration registration = {
		.into = build->generation->hooks,
		.trouble = &trouble,
	};

	if (!is_good(build))
		return;
	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	hooks_begin(&registration);
	if (has_core_config_rsrc_setup_hook() != 0)
		(void)call_core_config_rsrc_setup_hook(
		    &build->generation->header);
	hooks_end(&registration);
	tell(build, &trouble);
	(void)string_destroy(&trouble);
}

static char
first_letter(const struct config *config, const char *option)
{
	const struct config_value *value = config_global(config, option);

	return value != NULL ? value->one.string[0] : '\0';
}

static void
apply_log_results(const struct config *config)
{
	bool json = first_letter(config, "Log_Results_Format") == 'j';

	switch (first_letter(config, "Log_Results")) {
	case 'f': /* failures */
		results_set(RESULTS_FAILURES, json);
		break;
	case 'o': /* off */
		results_set(RESULTS_OFF, json);
		break;
	default:
		results_set(RESULTS_ALL, json);
		break;
	}
}

/* Options of the host that take effect with the switch. */
static void
apply_globals(const struct generation *generation)
{
	static const char *const levels[] = { "DEBUG", "INFO", "NOTICE",
	    "WARNING", "ERROR", "CRITICAL" };
	struct registry *registry = options_registry();
	const struct config_scope *scope = registry_scope(registry,
	    "Debug_Flags");
	const struct config_node *node = scope == NULL ? NULL :
	    node_child(config_root(generation->config), scope, NULL);
	int level_slot;

	for (int level = 0; level < LOG_LEVELS; level++) {
		const struct config_value *value = NULL;
		uint32_t mask = 0;

		level_slot = registry_slot(registry, "Debug_Flags",
		    levels[level]);
		if (level_slot < 0)
			continue;
		value = node != NULL ? node_value(node, level_slot) :
		    registry_option(registry, level_slot)->default_value;
		for (uint32_t i = 0; value != NULL && i < value->count; i++)
			mask |= log_flag_of(value->items[i].string);
		log_set_flags(level, mask);
	}
	keeper_follow(generation->config);
	apply_log_results(generation->config);
}

/* Take it into use, or drop it; in either case the build is over. */
static int
build_end(struct build *build, bool use)
{
	struct generation *generation = build->generation;
	bool good = is_good(build) && generation->config != NULL;
	struct generation *old;

	(void)generation_pin(build->before);
	if (good && use) {
		apply_globals(generation);
		generation_commit(generation);
		log_once_forget();
		call_core_post_config_commit_hook();
		return 0;
	}
	old = generation_current();
	instances_restore(generation, old);
	generation_unref(old);
	generation_unref(generation);
	return good ? 0 : -1;
}

static struct span
keep(struct span text)
{
	return text.n > 0 ? span_of(xstrndup((const char *)text.p, text.n),
	    text.n) : (struct span){ NULL, 0 };
}

static void
forget_source(void)
{
	free((void *)(uintptr_t)in_use.path);
	free((void *)(uintptr_t)in_use.text.p);
	free((void *)(uintptr_t)in_use.text_name);
	free((void *)(uintptr_t)in_use.changes.p);
	free((void *)(uintptr_t)in_use.search_path);
	in_use = (struct host_source){ 0 };
}

static void
remember_source(const struct host_source *source)
{
	struct host_source kept = {
		.path = source->path != NULL ? xstrdup(source->path) : NULL,
		.text = keep(source->text),
		.text_name = source->text_name != NULL ?
		    xstrdup(source->text_name) : NULL,
		.changes = keep(source->changes),
		.search_path = source->search_path != NULL ?
		    xstrdup(source->search_path) : NULL,
	};

	forget_source();
	in_use = kept;
}

static void
fail(struct build *build, const char *what)
{
	errors_add(build->errors, (struct config_place){ 0 }, "%s", what);
}

/* In the starter's own words: what it does with its rights is more than to give
 * them up. */
static bool
starter_drops(struct build *build, const struct host_start *start)
{
	struct buffer why = { 0 };
	char *words;
	bool good = start->drop_privileges(start->closure,
	    build->generation->config, &why) == 0;

	words = must(buffer_take_text(&why));
	if (!good)
		fail(build, words[0] != '\0' ? words :
		    "rights cannot be given up");
	free(words);
	return good;
}

/* Between INIT and POSTINIT of the first configuration. */
static void
drop_privileges(struct build *build, const struct host_start *start)
{
	if (has_core_pre_drop_privileges_hook() != 0 &&
	    call_core_pre_drop_privileges_hook() != 0) {
		fail(build, "a module objects before rights are given up");
		return;
	}
	if (start->drop_privileges != NULL && !starter_drops(build, start))
		return;
	if (has_core_post_drop_privileges_hook() != 0 &&
	    call_core_post_drop_privileges_hook() != 0)
		fail(build, "a module objects after rights were given up");
}

void
host_examine_with(void (*of_program)(const struct config *,
    struct config_errors *))
{
	examine = of_program;
}

int
host_open(const struct host_start *start, struct config_errors *errors)
{
	struct build build;
	int ret;

	(void)pthread_mutex_lock(&build_lock);
	commands_add_builtin();
	stats_add_commands();
	metrics_open();
	ec_fc_init();
	jobs_open();
	build_begin(&build, &start->source, errors);
	build_start(&build, EC_MODULE_INIT_PRIVILEGED);
	if (is_good(&build))
		drop_privileges(&build, start);
	if (is_good(&build))
		instances_post(build.generation, errors);
	build_resources(&build);
	ret = build_end(&build, true);
	if (ret == 0) {
		remember_source(&start->source);
		call_core_sys_init_hook();
	}
	(void)pthread_mutex_unlock(&build_lock);
	return ret;
}

static int
build_whole(const struct host_source *source, bool use,
    struct config_errors *errors)
{
	struct build build;

	build_begin(&build, source, errors);
	build_start(&build, 0);
	build_resources(&build);
	return build_end(&build, use);
}

int
host_reload(const struct host_source *source, struct config_errors *errors)
{
	int ret;

	(void)pthread_mutex_lock(&build_lock);
	ret = build_whole(source != NULL ? source : &in_use, true, errors);
	if (ret == 0 && source != NULL && source->onto == NULL &&
	    !source->is_passing)
		remember_source(source);
	/* a change made online that is refused is no reload that failed */
	if (source == NULL || source->onto == NULL)
		metrics_reload(ret == 0);
	(void)pthread_mutex_unlock(&build_lock);
	return ret;
}

struct config *
host_read(const struct config_load *load, struct config_errors *errors)
{
	struct build build;
	struct config_load of_host = *load;
	struct config *config = NULL;

	(void)pthread_mutex_lock(&build_lock);
	if (load->search_path == NULL)
		of_host.search_path = in_use.search_path;
	build_read(&build, of_host, errors);
	if (build.generation->config != NULL)
		config = config_ref(build.generation->config);
	(void)build_end(&build, false);
	(void)pthread_mutex_unlock(&build_lock);
	return config;
}

char *
host_path(void)
{
	char *path;

	(void)pthread_mutex_lock(&build_lock);
	path = in_use.path != NULL ? xstrdup(in_use.path) : NULL;
	(void)pthread_mutex_unlock(&build_lock);
	return path;
}

int
host_check(const struct host_source *source, struct config_errors *errors)
{
	int ret;

	(void)pthread_mutex_lock(&build_lock);
	ret = build_whole(source, false, errors);
	(void)pthread_mutex_unlock(&build_lock);
	return ret;
}

void
host_close(void)
{
	/* jobs hold generations, and one may be reloading */
	jobs_close();
	(void)pthread_mutex_lock(&build_lock);
	generation_commit(NULL);
	instances_end_singletons();
	forget_source();
	(void)pthread_mutex_unlock(&build_lock);
}
