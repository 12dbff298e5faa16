/*
 * cidr.c: msys.cidr: lists of blocks of addresses, by name.
 *
 * Scripts define them in `init`, which runs in every interpreter: a list that
 * is there already with the same options is left as it is.  A list that was
 * read again replaces the old one, which stays for those who use it.
 */
#include "scriptlet/bindings/args.h"
#include "scriptlet/bindings/blocks.h"
#include "scriptlet/bindings/shared.h"
#include "scriptlet/bindings/utilities.h"
#include "scriptlet/running.h"

#include "keys/cache.h"

#include "debug_tools.h"
#include "module.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES 256 /* lists of one stanza */
#define REFRESH 1800 /* seconds */
#define RETRY 60 /* seconds: where a file could not be read */
#define WORD_BYTES 1024

struct list {
	struct list *next;
	/* as defined; never changes */
	char *name, *source, *otherwise; /* NULL: none, nothing */
	enum blocks_column column;
	bool interpolate;
	int64_t refresh; /* milliseconds; 0: never */

	pthread_rwlock_t lock; /* guards the rest */
	struct blocks *blocks;
	int64_t due;
};

struct lists {
	pthread_mutex_t lock; /* guards the list of them */
	struct list *first;
	size_t n;
};

static void
list_free(struct list *list)
{
	blocks_free(&list->blocks);
	free(list->name);
	free(list->source);
	free(list->otherwise);
	(void)pthread_rwlock_destroy(&list->lock);
	free(list);
}

static void *
lists_make(void)
{
	struct lists *lists = calloc(1, sizeof(*lists));

	if (lists != NULL)
		(void)pthread_mutex_init(&lists->lock, NULL);
	return lists;
}

static void
lists_free(void *object)
{
	struct lists *lists = object;
	struct list *next;

	for (struct list *list = lists->first; list != NULL; list = next) {
		next = list->next;
		list_free(list);
	}
	(void)pthread_mutex_destroy(&lists->lock);
	free(lists);
}

static const struct shared_class lists_class = {
	.name = "lists of addresses",
	.make = lists_make,
	.free = lists_free,
};

/* Under the lock of the lists. */
static struct list *
find_locked(const struct lists *lists, const char *name)
{
	struct list *list = lists->first;

	while (list != NULL && strcmp(list->name, name) != 0)
		list = list->next;
	return list;
}

static struct list *
find(lua_State *L)
{
	struct lists *lists = shared_get(L, &lists_class);
	const char *name = args_word(L, 1, "a name");
	struct list *list;

	(void)pthread_mutex_lock(&lists->lock);
	list = find_locked(lists, name);
	(void)pthread_mutex_unlock(&lists->lock);
	if (list == NULL)
		(void)luaL_error(L, "there is no cidr '%s'", name);
	return list;
}

/* defining */

struct definition {
	const char *name, *source, *otherwise;
	enum blocks_column column;
	bool interpolate;
	int64_t refresh;
};

static const char *
word_field(lua_State *L, const char *field)
{
	if (lua_getfield(L, 2, field) == LUA_TNIL ||
	    (lua_isboolean(L, -1) && lua_toboolean(L, -1) == 0))
		return NULL;
	/* it stays on the stack */
	return args_word(L, lua_gettop(L), field);
}

