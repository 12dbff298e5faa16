/*
 * Many messages at once, from many threads, while the configuration is replaced
 * and the key caches are flushed: each comes out signed and judged once, by one
 * configuration.  Run under ThreadSanitizer, too.
 */
#include "scene.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
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

/* Begin sending from many threads: scene is open. */
static void
start_all(const struct scene *scene, struct worker *workers,
    void *(*send)(void *), const char *text)
{
	for (int i = 0; i < THREADS; i++) {
		memset(&workers[i], 0, sizeof(workers[i]));
		memcpy(workers[i].scene.folder, scene->folder,
		    sizeof(scene->folder));
		workers[i].text = text;
		assert_int_equal(pthread_create(&workers[i].thread, NULL,
		    send, &workers[i]), 0);
	}
}

static void
join_all(struct worker *workers)
{
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].wrong, 0);
		free(workers[i].scene.out);
		free(workers[i].scene.context);
	}
}

/* A message with what a configuration signs; freed by free(). */
static char *
signed_by(struct scene *scene, const char *configuration)
{
	char *text;

	scene_run(scene, configuration, &(struct mail){ 0 });
	text = scene->out;
	scene->out = NULL;
	return text;
}

static void
messages_in_parallel_survive_reloads(void **state)
{
	static struct worker workers[THREADS];
	struct scene scene;
	char *text;

	(void)state;
	scene_begin(&scene);
	text = signed_by(&scene, "dkim_sign \"s\" { selector = s1 "
	    "key = \"~/rsa.key\" } dk_sign \"s\" { selector = s1 "
	    "key = \"~/rsa.key\" }");
	assert_true(scene_open(&scene, configurations[0]));
	start_all(&scene, workers, send_many, text);
	for (int i = 1; i <= RELOADS; i++) {
		assert_true(scene_reload(&scene, configurations[i % 2]));
		free(scene_command("dkim_sign:s flush keycache"));
		free(scene_command("dkim_validate:v flush keycache"));
		free(scene_command("dkim_sign:t stats"));
		free(scene_command("dk_sign:d flush keycache"));
		free(scene_command("dk_validate:w flush keycache"));
		free(scene_command("dk_sign:d stats"));
	}
	join_all(workers);
	scene_end(&scene);
	free(text);
}

/* Policy in C and in Lua verifies with the module opendkim, and signs; handles
 * of Lua are kept from message to message. */
#define POLICY \
	"local opendkim = require('msys.validate.opendkim')\n" \
	"local mod, kept, n = {}, {}, 0\n" \
	"function mod:validate_data(msg, ac, vctx)\n" \
	"  local d, status = opendkim.verify(msg)\n" \
	"  n = n < 5 and n + 1 or 1\n" \
	"  kept[n] = opendkim.get_sig(d)\n" \
	"  for _, sig in ipairs(kept) do\n" \
	"    assert(opendkim.get_sig_domain(sig) == 'example.com')\n" \
	"  end\n" \
	"  vctx:set(msys.core.VCTX_MESS, 'lua', status)\n" \
	"end\n" \
	"function mod:core_final_validation(msg, ac, vctx)\n" \
	"  assert(opendkim.sign(msg, vctx, { selector = 'ed',\n" \
	"    keyfile = '%s' }) == 1)\n" \
	"end\n" \
	"msys.registerModule('test', mod)\n"

#define POLICY_CONFIGURATION(folder, bits) \
	"module_path = ( \"" folder "\" ) dns_zone_file = \"~/keys.zone\" " \
	"script_path = ( \"~\" ) alerting { } " \
	"scriptlet \"scriptlet\" { script \"t\" { source = \"t\" } } " \
	"opendkim \"o\" { selector = rsa key = \"~/rsa.key\" " \
	"headerlist = ( From ) verify_min_key_bits = " bits " } " \
	"verify_crowd \"c\" { }"

static const char *crowd_folder; /* of verify_crowd.so */

static void *
send_to_policy(void *arg)
{
	struct worker *worker = arg;
	const char *crowd;

	for (int i = 0; i < MESSAGES; i++) {
		scene_send(&worker->scene,
		    &(struct mail){ .text = worker->text });
		crowd = strstr(worker->scene.context, "crowd=");
		if (crowd == NULL || (strncmp(crowd, "crowd=left\n", 11) != 0 &&
		    strncmp(crowd, "crowd=kept\n", 11) != 0 &&
		    strncmp(crowd, "crowd=0 example.com\n", 20) != 0) ||
		    strstr(worker->scene.context, "lua=0\n") == NULL ||
		    scene_count(worker->scene.out, "DKIM-Signature") != 3)
			worker->wrong++;
	}
	return NULL;
}

static void
policy_verifies_and_signs_while_it_is_replaced(void **state)
{
	static const char *const bits[] = { "1024", "2048" };
	static struct worker workers[THREADS];
	char script[2048], path[SCENE_PATH_BYTES], configuration[2][2048];
	struct scene scene;
	char *text;

	(void)state;
	scene_begin(&scene);
	(void)snprintf(script, sizeof(script), POLICY,
	    scene_path(&scene, "ed.key", path));
	scene_write(&scene, "t.lua", script, 0600);
	for (int i = 0; i < 2; i++)
		(void)snprintf(configuration[i], sizeof(configuration[i]),
		    POLICY_CONFIGURATION("%s", "%s"), crowd_folder, bits[i]);
	text = signed_by(&scene, "dkim_sign \"s\" { selector = s1 "
	    "key = \"~/rsa.key\" }");
	if (!scene_open(&scene, configuration[0]))
		fail_msg("%s", scene.errors);
	start_all(&scene, workers, send_to_policy, text);
	for (int i = 1; i <= RELOADS; i++) {
		assert_true(scene_reload(&scene, configuration[i % 2]));
		free(scene_command("opendkim:o flush keycache"));
		free(scene_command("opendkim:o stats"));
	}
	join_all(workers);
	free(scene_command("crowd_end"));
	scene_close(&scene);
	scene_end(&scene);
	free(text);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_in_parallel_survive_reloads),
		cmocka_unit_test(
		    policy_verifies_and_signs_while_it_is_replaced),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: threads_test FOLDER-OF-VERIFY_CROWD\n");
		return 64;
	}
	crowd_folder = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
