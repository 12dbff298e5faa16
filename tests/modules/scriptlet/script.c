/*
 * script.c: a folder with a script, a configuration with its name, a message.
 */
#include "script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "scriptlet:scriptlet: "

static const char frame[] =
    "local mod = {}\n"
    "function mod:validate_data_spool(msg, ac, vctx)\n"
    "  local function run()\n%s\n  end\n"
    "  run()\n"
    "  return msys.core.VALIDATE_CONT\n"
    "end\n"
    "msys.registerModule('test', mod)\n";

/* "validate_data_spool error: module 'test': ./a.lua:5: words | stack..." */
static const char *
error_words(const char *line, size_t *n)
{
	const char *mark = " error: ", *at = strstr(line, mark), *end;

	if (at == NULL || at > line + *n)
		return NULL;
	at += strlen(mark);
	end = strstr(at, " | stack traceback");
	*n = end != NULL && end < line + *n ? (size_t)(end - at) :
	    *n - (size_t)(at - line);
	return at;
}

char *
script_said(const char *log)
{
	char *out = calloc(1, strlen(log) * 2 + 2), *to = out;

	assert_non_null(out);
	for (const char *line = log; *line != '\0';) {
		size_t n = strcspn(line, "\n");
		const char *at = strstr(line, WHO), *words;
		const char *next = line + n + (line[n] == '\n');

		if (at != NULL && at < line + n) {
			at += strlen(WHO);
			n -= (size_t)(at - line);
			if (to > out)
				*to++ = '\n';
			words = error_words(at, &n);
			if (words != NULL)
				to = stpcpy(to, "error: ");
			memcpy(to, words != NULL ? words : at, n);
			to += n;
			*to = '\0';
		}
		line = next;
	}
	return out;
}

char *
script_prints_with(const char *statements, const char *options)
{
	char *text = NULL, *configuration = NULL, *log, *said;
	struct scene scene;

	assert_true(asprintf(&text, frame, statements) > 0);
	assert_true(asprintf(&configuration, SCRIPT_STANZA("test", "%s"),
	    options) > 0);
	scene_begin(&scene);
	scene_write(&scene, "test.lua", text, 0600);
	if (!scene_open(&scene, configuration)) {
		said = strdup(scene.errors);
	} else {
		free(scene_log(&scene));
		scene_send(&scene, &(struct mail){ 0 });
		log = scene_log(&scene);
		said = script_said(log);
		free(log);
		scene_close(&scene);
	}
	scene_end(&scene);
	free(configuration);
	free(text);
	return said;
}

char *
script_prints(const char *statements)
{
	return script_prints_with(statements, "");
}

void
script_check(const struct script_case *cases, size_t count)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		const char *wanted = cases[i].wanted;
		char *said = script_prints(cases[i].statements);
		bool good = wanted[0] == '~' ?
		    strstr(said, wanted + 1) != NULL :
		    strcmp(said, wanted) == 0;

		if (!good)
			print_error("%s:\n\tgot    '%s'\n\twanted '%s'\n",
			    cases[i].name, said, wanted);
		wrong += good ? 0 : 1;
		free(said);
	}
	assert_int_equal(wrong, 0);
}