static void
take_options(lua_State *L, struct definition *definition)
{
	const char *type, *value;

	type = lua_istable(L, 2) ? word_field(L, "type") :
	    args_word(L, 2, "a type");
	if (type == NULL || strcasecmp(type, "empty") == 0) {
		definition->refresh = 0;
		return;
	}
	if (strcasecmp(type, "datasource") == 0)
		(void)args_unavailable(L, "a cidr of type datasource",
		    "ask msys.db instead");
	if (strcasecmp(type, "rbldnsd") != 0 || !lua_istable(L, 2))
		(void)luaL_argerror(L, 2, lua_pushfstring(L,
		    "'%s' is no type of a cidr with these options", type));
	definition->source = word_field(L, "source");
	if (definition->source == NULL)
		(void)luaL_argerror(L, 2, "a cidr of type rbldnsd has a "
		    "source");
	if (strncmp(definition->source, "file://", 7) == 0)
		definition->source += 7;
	value = word_field(L, "value");
	definition->column = value != NULL && strcasecmp(value, "txt") == 0 ?
	    BLOCKS_TXT : BLOCKS_A;
	definition->otherwise = word_field(L, "default_value");
	(void)lua_getfield(L, 2, "interpolate");
	definition->interpolate = args_true(L, -1);
	if (lua_getfield(L, 2, "refresh") != LUA_TNIL)
		definition->refresh = (int64_t)args_number(L,
		    lua_gettop(L), "refresh") * 1000;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_as_defined(const struct list *list, const struct definition *definition)
{
	return same_text(list->source, definition->source) &&
	    same_text(list->otherwise, definition->otherwise) &&
	    list->column == definition->column &&
	    list->interpolate == definition->interpolate &&
	    list->refresh == definition->refresh;
}

static char *
copy(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}

static struct list *
list_new(const struct definition *definition, struct why *why)
{
	struct list *list = calloc(1, sizeof(*list));

	if (list == NULL) {
		why_set(why, "out of memory");
		return NULL;
	}
	(void)pthread_rwlock_init(&list->lock, NULL);
	list->name = strdup(definition->name);
	list->source = copy(definition->source);
	list->otherwise = copy(definition->otherwise);
	list->column = definition->column;
	list->interpolate = definition->interpolate;
	list->refresh = definition->refresh;
	list->due = cache_clock_monotonic(NULL) + list->refresh;
	if (list->name == NULL ||
	    (list->source == NULL) != (definition->source == NULL) ||
	    (list->otherwise == NULL) != (definition->otherwise == NULL)) {
		why_set(why, "out of memory");
		list_free(list);
		return NULL;
	}
	/* a file that is not there yet: empty, and looked for again soon */
	if (blocks_load(list->source, list->column, &list->blocks, why) != 0) {
		list->due = cache_clock_monotonic(NULL) + RETRY * 1000;
		(void)blocks_load(NULL, list->column, &list->blocks, NULL);
	}
	if (list->blocks == NULL) {
		list_free(list);
		return NULL;
	}
	return list;
}

/* The file is read under the lock, so that no two threads read it. */
static void
add(struct lists *lists, const struct definition *definition, struct why *why)
{
	struct list *list, *old;

	(void)pthread_mutex_lock(&lists->lock);
	old = find_locked(lists, definition->name);
	if (old == NULL || !is_as_defined(old, definition)) {
		list = lists->n == NAMES ? NULL : list_new(definition, why);
		if (lists->n == NAMES)
			why_set(why, "there are too many");
		if (list != NULL) {
			/* before the old one of that name, which may be in
			 * use */
			list->next = lists->first;
			lists->first = list;
			lists->n++;
		}
	}
	(void)pthread_mutex_unlock(&lists->lock);
}

static bool
is_defined(struct lists *lists, const char *name)
{
	bool found;

	(void)pthread_mutex_lock(&lists->lock);
	found = find_locked(lists, name) != NULL;
	(void)pthread_mutex_unlock(&lists->lock);
	return found;
}

static int
define(lua_State *L)
{
	struct lists *lists = shared_get(L, &lists_class);
	struct definition definition = { .refresh = REFRESH * 1000 };
	struct why why = { "" };

	lua_settop(L, 2);
	definition.name = args_word(L, 1, "a name");
	take_options(L, &definition);
	running_wait_begins(L);
	add(lists, &definition, &why);
	running_wait_ends(L);
	if (why.text[0] != '\0' && !is_defined(lists, definition.name))
		return luaL_error(L, "cidr '%s': %s", definition.name,
		    why.text);
	if (why.text[0] != '\0')
		ec_mod_debug(running_of(L)->self, DERROR, "cidr '%s' is "
		    "empty: %s", definition.name, why.text);
	lua_pushboolean(L, 1);
	return 1;
}

/* reading again */

static int
read_again(struct list *list, struct why *why)
{
	struct blocks *fresh = NULL, *old;

	if (blocks_load(list->source, list->column, &fresh, why) != 0)
		return -1;
	(void)pthread_rwlock_wrlock(&list->lock);
	old = list->blocks;
	list->blocks = fresh;
	list->due = cache_clock_monotonic(NULL) + list->refresh;
	(void)pthread_rwlock_unlock(&list->lock);
	blocks_free(&old);
	return 0;
}

/* Whoever finds it due reads it; the others go on with the old one. */
static void
refresh(struct list *list)
{
	int64_t now = cache_clock_monotonic(NULL);
	struct why why = { "" };
	bool due;

	if (list->refresh == 0 || list->source == NULL)
		return;
	(void)pthread_rwlock_rdlock(&list->lock);
	due = now >= list->due;
	(void)pthread_rwlock_unlock(&list->lock);
	if (!due)
		return;
	(void)pthread_rwlock_wrlock(&list->lock);
	due = now >= list->due;
	list->due = now + list->refresh;
	(void)pthread_rwlock_unlock(&list->lock);
	if (due)
		(void)read_again(list, &why); /* a bad file: the old list */
}

static int
reload(lua_State *L)
{
	struct list *list = find(L);
	struct why why = { "" };
	int ret = 0;

	if (list->source != NULL) {
		running_wait_begins(L);
		ret = read_again(list, &why);
		running_wait_ends(L);
	}
	lua_pushboolean(L, ret == 0);
	if (ret == 0)
		return 1;
	lua_pushstring(L, why.text);
	return 2;
}

/* asking */

/* The text that a `$` of the list's stands in for, put in its place. */
static void
push_text(lua_State *L, const char *text, bool interpolate,
    const struct network_key *key)
{
	char address[NETWORK_KEY_TEXT];

	network_key_format(key, address);
	if (interpolate && strchr(text, '$') != NULL)
		(void)luaL_gsub(L, text, "$", address);
	else
		lua_pushstring(L, text);
}

static int
query(lua_State *L)
{
	struct list *list;
	struct network_key key;
	const char *found;
	char text[WORD_BYTES];

	lua_settop(L, 2);
	list = find(L);
	network_key_at(L, 2, &key);
	running_charge(L, 20);
	refresh(list);
	(void)pthread_rwlock_rdlock(&list->lock);
	found = blocks_find(list->blocks, &key);
	/* a copy: the list may be replaced as soon as the lock is gone */
	text[0] = '\0';
	if (found != NULL) {
		(void)strncat(text, found, sizeof(text) - 1);
		found = text;
	}
	(void)pthread_rwlock_unlock(&list->lock);
	if (found != NULL)
		push_text(L, found, list->interpolate, &key);
	else
		lua_pushstring(L, list->otherwise);
	return 1;
}

static const struct binding rows[] = {
	{ .name = "define", .function = define,
	  .usage = "define(name, options)",
	  .returns = "true",
	  .text = "Makes a list of blocks of addresses, in `init`. Options are "
	      "`type`, `rbldnsd` or `empty`; for rbldnsd `source`, the file; "
	      "`value`, `a` or `txt`, which of both texts a query gives; "
	      "`refresh`, the seconds after which the file is read again, "
	      "1800 unless given, 0 never; `interpolate`, to replace `$` by "
	      "the address; and `default_value`, what a query without a match "
	      "gives. A file that cannot be read is logged as an error; the "
	      "list is empty until it can. The type datasource is not "
	      "available." },
	{ .name = "query", .function = query,
	  .usage = "query(name [, address])",
	  .returns = "the text of the smallest block with the address, or the "
	      "default value, or nil",
	  .text = "Looks an address up, the client's unless given." },
	{ .name = "reload", .function = reload,
	  .usage = "reload(name)",
	  .returns = "true; or false, text",
	  .text = "Reads the file again." },
};

const struct binding_library library_cidr = {
	.name = "msys.cidr",
	.text = "Lists of blocks of addresses.",
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
};
