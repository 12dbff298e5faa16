/*
 * hooks.c: module-hooks.h.
 *
 * Names live for the process, in one table under a lock that is taken once
 * for each place in the code that uses a hook.  Providers live in a generation,
 * found by the hook's number: calling takes no lock.
 */
#include "host/hooks/hooks.h"

#include "echash.h"
#include "host/generation.h"
#include "host/hooks/prototype.h"
#include "host/log/log.h"
#include "host/types/alloc.h"
#include "module.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct hook_registry {
	ec_ptr_array **lists; /* by hook_id; NULL: no provider */
	size_t count;
};

static pthread_mutex_t heads_lock = PTHREAD_MUTEX_INITIALIZER;
static ec_hash_table *heads; /* name to head; under heads_lock */
static _Thread_local struct hooks_registration *registering;

struct hook_registry *
hooks_registry_new(void)
{
	return xcalloc(1, sizeof(struct hook_registry));
}

void
hooks_registry_free(struct hook_registry **registry)
{
	if (*registry == NULL)
		return;
	for (size_t i = 0; i < (*registry)->count; i++) {
		if ((*registry)->lists[i] != NULL)
			ec_ptr_array_destroy((*registry)->lists[i]);
		free((*registry)->lists[i]);
	}
	free((*registry)->lists);
	free(*registry);
	*registry = NULL;
}

/* Say it in the log, and to whoever prepares the configuration. */
static void
refuse(const char *hook_name, const char *fmt, ...) EC_PRINTF_LIKE(2, 3);
static void
refuse(const char *hook_name, const char *fmt, ...)
{
	va_list args;

	if (registering != NULL && registering->trouble != NULL) {
		va_start(args, fmt);
		(void)stringvprintf(registering->trouble, fmt, args);
		va_end(args);
		(void)stringprintf(registering->trouble, "\n");
		return;
	}
	if (!log_once(hook_name, NULL))
		return; /* it happens with every call */
	va_start(args, fmt);
	log_vline(DERROR, fmt, args);
	va_end(args);
}

/* Under heads_lock. */
static struct __ec_hook_head *
head_new(const char *name, const char *proto)
{
	struct __ec_hook_head *head = xcalloc(1, sizeof(*head));

	head->hook_name = xstrdup(name);
	prototype_read(proto, head);
	head->hook_id = (ec_atomic_t)heads->size;
	(void)echash_store(heads, name, (int)strlen(name), head);
	return head;
}

struct __ec_hook_head *
module_get_hook_head(const char *hook_name, const char *proto)
{
	struct __ec_hook_head *head = NULL;
	void *data;

	(void)pthread_mutex_lock(&heads_lock);
	if (heads == NULL)
		heads = echash_create(NULL, NULL);
	if (echash_retrieve(heads, hook_name, (int)strlen(hook_name), &data))
		head = data;
	else
		head = head_new(hook_name, proto);
	(void)pthread_mutex_unlock(&heads_lock);
	if (!prototype_matches(head, proto)) {
		refuse(hook_name, "hook '%s': its prototype is '%s' here, and '%.*s' in "
		    "the module: it was built with other headers", hook_name,
		    head->hook_proto, (int)strcspn(proto, "|"), proto);
		return NULL;
	}
	return head;
}

static ec_ptr_array *
list_for(struct hook_registry *registry, const struct __ec_hook_head *head)
{
	size_t id = (size_t)head->hook_id;

	if (id >= registry->count) {
		size_t count = id + 16;

		registry->lists = xrealloc(registry->lists,
		    count * sizeof(ec_ptr_array *));
		for (size_t i = registry->count; i < count; i++)
			registry->lists[i] = NULL;
		registry->count = count;
	}
	if (registry->lists[id] == NULL) {
		registry->lists[id] = xmalloc(sizeof(ec_ptr_array));
		(void)ec_ptr_array_init(registry->lists[id], 0, free);
	}
	return registry->lists[id];
}

static void
registry_add(struct hook_registry *registry, const struct __ec_hook *hook,
    bool first)
{
	ec_ptr_array *list = list_for(registry, hook->head);
	struct __ec_hook *copy = xmalloc(sizeof(*copy));

	*copy = *hook;
	if (first)
		(void)ec_ptr_array_unshift(list, copy);
	else
		(void)ec_ptr_array_append(list, copy);
}

