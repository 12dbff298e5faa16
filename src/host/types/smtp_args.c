/*
 * smtp_args.c: the parameters of smtp.h.
 */
#include "smtp.h"

#include <ctype.h>
#include <string.h>

/* esmtp-keyword and esmtp-value of RFC 5321 4.1.2: nothing that would end the
 * parameter or the line. */
static int
is_word(const char *text)
{
	for (; *text != '\0'; text++) {
		if (!isgraph((unsigned char)*text) || *text == '=')
			return 0;
	}
	return 1;
}

static int
length_on_line(const char *extension, const char *value)
{
	size_t n = 1 + strlen(extension);

	if (value[0] != '\0')
		n += 1 + strlen(value);
	return (int)n;
}

int
smtp_client_args_add(smtp_client_args *args, const char *extension,
    const char *value)
{
	if (value == NULL)
		value = "";
	if (extension == NULL || extension[0] == '\0' || !is_word(extension) ||
	    !is_word(value))
		return -1;
	if (args->dict == NULL)
		args->dict = dict_blank();
	smtp_client_args_delete(args, extension);
	dict_add_key_value(args->dict, extension, value);
	args->len += length_on_line(extension, value);
	return 0;
}

void
smtp_client_args_delete(smtp_client_args *args, const char *extension)
{
	const char *value;

	if (smtp_client_args_exists_and_fetch(args, extension, &value) == 0)
		return;
	args->len -= length_on_line(extension, value);
	(void)dict_key_delete(args->dict, extension);
}

int
smtp_client_args_exists_and_fetch(smtp_client_args *args,
    const char *extension, const char **value)
{
	return args->dict != NULL &&
	    dict_key_exists_and_fetch(args->dict, extension, value) != 0;
}
