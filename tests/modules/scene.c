/*
 * scene.c: keys, host, session, and looking at what came out.
 */
#include "scene.h"

#include "host/config/errors.h"
#include "host/control/commands.h"
#include "host/host.h"
#include "host/log/log.h"
#include "host/metrics/metrics.h"
#include "keys/resolver.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LETTER \
	"Received: from a by b; Mon, 1 Jan 2024 00:00:00 +0000\r\n" \
	"From: Ann <ann@example.com>\r\n" \
	"To:  Bob <bob@example.net>\r\n" \
	"Subject: A  letter\r\n" \
	"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n" \
	"Message-ID: <1@example.com>\r\n" \
	"\r\n" \
	"Dear Bob,\r\n" \
	"\r\n" \
	".that  is all \r\n"

#define WEAK_BITS 512
#define OTHER_BITS 1024
#define RSA_BITS 2048
#define ZONE_STRING 200 /* octets of one string in the zone file */

const char *
scene_path(const struct scene *scene, const char *name,
    char path_r[SCENE_PATH_BYTES])
{
	(void)snprintf(path_r, SCENE_PATH_BYTES, "%s/%s", scene->folder, name);
	return path_r;
}

void
scene_write(const struct scene *scene, const char *name, const char *text,
    unsigned mode)
{
	char path[SCENE_PATH_BYTES];
	FILE *file;

	(void)unlink(scene_path(scene, name, path));
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The engine makes no key below 1024 bits. */
static char *
make_rsa(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	BIO *bio = BIO_new(BIO_s_mem());
	char *data, *pem;
	long n;

	assert_non_null(key);
	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0,
	    NULL, NULL), 1);
	n = BIO_get_mem_data(bio, &data);
	pem = strndup(data, (size_t)n);
	BIO_free(bio);
	EVP_PKEY_free(key);
	return pem;
}

static char *
make_ed25519(void)
{
	struct seal_key *key = NULL;
	const char *why;
	char *text = NULL, *pem;

	assert_int_equal(seal_key_generate(SEAL_ED25519_SHA256, 0, &key, &why),
	    0);
	assert_int_equal(seal_key_to_pem(key, &text), 0);
	pem = strdup(text);
	seal_text_free(&text);
	seal_key_unref(&key);
	return pem;
}

/* Append "SELECTOR._domainkey.example.com. TXT ( ... )", with more tags before
 * the record's own. */
static void
write_record(FILE *zone, const char *selector, const char *more,
    const char *pem)
{
	struct seal_key *key = NULL;
	const char *why;
	char *record = NULL;

	assert_int_equal(seal_key_from_pem((struct span){
	    (const unsigned char *)pem, strlen(pem) }, &key, &why), 0);
	assert_int_equal(seal_key_to_record(key, &record), 0);
	fprintf(zone, "%s._domainkey.example.com. 300 IN TXT (", selector);
	fprintf(zone, " \"v=DKIM1; %s\"", more);
	for (const char *at = record + strlen("v=DKIM1; "); *at != '\0';) {
		int n = fprintf(zone, " \"%.*s\"", ZONE_STRING, at) - 3;

		at += n;
	}
	fprintf(zone, " )\n");
	seal_text_free(&record);
	seal_key_unref(&key);
}

static void
make_keys(const struct scene *scene)
{
	/* made once for the process: RSA takes its time */
	static char *rsa, *ed, *weak, *other;
	char path[SCENE_PATH_BYTES];
	FILE *zone;

	if (rsa == NULL) {
		rsa = make_rsa(RSA_BITS);
		weak = make_rsa(WEAK_BITS);
		other = make_rsa(OTHER_BITS);
		ed = make_ed25519();
	}
	assert_int_equal(mkdir(scene_path(scene, "example.com", path), 0700),
	    0);
	scene_write(scene, "rsa.key", rsa, 0600);
	scene_write(scene, "example.com/s1.key", rsa, 0600);
	scene_write(scene, "ed.key", ed, 0600);
	scene_write(scene, "weak.key", weak, 0600);
	scene_write(scene, "other.key", other, 0600);
	zone = fopen(scene_path(scene, "keys.zone", path), "w");
	assert_non_null(zone);
	write_record(zone, "rsa", "", rsa);
	write_record(zone, "s1", "", rsa);
	write_record(zone, "ed", "", ed);
	write_record(zone, "weak", "", weak);
	write_record(zone, "other", "", other);
	write_record(zone, "testing", "t=y; ", rsa);
	fprintf(zone, "revoked._domainkey.example.com. 300 IN TXT "
	    "\"v=DKIM1; p=\"\n");
	assert_int_equal(fclose(zone), 0);
}

