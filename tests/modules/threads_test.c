/*
 * Many messages at once, from many threads, while the configuration is replaced
 * and the key caches are flushed: each comes out signed and judged once, by one
 * configuration.  Run under ThreadSanitizer, too.
 */
#include "scene.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define MESSAGES 40 /* of each thread */
#define RELOADS 12

#define CONFIGURATION(selector, id) \
	"hostname = \"mx.example.net\" dns_zone_file = \"~/keys.zone\" " \
	"dkim_sign \"s\" { selector = " selector " key = \"~/" selector \
	".key\" } " \
	"dkim_sign \"t\" { selector = ed key = \"~/ed.key\" " \
	"dk_domain \"example.com\" { identity = \"" selector \
	"@example.com\" } dk_domain \"example.org\" { } } " \
	"dkim_validate \"v\" { authserv_id = \"" id "\" } " \
	"dk_sign \"d\" { selector = " selector " key = \"~/" selector \
	".key\" } " \
	"dk_validate \"w\" { authentication_results = true " \
	"authserv_id = \"" id "\" }"

static const char *const configurations[] = {
	CONFIGURATION("rsa", "one.example"),
	CONFIGURATION("other", "two.example"),
};

struct worker {
	pthread_t thread;
	struct scene scene;
	const char *text; /* a signed message */
	unsigned wrong;
};

/* Each configuration names its selector in the identity of the second
 * signature: both belong to the same one. */
static bool
is_of_one_configuration(const char *out)
{
	bool one = strstr(out, "Results: one.example;") != NULL;

	return scene_count(out, "DKIM-Signature") == 3 &&
	    scene_count(out, "DomainKey-Signature") == 2 &&
	    scene_count(out, "Authentication-Results") == 1 &&
	    strstr(out, "dkim=pass") != NULL &&
	    strstr(out, "domainkeys=pass") != NULL &&
	    (strstr(out, one ? "s=rsa;" : "s=other;") != NULL) &&
	    (strstr(out, one ? "i=rsa@" : "i=other@") != NULL);
}

static void *
send_many(void *arg)
{
	struct worker *worker = arg;

	for (int i = 0; i < MESSAGES; i++) {
		scene_send(&worker->scene,
		    &(struct mail){ .text = worker->text });
		if (!is_of_one_configuration(worker->scene.out))
			worker->wrong++;
	}
	return NULL;
}

static void
messages_in_parallel_survive_reloads(void **state)
{
	static struct worker workers[THREADS];
	struct scene scene;
	char *text;

	(void)state;
	scene_begin(&scene);
	scene_run(&scene, "dkim_sign \"s\" { selector = s1 "
	    "key = \"~/rsa.key\" } dk_sign \"s\" { selector = s1 "
	    "key = \"~/rsa.key\" }", &(struct mail){ 0 });
	text = scene.out;
	scene.out = NULL;
	assert_true(scene_open(&scene, configurations[0]));
	for (int i = 0; i < THREADS; i++) {
		memset(&workers[i], 0, sizeof(workers[i]));
		memcpy(workers[i].scene.folder, scene.folder,
		    sizeof(scene.folder));
		workers[i].text = text;
		assert_int_equal(pthread_create(&workers[i].thread, NULL,
		    send_many, &workers[i]), 0);
	}
	for (int i = 1; i <= RELOADS; i++) {
		assert_true(scene_reload(&scene, configurations[i % 2]));
		free(scene_command("dkim_sign:s flush keycache"));
		free(scene_command("dkim_validate:v flush keycache"));
		free(scene_command("dkim_sign:t stats"));
		free(scene_command("dk_sign:d flush keycache"));
		free(scene_command("dk_validate:w flush keycache"));
		free(scene_command("dk_sign:d stats"));
	}
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].wrong, 0);
		free(workers[i].scene.out);
		free(workers[i].scene.context);
	}
	scene_end(&scene);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_in_parallel_survive_reloads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
