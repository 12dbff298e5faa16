/*
 * keyfile_test.c: which files are taken for private keys, what is said about
 * the others, and how new ones are made.  keyfile_owner_test.c has what only
 * root can try.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "folder.h"
#include "pem.h"

#define NOBODY 65534

static struct folder folder;

static int
begin(void **state)
{
	(void)state;
	folder_make(&folder);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove(&folder);
	return 0;
}

/* Load a file of the folder; its words come back in why. */
static int
load(const char *name, unsigned flags, struct why *why)
{
	char path[FOLDER_PATH_BYTES];
	struct seal_key *key = (struct seal_key *)path;
	int ret;

	why->text[0] = '\0';
	ret = keyfile_load(folder_file(&folder, name, path), flags, &key, why);
	if (ret == KEYFILE_OK) {
		assert_non_null(key);
		seal_key_unref(&key);
	} else {
		assert_null(key);
		/* one line that names the path */
		assert_non_null(strstr(why->text, path));
		assert_null(strchr(why->text, '\n'));
	}
	return ret;
}

static void
assert_says(const struct why *why, const char *words)
{
	if (strstr(why->text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why->text, words);
}

static void
takes_a_key_only_from_a_file_that_others_cannot_read_or_write(void **state)
{
	static const struct {
		mode_t mode;
		unsigned flags;
		int outcome;
		const char *words;
	} rows[] = {
		{ 0600, 0, KEYFILE_OK, "" },
		{ 0400, 0, KEYFILE_OK, "" },
		{ 0700, 0, KEYFILE_OK, "" },
		{ 0711, 0, KEYFILE_OK, "" },
		{ 0644, 0, KEYFILE_UNSAFE, "may be read by everyone" },
		{ 0604, 0, KEYFILE_UNSAFE, "may be read by everyone" },
		{ 0640, 0, KEYFILE_UNSAFE, "may be read by its group" },
		{ 0620, 0, KEYFILE_UNSAFE, "may be written by its group" },
		{ 0602, 0, KEYFILE_UNSAFE, "may be written by everyone" },
		{ 0666, 0, KEYFILE_UNSAFE, "may be written by everyone" },
		{ 0640, KEYFILE_ALLOW_GROUP_READ, KEYFILE_OK, "" },
		{ 0660, KEYFILE_ALLOW_GROUP_READ, KEYFILE_UNSAFE,
		    "may be written by its group" },
		{ 0644, KEYFILE_ALLOW_GROUP_READ, KEYFILE_UNSAFE,
		    "may be read by everyone" },
		{ 0666, KEYFILE_ALLOW_UNSAFE, KEYFILE_OK, "" },
	};
	char *pem = pem_make(PEM_PKCS8_ED25519), mode[32];
	struct why why;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# mode %04o, flags %u\n",
		    (unsigned)rows[i].mode, rows[i].flags);
		folder_write(&folder, "key", span_of_text(pem), rows[i].mode);
		assert_int_equal(load("key", rows[i].flags, &why),
		    rows[i].outcome);
		assert_says(&why, rows[i].words);
		if (rows[i].outcome != KEYFILE_UNSAFE)
			continue;
		snprintf(mode, sizeof(mode), "mode %04o",
		    (unsigned)rows[i].mode);
		assert_says(&why, mode);
		assert_says(&why, "owner uid ");
		assert_says(&why, "we are uid ");
		assert_says(&why, rows[i].flags == 0 ? "wanted: a regular "
		    "file, owner root or us, mode 0600" : "mode 0640");
	}
	free(pem);
}

static void
says_who_we_are_when_the_file_may_not_be_read(void **state)
{
	char *pem = pem_make(PEM_PKCS8_ED25519);
	bool root = geteuid() == 0;
	struct why why;

	(void)state;
	folder_write(&folder, "key", span_of_text(pem), root ? 0600 : 0000);
	if (root) {
		assert_int_equal(chmod(folder.path, 0755), 0);
		assert_int_equal(seteuid(NOBODY), 0);
	}
	assert_int_equal(load("key", 0, &why), KEYFILE_UNUSABLE);
	assert_says(&why, "may not be read by us: owner uid ");
	assert_says(&why, root ? "we are uid 65534" : "mode 0000");
	if (root)
		assert_int_equal(seteuid(0), 0);
	free(pem);
}

static void
make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	close(fd);
}