static void
log_to_folder(const struct scene *scene)
{
	char path[SCENE_PATH_BYTES];
	struct log_targets targets = {
		.path = scene_path(scene, "log", path),
	};

	assert_int_equal(log_open(&targets), 0);
}

void
scene_begin(struct scene *scene)
{
	const char *top = getenv("TMPDIR");

	*scene = (struct scene){ 0 };
	(void)snprintf(scene->folder, sizeof(scene->folder),
	    "%s/mailseal-scene-XXXXXX", top == NULL ? "/tmp" : top);
	assert_non_null(mkdtemp(scene->folder));
	make_keys(scene);
	log_to_folder(scene);
}

void
scene_end(struct scene *scene)
{
	char command[SCENE_PATH_BYTES + 16];

	scene_close(scene);
	assert_int_equal(log_open(&(struct log_targets){ .to_stderr = true }),
	    0);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", scene->folder);
	assert_int_equal(system(command), 0);
	free(scene->out);
	free(scene->context);
	free(scene->errors);
}

/* "~" as the folder. */
static char *
expand(const struct scene *scene, const char *configuration)
{
	size_t n = 1, folder = strlen(scene->folder);
	char *text, *at;

	for (const char *c = configuration; *c != '\0'; c++)
		n += *c == '~' ? folder : 1;
	text = at = malloc(n);
	assert_non_null(text);
	for (const char *c = configuration; *c != '\0'; c++) {
		if (*c == '~')
			at = stpcpy(at, scene->folder);
		else
			*at++ = *c;
	}
	*at = '\0';
	return text;
}

static void
keep_errors(struct scene *scene, struct config_errors *errors)
{
	struct buffer words = { 0 };

	errors_format_all(errors, &words);
	free(scene->errors);
	scene->errors = buffer_take_text(&words);
	errors_deinit(errors);
}

bool
scene_open(struct scene *scene, const char *configuration)
{
	char *text = expand(scene, configuration);
	struct host_start start = {
		.source = {
			.text = { (const unsigned char *)text, strlen(text) },
			.text_name = "test.conf",
		},
	};
	struct config_errors errors = { 0 };

	assert_false(scene->open);
	scene->open = host_open(&start, &errors) == 0;
	keep_errors(scene, &errors);
	free(text);
	return scene->open;
}

bool
scene_reload(struct scene *scene, const char *configuration)
{
	char *text = expand(scene, configuration);
	struct host_source source = {
		.text = { (const unsigned char *)text, strlen(text) },
		.text_name = "test.conf",
	};
	struct config_errors errors = { 0 };
	bool good = host_reload(&source, &errors) == 0;

	keep_errors(scene, &errors);
	free(text);
	return good;
}

void
scene_close(struct scene *scene)
{
	if (scene->open)
		host_close();
	scene->open = false;
}

static void
tell_field(struct session *session, const char *at, size_t n)
{
	(void)session_header(session, (struct span){
	    (const unsigned char *)at, n });
}

/* The end of the field that begins at `at`: its last CRLF. */
static const char *
field_end(const char *at)
{
	const char *end = strstr(at, "\r\n");

	while (end != NULL && (end[2] == ' ' || end[2] == '\t'))
		end = strstr(end + 2, "\r\n");
	return end;
}

static void
tell_content(struct session *session, const char *text)
{
	size_t n;

	while (strncmp(text, "\r\n", 2) != 0 && *text != '\0') {
		const char *end = field_end(text);

		assert_non_null(end);
		tell_field(session, text, (size_t)(end - text));
		text = end + 2;
	}
	(void)session_end_of_header(session);
	if (*text != '\0')
		text += 2;
	/* in two pieces, as from a socket */
	n = strlen(text) / 2;
	(void)session_body(session, (struct span){
	    (const unsigned char *)text, n });
	(void)session_body(session, (struct span){
	    (const unsigned char *)text + n, strlen(text) - n });
}

