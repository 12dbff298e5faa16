/*
 * command_fuzz.c: a line as a console may send it, behind a word that makes it a
 * command.  What the expressions of roles see has the very words that the
 * command gets; and whatever stands there can be completed, and asked of a
 * configuration.
 */
#include "fuzz.h"

#include "host/config/config.h"
#include "host/config/host_options.h"
#include "host/console/roles.h"
#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/generation.h"

#include <stdlib.h>

#define FIRST "say "

static const char configuration[] =
    "Hostname = mx.test\n"
    "Relay_Hosts = ( 192.0.2.0/24 \"::1\" )\n"
    "Binding \"b\" { Domain \"x.test\" { } }\n"
    "Domain \"y \\\"test\\\"\" { }\n"
    "Control_Listener { Timeout = 5 Listen \"127.0.0.1:2025\" {\n"
    "  AuthDigestMD5Parameters = [ uri = \"digest:///x\" ] } }\n";

static struct buffer words; /* of the latest command, each with a NUL */

static int
keep(command_construct *cc, void *closure)
{
	(void)closure;
	must(cc->argc > 0 && cc->argc <= COMMAND_WORDS);
	buffer_clear(&words);
	for (int i = 0; i < cc->argc; i++)
		buffer_add(&words, span_of(cc->argv[i],
		    strlen(cc->argv[i]) + 1));
	return 1;
}

static bool
run(const char *line)
{
	string out;
	int ret;

	(void)string_init_type(&out, 256, STRING_TYPE_ECSTRING);
	ret = commands_run(line, NULL, &out);
	(void)string_destroy(&out);
	return ret == EC_RUN_COMMAND_COMPLETED;
}

static char *
joined(const char *first, const uint8_t *data, size_t size)
{
	size_t n = strlen(first);
	char *line = calloc(1, n + size + 1);

	must(line != NULL);
	memcpy(line, first, n);
	if (size > 0)
		memcpy(line + n, data, size);
	return line;
}

/* Cut once more, as it is seen: nothing else comes out. */
static void
compare_words(const char *line)
{
	struct buffer before = { 0 };
	char *seen;

	if (!run(line))
		return; /* a quote is open, or there are too many words */
	buffer_add(&before, buffer_span(&words));
	seen = roles_command(line);
	must(run(seen));
	must(span_eq(buffer_span(&before), buffer_span(&words)));
	free(seen);
	buffer_deinit(&before);
}

static void
ask(const char *first, const uint8_t *data, size_t size)
{
	char *line = joined(first, data, size);

	(void)run(line);
	free(line);
}

static void
begin(void)
{
	struct config_load load = { .text = span_of_text(configuration) };
	struct generation *generation = generation_new();
	struct registry *registry = registry_new();
	struct config_errors errors = { 0 };

	host_options_add(registry);
	generation->config = config_load(registry, &load, &errors);
	must(generation->config != NULL);
	generation_commit(generation);
	ec_control_register_command2("say", NULL, keep);
	complete_add_commands();
	configured_add_commands();
	locate_add_commands();
	help_add_commands();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const asked[] = { "complete ", "json complete ",
		"complete config set ", "config get ", "config eval ",
		"json config show ", "xml config show ", "config locate ",
		"help " };
	static bool is_begun;
	char *line;

	if (!is_begun)
		begin();
	is_begun = true;
	if (size == 0)
		return 0;
	line = joined(FIRST, data + 1, size - 1);
	compare_words(line);
	free(line);
	ask(asked[data[0] % (sizeof(asked) / sizeof(asked[0]))], data + 1,
	    size - 1);
	return 0;
}
