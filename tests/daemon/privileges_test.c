/*
 * privileges_test.c: what root gives up is gone, and nobody else can become
 * somebody else.
 *
 * What cannot be undone is tried in a process of its own, which says by its
 * status how far it came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <grp.h>
#include <pwd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/privileges.h"

#define GROUPS 64
#define STRANGE_GROUP 54321 /* that no user of a fresh system is in */

/* In the child: ends it with the line at which the wish did not hold. */
#define want(holds) do { \
	if (!(holds)) { \
		(void)fprintf(stderr, "# line %d: " #holds "\n", __LINE__); \
		_exit(1); \
	} \
} while (0)

static void
in_another_process(void (*act)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* One who is in further groups, if there is one. */
static void
pick_user(char *name_r, size_t size)
{
	struct group *group;

	(void)snprintf(name_r, size, "nobody");
	setgrent();
	while ((group = getgrent()) != NULL) {
		for (char **m = group->gr_mem; *m != NULL; m++) {
			struct passwd *user = getpwnam(*m);

			if (user != NULL && user->pw_uid != 0 &&
			    user->pw_gid != 0)
				(void)snprintf(name_r, size, "%s", *m);
		}
	}
	endgrent();
}

static bool
is_in(gid_t group, const gid_t *groups, int n)
{
	for (int i = 0; i < n; i++) {
		if (groups[i] == group)
			return true;
	}
	return false;
}

static void *
try_to_return(void *closure)
{
	(void)closure;
	want(geteuid() != 0);
	want(setuid(0) != 0);
	want(setresuid(0, 0, 0) != 0);
	want(seteuid(0) != 0);
	want(setgid(0) != 0);
	want(setgroups(0, NULL) != 0);
	return NULL;
}

/* A thread that began with all rights. */
static void *
wait_and_try(void *closure)
{
	pthread_barrier_t *dropped = closure;

	(void)pthread_barrier_wait(dropped);
	return try_to_return(NULL);
}

static void
drop_and_look(void)
{
	gid_t strange[] = { 0, STRANGE_GROUP }, has[GROUPS], may[GROUPS];
	struct identity identity;
	struct buffer why = { 0 };
	pthread_barrier_t dropped;
	pthread_t thread;
	int n, n_may = GROUPS;
	char name[64];

	pick_user(name, sizeof(name));
	want(setgroups(2, strange) == 0);
	want(pthread_barrier_init(&dropped, NULL, 2) == 0);
	want(pthread_create(&thread, NULL, wait_and_try, &dropped) == 0);
	want(privileges_choose(name, &identity, &why) == 0);
	want(strcmp(identity.name, name) == 0 && !identity.is_fallback);
	want(privileges_drop(&identity, &why) == 0);
	want(getuid() == identity.uid && geteuid() == identity.uid);
	want(getgid() == identity.gid && getegid() == identity.gid);
	n = getgroups(GROUPS, has);
	want(n >= 0);
	want(getgrouplist(name, identity.gid, may, &n_may) >= 0);
	for (int i = 0; i < n; i++)
		want(is_in(has[i], may, n_may));
	for (int i = 0; i < n_may; i++)
		want(is_in(may[i], has, n));
	(void)pthread_barrier_wait(&dropped);
	want(pthread_join(thread, NULL) == 0);
	(void)try_to_return(NULL);
	privileges_deinit(&identity);
}

/* What only root can do fails for others, and says so. */
static void
drop_in_vain(void)
{
	char name[] = "root";
	struct identity root = { .name = name, .uid = 0, .gid = 0 };
	struct buffer why = { 0 };

	want(privileges_drop(&root, &why) == -1);
	want(memmem(why.p, why.n, "'root': Operation not permitted", 31) !=
	    NULL);
	buffer_deinit(&why);
}

static void
becomes_a_user_in_all_threads_and_for_good(void **state)
{
	(void)state;
	in_another_process(geteuid() == 0 ? drop_and_look : drop_in_vain);
}

static void
chooses_a_user_that_there_is(void **state)
{
	struct identity identity;
	struct buffer why = { 0 };

	(void)state;
	assert_int_equal(privileges_choose(NULL, &identity, &why), 0);
	if (geteuid() != 0) {
		assert_null(identity.name);
		return;
	}
	assert_string_equal(identity.name, identity.is_fallback ? "nobody" :
	    "mailseal");
	assert_int_equal(identity.is_fallback,
	    !privileges_is_user("mailseal"));
	privileges_deinit(&identity);
	assert_int_equal(privileges_choose("no-such-user", &identity, &why),
	    -1);
	assert_non_null(memmem(why.p, why.n, "there is no user 'no-such-user'",
	    31));
	buffer_deinit(&why);
}

static void
choose_as_nobody(void)
{
	struct passwd *nobody = getpwnam("nobody");
	struct identity identity;
	struct buffer why = { 0 };
	char text[128];

	if (geteuid() == 0) {
		want(nobody != NULL);
		want(setresuid(nobody->pw_uid, nobody->pw_uid,
		    nobody->pw_uid) == 0);
	}
	(void)snprintf(text, sizeof(text), "%s",
	    getpwuid(geteuid()) != NULL ? getpwuid(geteuid())->pw_name : "");
	want(privileges_choose(NULL, &identity, &why) == 0);
	want(identity.name == NULL && identity.uid == (uid_t)-1);
	want(privileges_drop(&identity, &why) == 0); /* nothing to drop */
	want(text[0] == '\0' ||
	    privileges_choose(text, &identity, &why) == 0);
	want(identity.name == NULL);
	want(privileges_choose("root", &identity, &why) == -1);
	want(memmem(why.p, why.n, "become 'root'", 13) != NULL);
	buffer_deinit(&why);
}

static void
others_stay_who_they_are(void **state)
{
	(void)state;
	in_another_process(choose_as_nobody);
}

static void
restrict_and_look(void)
{
	struct rlimit core;

	privileges_restrict();
	want(umask(022) == 077);
	want(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	want(getrlimit(RLIMIT_CORE, &core) == 0);
	want(core.rlim_cur == 0 && core.rlim_max == 0);
}

static void
restrictions_hold(void **state)
{
	(void)state;
	in_another_process(restrict_and_look);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(becomes_a_user_in_all_threads_and_for_good),
		cmocka_unit_test(chooses_a_user_that_there_is),
		cmocka_unit_test(others_stay_who_they_are),
		cmocka_unit_test(restrictions_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
