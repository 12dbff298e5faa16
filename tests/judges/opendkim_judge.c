/*
 * opendkim_judge.c: libopendkim signs and verifies many messages.
 *
 * Usage: opendkim_judge KEYS <JOBS, with files and output as those of
 * maildkim_judge.pl.  Prints the algorithms it can do, and nothing else, when
 * KEYS is "--algorithms".  Keys come from KEYS alone, not from DNS.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <dkim.h>

#define MAX_KEYS 16
#define MAX_FIELDS 12

struct text {
	unsigned char *p;
	size_t n;
};

struct key {
	char *name, *record;
};

static struct key keys[MAX_KEYS];
static size_t n_keys;
static const char *const oversigned[] = { "From", NULL };

static void
give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* The file's bytes, NUL-terminated, freed by the caller. */
static struct text
contents(const char *path)
{
	struct text text = { NULL, 0 };
	FILE *file = fopen(path, "rb");
	size_t room = 4 * 1024 * 1024;

	text.p = malloc(room);
	if (file == NULL || text.p == NULL)
		give_up(path);
	text.n = fread(text.p, 1, room - 1, file);
	if (ferror(file) || !feof(file))
		give_up(path);
	text.p[text.n] = '\0';
	fclose(file);
	return text;
}

static void
read_keys(const char *path)
{
	char *line = NULL, *tab;
	size_t room = 0;
	FILE *file = fopen(path, "r");

	if (file == NULL)
		give_up(path);
	while (n_keys < MAX_KEYS && getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (tab == NULL)
			continue;
		*tab = '\0';
		keys[n_keys].name = strdup(line);
		keys[n_keys].record = strdup(tab + 1);
		n_keys++;
	}
	free(line);
	fclose(file);
}

static DKIM_CBSTAT
look_up(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buffer, size_t room)
{
	char name[512];

	(void)dkim;
	(void)snprintf(name, sizeof(name), "%s._domainkey.%s",
	    (const char *)dkim_sig_getselector(sig),
	    (const char *)dkim_sig_getdomain(sig));
	for (size_t i = 0; i < n_keys; i++) {
		if (strcasecmp(keys[i].name, name) == 0) {
			(void)snprintf((char *)buffer, room, "%s",
			    keys[i].record);
			return DKIM_CBSTAT_CONTINUE;
		}
	}
	return DKIM_CBSTAT_NOTFOUND;
}

/* The length of the field at p with its folded lines, without the last CRLF. */
static size_t
field_length(const unsigned char *p, const unsigned char *end)
{
	const unsigned char *at = p;

	for (;; at += 2) {
		at = memmem(at, (size_t)(end - at), "\r\n", 2);
		if (at == NULL)
			return (size_t)(end - p);
		if (at + 2 == end || (at[2] != ' ' && at[2] != '\t'))
			return (size_t)(at - p);
	}
}

/* Header fields, end of header, body, end of message. */
static DKIM_STAT
feed(DKIM *dkim, const struct text *message)
{
	unsigned char *at = message->p, *end = message->p + message->n;
	DKIM_STAT stat = DKIM_STAT_OK;
	bool testing;

	while (stat == DKIM_STAT_OK && at < end && at[0] != '\r') {
		size_t n = field_length(at, end);

		stat = dkim_header(dkim, at, n);
		at += n + 2 <= (size_t)(end - at) ? n + 2 : (size_t)(end - at);
	}
	if (stat == DKIM_STAT_OK)
		stat = dkim_eoh(dkim);
	if (end - at >= 2)
		at += 2;
	if (stat == DKIM_STAT_OK && at < end)
		stat = dkim_body(dkim, at, (size_t)(end - at));
	return stat == DKIM_STAT_OK ? dkim_eom(dkim, &testing) : stat;
}

static const char *
failure(DKIM *dkim, DKIM_STAT stat)
{
	static char words[512];
	const char *why = dkim == NULL ? NULL : dkim_geterror(dkim);

	(void)snprintf(words, sizeof(words), "%s%s%s", dkim_getresultstr(stat),
	    why == NULL ? "" : ": ", why == NULL ? "" : why);
	return words;
}

/* All signatures have to be good. */
static const char *
judge(DKIM *dkim)
{
	DKIM_SIGINFO **sigs;
	int n = 0;

	if (dkim_getsiglist(dkim, &sigs, &n) != DKIM_STAT_OK || n == 0)
		return "no signature";
	for (int i = 0; i < n; i++) {
		if (dkim_sig_process(dkim, sigs[i]) != DKIM_STAT_OK ||
		    !DKIM_SIG_CHECK(sigs[i]))
			return dkim_sig_getbh(sigs[i]) ==
			    DKIM_SIGBH_MISMATCH ? "body hash mismatch" :
			    dkim_sig_geterrorstr(dkim_sig_geterror(sigs[i]));
	}
	return "pass";
}

