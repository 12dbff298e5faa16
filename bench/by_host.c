/*
 * by_host.c: the host with the module dkim_sign, as a front-end drives it: MAIL,
 * RCPT, fields, body, and the verdict, message after message on one connection.
 *
 * The same message is signed as by libseal alone, so the difference is what the
 * pipeline costs: phases, contexts, options, and keeping the message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/config/errors.h"
#include "contestant.h"
#include "fatal.h"
#include "host/host.h"
#include "host/validation/session.h"

#define PATH_BYTES 64

struct hosting {
	const struct letter *letter;
	struct session *session;
	char folder[PATH_BYTES], key[PATH_BYTES + 16];
};

static int
run(void *state)
{
	struct hosting *hosting = state;
	struct session *session = hosting->session;
	const struct letter *letter = hosting->letter;
	struct span rest = letter->body;

	(void)session_mail(session, "sender@" KEYPAIR_DOMAIN, NULL);
	(void)session_rcpt(session, "reader@example.net", NULL);
	for (size_t i = 0; i < letter->n_fields; i++)
		(void)session_header(session, letter->fields[i]);
	(void)session_end_of_header(session);
	while (rest.n > 0) {
		struct span chunk = span_first(rest, CHUNK);

		(void)session_body(session, chunk);
		rest = span_from(rest, chunk.n);
	}
	return session_end_of_message(session)->action == SESSION_ACCEPT ? 0 :
	    -1;
}

static struct span
signature(void *state)
{
	struct hosting *hosting = state;
	size_t n;
	const char *field =
	    ec_message_header_bytes(session_message(hosting->session), 0, &n);

	return span_of(field, n);
}

static void
hosting_free(void *state)
{
	struct hosting *hosting = state;

	session_free(&hosting->session);
	host_close();
	(void)unlink(hosting->key);
	(void)rmdir(hosting->folder);
	free(hosting);
}

static void
write_key(struct hosting *hosting, const char *pem)
{
	FILE *file;

	(void)snprintf(hosting->folder, sizeof(hosting->folder),
	    "/tmp/seal_bench-XXXXXX");
	if (mkdtemp(hosting->folder) == NULL)
		fatal("host: no folder for the key");
	(void)snprintf(hosting->key, sizeof(hosting->key), "%s/bench.key",
	    hosting->folder);
	(void)umask(077);
	file = fopen(hosting->key, "w");
	if (file == NULL || fputs(pem, file) < 0 || fclose(file) != 0)
		fatal("host: the key cannot be written");
}

static void
add_names(FILE *out)
{
	for (size_t i = 0; signed_names[i] != NULL; i++)
		fprintf(out, "%s%s%s", i > 0 ? ":" : "", signed_names[i],
		    strcmp(signed_names[i], SIGNED_FROM) == 0 ? "*" : "+");
}

static char *
write_configuration(const struct hosting *hosting)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		fatal("host: out of memory");
	fprintf(out, "dkim_sign \"bench\" { selector = \"%s\" key = \"%s\" "
	    "headerlist = \"", KEYPAIR_SELECTOR, hosting->key);
	add_names(out);
	fprintf(out, "\" }\n");
	if (fclose(out) != 0)
		fatal("host: out of memory");
	return text;
}

static void
open_host(const struct hosting *hosting)
{
	char *text = write_configuration(hosting);
	struct host_start start = {
		.source = { .text = span_of_text(text), .text_name = "bench" },
	};
	struct config_errors errors = { 0 };

	if (host_open(&start, &errors) != 0)
		fatal("host: %s", errors.first == NULL ? "?" :
		    errors.first->message);
	errors_deinit(&errors);
	free(text);
}

struct contestant
by_host(const struct job *job)
{
	struct hosting *hosting = fatal_calloc(1, sizeof(*hosting));
	struct session_client client = { 0 };

	hosting->letter = job->letter;
	write_key(hosting, job->keypair->pem);
	open_host(hosting);
	hosting->session = session_new(&client);
	(void)session_connect(hosting->session);
	(void)session_helo(hosting->session, "EHLO", "client.example");
	return (struct contestant){
		.impl = IMPL_HOST,
		.state = hosting,
		.run = run,
		.signature = signature,
		.free = hosting_free,
	};
}
