/*
 * datasources.c: options, read when a name first comes up.
 */
#include "scriptlet/bindings/datasources.h"

#include "ec_config.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DRIVER "sqlite:"

struct datasources {
	pthread_mutex_t lock; /* guards the list, not what is in it */
	struct datasource *list;
};

void *
datasources_make(void)
{
	struct datasources *datasources = calloc(1, sizeof(*datasources));

	if (datasources != NULL)
		(void)pthread_mutex_init(&datasources->lock, NULL);
	return datasources;
}

static void
free_one(struct datasource *datasource)
{
	for (unsigned i = 0; i < datasource->n_paths; i++)
		free(datasource->paths[i]);
	cache_free(&datasource->cache);
	free(datasource->name);
	free(datasource);
}

void
datasources_free(void *object)
{
	struct datasources *datasources = object;
	struct datasource *next;

	for (struct datasource *d = datasources->list; d != NULL; d = next) {
		next = d->next;
		free_one(d);
	}
	(void)pthread_mutex_destroy(&datasources->lock);
	free(datasources);
}

/* options */

static ec_config_value *
fetch(const char *name, const char *option)
{
	char capability[64] = "config.Datasource.";
	int slot;

	(void)strncat(capability, option,
	    sizeof(capability) - strlen(capability) - 1);
	slot = ec_config_option_slot_from_capability(capability);
	return slot < 0 ? NULL : ec_config_option_fetch_generic(NULL, slot,
	    NULL, 2, NULL, "Datasource", name);
}

static int
fetch_int(const char *name, const char *option, int if_unset)
{
	ec_config_value *value = fetch(name, option);
	int number = value == NULL ? if_unset : value->v->vint;

	ec_config_release_value(value);
	return number;
}

static void
add_uri(struct datasource *datasource, const char *uri)
{
	const char *path = uri + strlen(DRIVER);

	if (strncasecmp(uri, DRIVER, strlen(DRIVER)) != 0) {
		why_set(&datasource->why, "driver '%.*s' is not available in "
		    "mailseal, which has sqlite", (int)strcspn(uri, ":"), uri);
		return;
	}
	/* sqlite:///path is as good */
	if (strncmp(path, "//", 2) == 0)
		path += 2;
	if (datasource->n_paths == DATASOURCE_URIS) {
		why_set(&datasource->why, "more than %d databases",
		    DATASOURCE_URIS);
		return;
	}
	datasource->paths[datasource->n_paths] = strdup(path);
	if (datasource->paths[datasource->n_paths] == NULL)
		why_set(&datasource->why, "out of memory");
	else
		datasource->n_paths++;
}

static void
read_uris(struct datasource *datasource)
{
	ec_config_value *value = fetch(datasource->name, "Uri");
	const ec_ptr_array *uris = value == NULL ? NULL : value->v->varr;

	for (int i = 0; uris != NULL && i < uris->size; i++) {
		const ec_config_value_storage *uri = uris->items[i];

		add_uri(datasource, uri->vstr);
	}
	ec_config_release_value(value);
	if (datasource->n_paths == 0 && datasource->why.text[0] == '\0')
		why_set(&datasource->why, "there is no such Datasource in the "
		    "configuration");
}

static void *
ref(void *rows)
{
	return rows_ref(rows);
}

static void
unref(void *rows)
{
	rows_unref(rows);
}

static void
make_cache(struct datasource *datasource)
{
	int size = fetch_int(datasource->name, "Cache_Size", 1000);
	int life = fetch_int(datasource->name, "Cache_Life", 3600);
	struct cache_options options;

	if (size <= 0 || life <= 0 ||
	    fetch_int(datasource->name, "No_Cache", 0) != 0)
		return;
	cache_options_init(&options);
	options.size = (size_t)size;
	options.positive_lifetime = life;
	options.ref = ref;
	options.unref = unref;
	if (cache_new(&options, &datasource->cache) != 0)
		why_set(&datasource->why, "out of memory");
}

static struct datasource *
make(const char *name)
{
	struct datasource *datasource = calloc(1, sizeof(*datasource));

	if (datasource == NULL)
		return NULL;
	datasource->name = strdup(name);
	if (datasource->name == NULL) {
		free(datasource);
		return NULL;
	}
	read_uris(datasource);
	datasource->max_rows = fetch_int(name, "Max_Rows", 100);
	if (datasource->why.text[0] == '\0')
		make_cache(datasource);
	return datasource;
}

struct datasource *
datasources_find(struct datasources *datasources, const char *name)
{
	struct datasource *datasource;

	(void)pthread_mutex_lock(&datasources->lock);
	for (datasource = datasources->list; datasource != NULL;
	    datasource = datasource->next) {
		if (strcmp(datasource->name, name) == 0)
			break;
	}
	if (datasource == NULL && (datasource = make(name)) != NULL) {
		datasource->next = datasources->list;
		datasources->list = datasource;
	}
	(void)pthread_mutex_unlock(&datasources->lock);
	return datasource;
}
