/*
 * writeback_test.c: where a change made online goes, and what the files hold
 * then.  After each of them a reload changes nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../moments.h"
#include "control.h"
#include "host/control/commands.h"
#include "host/host.h"
#include "host/log/log.h"
#include "host/online/transaction.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char folder[] = "/tmp/mailseal-writeback-XXXXXX";

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int
begin(void **state)
{
	(void)state;
	(void)strcpy(strrchr(folder, '-') + 1, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	return 0;
}

static int
end(void **state)
{
	(void)state;
	transaction_close();
	host_close();
	(void)nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return 0;
}

static const char *
path_of(const char *name)
{
	static char path[4][256];
	static unsigned next;
	char *p = path[next++ % 4];

	(void)snprintf(p, sizeof(path[0]), "%s/%s", folder, name);
	return p;
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(path_of(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* "(none)" when there is no such file. */
static void
assert_file(const char *what, const char *name, const char *want)
{
	FILE *file = fopen(path_of(name), "r");
	char got[8192] = "(none)";

	if (file != NULL) {
		got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
		(void)fclose(file);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s:\ngot:\n%swanted:\n%s", what, name, got, want);
}

static void
open_main(void)
{
	struct host_start start = { .source.path = path_of("main.conf") };
	struct config_errors errors = { 0 };
	struct buffer text = { 0 };

	if (host_open(&start, &errors) != 0) {
		errors_format_all(&errors, &text);
		fail_msg("%.*s", (int)text.n, (const char *)text.p);
	}
	errors_deinit(&errors);
}

/* The answer, kept until the next; *status_r may be NULL. */
static const char *
answer_to(const char *line, int *status_r)
{
	static char kept[16384];
	string answer;
	int status;

	(void)string_init_type(&answer, 1, STRING_TYPE_ECSTRING);
	status = commands_run(line, NULL, &answer);
	(void)snprintf(kept, sizeof(kept), "%s",
	    answer.len > 0 ? answer.buffer : "");
	(void)string_destroy(&answer);
	if (status_r != NULL)
		*status_r = status;
	return kept;
}

static void
must(const char *line)
{
	int status;
	const char *answer = answer_to(line, &status);

	if (status != EC_RUN_COMMAND_COMPLETED)
		fail_msg("%s: %s", line, answer);
}

static void
assert_refused(const char *line, const char *why)
{
	int status;
	const char *answer = answer_to(line, &status);

	if (status == EC_RUN_COMMAND_COMPLETED || strstr(answer, why) == NULL)
		fail_msg("%s: %d %s", line, status, answer);
}

/* Each line of a text. */
static void
run_all(const char *lines)
{
	char *copy = strdup(lines), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] != '\0')
			must(line);
	}
	free(copy);
}

struct row {
	const char *what;
	const char *main, *other, *fixed, *local; /* NULL: not there */
	const char *commands;
	const char *want_main, *want_other, *want_local; /* NULL: as before */
};

#define WITH_ALL "include other.conf\nreadonly_include fixed.conf\n" \
	"Local_Changes_File = local.conf\n"
#define MAIN_ONLY "# ours\nStop_Timeout = 30 # seconds\n" \
	"Milter_Listener {\n  Timeout = 10\n}\n"

