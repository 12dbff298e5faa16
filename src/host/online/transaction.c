/*
 * transaction.c: a draft for each console that wants one.
 */
#include "host/online/transaction.h"

#include "host/control/commands.h"
#include "host/control/commands_of.h"
#include "host/control/form.h"
#include "host/generation.h"
#include "host/host.h"
#include "host/online/changed.h"
#include "host/online/configured.h"
#include "host/online/online.h"
#include "host/online/refusal.h"

#include <string.h>

#define REPLAY_BYTES (1u << 20) /* then they belong into a file */

struct transaction {
	struct config *draft; /* NULL: none is begun */
	struct config *began; /* what was in use then */
	struct buffer commands; /* lines, to be replayed */
	bool is_from_scratch;
};

/* A console has a thread of its own as long as it is connected. */
static _Thread_local bool is_open;
static _Thread_local struct transaction here;

static void
drop(void)
{
	config_unref(&here.draft);
	config_unref(&here.began);
	buffer_deinit(&here.commands);
	here = (struct transaction){ 0 };
}

void
transaction_open(void)
{
	is_open = true;
}

void
transaction_close(void)
{
	drop();
	is_open = false;
}

bool
transaction_is_begun(void)
{
	return here.draft != NULL;
}

const struct config *
transaction_draft(void)
{
	return here.draft;
}

const struct config *
transaction_config(const command_construct *cc)
{
	return here.draft != NULL ? here.draft :
	    generation_of(cc->transaction)->config;
}

static void
remember(const command_construct *cc)
{
	const char *line = cc->argv_offsets[0];

	buffer_add(&here.commands, span_of(line, strcspn(line, "\r\n")));
	buffer_add_text(&here.commands, "\n");
}

int
transaction_change(const command_construct *cc, struct span text,
    struct config_errors *errors)
{
	struct config_load load = { .onto = here.draft, .changes = text,
		.is_partial = true };
	struct config *changed;

	if (here.commands.n > REPLAY_BYTES) {
		errors_add(errors, (struct config_place){ 0 }, "the "
		    "transaction has too many changes (commit some of them)");
		return -1;
	}
	changed = host_read(&load, errors);
	if (changed == NULL)
		return -1;
	config_unref(&here.draft);
	here.draft = changed;
	remember(cc);
	return 0;
}

static int
refuse(command_construct *cc, const char *words)
{
	(void)stringprintf(&cc->response, "%s\n", words);
	return 0;
}

static int
tell_none(command_construct *cc)
{
	return refuse(cc, "There is no transaction (\"config begin\" begins "
	    "one)");
}

static int
begin(command_construct *cc, bool from_scratch)
{
	struct config_load nothing = { .text_name = "(from scratch)",
		.is_partial = true };
	struct config_errors errors = { 0 };
	struct generation *generation;

	if (!is_open)
		return refuse(cc, "Only a console has transactions");
	if (here.draft != NULL)
		return refuse(cc, "There is a transaction already: \"config "
		    "commit\" or \"config rollback\" ends it");
	generation = generation_current();
	here.began = config_ref(generation->config);
	here.draft = from_scratch ? host_read(&nothing, &errors) :
	    config_ref(generation->config);
	here.is_from_scratch = from_scratch;
	generation_unref(generation);
	errors_deinit(&errors);
	if (here.draft != NULL)
		return form_answer_done(cc, "begin", json_pack("{s:s,s:b}",
		    "transaction", "begun", "from_scratch", from_scratch),
		    from_scratch ? "Transaction begun, from scratch\n" :
		    "Transaction begun\n");
	drop();
	return refuse(cc, "An empty configuration does not load");
}

static int
run_begin(command_construct *cc, void *closure)
{
	(void)closure;
	return commands_has_rest(cc, 2) ? 0 : begin(cc, false);
}

static int
run_begin_from_scratch(command_construct *cc, void *closure)
{
	(void)closure;
	return commands_has_rest(cc, 4) ? 0 : begin(cc, true);
}

