/*
 * ecdict.h: dictionaries from text to text.
 *
 * Keys and values are C strings, copied in; case matters.  What fetch and
 * next give belongs to the dictionary, until the key is changed or removed.
 * Not safe for threads that change it at the same time.
 */
#ifndef EC_DICT_H
#define EC_DICT_H

#include "ec_types.h"
#include "echash.h"

ECDict dict_blank(void);
void dict_drop(ECDict dict); /* NULL is fine */

/* Add, or replace; a NULL value is stored as "". */
void dict_add_key_value(ECDict dict, const char *key, const char *val);
int dict_key_exists(ECDict dict, const char *key);
int dict_key_exists_and_fetch(ECDict dict, const char *key,
    const char **value);
int dict_key_delete(ECDict dict, const char *key); /* 1, or 0 not there */

/*
 * Walk all keys, in no particular order:
 *
 *	dict_iter2(dict, &iter);
 *	while (dict_next(dict, &iter, &key, &value)) ...
 *	dict_iter2_free(dict, &iter);
 */
void dict_iter2(ECDict dict, ECDict_Iterator *iter);
int dict_next(ECDict dict, ECDict_Iterator *iter, const char **key,
    const char **val);
void dict_iter2_free(ECDict dict, ECDict_Iterator *iter);

EC_ADDITION int dict_size(ECDict dict);

#endif