static const struct row rows[] = {
	{ "a value goes where it was set",
	  .main = MAIN_ONLY, .commands = "config set stop_timeout 5\n"
	      "config set Milter_Listener Timeout 11",
	  .want_main = "# ours\nStop_Timeout = 5 # seconds\n"
	      "Milter_Listener {\n  Timeout = 11\n}\n" },
	{ "an option of a stanza that is defined goes into it",
	  .main = MAIN_ONLY,
	  .commands = "config set Milter_Listener open_relay true",
	  .want_main = "# ours\nStop_Timeout = 30 # seconds\n"
	      "Milter_Listener {\n  Timeout = 10\n  Open_Relay = true\n}\n" },
	{ "without a Local_Changes_File what is new goes to the main file",
	  .main = MAIN_ONLY,
	  .commands = "config set Hostname a.test\n"
	      "config set Binding b Domain d.test Exclude_Vctx_Mess ( x )\n"
	      "config set Binding b Domain d.test Exclude_Vctx_Conn ( y )",
	  .want_main = MAIN_ONLY "Hostname = a.test\n"
	      "Binding \"b\" {\n  Domain \"d.test\" {\n"
	      "    Exclude_Vctx_Mess = ( x )\n"
	      "    Exclude_Vctx_Conn = ( y )\n  }\n}\n" },
	{ "with one what is new goes there, and a global option does not",
	  .main = WITH_ALL, .other = "", .fixed = "",
	  .commands = "config set Hostname a.test\n"
	      "config set Domain d.test Exclude_Vctx_Mess ( x )",
	  .want_main = WITH_ALL "Hostname = a.test\n",
	  .want_local = "Domain \"d.test\" {\n"
	      "  Exclude_Vctx_Mess = ( x )\n}\n" },
	{ "the first file that defines the stanza and may be written",
	  .main = WITH_ALL, .fixed = "Domain d.test { }\n",
	  .other = "Domain d.test { }\n",
	  .commands = "config set Domain d.test Exclude_Vctx_Mess ( x )",
	  .want_other = "Domain d.test { Exclude_Vctx_Mess = ( x ) }\n" },
	{ "a new stanza in one that is defined goes into that",
	  .main = WITH_ALL, .fixed = "", .other = "Binding b {\n}\n",
	  .commands = "config set Binding b Domain d.test Exclude_Vctx_Mess x",
	  .want_other = "Binding b {\n  Domain \"d.test\" {\n"
	      "    Exclude_Vctx_Mess = x\n  }\n}\n" },
	{ "what a read-only file says last goes to the Local_Changes_File",
	  .main = WITH_ALL, .other = "Stop_Timeout = 1\n",
	  .fixed = "Stop_Timeout = 2\n", .local = "# ours\n",
	  .commands = "config set Stop_Timeout 3",
	  .want_main = WITH_ALL "Stop_Timeout = 3\n" },
	{ "and so does a stanza's option that would not hold elsewhere",
	  .main = WITH_ALL, .other = "Domain d.test { }\n",
	  .fixed = "Domain d.test { Exclude_Vctx_Mess = ( a ) }\n",
	  .local = "# ours\n",
	  .commands = "config set Domain d.test Exclude_Vctx_Mess ( b )",
	  .want_local = "# ours\nDomain \"d.test\" {\n"
	      "  Exclude_Vctx_Mess = ( b )\n}\n" },
	{ "Local_Changes_Only sends all of it there",
	  .main = WITH_ALL "Local_Changes_Only = true\nStop_Timeout = 1\n"
	      "Domain d.test { Exclude_Vctx_Mess = ( a ) }\n",
	  .other = "", .fixed = "",
	  .commands = "config set Stop_Timeout 2\n"
	      "config unset Domain d.test Exclude_Vctx_Mess\n"
	      "config set Hostname a.test",
	  .want_local = "Stop_Timeout = 2\nHostname = a.test\n"
	      "Domain \"d.test\" {\n  unset Exclude_Vctx_Mess\n}\n" },
	{ "a file that is included twice is not written",
	  .main = "include other.conf\ninclude other.conf\n",
	  .other = "Stop_Timeout = 1\n", .commands =
	      "config set Stop_Timeout 2",
	  .want_main = "include other.conf\ninclude other.conf\n"
	      "Stop_Timeout = 2\n" },
	{ "unset takes all settings out of files that may be written",
	  .main = "Stop_Timeout = 1\ninclude other.conf # x\n"
	      "Stop_Timeout = 3\n", .other = "# y\nStop_Timeout = 2\n",
	  .commands = "config unset Stop_Timeout",
	  .want_main = "include other.conf # x\n", .want_other = "# y\n" },
	{ "unset against a read-only file is said in the Local_Changes_File",
	  .main = WITH_ALL "Stop_Timeout = 1\n", .other = "",
	  .fixed = "Stop_Timeout = 2\nDomain d.test { }\n",
	  .commands = "config unset Stop_Timeout\nconfig unset Domain d.test",
	  .want_main = WITH_ALL,
	  .want_local = "unset Domain \"d.test\"\nunset Stop_Timeout\n" },
	{ "a stanza that is unset goes wherever it stands",
	  .main = "Domain d.test {\n  Exclude_Vctx_Mess = ( a )\n}\n# x\n"
	      "include other.conf\n",
	  .other = "Domain e.test { }\nDomain d.test { # y\n}\n",
	  .commands = "config unset Domain d.test",
	  .want_main = "# x\ninclude other.conf\n",
	  .want_other = "Domain e.test { }\n" },
	{ "an unset in the Local_Changes_File is overruled there",
	  .main = WITH_ALL "Domain d.test { }\n", .other = "", .fixed = "",
	  .local = "Domain d.test { unset Exclude_Vctx_Mess }\n",
	  .commands = "config set Domain d.test Exclude_Vctx_Mess ( a )",
	  .want_local = "Domain d.test { unset Exclude_Vctx_Mess }\n"
	      "Domain \"d.test\" {\n  Exclude_Vctx_Mess = ( a )\n}\n" },
	{ "arrays and dictionaries keep what stays",
	  .main = "Relay_Hosts = (\n  10.0.0.1 # one\n  10.0.0.2 # two\n)\n"
	      "Milter_Listener {\n  Context = [ a = 1 b = 2 ]\n}\n",
	  .commands = "config set Relay_Hosts ( 10.0.0.1 10.0.0.3 10.0.0.2 )\n"
	      "config set Milter_Listener Context [ a = 1 b = \"3 4\" ]",
	  .want_main = "Relay_Hosts = (\n  10.0.0.1 # one\n  10.0.0.3\n"
	      "  10.0.0.2 # two\n)\n"
	      "Milter_Listener {\n  Context = [ a = 1 b = \"3 4\" ]\n}\n" },
	{ "what is set and unset again is no change",
	  .main = MAIN_ONLY, .commands = "config set Hostname a.test\n"
	      "config unset Hostname\nconfig set Stop_Timeout 5\n"
	      "config set Stop_Timeout 30" },
};

