/*
 * passwords.c: every line is looked at, whoever is looked for.
 */
#include "host/console/passwords.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

struct line {
	struct span user, realm, secret;
};

static bool
copy(struct span from, char *to_r, size_t room)
{
	if (from.n >= room)
		return false;
	if (from.n > 0)
		memcpy(to_r, from.p, from.n);
	to_r[from.n] = '\0';
	return true;
}

/* NULL: it is good. */
static const char *
read_line(const struct password_file *file, struct span text,
    struct line *line_r)
{
	unsigned char octets[PROOF_BYTES];
	const char *what = NULL;

	*line_r = (struct line){ 0 };
	if (memchr(text.p, '\0', text.n) != NULL)
		return "holds a NUL";
	if (!span_cut(&text, ':', &line_r->user) ||
	    (file->has_realms && !span_cut(&text, ':', &line_r->realm)))
		return file->has_realms ? "is not \"user:realm:hash\"" :
		    "is not \"user:password\"";
	line_r->secret = text;
	if (line_r->user.n == 0)
		return "has no user";
	if (line_r->user.n >= PASSWORDS_USER_BYTES)
		return "has a user with more than 63 octets";
	if (line_r->realm.n >= PASSWORDS_REALM_BYTES)
		return "has a realm with more than 127 octets";
	if (text.n == 0)
		return "has an empty password";
	if (text.n >= PASSWORDS_SECRET_BYTES)
		return "has a password with more than 255 octets";
	if (file->is_hashed && !proof_unhex(text, octets, sizeof(octets)))
		what = "holds no MD5 in 32 hex digits where the password "
		    "would be";
	OPENSSL_cleanse(octets, sizeof(octets));
	return what;
}

static bool
tell_line(const struct password_file *file, unsigned number, const char *what,
    struct buffer *why)
{
	char at[32];

	buffer_add_text(why, "'");
	buffer_add_text(why, file->path);
	(void)snprintf(at, sizeof(at), "' line %u ", number);
	buffer_add_text(why, at);
	buffer_add_text(why, what);
	return false;
}

/* All lines are good. */
static bool
check_lines(const struct password_file *file, struct span text,
    struct buffer *why)
{
	struct guarded_lines lines = { .rest = text };
	const char *what = NULL;
	struct line line;
	struct span one;

	while (what == NULL && guarded_next(&lines, &one))
		what = read_line(file, one, &line);
	return what == NULL || tell_line(file, lines.number, what, why);
}

/* The realm that users of the file are asked for; text was checked. */
static void
choose_realm(const struct password_file *file, struct span text,
    char realm_r[static PASSWORDS_REALM_BYTES])
{
	const char *realm = file->realm != NULL ? file->realm : file->hostname;
	struct guarded_lines lines = { .rest = text };
	struct span one, first = { 0 };
	bool known = false;
	struct line line;

	(void)snprintf(realm_r, PASSWORDS_REALM_BYTES, "%s", realm);
	if (!file->has_realms || file->realm != NULL)
		return;
	while (guarded_next(&lines, &one)) {
		if (read_line(file, one, &line) != NULL)
			continue;
		if (first.p == NULL)
			first = line.realm;
		if (span_eq(line.realm, span_of_text(realm_r)))
			known = true;
	}
	if (!known && first.p != NULL)
		(void)copy(first, realm_r, PASSWORDS_REALM_BYTES);
}

static bool
take_secret(const struct password_file *file, const char *user,
    const struct line *line, struct password *password)
{
	if (file->is_hashed)
		return proof_unhex(line->secret, password->digest,
		    sizeof(password->digest));
	password->n = line->secret.n;
	return copy(line->secret, password->text, sizeof(password->text)) &&
	    proof_secret(user, password->realm, line->secret,
	    password->digest);
}

/* The first line of a user holds; all are read. */
static bool
find_in(const struct password_file *file, struct span text, const char *user,
    struct password *password)
{
	struct guarded_lines lines = { .rest = text };
	struct line line, found = { 0 };
	struct span one;

	/* whoever is not found costs the same arithmetic */
	found.secret = file->is_hashed ?
	    SPAN("00000000000000000000000000000000") : SPAN("nobody");
	while (guarded_next(&lines, &one)) {
		if (read_line(file, one, &line) == NULL &&
		    span_eq(line.user, span_of_text(user)) &&
		    (!file->has_realms || span_eq(line.realm,
		    span_of_text(password->realm))) && !password->is_known) {
			password->is_known = true;
			found = line;
		}
	}
	if (password->is_known)
		return take_secret(file, user, &found, password);

	struct password unused = { 0 };
	bool good = take_secret(file, user, &found, &unused);

	password_deinit(&unused);
	return good;
}

static bool
make_unknown(struct password *password_r, struct buffer *why)
{
	*password_r = (struct password){ .n = PROOF_BYTES };
	if (RAND_bytes(password_r->digest, PROOF_BYTES) == 1 &&
	    RAND_bytes((unsigned char *)password_r->text, PROOF_BYTES) == 1)
		return true;
	buffer_add_text(why, "no random numbers are to be had");
	return false;
}

bool
passwords_check(const struct password_file *file,
    const struct guarded_reader *reader, struct buffer *why)
{
	struct buffer text = { 0 };
	bool good = guarded_read(file->path, reader, true, &text, why) &&
	    check_lines(file, buffer_span(&text), why);

	buffer_deinit(&text);
	return good;
}

bool
passwords_find(const struct password_file *file,
    const struct guarded_reader *reader, const char *user,
    struct password *password_r, struct buffer *why)
{
	struct buffer text = { 0 };
	bool good = make_unknown(password_r, why);

	(void)snprintf(password_r->realm, sizeof(password_r->realm), "%s",
	    file->realm != NULL ? file->realm : file->hostname);
	good = good && guarded_read(file->path, reader, true, &text, why) &&
	    check_lines(file, buffer_span(&text), why);
	if (good) {
		choose_realm(file, buffer_span(&text), password_r->realm);
		good = find_in(file, buffer_span(&text), user, password_r);
		if (!good)
			buffer_add_text(why, "OpenSSL has no MD5 to offer");
	}
	password_r->is_known = password_r->is_known && good;
	buffer_deinit(&text);
	return good;
}

void
password_deinit(struct password *password)
{
	OPENSSL_cleanse(password, sizeof(*password));
}