static void
record_add(struct hook_record **end, const struct __ec_hook *hook, bool first)
{
	struct hook_record *record = xcalloc(1, sizeof(*record));

	while (*end != NULL)
		end = &(*end)->next;
	record->hook = *hook;
	record->first = first;
	*end = record;
}

static ec_atomic_t
add(const char *name, const char *proto, void *hook, void *closure,
    bool first)
{
	struct __ec_hook_head *head;
	struct __ec_hook new;

	if (registering == NULL) {
		log_line(DERROR, "hook '%s': a provider was registered outside "
		    "config_setup and ext_init, and is left out", name);
		return -1;
	}
	head = module_get_hook_head(name, proto);
	if (head == NULL)
		return -1;
	if (hook == NULL) {
		refuse(name, "hook '%s': the provider is NULL", name);
		return -1;
	}
	new = (struct __ec_hook){ hook, closure, head, registering->owner };
	if (registering->record != NULL)
		record_add(registering->record, &new, first);
	if (registering->into != NULL)
		registry_add(registering->into, &new, first);
	return head->hook_id;
}

ec_atomic_t
module_add_hook_first(const char *name, const char *proto, void *hook,
    void *closure, int flags)
{
	(void)flags;
	return add(name, proto, hook, closure, true);
}

ec_atomic_t
module_add_hook_last(const char *name, const char *proto, void *hook,
    void *closure, int flags)
{
	(void)flags;
	return add(name, proto, hook, closure, false);
}

void
hooks_begin(struct hooks_registration *registration)
{
	registering = registration;
}

void
hooks_end(struct hooks_registration *registration)
{
	if (registering == registration)
		registering = NULL;
}

struct hooks_registration *
hooks_registering(void)
{
	return registering;
}

void
hooks_replay(const struct hook_record *record, struct hook_registry *into)
{
	for (; record != NULL; record = record->next)
		registry_add(into, &record->hook, record->first);
}

void
hooks_record_free(struct hook_record **record)
{
	for (struct hook_record *next; *record != NULL; *record = next) {
		next = (*record)->next;
		free(*record);
	}
}

ec_ptr_array *
module_get_hook_array_from_transaction(ec_config_header *transaction,
    struct __ec_hook_head *head)
{
	struct hook_registry *registry;

	if (transaction == NULL || head == NULL)
		return NULL;
	registry = generation_of(transaction)->hooks;
	/* a hook that became known later has no provider here */
	if ((size_t)head->hook_id >= registry->count)
		return NULL;
	return registry->lists[head->hook_id];
}

struct __ec_hook_hold
module_hook_enter(void)
{
	struct __ec_hook_hold hold = { NULL, 0 };
	struct generation *generation = generation_pinned();

	if (generation == NULL) {
		generation = generation_current();
		hold.counted = generation != NULL;
	}
	if (generation != NULL)
		hold.transaction = &generation->header;
	return hold;
}

void
module_hook_leave(struct __ec_hook_hold *hold)
{
	if (hold->counted != 0)
		generation_unref(generation_of(hold->transaction));
}

static int
by_name(const void *a, const void *b)
{
	const struct __ec_hook_head *const *x = a, *const *y = b;

	return strcmp((*x)->hook_name, (*y)->hook_name);
}

void
hooks_list(string *out)
{
	ec_hash_iter iter = { 0 };
	struct __ec_hook_head **all;
	size_t n = 0;
	void *data;

	(void)pthread_mutex_lock(&heads_lock);
	all = xcalloc(heads != NULL ? heads->size : 0, sizeof(*all));
	while (heads != NULL && echash_next(heads, &iter, NULL, NULL, &data))
		all[n++] = data;
	(void)pthread_mutex_unlock(&heads_lock);
	qsort(all, n, sizeof(*all), by_name);
	for (size_t i = 0; i < n; i++) {
		(void)stringprintf(out, "%s\n\t", all[i]->hook_name);
		prototype_show(all[i], out);
		(void)stringprintf(out, "\n");
	}
	free(all);
}