static int
refuse_commit(command_construct *cc, enum online_outcome outcome,
    const struct config_errors *errors)
{
	return refusal_answer(cc, errors, outcome == ONLINE_CONFLICT ?
	    "Nothing is committed: the configuration in use has changed since "
	    "this transaction began.\n\"config replay\" lists its commands, "
	    "\"config rollback\" drops it" :
	    "Nothing is committed; the transaction goes on");
}

static int
tell_committed(command_construct *cc)
{
	struct buffer lines = { 0 }, warnings = { 0 };
	bool warned = changed_warn(here.began, here.draft, &warnings);
	json_t *model;
	unsigned n;
	int ok = 1;

	if (form_is_wanted(cc)) {
		model = json_pack("{s:b,s:o}", "ok", 1, "changed",
		    changed_model(here.began, here.draft));
		configured_add_warnings(&warnings, model);
		ok = form_answer(cc, "commit", model);
		goto out;
	}
	n = changed_tell(here.began, here.draft, "  ", &lines);
	(void)stringprintf(&cc->response, "Committed; %u change%s\n", n,
	    n == 0 ? "s" : n == 1 ? ":" : "s:");
	(void)stringwrite2(&cc->response, (const char *)lines.p, lines.n);
	if (warned)
		(void)stringprintf(&cc->response, "%.*s\"config reload\" goes "
		    "back to what the files say\n", (int)warnings.n,
		    (const char *)warnings.p);
out:
	buffer_deinit(&lines);
	buffer_deinit(&warnings);
	return ok;
}

static int
run_commit(command_construct *cc, void *closure)
{
	struct config_errors errors = { 0 };
	enum online_outcome outcome = ONLINE_DONE;
	int ok;

	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	if (here.draft == NULL)
		return tell_none(cc);
	if (here.draft != here.began)
		outcome = online_apply(here.draft, (struct span){ 0 },
		    here.began, &errors);
	if (outcome != ONLINE_DONE) {
		ok = refuse_commit(cc, outcome, &errors);
	} else {
		ok = tell_committed(cc);
		drop();
	}
	errors_deinit(&errors);
	return ok;
}

static int
run_rollback(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	if (here.draft == NULL)
		return tell_none(cc);
	drop();
	return form_answer_done(cc, "rollback", json_pack("{s:s}",
	    "transaction", "rolled back"), "Transaction rolled back\n");
}

static int
replay_model(command_construct *cc)
{
	json_t *list = json_array();
	struct span rest = buffer_span(&here.commands), line;

	while (rest.n > 0) {
		(void)span_cut(&rest, '\n', &line);
		(void)json_array_append_new(list, form_span(line));
	}
	return form_answer(cc, "replay", json_pack("{s:b,s:b,s:o}", "ok", 1,
	    "from_scratch", here.is_from_scratch, "commands", list));
}

static int
run_replay(command_construct *cc, void *closure)
{
	(void)closure;
	if (commands_has_rest(cc, 2))
		return 0;
	if (here.draft == NULL)
		return tell_none(cc);
	if (form_is_wanted(cc))
		return replay_model(cc);
	(void)stringwrite2(&cc->response, (const char *)here.commands.p,
	    here.commands.n);
	return 1;
}

void
transaction_add_commands(void)
{
	static const struct command_row rows[] = {
		{ "config begin", run_begin, "begin a transaction",
		  "What is set and unset from now on is in use after \"config "
		  "commit\" only, all of\nit at once; the transaction is this "
		  "console's alone." },
		{ "config begin from scratch", run_begin_from_scratch,
		  "begin a transaction with an empty configuration", NULL },
		{ "config commit", run_commit,
		  "take a transaction's changes into use",
		  "The first commit wins: nothing is committed when the "
		  "configuration in use has\nchanged since the transaction "
		  "began." },
		{ "config replay", run_replay,
		  "list the changes of a transaction", NULL },
		{ "config rollback", run_rollback, "drop a transaction",
		  NULL },
	};

	commands_add_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