static const char *
verify(DKIM_LIB *lib, char *const *fields)
{
	struct text message = contents(fields[0]);
	const char *said;
	DKIM_STAT stat;
	DKIM *dkim = dkim_verify(lib, (const unsigned char *)"judge", NULL,
	    &stat);

	if (dkim != NULL)
		stat = feed(dkim, &message);
	said = stat == DKIM_STAT_OK ? judge(dkim) : failure(dkim, stat);
	if (dkim != NULL)
		dkim_free(dkim);
	free(message.p);
	return said;
}

static dkim_canon_t
canon(const char *name)
{
	return strcmp(name, "simple") == 0 ? DKIM_CANON_SIMPLE :
	    DKIM_CANON_RELAXED;
}

static const char *
write_signature(DKIM *dkim, const char *path)
{
	static const char name[] = "DKIM-Signature: ";
	unsigned char *value = NULL;
	size_t n = 0;
	DKIM_STAT stat;
	FILE *file;

	stat = dkim_getsighdr_d(dkim, sizeof(name) - 1, &value, &n);
	if (stat != DKIM_STAT_OK)
		return failure(dkim, stat);
	file = fopen(path, "wb");
	if (file == NULL)
		give_up(path);
	fprintf(file, "%s%.*s\r\n", name, (int)n, (const char *)value);
	if (fclose(file) != 0)
		give_up(path);
	return "pass";
}

static const char *
sign(DKIM_LIB *lib, char *const *fields)
{
	struct text message = contents(fields[0]), pem = contents(fields[4]);
	uint64_t now = strtoull(fields[9], NULL, 10);
	const char *option = fields[8], *said;
	char signer[256];
	DKIM_STAT stat;
	DKIM *dkim;

	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME, &now,
	    sizeof(now));
	dkim = dkim_sign(lib, (const unsigned char *)"judge", NULL, pem.p,
	    (const unsigned char *)fields[3], (const unsigned char *)fields[2],
	    canon(fields[6]), canon(fields[7]),
	    strcmp(fields[5], "rsa-sha256") == 0 ? DKIM_SIGN_RSASHA256 :
	    DKIM_SIGN_ED25519SHA256, -1, &stat);
	if (dkim != NULL && strcmp(option, "identity") == 0) {
		(void)snprintf(signer, sizeof(signer), "joe@sub.%s",
		    fields[2]);
		stat = dkim_set_signer(dkim, (const unsigned char *)signer);
	}
	if (dkim != NULL && strcmp(option, "length") == 0)
		stat = dkim_setpartial(dkim, true);
	if (dkim != NULL && stat == DKIM_STAT_OK)
		stat = feed(dkim, &message);
	said = stat == DKIM_STAT_OK ? write_signature(dkim, fields[1]) :
	    failure(dkim, stat);
	if (dkim != NULL)
		dkim_free(dkim);
	free(pem.p);
	free(message.p);
	return said;
}

static size_t
split(char *line, char **fields)
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *field; (field = strsep(&line, "\t")) != NULL; n++) {
		if (n == MAX_FIELDS)
			break;
		fields[n] = field;
	}
	return n;
}

static void
do_jobs(DKIM_LIB *lib)
{
	char *line = NULL, *fields[MAX_FIELDS];
	size_t room = 0, n;
	const char *said;

	while (getline(&line, &room, stdin) > 0) {
		n = split(line, fields);
		if (n == 2 && strcmp(fields[0], "verify") == 0)
			said = verify(lib, fields + 1);
		else if (n == 11 && strcmp(fields[0], "sign") == 0)
			said = sign(lib, fields + 1);
		else
			said = "no such job";
		printf("%s\n", said);
		fflush(stdout);
	}
	free(line);
}

int
main(int argc, char **argv)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);

	if (lib == NULL || argc != 2)
		return 64;
	if (strcmp(argv[1], "--algorithms") == 0) {
		printf("rsa-sha256\n");
		if (dkim_libfeature(lib, DKIM_FEATURE_ED25519))
			printf("ed25519-sha256\n");
		dkim_close(lib);
		return 0;
	}
	read_keys(argv[1]);
	(void)dkim_set_key_lookup(lib, look_up);
	(void)dkim_options(lib, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS,
	    (void *)oversigned, sizeof(const char **));
	do_jobs(lib);
	dkim_close(lib);
	for (size_t i = 0; i < n_keys; i++) {
		free(keys[i].name);
		free(keys[i].record);
	}
	return 0;
}