static void
refuses_what_is_no_regular_file_and_does_not_hang_on_it(void **state)
{
	static const struct {
		const char *name;
		unsigned flags;
		int outcome;
		const char *words;
	} rows[] = {
		{ "link", 0, KEYFILE_UNSAFE, "is a symbolic link" },
		{ "link", KEYFILE_ALLOW_UNSAFE, KEYFILE_OK, "" },
		{ "dangling", 0, KEYFILE_UNSAFE, "is a symbolic link" },
		{ "dangling", KEYFILE_ALLOW_UNSAFE, KEYFILE_ABSENT,
		    "No such file" },
		{ "fifo", 0, KEYFILE_UNSAFE, "is not a regular file" },
		{ "fifo", KEYFILE_ALLOW_UNSAFE, KEYFILE_UNSAFE,
		    "is not a regular file" },
		{ "folder", 0, KEYFILE_UNSAFE, "is not a regular file" },
		{ "socket", 0, KEYFILE_UNSAFE, "is not a regular file" },
		{ "missing", 0, KEYFILE_ABSENT, "No such file" },
		{ "key/below", 0, KEYFILE_ABSENT, "Not a directory" },
	};
	char *pem = pem_make(PEM_PKCS8_ED25519), path[FOLDER_PATH_BYTES];
	struct why why;

	(void)state;
	folder_write(&folder, "key", span_of_text(pem), 0600);
	assert_int_equal(symlink("key", folder_file(&folder, "link", path)),
	    0);
	assert_int_equal(symlink("nowhere", folder_file(&folder, "dangling",
	    path)), 0);
	assert_int_equal(mkfifo(folder_file(&folder, "fifo", path), 0600), 0);
	assert_int_equal(mkdir(folder_file(&folder, "folder", path), 0700), 0);
	make_socket(folder_file(&folder, "socket", path));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s, flags %u\n", rows[i].name, rows[i].flags);
		assert_int_equal(load(rows[i].name, rows[i].flags, &why),
		    rows[i].outcome);
		assert_says(&why, rows[i].words);
	}
	free(pem);
}

static void
reads_the_forms_that_dkim_keys_come_in(void **state)
{
	static const struct {
		const char *name;
		enum pem_form form;
		int outcome;
		enum seal_algorithm algorithm;
	} rows[] = {
		{ "PKCS#8 RSA", PEM_PKCS8_RSA, KEYFILE_OK, SEAL_RSA_SHA256 },
		{ "PKCS#1 RSA", PEM_PKCS1_RSA, KEYFILE_OK, SEAL_RSA_SHA256 },
		/* RFC 8463 */
		{ "Ed25519", PEM_PKCS8_ED25519, KEYFILE_OK,
		    SEAL_ED25519_SHA256 },
		/* must not ask a terminal for the passphrase either */
		{ "encrypted", PEM_ENCRYPTED, KEYFILE_UNUSABLE, 0 },
		{ "public half", PEM_PUBLIC, KEYFILE_UNUSABLE, 0 },
		{ "EC", PEM_EC, KEYFILE_UNUSABLE, 0 },
	};
	char path[FOLDER_PATH_BYTES], *pem;
	struct seal_key *key;
	struct why why;

	(void)state;
	folder_file(&folder, "key", path);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# %s\n", rows[i].name);
		pem = pem_make(rows[i].form);
		folder_write(&folder, "key", span_of_text(pem), 0600);
		free(pem);
		assert_int_equal(keyfile_load(path, 0, &key, &why),
		    rows[i].outcome);
		if (rows[i].outcome == KEYFILE_OK) {
			assert_int_equal(seal_key_algorithm(key),
			    rows[i].algorithm);
			seal_key_unref(&key);
		} else {
			assert_says(&why, path);
		}
	}
}

static void
says_what_is_wrong_with_the_content(void **state)
{
	static unsigned char huge[KEYFILE_MAX_BYTES + 1];
	const struct {
		struct span text;
		const char *words;
	} rows[] = {
		{ { NULL, 0 }, "is empty" },
		{ { huge, sizeof(huge) }, "has 65537 octets, at most 65536" },
		{ { huge, KEYFILE_MAX_BYTES }, "': " },
		{ SPAN_INIT("no key at all\n"), "': " },
		{ SPAN_INIT("-----BEGIN PRIVATE KEY-----\n"), "': " },
		{ SPAN_INIT("-----BEGIN PRIVATE KEY-----\nAAAA\n"
		    "-----END PRIVATE KEY-----\n"), "': " },
	};
	struct why why;

	(void)state;
	memset(huge, 'x', sizeof(huge));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		folder_write(&folder, "key", rows[i].text, 0600);
		assert_int_equal(load("key", 0, &why), KEYFILE_UNUSABLE);
		assert_says(&why, rows[i].words);
	}
}