static void
keep_message(struct scene *scene, ec_message *msg)
{
	int n = ec_message_header_count(msg);
	const char *bytes;
	size_t length, at = 0;
	char *out = NULL;
	FILE *file = open_memstream(&out, &length);

	assert_non_null(file);
	for (int i = 0; i < n; i++) {
		size_t size;

		bytes = ec_message_header_bytes(msg, i, &size);
		fprintf(file, "%.*s\r\n", (int)size, bytes);
	}
	fprintf(file, "\r\n");
	while (ec_message_body_next(msg, &at, &bytes, &length))
		fwrite(bytes, 1, length, file);
	assert_int_equal(fclose(file), 0);
	free(scene->out);
	scene->out = out;
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

#define MAX_VARIABLES 64

static void
keep_context(struct scene *scene, ec_message *msg)
{
	char *lines[MAX_VARIABLES], *out = NULL;
	size_t n = 0, length;
	FILE *file = open_memstream(&out, &length);

	assert_non_null(file);
	for (const char *key = ec_message_context_firstkey(msg,
	    ECMESS_CTX_MESS); key != NULL && n < MAX_VARIABLES;
	    key = ec_message_context_nextkey(msg, ECMESS_CTX_MESS, key))
		assert_true(asprintf(&lines[n++], "%s=%s\n", key,
		    ec_message_context_get(msg, ECMESS_CTX_MESS, key)) > 0);
	qsort(lines, n, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < n; i++) {
		fputs(lines[i], file);
		free(lines[i]);
	}
	assert_int_equal(fclose(file), 0);
	free(scene->context);
	scene->context = out;
}

static void
keep_verdict(struct scene *scene, const struct session_verdict *verdict)
{
	scene->action = verdict->action;
	scene->code = verdict->reply.code;
	(void)snprintf(scene->reply, sizeof(scene->reply), "%s %s",
	    verdict->reply.status, verdict->reply.text);
}

void
scene_send(struct scene *scene, const struct mail *mail)
{
	struct session_client client = { 0 };
	const struct session_verdict *verdict;
	struct session *session;

	client.address.sin.sin_family = AF_INET;
	assert_int_equal(inet_pton(AF_INET,
	    mail->client == NULL ? "192.0.2.1" : mail->client,
	    &client.address.sin.sin_addr), 1);
	session = session_new(&client);
	(void)session_connect(session);
	if (mail->variable != NULL)
		session_set_variable(session, mail->variable, "true");
	(void)session_helo(session, "EHLO", "client.example");
	(void)session_mail(session, "ann@example.com", NULL);
	session_set_id(session, "QUEUEID1");
	if (mail->rcpts[0] == NULL)
		(void)session_rcpt(session, "bob@example.net", NULL);
	for (size_t i = 0; i < SCENE_RCPTS && mail->rcpts[i] != NULL; i++)
		(void)session_rcpt(session, mail->rcpts[i], NULL);
	tell_content(session, mail->text == NULL ? LETTER : mail->text);
	verdict = session_end_of_message(session);
	keep_verdict(scene, verdict);
	keep_message(scene, session_message(session));
	keep_context(scene, session_message(session));
	session_free(&session);
}

void
scene_run(struct scene *scene, const char *configuration,
    const struct mail *mail)
{
	if (!scene_open(scene, configuration))
		fail_msg("the configuration did not load: %s", scene->errors);
	scene_send(scene, mail);
	scene_close(scene);
}

char *
scene_log(struct scene *scene)
{
	char path[SCENE_PATH_BYTES], *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	FILE *in = fopen(scene_path(scene, "log", path), "r");
	int c;

	assert_non_null(out);
	while (in != NULL && (c = fgetc(in)) != EOF)
		fputc(c, out);
	if (in != NULL)
		(void)fclose(in);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(truncate(path, 0), 0);
	return text;
}

char *
scene_command(const char *line)
{
	string response;
	char *text;

	(void)string_init_type(&response, 256, STRING_TYPE_MALLOC);
	(void)commands_run(line, NULL, &response);
	text = strdup(response.buffer);
	(void)string_destroy(&response);
	return text;
}

char *
scene_metric(const char *name)
{
	const char *at;
	string text;
	char *line;

	(void)string_init_type(&text, 4096, STRING_TYPE_MALLOC);
	metrics_write(METRICS_PROMETHEUS, &text);
	at = strstr(text.buffer, name);
	line = at == NULL ? NULL : strndup(at, strcspn(at, "\n"));
	(void)string_destroy(&text);
	return line;
}

static bool
is_named(const char *field, const char *name)
{
	size_t n = strlen(name);

	return strncasecmp(field, name, n) == 0 && field[n] == ':';
}

/* The field at index among those of a name, or NULL. */
static const char *
find_field(const char *message, const char *name, size_t index)
{
	while (strncmp(message, "\r\n", 2) != 0 && *message != '\0') {
		const char *end = field_end(message);

		if (is_named(message, name) && index-- == 0)
			return message;
		if (end == NULL)
			return NULL;
		message = end + 2;
	}
	return NULL;
}

size_t
scene_count(const char *message, const char *name)
{
	size_t n = 0;

	while (find_field(message, name, n) != NULL)
		n++;
	return n;
}

char *
scene_value(const char *message, const char *name, size_t index)
{
	const char *field = find_field(message, name, index), *end;
	char *value, *at;

	if (field == NULL)
		return NULL;
	end = field_end(field);
	field += strlen(name) + 1;
	value = at = malloc((size_t)(end - field) + 1);
	assert_non_null(value);
	for (; field < end; field++) {
		if (*field != '\r' && *field != '\n')
			*at++ = *field;
	}
	*at = '\0';
	return value;
}

char *
scene_verify(const struct scene *scene)
{
	struct seal_verify_options options;
	struct seal_verifier *verifier = NULL;
	struct resolver_options resolver_options;
	struct resolver *resolver = NULL;
	char path[SCENE_PATH_BYTES], *text = NULL;
	size_t length;
	struct why why;
	FILE *out = open_memstream(&text, &length);

	seal_verify_options_init(&options);
	options.now = time(NULL);
	options.min_rsa_bits = WEAK_BITS;
	options.allow_rsa_sha1 = true;
	options.allow_partial_body = true;
	options.max_signatures = SEAL_MAX_QUERIES;
	resolver_options_init(&resolver_options);
	resolver_options.zone_file = scene_path(scene, "keys.zone", path);
	assert_int_equal(resolver_new(&resolver_options, &resolver, &why), 0);
	assert_int_equal(seal_verifier_new(&options, &verifier), 0);
	assert_int_equal(seal_verifier_feed(verifier, (struct span){
	    (const unsigned char *)scene->out, strlen(scene->out) },
	    SEAL_LINES_CRLF), 0);
	assert_int_equal(resolver_verify_answers(resolver, verifier), 0);
	assert_int_equal(seal_verifier_finish(verifier), 0);
	for (size_t i = 0; i < seal_verifier_result_count(verifier); i++) {
		const struct seal_result *r = seal_verifier_result(verifier, i);

		fprintf(out, "%s %.*s d=%.*s s=%.*s c=%s/%s\n",
		    seal_verdict_word(r->verdict),
		    (int)r->algorithm_name.n, r->algorithm_name.p,
		    (int)r->domain.n, r->domain.p,
		    (int)r->selector.n, r->selector.p,
		    seal_canon_name(r->header_canon),
		    seal_canon_name(r->body_canon));
	}
	assert_int_equal(fclose(out), 0);
	seal_verifier_free(&verifier);
	resolver_free(&resolver);
	return text;
}

void
scene_assert_says(const char *text, const char *words, bool wanted,
    const char *file, int line)
{
	bool says = text != NULL && strstr(text, words) != NULL;

	if (says == wanted)
		return;
	print_error("%s \"%s\" in: %s\n", wanted ? "not found:" : "found:",
	    words, text == NULL ? "(nothing)" : text);
	_fail(file, line);
}
