/*
 * call.c: arguments from the configuration, and answers for the test.
 */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>

void
call_set(ec_message *msg, const char *name, const char *value)
{
	(void)ec_message_context_set(msg, ECMESS_CTX_MESS, name,
	    value == NULL ? "(null)" : value);
}

void
call_set_number(ec_message *msg, const char *name, int number)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", number);
	call_set(msg, name, text);
}

const char *
call_text(ECDict dict, const char *name)
{
	const char *value = NULL;

	return dict_key_exists_and_fetch(dict, name, &value) ? value : NULL;
}

int
call_number(ECDict dict, const char *name)
{
	const char *text = call_text(dict, name);

	return text == NULL ? -1 : atoi(text);
}