static void
words_stay_on_one_line_whatever_the_path_is(void **state)
{
	struct seal_key *key;
	struct why why;
	char path[6000];

	(void)state;
	assert_int_equal(keyfile_load("/no\nsuch\r\033[1mfile", 0, &key, &why),
	    KEYFILE_ABSENT);
	assert_string_equal(why.text,
	    "key file '/no?such??[1mfile': No such file or directory");
	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(keyfile_load(path, 0, &key, &why), KEYFILE_E_IO);
	assert_int_equal(strlen(why.text), WHY_BYTES - 1);
	assert_string_equal(why.text + WHY_BYTES - 4, "...");
	/* and nobody has to want them */
	assert_int_equal(keyfile_load(path, 0, &key, NULL), KEYFILE_E_IO);
}

static size_t
count_descriptors(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
leaves_no_descriptor_open(void **state)
{
	char *pem = pem_make(PEM_PKCS8_ED25519), path[FOLDER_PATH_BYTES];
	size_t before = count_descriptors();
	struct why why;

	(void)state;
	folder_write(&folder, "good", span_of_text(pem), 0600);
	folder_write(&folder, "bad", span_of_text("x"), 0600);
	folder_write(&folder, "open", span_of_text(pem), 0644);
	assert_int_equal(mkfifo(folder_file(&folder, "fifo", path), 0600), 0);
	for (int i = 0; i < 3; i++) {
		load("good", 0, &why);
		load("bad", 0, &why);
		load("open", 0, &why);
		load("fifo", 0, &why);
		load("none", 0, &why);
	}
	assert_int_equal(count_descriptors(), before);
	free(pem);
}

static void
creates_with_0600_whatever_the_umask_and_never_overwrites(void **state)
{
	static const mode_t umasks[] = { 0000, 0022, 0077, 0777 };
	char path[FOLDER_PATH_BYTES], *pem = pem_make(PEM_PKCS8_ED25519);
	struct stat st;
	struct why why;

	(void)state;
	folder_file(&folder, "new", path);
	for (size_t i = 0; i < sizeof(umasks) / sizeof(umasks[0]); i++) {
		mode_t before = umask(umasks[i]);

		assert_int_equal(keyfile_create(path, span_of_text(pem), &why),
		    KEYFILE_OK);
		umask(before);
		assert_int_equal(lstat(path, &st), 0);
		assert_int_equal(st.st_mode, S_IFREG | 0600);
		assert_int_equal(st.st_size, strlen(pem));
		assert_int_equal(load("new", 0, &why), KEYFILE_OK);

		assert_int_equal(keyfile_create(path, SPAN("other"), &why),
		    KEYFILE_EXISTS);
		assert_says(&why, path);
		assert_says(&why, "exists");
		assert_int_equal(load("new", 0, &why), KEYFILE_OK);
		assert_int_equal(unlink(path), 0);
	}
	free(pem);
}

static void
creates_nothing_through_a_link_or_in_no_folder(void **state)
{
	char path[FOLDER_PATH_BYTES], target[FOLDER_PATH_BYTES];
	struct stat st;
	struct why why;

	(void)state;
	folder_file(&folder, "target", target);
	assert_int_equal(symlink(target, folder_file(&folder, "link", path)),
	    0);
	assert_int_equal(keyfile_create(path, SPAN("key"), &why),
	    KEYFILE_EXISTS);
	assert_int_equal(lstat(target, &st), -1);
	assert_int_equal(keyfile_create(folder_file(&folder, "no/key", path),
	    SPAN("key"), &why), KEYFILE_ABSENT);
	assert_says(&why, path);
}

static void
removes_a_file_that_could_not_be_written_whole(void **state)
{
	struct rlimit before, small;
	static unsigned char text[4096];
	char path[FOLDER_PATH_BYTES];
	struct stat st;
	struct why why;
	int ret;

	(void)state;
	folder_file(&folder, "new", path);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	ret = keyfile_create(path, span_of(text, sizeof(text)), &why);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(ret, KEYFILE_E_IO);
	assert_says(&why, "File too large");
	assert_int_equal(lstat(path, &st), -1);
	assert_int_equal(errno, ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(takes_a_key_only_from_a_file_that_others_cannot_read_or_write),
		TEST(says_who_we_are_when_the_file_may_not_be_read),
		TEST(refuses_what_is_no_regular_file_and_does_not_hang_on_it),
		TEST(reads_the_forms_that_dkim_keys_come_in),
		TEST(says_what_is_wrong_with_the_content),
		TEST(words_stay_on_one_line_whatever_the_path_is),
		TEST(leaves_no_descriptor_open),
		TEST(creates_with_0600_whatever_the_umask_and_never_overwrites),
		TEST(creates_nothing_through_a_link_or_in_no_folder),
		TEST(removes_a_file_that_could_not_be_written_whole),
	};

	return cmocka_run_group_tests_name("keyfile", tests, NULL, NULL);
}