static const char *
or_before(const char *want, const char *before)
{
	if (want != NULL)
		return want;
	return before != NULL ? before : "(none)";
}

static void
each_change_goes_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		put("main.conf", row->main);
		if (row->other != NULL)
			put("other.conf", row->other);
		if (row->fixed != NULL)
			put("fixed.conf", row->fixed);
		if (row->local != NULL)
			put("local.conf", row->local);
		open_main();
		run_all(row->commands);
		must("config writeback");
		assert_file(row->what, "main.conf",
		    or_before(row->want_main, row->main));
		assert_file(row->what, "other.conf",
		    or_before(row->want_other, row->other));
		assert_file(row->what, "fixed.conf",
		    or_before(NULL, row->fixed));
		assert_file(row->what, "local.conf",
		    or_before(row->want_local, row->local));
		assert_string_equal(answer_to("config writeback", NULL),
		    "Nothing to write\n");
		assert_string_equal(answer_to("config reload", NULL),
		    "Configuration reloaded; nothing has changed\n");
		host_close();
		(void)unlink(path_of("other.conf"));
		(void)unlink(path_of("fixed.conf"));
		(void)unlink(path_of("local.conf"));
	}
	put("main.conf", "");
	open_main();
}

static void
the_file_keeps_its_mode_and_a_link_stays_a_link(void **state)
{
	struct stat st;

	(void)state;
	put("real.conf", "Stop_Timeout = 1\n");
	assert_int_equal(chmod(path_of("real.conf"), 0640), 0);
	assert_int_equal(symlink("real.conf", path_of("main.conf")), 0);
	open_main();
	must("config set Stop_Timeout 2");
	must("config writeback");
	assert_file("real", "real.conf", "Stop_Timeout = 2\n");
	assert_int_equal(lstat(path_of("main.conf"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(path_of("real.conf"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_not_equal(access(path_of(".real.conf.mailseal"), F_OK), 0);
}

/* An entry of an access control list, as the system has it (acl(5)). */
#define ENTRY(tag, bits, id) tag, 0, bits, 0, (id) & 255, (id) >> 8 & 255, 0, 0
#define NOBODY_IN_PARTICULAR 255, 255, 255, 255
#define LIST "system.posix_acl_access"
static const unsigned char access_list[] = { 2, 0, 0, 0,
	1, 0, 6, 0, NOBODY_IN_PARTICULAR, /* user::rw- */
	ENTRY(2, 4, 12345), /* user:12345:r-- */
	4, 0, 0, 0, NOBODY_IN_PARTICULAR, /* group::--- */
	16, 0, 4, 0, NOBODY_IN_PARTICULAR, /* mask::r-- */
	32, 0, 0, 0, NOBODY_IN_PARTICULAR, /* other::--- */
};

/* Does the file's attribute hold this?  NULL: there is none of that name. */
static void
assert_attribute(const char *file, const char *name, const void *want,
    size_t n)
{
	char value[256];
	ssize_t got = getxattr(path_of(file), name, value, sizeof(value));

	if (want == NULL) {
		assert_int_equal(got, -1);
		assert_int_equal(errno, ENODATA);
		return;
	}
	if (got < 0)
		fail_msg("%s of %s: %s", name, file, strerror(errno));
	assert_int_equal(got, n);
	assert_memory_equal(value, want, n);
}

/* Whether the file system has what is asked of it, and we may set it. */
static bool
give(const char *file, const char *name, const void *value, size_t n)
{
	if (setxattr(path_of(file), name, value, n, 0) == 0)
		return true;
	print_message("# %s: %s\n", name, strerror(errno));
	return false;
}

static void
the_file_keeps_its_access_control_list_and_attributes(void **state)
{
	static const char *const names[] = { "user.note", "security.label",
		"trusted.note" };
	bool given[3], has_list;
	struct stat st;

	(void)state;
	put("main.conf", "Stop_Timeout = 1\n");
	assert_int_equal(chmod(path_of("main.conf"), 0600), 0);
	has_list = give("main.conf", LIST, access_list, sizeof(access_list));
	for (size_t i = 0; i < 3; i++)
		given[i] = give("main.conf", names[i], "a\0b", 3);
	open_main();
	must("config set Stop_Timeout 2");
	must("config writeback");
	assert_file("main", "main.conf", "Stop_Timeout = 2\n");
	if (has_list) {
		assert_attribute("main.conf", LIST, access_list,
		    sizeof(access_list));
		assert_int_equal(stat(path_of("main.conf"), &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640); /* the mask */
	}
	for (size_t i = 0; i < 3; i++) {
		if (given[i])
			assert_attribute("main.conf", names[i], "a\0b", 3);
	}
	assert_int_not_equal(access(path_of(".main.conf.mailseal"), F_OK), 0);
}

/* What a folder gives to files that are made in it was not this one's. */
static void
the_file_gets_no_access_control_list_that_it_did_not_have(void **state)
{
	struct stat st;

	(void)state;
	put("main.conf", "Stop_Timeout = 1\n");
	assert_int_equal(chmod(path_of("main.conf"), 0644), 0);
	if (!give("", "system.posix_acl_default", access_list,
	    sizeof(access_list)))
		skip();
	put("other", ""); /* it does so to this one */
	assert_attribute("other", LIST, access_list, sizeof(access_list));
	open_main();
	must("config set Stop_Timeout 2");
	must("config writeback");
	assert_file("main", "main.conf", "Stop_Timeout = 2\n");
	assert_attribute("main.conf", LIST, NULL, 0);
	assert_int_equal(stat(path_of("main.conf"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
}

static bool
write_back(void *closure)
{
	int status;

	(void)closure;
	(void)answer_to("config writeback", &status);
	return status == EC_RUN_COMMAND_COMPLETED;
}

/* Whether it is the new one; anything but the two fails. */
static bool
is_new_file(const char *name, const char *old, const char *new)
{
	char got[256] = "";
	FILE *file = fopen(path_of(name), "r");

	assert_non_null(file);
	got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
	(void)fclose(file);
	if (strcmp(got, old) != 0)
		assert_string_equal(got, new);
	return strcmp(got, new) == 0;
}

/* Two files have a change each; what a kill leaves of the way of writing is
 * dealt with by the next one. */
static void
a_kill_within_each_step_leaves_each_file_as_it_was_or_will_be(void **state)
{
	static const char old_main[] = "Stop_Timeout = 1\ninclude other.conf\n",
	    new_main[] = "Stop_Timeout = 2\ninclude other.conf\n",
	    old_other[] = "Hostname = a.test # ours\n",
	    new_other[] = "Hostname = b.test # ours\n";
	enum moments_end end;
	int n = 0, news = 0, olds = 0;
	bool is_new;

	(void)state;
	do {
		put("main.conf", old_main);
		put("other.conf", old_other);
		open_main();
		must("config set Stop_Timeout 2");
		must("config set Hostname b.test");
		end = moments_run(n++, write_back, NULL);
		is_new = is_new_file("main.conf", old_main, new_main);
		news += is_new;
		olds += !is_new;
		is_new = is_new_file("other.conf", old_other, new_other);
		news += is_new;
		olds += !is_new;
		/* and the next start can do with it */
		host_close();
		open_main();
		host_close();
	} while (end == MOMENTS_KILLED);
	assert_file("main", "main.conf", new_main);
	assert_file("other", "other.conf", new_other);
	assert_int_not_equal(access(path_of(".main.conf.mailseal"), F_OK), 0);
	assert_int_not_equal(access(path_of(".other.conf.mailseal"), F_OK), 0);
	assert_true(n >= 6);
	assert_true(olds >= 4);
	assert_true(news >= 3); /* one of two was written at one time */
}

/* Whoever edits the file meanwhile does not lose his work, nor the console
 * its own. */
static void
a_file_that_has_changed_is_not_written(void **state)
{
	(void)state;
	put("main.conf", "Stop_Timeout = 1\ninclude other.conf\n");
	put("other.conf", "");
	open_main();
	must("config set Stop_Timeout 2");
	put("other.conf", "# edited\n");
	assert_refused("config writeback", "other.conf is not any more what "
	    "was read");
	assert_file("main", "main.conf",
	    "Stop_Timeout = 1\ninclude other.conf\n");
	must("config writeback saved.conf");
	assert_non_null(strstr(answer_to("config eval Stop_Timeout", NULL),
	    "Stop_Timeout = 2"));
	must("config reload");
	must("config reload saved.conf");
	assert_non_null(strstr(answer_to("config eval Stop_Timeout", NULL),
	    "Stop_Timeout = 2"));
	assert_refused("config writeback saved.conf", "one of the files");
	put("precious.key", "secret");
	assert_refused("config writeback precious.key", "is there already");
	assert_file("key", "precious.key", "secret");
	must("config reload"); /* the main file again */
	must("write config saved.conf"); /* ours may be replaced */
	assert_non_null(strstr(answer_to("config eval Stop_Timeout", NULL),
	    "Stop_Timeout = 1"));
}

static void
what_is_set_does_not_read_the_files(void **state)
{
	(void)state;
	put("main.conf", "Stop_Timeout = 1\n");
	open_main();
	put("main.conf", "this is broken {\n");
	must("config set Hostname a.test");
	assert_refused("config reload", "Reconfigure failed");
	assert_non_null(strstr(answer_to("config get Hostname", NULL),
	    "Hostname = a.test"));
	put("main.conf", "Stop_Timeout = 4\n");
	assert_string_equal(answer_to("config reload", NULL),
	    "Configuration reloaded; 2 changes:\n"
	    "  Hostname is not set any more (was a.test)\n"
	    "  Stop_Timeout = 4 (was 1)\n"
	    "Dropped, as it was set online and is in no file:\n"
	    "  Hostname = a.test\n");
}

static void
a_transaction_is_seen_by_its_console_alone_until_the_commit(void **state)
{
	(void)state;
	put("main.conf", "Stop_Timeout = 1\n");
	open_main();
	assert_refused("config begin", "Only a console");
	transaction_open();
	assert_refused("config commit", "no transaction");
	assert_refused("config replay", "no transaction");
	must("config begin");
	assert_refused("config begin", "already");
	/* what is required may come later */
	must("config set Datasource d cache_size 5");
	assert_refused("config commit", "lacks the option 'Uri'");
	must("config set Datasource d uri ( \"sqlite:/nowhere\" )");
	must("config set Stop_Timeout 2");
	assert_refused("config set Stop_Timeout soon", "Nothing has changed");
	assert_refused("config reload", "There is a transaction");
	assert_refused("config writeback", "There is a transaction");
	assert_string_equal(answer_to("config replay", NULL),
	    "config set Datasource d cache_size 5\n"
	    "config set Datasource d uri ( \"sqlite:/nowhere\" )\n"
	    "config set Stop_Timeout 2\n");
	assert_string_equal(answer_to("config commit", NULL),
	    "Committed; 3 changes:\n"
	    "  Stop_Timeout = 2 (was 1)\n"
	    "  Datasource \"d\" Cache_Size = 5\n"
	    "  Datasource \"d\" Uri = ( \"sqlite:/nowhere\" )\n");
	must("config begin");
	must("config unset Stop_Timeout");
	must("config rollback");
	assert_non_null(strstr(answer_to("config get Stop_Timeout", NULL),
	    "Stop_Timeout = 2"));
}

static void
a_transaction_from_scratch_replaces_everything(void **state)
{
	(void)state;
	put("main.conf", "# ours\nStop_Timeout = 1\n");
	open_main();
	transaction_open();
	must("config begin from scratch");
	assert_string_equal(answer_to("config showrecurse", NULL), "");
	must("config set Hostname a.test");
	must("config commit");
	assert_string_equal(answer_to("config showrecurse", NULL),
	    "Hostname = a.test\n");
	must("config writeback");
	assert_file("main", "main.conf", "# ours\nHostname = a.test\n");
}

static void
locate_tells_the_place_with_colons_escaped(void **state)
{
	(void)state;
	put("main.conf", "Esmtp_Listener {\n  Listen \":25\" { }\n"
	    "  Listen \":587\" { }\n}\n"
	    "Domain \"/(?:^|[.])example[.]com$/\" { }\n"
	    "Debug_Flags { ERROR = ( ALL ) }\n");
	open_main();
	assert_string_equal(answer_to("config locate listen", NULL),
	    "Listen \":25\"\n  is at ESMTP_Listener::Listen:\\:25:\n"
	    "Listen \":587\"\n  is at ESMTP_Listener::Listen:\\:587:\n");
	assert_string_equal(answer_to("config locate listen 8.$", NULL),
	    "Listen \":587\"\n  is at ESMTP_Listener::Listen:\\:587:\n");
	assert_string_equal(answer_to("config locate Domain ex.+", NULL),
	    "Domain \"/(?:^|[.])example[.]com$/\"\n"
	    "  is at Domain:/(?\\:^|[.])example[.]com$/:\n");
	assert_string_equal(answer_to("config locate debug_flags", NULL),
	    "Debug_Flags\n  is at Debug_Flags::\n");
	assert_refused("config locate nothing", "There is no scope 'nothing'");
	assert_refused("config locate Domain (", "is no pattern");
}

/* The published layouts, with options that this host knows. */
static void
answers_have_the_published_layout(void **state)
{
	static const struct {
		const char *line, *answer;
	} lines[] = {
		{ "config get stop_timeout", "Stop_Timeout = 30\n" },
		{ "config get esmtp_listener listen :25 enable",
		  "\tEnable = false\n" },
		{ "config get hostname",
		  "Option 'Hostname' is not set in scope ''.\n" },
		{ "config eval local_changes_only",
		  "Local_Changes_Only = 0\n" },
		{ "config eval Esmtp_Listener Listen :99 idle_time",
		  "Idle_Time = 300\n" },
		{ "config set keep_message_dicts_in_memory enabled",
		  "Keep_Message_Dicts_In_Memory = enabled\n" },
		{ "config set Relay_Hosts ( 10.0.0.1 10.0.0.2 )",
		  "Relay_Hosts = (\n  10.0.0.1\n  10.0.0.2\n  )\n" },
		{ "config eval Relay_Hosts",
		  "Relay_Hosts = (\n  10.0.0.1\n  10.0.0.2\n)\n" },
		{ "config unset relay_hosts",
		  "\"Relay_Hosts\" has been unset. Effective value is now:\n"
		  "\tRelay_Hosts = ( )\n" },
		{ "config show ESMTP_Listener",
		  "Listen \":25\" { ... }\nIdle_Time = 300\n"
		  "SMTP_Extensions = (\n  \"ENHANCEDSTATUSCODES\"\n)\n" },
		{ "config showrecurse ESMTP_Listener",
		  "ESMTP_Listener {\n  Listen \":25\" {\n    Enable = false\n"
		  "  }\n  Idle_Time = 300\n  SMTP_Extensions = (\n"
		  "    \"ENHANCEDSTATUSCODES\"\n  )\n}\n" },
		{ "json config get stop_timeout", "{\n  \"ok\": true,\n"
		  "  \"name\": \"Stop_Timeout\",\n  \"value\": 30\n}\n" },
	};

	(void)state;
	put("main.conf", "Stop_Timeout = 30\nEsmtp_Listener {\n"
	    "  Listen \":25\" { Enable = false }\n  Idle_Time = 300\n"
	    "  SMTP_Extensions = ( \"ENHANCEDSTATUSCODES\" )\n}\n");
	open_main();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_string_equal(answer_to(lines[i].line, NULL),
		    lines[i].answer);
	assert_refused("config unset", "All of it cannot be unset");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_change_goes_where_it_belongs),
		TEST(the_file_keeps_its_mode_and_a_link_stays_a_link),
		TEST(the_file_keeps_its_access_control_list_and_attributes),
		TEST(the_file_gets_no_access_control_list_that_it_did_not_have),
		TEST(a_kill_within_each_step_leaves_each_file_as_it_was_or_will_be),
		TEST(a_file_that_has_changed_is_not_written),
		TEST(what_is_set_does_not_read_the_files),
		TEST(a_transaction_is_seen_by_its_console_alone_until_the_commit),
		TEST(a_transaction_from_scratch_replaces_everything),
		TEST(locate_tells_the_place_with_colons_escaped),
		TEST(answers_have_the_published_layout),
	};
	struct log_targets silence = { 0 };

	(void)log_open(&silence);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
