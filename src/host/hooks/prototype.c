/*
 * prototype.c: a C declarator list, read as far as hooks need it.
 *
 * Types of hook arguments are names and pointers; a pointer to a function
 * would need a typedef, as it has commas and names of its own.
 */
#include "host/hooks/prototype.h"

#include "host/types/alloc.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <sys/time.h>

struct text { /* a part of a prototype */
	const char *p;
	size_t n;
};

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static struct text
trim(struct text t)
{
	while (t.n > 0 && isspace((unsigned char)t.p[0])) {
		t.p++;
		t.n--;
	}
	while (t.n > 0 && isspace((unsigned char)t.p[t.n - 1]))
		t.n--;
	return t;
}

/* Runs of white space become one blank: sources break lines as they like. */
static char *
tidy(struct text t)
{
	char *out = xmalloc(t.n + 1);
	size_t n = 0;

	t = trim(t);
	for (size_t i = 0; i < t.n; i++) {
		if (!isspace((unsigned char)t.p[i]))
			out[n++] = t.p[i];
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	out[n] = '\0';
	return out;
}

/* What stands between the outermost parentheses. */
static struct text
arguments(const char *proto)
{
	const char *open = strchr(proto, '(');
	const char *close = strrchr(proto, ')');
	struct text t = { proto, 0 };

	if (open != NULL && close != NULL && close > open) {
		t.p = open + 1;
		t.n = (size_t)(close - open - 1);
	}
	return trim(t);
}

/* Cut the first argument off; false when there is none left. */
static bool
next_argument(struct text *rest, struct text *argument_r)
{
	size_t n = 0;

	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != ',')
		n++;
	*argument_r = trim((struct text){ rest->p, n });
	n += n < rest->n ? 1 : 0;
	rest->p += n;
	rest->n -= n;
	*rest = trim(*rest);
	return true;
}

static int
size_of_type(const char *type)
{
	static const struct {
		const char *name;
		int size;
	} known[] = {
		{ "char", sizeof(char) },
		{ "double", sizeof(double) },
		{ "int", sizeof(int) },
		{ "long", sizeof(long) },
		{ "size_t", sizeof(size_t) },
		{ "ssize_t", sizeof(ssize_t) },
		{ "time_t", sizeof(time_t) },
		{ "u_int32_t", sizeof(u_int32_t) },
		{ "u_int64_t", sizeof(u_int64_t) },
		{ "unsigned", sizeof(unsigned) },
		{ "unsigned int", sizeof(unsigned) },
		{ "va_list", sizeof(va_list) },
	};

	if (strchr(type, '*') != NULL)
		return (int)sizeof(void *);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(type, known[i].name) == 0)
			return known[i].size;
	}
	return 0;
}

/* "ec_message *msg" is the type "ec_message *" and the name "msg". */
static struct __ec_hookarg *
argument_new(struct text t, bool named)
{
	struct __ec_hookarg *arg = xcalloc(1, sizeof(*arg));
	size_t type_n = t.n;

	while (named && type_n > 0 && is_name(t.p[type_n - 1]))
		type_n--;
	arg->type_name = tidy((struct text){ t.p, type_n });
	arg->arg_name = xstrndup(t.p + type_n, t.n - type_n);
	arg->arg_size = size_of_type(arg->type_name);
	return arg;
}

void
prototype_read(const char *proto, struct __ec_hook_head *head)
{
	const char *bar = strchr(proto, '|');
	struct __ec_hookarg **end = &head->args;
	struct text rest, argument;
	bool named = bar != NULL;

	head->hook_proto = tidy((struct text){ proto, strcspn(proto, "|") });
	head->decl_proto = named ?
	    tidy((struct text){ bar + 1, strlen(bar + 1) }) :
	    xstrdup(head->hook_proto);
	rest = arguments(head->decl_proto);
	if (!named)
		(void)next_argument(&rest, &argument); /* the closure */
	while (next_argument(&rest, &argument)) {
		if (argument.n == 4 && memcmp(argument.p, "void", 4) == 0)
			break; /* (void): none */
		*end = argument_new(argument, named);
		end = &(*end)->next;
	}
}

bool
prototype_matches(const struct __ec_hook_head *head, const char *proto)
{
	const char *a = head->hook_proto, *b = proto;

	for (;;) {
		while (isspace((unsigned char)*a))
			a++;
		while (isspace((unsigned char)*b))
			b++;
		if (*a == '\0' || *b == '\0' || *b == '|')
			return *a == '\0' && (*b == '\0' || *b == '|');
		if (*a++ != *b++)
			return false;
	}
}

static void
write_without_blanks(string *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isspace((unsigned char)text[i]))
			(void)stringwrite(out, &text[i], 1);
	}
}

void
prototype_show(const struct __ec_hook_head *head, string *out)
{
	write_without_blanks(out, head->decl_proto,
	    strcspn(head->decl_proto, "("));
	(void)stringwrite(out, "(", 1);
	for (const struct __ec_hookarg *arg = head->args; arg != NULL;
	    arg = arg->next) {
		write_without_blanks(out, arg->type_name,
		    strlen(arg->type_name));
		if (arg->next != NULL)
			(void)stringwrite(out, ",", 1);
	}
	(void)stringwrite(out, ")", 1);
}
