/*
 * command_keygen.c: mailseal keygen.
 *
 * Two new files: the private key for the signer and the DNS record for the
 * zone.  Either both are made or none, and what is there already is never
 * touched.
 */
#include "cli/command.h"

#include "cli/keyname.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/zone_text.h"
#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#define DEFAULT_BITS 2048 /* RFC 8301 section 3.2 */
#define LEAST_BITS 1024
#define MOST_USEFUL_BITS 4096 /* verifiers need not take more */

struct keygen_settings {
	const char *domain;
	const char *selector;
	unsigned type; /* enum seal_algorithm */
	int64_t bits; /* 0: not given */
	const char *out;
};

static const struct option_word types[] = {
	{ "rsa", SEAL_RSA_SHA256 },
	{ "ed25519", SEAL_ED25519_SHA256 },
	{ 0 },
};

static const struct option_row rows[] = {
	{ .name = "domain", .argument = "DOMAIN",
	  .help = "the domain that will sign; required",
	  .parse = option_text,
	  .offset = offsetof(struct keygen_settings, domain) },
	{ .name = "selector", .argument = "SELECTOR",
	  .help = "the name of the key below the domain, such as 2025a; required",
	  .parse = option_text,
	  .offset = offsetof(struct keygen_settings, selector) },
	{ .name = "type", .argument = "TYPE",
	  .help = "rsa or ed25519; default rsa.  Not all receivers know ed25519\n"
	      "(RFC 8463): publish an RSA key as well, and sign with both",
	  .parse = option_word, .words = types,
	  .offset = offsetof(struct keygen_settings, type) },
	{ .name = "bits", .argument = "N",
	  .help = "the size of an RSA key, 1024 to 8192; default 2048.  Receivers\n"
	      "need not accept more than 4096 (RFC 8301)",
	  .parse = option_number, .least = LEAST_BITS, .most = SEAL_MAX_RSA_BITS,
	  .offset = offsetof(struct keygen_settings, bits) },
	{ .name = "out", .argument = "DIR",
	  .help = "where to put SELECTOR.key and SELECTOR.txt; default here",
	  .parse = option_text,
	  .offset = offsetof(struct keygen_settings, out) },
};

static const struct option_page page = {
	.name = "keygen",
	.usage = "--domain DOMAIN --selector SELECTOR [OPTION...]",
	.about = "Make a key pair.  The private key is written to SELECTOR.key, readable by\n"
	    "its owner alone, and the DNS record to SELECTOR.txt, in the form of a zone\n"
	    "file.  The record is printed too, in one line for web forms and for a zone\n"
	    "file.  Files that exist are not overwritten.",
	.rows = rows,
	.n_rows = sizeof(rows) / sizeof(rows[0]),
	.notes = "exit status: 0 made, 64 misuse, 73 a file exists or cannot be made, 74 write\n"
	    "error",
};

/* What is made, and where it goes. */
struct key_pair {
	struct arena arena;
	struct keyname name;
	char *key_path, *record_path; /* in the arena */
	struct seal_key *key;
	char *pem; /* secret */
	char *record; /* "v=DKIM1; k=rsa; p=..." */
	struct buffer zone; /* the record for a zone file */
	bool key_made, record_made; /* the files are there, by us */
};

static int
check_settings(const struct keygen_settings *s)
{
	if (s->domain == NULL)
		return options_misuse(&page, "--domain is required");
	if (s->selector == NULL)
		return options_misuse(&page, "--selector is required");
	if (s->bits != 0 && s->type == SEAL_ED25519_SHA256)
		return options_misuse(&page, "--bits is for RSA keys: "
		    "an Ed25519 key has one size");
	return 0;
}

static void
advise(const struct keygen_settings *s, unsigned bits)
{
	if (s->type == SEAL_ED25519_SHA256) {
		report_warning("not all receivers know Ed25519 (RFC 8463): "
		    "publish an RSA key under another selector, too, and sign "
		    "with both");
	} else if (bits < DEFAULT_BITS) {
		report_warning("an RSA key should have 2048 bits (RFC 8301), "
		    "not %u", bits);
	} else if (bits > MOST_USEFUL_BITS) {
		report_warning("receivers need not accept RSA keys over 4096 bits "
		    "(RFC 8301), and this has %u", bits);
	}
}

