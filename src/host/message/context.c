/*
 * context.c: the context variables of a message, in two dictionaries.
 */
#include "ec_message.h"

#include <string.h>

static ECDict
dict_of(ec_message *msg, int w)
{
	return w == ECMESS_CTX_CONN ? msg->vctx_conn : msg->vctx_mess;
}

int
ec_message_context_set(ec_message *msg, int w, const char *k, const char *v)
{
	if (k == NULL || v == NULL)
		return 0;
	dict_add_key_value(dict_of(msg, w), k, v);
	return 1;
}

int
ec_message_context_exists_and_get(ec_message *msg, int w, const char *k,
    const char **v)
{
	return k != NULL && dict_key_exists_and_fetch(dict_of(msg, w), k, v);
}

const char *
ec_message_context_get(ec_message *msg, int w, const char *k)
{
	const char *v;

	return ec_message_context_exists_and_get(msg, w, k, &v) ? v : "";
}

int
ec_message_context_exists(ec_message *msg, int w, const char *k)
{
	return k != NULL && dict_key_exists(dict_of(msg, w), k);
}

int
ec_message_context_delete(ec_message *msg, int w, const char *k)
{
	return k != NULL && dict_key_delete(dict_of(msg, w), k);
}

int
ec_message_context_size(ec_message *msg, int w)
{
	return dict_size(dict_of(msg, w));
}

/* The key after lk, or the first one when lk is NULL.  The walk begins anew
 * each time, so that it needs no state that a change could break. */
static const char *
key_after(ECDict dict, const char *lk)
{
	ECDict_Iterator iter;
	const char *key = NULL, *value;
	int more;

	dict_iter2(dict, &iter);
	do
		more = dict_next(dict, &iter, &key, &value);
	while (more != 0 && lk != NULL && strcmp(key, lk) != 0);
	if (more != 0 && lk != NULL)
		more = dict_next(dict, &iter, &key, &value);
	dict_iter2_free(dict, &iter);
	return more != 0 ? key : NULL;
}

const char *
ec_message_context_firstkey(ec_message *msg, int w)
{
	return key_after(dict_of(msg, w), NULL);
}

const char *
ec_message_context_nextkey(ec_message *msg, int w, const char *lk)
{
	return lk == NULL ? NULL : key_after(dict_of(msg, w), lk);
}

void
ec_message_context_clean(ec_message *msg, int w)
{
	const char *key;

	while ((key = ec_message_context_firstkey(msg, w)) != NULL)
		(void)dict_key_delete(dict_of(msg, w), key);
}

int
ec_message_context_copy(ec_message *src, ec_message *dest, const char *name)
{
	int copied = 0;
	const char *value;

	for (int w = ECMESS_CTX_CONN; w <= ECMESS_CTX_MESS; w++) {
		if (ec_message_context_exists_and_get(src, w, name, &value))
			copied |= ec_message_context_set(dest, w, name, value);
	}
	return copied;
}

void
ec_message_context_discard(ec_message *msg)
{
	ec_message_context_clean(msg, ECMESS_CTX_CONN);
	ec_message_context_clean(msg, ECMESS_CTX_MESS);
}
