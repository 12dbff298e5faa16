/*
 * login_fuzz.c: a user, what he answers, and the file of passwords or roles,
 * each up to a line end; the first octet says of which kind the file is.  Only
 * who is in the file gets in; and what a directive held is read again as it was
 * written.
 */
#include "fuzz.h"

#include "host/console/exchange.h"
#include "host/console/roles.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"

static char path[64];
static int file = -1;

static void
remove_file(void)
{
	(void)unlink(path);
}

/* In memory, if there is such a place: a disk would be all that it waits for. */
static void
make_file(void)
{
	file = mkstemp(strcpy(path, "/dev/shm/login_fuzz.XXXXXX"));
	if (file < 0)
		file = mkstemp(strcpy(path, "/tmp/login_fuzz.XXXXXX"));
	must(file >= 0 && atexit(remove_file) == 0);
}

static void
write_file(struct span text)
{
	if (file < 0)
		make_file();
	must(ftruncate(file, 0) == 0 && (text.n == 0 ||
	    pwrite(file, text.p, text.n, 0) == (ssize_t)text.n));
}

static char *
text_of(struct span s)
{
	char *text = calloc(1, s.n + 1);

	must(text != NULL);
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	return text;
}

static char *
in_base64(struct span s)
{
	char *text = calloc(1, base64_length(s.n) + 1);

	must(text != NULL);
	base64_encode(s, (unsigned char *)text);
	return text;
}

static bool
is_in_file(struct span text, const char *user)
{
	struct guarded_lines lines = { .rest = text };
	struct span line, name;

	while (guarded_next(&lines, &line)) {
		(void)span_cut(&line, ':', &name);
		if (span_eq(name, span_of_text(user)))
			return true;
	}
	return false;
}

static void
log_in(unsigned kind, const char *user, struct span said, struct span text)
{
	struct access_source source = { .is_offered = true, .file = {
		.path = path, .has_realms = (kind & 4) != 0,
		.is_hashed = (kind & 8) != 0, .hostname = "mx.test",
		.realm = (kind & 16) != 0 ? "r" : NULL } };
	struct buffer why = { 0 }, answer = { 0 };
	char *octets = (kind & 32) != 0 ? text_of(said) : in_base64(said);
	struct exchange exchange;

	(void)exchange_begin(&exchange,
	    (enum access_mechanism)(kind % ACCESS_MECHANISMS), &source, user,
	    &why);
	must(exchange.challenge[0] != '\0');
	if (exchange_end(&exchange, span_of_text(octets), &answer))
		must(exchange.password.is_known && is_in_file(text, user));
	exchange_deinit(&exchange);
	buffer_deinit(&why);
	buffer_deinit(&answer);
	free(octets);
}

static void
directives(struct span list)
{
	char value[256], again[256];
	struct buffer made = { 0 };

	if (proof_directive(list, "realm", value, sizeof(value)) != 1)
		return;
	proof_add_directive(&made, "a", "b");
	proof_add_directive(&made, "realm", value);
	must(proof_directive(buffer_span(&made), "realm", again,
	    sizeof(again)) == 1 && strcmp(value, again) == 0);
	buffer_deinit(&made);
}

static void
tell_role(void *closure, const char *role)
{
	(void)closure;
	must(role[0] != '\0' && strlen(role) < ROLES_NAME_BYTES);
}

static void
roles(const char *user)
{
	struct guarded_reader reader;
	struct buffer why = { 0 };

	guarded_reader_init(&reader, (uid_t)-1, (gid_t)-1);
	if (!roles_check(path, &reader, &why))
		must(why.n > 0);
	roles_each(NULL, path, user, tell_role, NULL);
	buffer_deinit(&why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size), name, said;
	char *user;

	if (size == 0)
		return 0;
	rest = span_from(rest, 1);
	(void)span_cut(&rest, '\n', &name);
	if (!span_cut(&rest, '\n', &said))
		rest = span_of(NULL, 0);
	user = text_of(name);
	write_file(rest);
	log_in(data[0], user, said, rest);
	directives(said);
	roles(user);
	free(user);
	return 0;
}