static int
name_files(struct key_pair *pair, const char *folder)
{
	struct arena *arena = &pair->arena;

	pair->key_path = arena_printf(arena, "%s/%s.key", folder,
	    pair->name.selector);
	pair->record_path = arena_printf(arena, "%s/%s.txt", folder,
	    pair->name.selector);
	return pair->key_path != NULL && pair->record_path != NULL ? 0 :
	    report_no_memory();
}

static int
generate(struct key_pair *pair, const struct keygen_settings *s)
{
	unsigned bits = s->bits != 0 ? (unsigned)s->bits : DEFAULT_BITS;
	const char *why = "no reason is known";
	int error;

	advise(s, bits);
	error = seal_key_generate((enum seal_algorithm)s->type, bits,
	    &pair->key, &why);
	if (error == 0)
		error = seal_key_to_pem(pair->key, &pair->pem);
	if (error == 0)
		error = seal_key_to_record(pair->key, &pair->record);
	if (error == SEAL_E_NOMEM)
		return report_no_memory();
	if (error != 0) {
		report_error("the key could not be made: %s", why);
		return EX_SOFTWARE;
	}
	zone_text_format(&pair->zone, pair->name.text,
	    span_of_text(pair->record));
	return buffer_failed(&pair->zone) ? report_no_memory() : 0;
}

static int
write_key(struct key_pair *pair)
{
	struct why why = { 0 };
	int outcome = keyfile_create(pair->key_path, span_of_text(pair->pem),
	    &why);

	if (outcome == KEYFILE_OK) {
		pair->key_made = true;
		return 0;
	}
	report_error("%s", why.text);
	return EX_CANTCREAT;
}

static int
write_record(struct key_pair *pair)
{
	struct span text = buffer_span(&pair->zone);
	FILE *file = NULL;
	int fd, error;

	fd = open(pair->record_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
	    O_CLOEXEC, 0644);
	if (fd >= 0) {
		pair->record_made = true;
		file = fdopen(fd, "w");
	}
	error = fd < 0 || file == NULL ? errno : 0;
	if (file == NULL && fd >= 0)
		close(fd);
	if (file != NULL && fwrite(text.p, 1, text.n, file) != text.n)
		error = errno;
	if (file != NULL && fclose(file) != 0 && error == 0)
		error = errno;
	if (error == 0)
		return 0;
	report_error("%s: cannot be written: %s", pair->record_path,
	    strerror(error));
	return fd < 0 ? EX_CANTCREAT : EX_IOERR;
}

/* All of it is good in a zone file: what is not the record is a comment. */
static int
print_record(struct key_pair *pair)
{
	printf("; private key: %s (keep it secret)\n"
	    "; zone file:   %s\n"
	    ";\n"
	    "; The TXT record in one line, for a form that asks for name and value:\n"
	    ";\n"
	    ";   %s\n"
	    ";   %s\n"
	    ";\n"
	    "; The same for a zone file, in strings of at most %d bytes:\n"
	    "\n",
	    pair->key_path, pair->record_path, pair->name.text, pair->record,
	    ZONE_TEXT_STRING);
	fwrite(pair->zone.p, 1, pair->zone.n, stdout);
	/* command_run() tells of it */
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : EX_IOERR;
}

static int
keygen(struct key_pair *pair, const struct keygen_settings *s)
{
	int status;

	status = keyname_make(s->selector, s->domain, &pair->arena,
	    &pair->name);
	if (status == 0)
		status = name_files(pair, s->out);
	if (status == 0)
		status = generate(pair, s);
	if (status == 0)
		status = write_key(pair);
	if (status == 0)
		status = write_record(pair);
	if (status == 0)
		status = print_record(pair);
	return status;
}

static void
remove_files(const struct key_pair *pair)
{
	if (pair->key_made)
		unlink(pair->key_path);
	if (pair->record_made)
		unlink(pair->record_path);
}

int
command_keygen(int argc, char **argv)
{
	struct keygen_settings settings = {
		.type = SEAL_RSA_SHA256, .out = "."
	};
	struct key_pair pair = { 0 };
	int operand, status;

	status = options_parse(&page, argc, argv, &settings, &operand);
	if (status != OPTIONS_RUN)
		return status;
	if (argc != operand)
		return options_misuse(&page, "takes no arguments: '%s'",
		    argv[operand]);
	status = check_settings(&settings);
	if (status != 0)
		return status;
	status = keygen(&pair, &settings);
	if (status != 0)
		remove_files(&pair);
	seal_text_free(&pair.pem);
	seal_text_free(&pair.record);
	seal_key_unref(&pair.key);
	buffer_deinit(&pair.zone);
	arena_deinit(&pair.arena);
	return status;
}
