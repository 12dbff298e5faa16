/*
 * manifest_api.c: what modules may ask about manifests (module.h).
 */
#include "module.h"

#include "host/loader/directories.h"
#include "host/log/log.h"

#include <string.h>

/* Those of an iterator, or the newest. */
static struct manifests *
manifests_of(ec_module_manifest_iter_t *iter)
{
	struct manifests *manifests = iter != NULL ? iter->manifests : NULL;

	return manifests != NULL ? manifests_ref(manifests) :
	    manifests_current();
}

void
ec_module_manifest_iter_init(ec_module_manifest_iter_t *iter)
{
	iter->manifests = manifests_current();
	iter->at = 0;
}

void
ec_module_manifest_iter_clone(ec_module_manifest_iter_t *dst,
    ec_module_manifest_iter_t *src)
{
	dst->manifests = src->manifests != NULL ?
	    manifests_ref(src->manifests) : NULL;
	dst->at = src->at;
}

void
ec_module_manifest_iter_destroy(ec_module_manifest_iter_t *iter)
{
	manifests_unref(iter->manifests);
	iter->manifests = NULL;
}

int
ec_module_manifest_iter_next(ec_module_manifest_iter_t *iter,
    const char **modulename)
{
	const struct manifest *manifest = manifests_first(iter->manifests);

	for (unsigned i = 0; manifest != NULL && i < iter->at; i++)
		manifest = manifest->next;
	if (manifest == NULL)
		return 0;
	iter->at++;
	*modulename = manifest->module;
	return 1;
}

void
ec_module_manifest_refresh(void)
{
	string trouble;

	(void)string_init_type(&trouble, 1, STRING_TYPE_ECSTRING);
	directories_refresh(&trouble);
	if (trouble.len > 0)
		log_line(DWARNING, "manifests: %s", trouble.buffer);
	(void)string_destroy(&trouble);
}

static const struct manifest_value *
first_value(const struct manifests *manifests, const char *module,
    const char *key)
{
	const struct manifest *manifest = manifests_find(manifests, module);

	return manifest != NULL ? manifest_value(manifest, key, NULL) : NULL;
}

int
ec_module_manifest_value_as_string(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, const char **string_val)
{
	struct manifests *manifests = manifests_of(iter);
	const struct manifest_value *value = first_value(manifests, modulename,
	    keyname);

	if (value != NULL)
		*string_val = value->text;
	manifests_unref(manifests);
	return value != NULL;
}

static void
free_word(void *word)
{
	ec_free(MEMTYPE_STRING, word);
}

int
ec_module_manifest_value_as_list(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, ec_ptr_array **list)
{
	struct manifests *manifests = manifests_of(iter);
	const struct manifest *manifest = manifests_find(manifests, modulename);
	const struct manifest_value *value = first_value(manifests, modulename,
	    keyname);
	int ret = value != NULL;

	if (ret != 0) {
		*list = ec_malloc_size(MEMTYPE_STRING, sizeof(**list));
		(void)ec_ptr_array_init(*list, 0, free_word);
	}
	for (; value != NULL; value = manifest_value(manifest, keyname,
	    value)) {
		const char *at = value->text, *word;
		size_t n;

		while (manifest_word(&at, &word, &n))
			(void)ec_ptr_array_append(*list,
			    ec_mt_strndup(MEMTYPE_STRING, word, n));
	}
	manifests_unref(manifests);
	return ret;
}

/* A word "name=value", or a name alone. */
static void
add_pair(ECDict dict, const char *word)
{
	const char *sign = strchr(word, '=');
	char *key;

	if (sign == NULL) {
		dict_add_key_value(dict, word, "");
		return;
	}
	key = ec_mt_strndup(MEMTYPE_STRING, word, (size_t)(sign - word));
	dict_add_key_value(dict, key, sign + 1);
	ec_free(MEMTYPE_STRING, key);
}

int
ec_module_manifest_value_as_dict(ec_module_manifest_iter_t *iter,
    const char *modulename, const char *keyname, ECDict *dict)
{
	ec_ptr_array *list;

	if (ec_module_manifest_value_as_list(iter, modulename, keyname,
	    &list) == 0)
		return 0;
	*dict = dict_blank();
	for (int i = 0; i < list->size; i++)
		add_pair(*dict, list->items[i]);
	ec_ptr_array_destroy(list);
	ec_free(MEMTYPE_STRING, list);
	return 1;
}

int
ec_module_resolve_capability(const char *capability, string *out)
{
	struct manifests *manifests = manifests_current();
	const struct manifest *manifest = manifests_provider(manifests,
	    capability);

	if (manifest != NULL)
		(void)stringprintf(out, "%s", manifest->module);
	manifests_unref(manifests);
	return manifest != NULL;
}
