/*
 * domains_bench.c: a configuration with many dk_domain stanzas: how long it
 * takes to load, what memory, and what a message costs.
 *
 * usage: domains_bench [NUMBER]		default 100000
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "fatal.h"
#include "host/config/errors.h"
#include "host/host.h"
#include "host/validation/session.h"
#include "keypair.h"

#define DEFAULT_DOMAINS 100000
#define MAX_DOMAINS 10000000
#define MESSAGES 20000
#define MAX_SECONDS 2.0
#define MAX_KIB (200L * 1024)

static double
seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long
resident_kib(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static char *
write_configuration(const char *key, long domains)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (out == NULL)
		fatal("out of memory");
	fprintf(out, "dkim_sign \"bench\" {\n\tkey = \"%s\"\n\t"
	    "selector = \"all\"\n", key);
	for (long i = 0; i < domains; i++)
		fprintf(out, "\tdk_domain \"d%ld.example.com\" {\n"
		    "\t\tselector = \"s%ld\"\n\t}\n", i, i % 100);
	fprintf(out, "}\n");
	if (fclose(out) != 0)
		fatal("out of memory");
	return text;
}

static double
load(const char *key, long domains)
{
	char *text = write_configuration(key, domains);
	struct host_start start = {
		.source = { .text = span_of_text(text), .text_name = "bench" },
	};
	struct config_errors errors = { 0 };
	double begin = seconds();

	if (host_open(&start, &errors) != 0)
		fatal("%s", errors.first == NULL ? "?" :
		    errors.first->message);
	begin = seconds() - begin;
	errors_deinit(&errors);
	free(text);
	return begin;
}

static void
send_one(struct session *session, long domain)
{
	char from[128];

	(void)snprintf(from, sizeof(from), "From: a@d%ld.example.com",
	    domain);
	(void)session_mail(session, "", NULL);
	(void)session_rcpt(session, "b@example.net", NULL);
	(void)session_header(session, span_of_text(from));
	(void)session_end_of_header(session);
	(void)session_body(session, SPAN("hello\r\n"));
	if (session_end_of_message(session)->action != SESSION_ACCEPT ||
	    ec_message_header_count(session_message(session)) != 2)
		fatal("a message was not signed");
}

/* Microseconds a message, each of another domain, after one round to warm
 * up. */
static double
run_messages(long domains)
{
	struct session_client client = { 0 };
	struct session *session = session_new(&client);
	long step = domains / 1000 > 0 ? domains / 1000 : 1;
	double begin = 0;

	(void)session_connect(session);
	for (long i = 0; i < 2L * MESSAGES; i++) {
		if (i == MESSAGES)
			begin = seconds();
		send_one(session, i * step % domains);
	}
	begin = seconds() - begin;
	session_free(&session);
	return begin / MESSAGES * 1e6;
}

static void
write_key(char *path, size_t room, const char *pem)
{
	FILE *file;

	(void)snprintf(path, room, "/tmp/domains_bench-%ld.key",
	    (long)getpid());
	(void)umask(077);
	file = fopen(path, "wx");
	if (file == NULL || fputs(pem, file) < 0 || fclose(file) != 0)
		fatal("the key cannot be written");
}

int
main(int argc, char **argv)
{
	long domains = argc > 1 ? strtol(argv[1], NULL, 10) : DEFAULT_DOMAINS;
	struct keypair *keypair;
	char key[64];
	double took, us;

	if (argc > 2 || domains < 1 || domains > MAX_DOMAINS) {
		fprintf(stderr, "usage: domains_bench [NUMBER]\n");
		return EX_USAGE;
	}
	keypair = keypair_new(ALGORITHM_ED25519);
	write_key(key, sizeof(key), keypair->pem);
	took = load(key, domains);
	printf("%ld dk_domain stanzas: loaded in %.2f s (wanted under %.1f), "
	       "%ld MiB at most (wanted under %ld)\n", domains, took,
	    MAX_SECONDS, resident_kib() / 1024, MAX_KIB / 1024);
	us = run_messages(domains);
	printf("a message of any of them: %.1f us, Ed25519 signature "
	       "included\n", us);
	host_close();
	(void)unlink(key);
	keypair_free(&keypair);
	return took < MAX_SECONDS && resident_kib() < MAX_KIB ? 0 : 1;
}
