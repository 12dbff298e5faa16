/*
 * dict.c: ecdict.h, on top of the hash table.
 */
#include "ecdict.h"

#include "host/types/alloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static int
length(const char *text)
{
	size_t n = strlen(text);

	return n < INT_MAX ? (int)n : INT_MAX;
}

ECDict
dict_blank(void)
{
	return echash_create(NULL, free);
}

void
dict_drop(ECDict dict)
{
	echash_delref(dict);
}

void
dict_add_key_value(ECDict dict, const char *key, const char *val)
{
	/* the value may be the one that is replaced: copy it first */
	char *copy = xstrdup(val != NULL ? val : "");

	(void)echash_replace(dict, key, length(key), copy, NULL, free);
}

int
dict_key_exists(ECDict dict, const char *key)
{
	return echash_retrieve(dict, key, length(key), NULL);
}

int
dict_key_exists_and_fetch(ECDict dict, const char *key, const char **value)
{
	void *data;

	if (echash_retrieve(dict, key, length(key), &data) == 0)
		return 0;
	*value = data;
	return 1;
}

int
dict_key_delete(ECDict dict, const char *key)
{
	return echash_delete(dict, key, length(key), NULL, free);
}

void
dict_iter2(ECDict dict, ECDict_Iterator *iter)
{
	(void)dict;
	memset(iter, 0, sizeof(*iter));
}

int
dict_next(ECDict dict, ECDict_Iterator *iter, const char **key,
    const char **val)
{
	void *data;

	if (echash_next(dict, iter, key, NULL, &data) == 0)
		return 0;
	if (val != NULL)
		*val = data;
	return 1;
}

void
dict_iter2_free(ECDict dict, ECDict_Iterator *iter)
{
	dict_iter2(dict, iter);
}

int
dict_size(ECDict dict)
{
	return (int)dict->size;
}
