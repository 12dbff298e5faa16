/*
 * callouts.c: what happens when a hook is called.
 *
 * Only hooks that some script has a function for are provided for.  A function
 * is looked up once for each state; a call then takes no more than pushing it
 * and its arguments.
 */
#include "scriptlet/callouts.h"

#include "hooks/core/final_validation.h"
#include "hooks/core/validate_end.h"
#include "scriptlet/bindings/lock.h"
#include "scriptlet/call.h"
#include "scriptlet/scriptlet.h"
#include "scriptlet/states.h"

#include <lauxlib.h>

#include <stdio.h>
#include <string.h>

#define TEMPFAIL_REPLY "4.3.0 policy is not working, try again later"

/* a callout */

struct scene { /* where it plays */
	struct scriptlet *scriptlet;
	struct lease *lease; /* or NULL: outside a session */
	struct state *state;
	bool borrowed; /* for this callout alone */
};

static const void *
session_of(const struct callout_args *args)
{
	if (args->vctx != NULL)
		return args->vctx->env[VCTX_CONN];
	return args->msg != NULL ? args->msg->vctx_conn : NULL;
}

static void
complain_of_state(struct scriptlet *scriptlet, enum callout callout,
    const string *why)
{
	char line[2048];

	call_join_lines(why->buffer, line, sizeof(line));
	ec_mod_debug(scriptlet->self, DERROR, "%s error: %s",
	    callout_rows[callout].name, line);
}

static bool
scene_open(struct scene *scene, enum callout callout,
    const struct callout_args *args)
{
	struct lease *lease = states_lease(scene->scriptlet->states,
	    session_of(args), args->vctx != NULL);
	string why;

	scene->lease = lease;
	if (lease != NULL && args->vctx != NULL)
		lease->vctx = args->vctx;
	/* a callout inside a callout of the same session has its own */
	scene->borrowed = lease == NULL || (lease->state != NULL &&
	    lease->state->budget.depth > 0);
	if (!scene->borrowed && lease->state != NULL) {
		scene->state = lease->state;
		return true;
	}
	(void)string_init_type(&why, 128, STRING_TYPE_ECSTRING);
	scene->state = states_take(scene->scriptlet->states, &why);
	if (scene->state == NULL)
		complain_of_state(scene->scriptlet, callout, &why);
	(void)string_destroy(&why);
	if (!scene->borrowed)
		lease->state = scene->state;
	return scene->state != NULL;
}

static bool
is_between_messages(const validate_context *vctx)
{
	return vctx == NULL || vctx->_mc == NULL || vctx->_mc->message == NULL;
}

static void
scene_close(struct scene *scene)
{
	struct lease *lease = scene->lease;

	if (scene->state == NULL)
		return;
	if (scene->borrowed) {
		states_give(scene->scriptlet->states, scene->state);
	} else if (scene->state->memory.refused ||
	    (is_between_messages(lease->vctx) &&
	    state_is_clean(scene->state))) {
		lease->state = NULL;
		states_give(scene->scriptlet->states, scene->state);
	}
}

static struct running
running_in(const struct scene *scene, enum callout callout,
    const struct callout_args *args)
{
	struct running running = {
		.callout = callout_rows[callout].name,
		.self = scene->scriptlet->self,
		.msg = args->msg,
		.vctx = args->vctx,
		.ac = args->ac,
	};

	if (running.vctx == NULL && scene->lease != NULL)
		running.vctx = scene->lease->vctx;
	if (running.vctx != NULL && running.vctx->_mc != NULL) {
		if (running.msg == NULL)
			running.msg = running.vctx->_mc->message;
		if (running.ac == NULL)
			running.ac = running.vctx->_mc->ac;
	}
	return running;
}

/* What becomes of the message when a script fails. */
static int
result_of_failure(const struct scene *scene, enum callout callout,
    validate_context *vctx)
{
	if (scene->scriptlet->script_error == SCRIPT_ERROR_CONTINUE)
		return 0;
	if (vctx != NULL)
		(void)validate_context_set_code(vctx, 451, TEMPFAIL_REPLY);
	switch (callout_rows[callout].kind) {
	case KIND_VALIDATE:
		return VALIDATE_DONE;
	case KIND_HOOK:
		return EC_HOOK_RETRY;
	case KIND_NONE:
		break;
	}
	return 0;
}

static void
tell_silence(const struct scene *scene, const struct script_module *module,
    const struct row *row)
{
	char key[160];

	(void)snprintf(key, sizeof(key), "%s %s", module->name, row->name);
	ec_mod_debug_once(scene->scriptlet->self, key, DWARNING, "%s error: "
	    "(null): module '%s' returned nothing, taken for VALIDATE_CONT",
	    row->name, module->name);
}

/* Was this module asked before the one that said VALIDATE_AGAIN? */
static bool
was_asked(const struct lease *lease, enum callout callout,
    const struct script_module *module)
{
	return lease != NULL && lease->again_callout == (int)callout + 1 &&
	    module->number < lease->again_module;
}

static void
remember_again(struct lease *lease, enum callout callout,
    const struct script_module *module, int result)
{
	if (lease == NULL)
		return;
	lease->again_callout = 0;
	if (callout_rows[callout].kind == KIND_VALIDATE &&
	    result == VALIDATE_AGAIN) {
		lease->again_callout = (int)callout + 1;
		lease->again_module = module->number;
	}
}

static int
call_modules(const struct scene *scene, enum callout callout,
    const struct callout_args *args)
{
	const struct row *row = &callout_rows[callout];
	struct lease *lease = scene->lease;
	struct call call = { .row = row, .args = args };

	for (struct script_module *m = scene->state->modules; m != NULL;
	    m = m->next) {
		call.function = m->functions[callout];
		if (call.function == LUA_NOREF || was_asked(lease, callout, m))
			continue;
		/* what a session has is for callouts that know it */
		call.self = args->vctx != NULL ? m->self : m->table;
		if (lease != NULL && m->number < 64)
			lease->ran |= UINT64_C(1) << m->number;
		if (!call_function(scene->state, m, &call)) {
			(void)lock_release_all(scene->state->L);
			remember_again(lease, callout, m, 0);
			return result_of_failure(scene, callout,
			    scene->state->running.vctx);
		}
		remember_again(lease, callout, m, call.result);
		if (call.silent && row->kind == KIND_VALIDATE)
			tell_silence(scene, m, row);
		if (call.result != 0 && row->kind != KIND_NONE)
			return call.result;
	}
	return 0;
}

int
callouts_run(void *closure, enum callout callout,
    const struct callout_args *args)
{
	generic_module_infrastructure *self = closure;
	struct scene scene = { .scriptlet = self->module_private_data };
	struct running before;
	int result;

	if (!scene_open(&scene, callout, args))
		return result_of_failure(&scene, callout, args->vctx != NULL ?
		    args->vctx : scene.lease != NULL ? scene.lease->vctx :
		    NULL);
	before = scene.state->running;
	scene.state->running = running_in(&scene, callout, args);
	result = call_modules(&scene, callout, args);
	scene.state->running = before;
	scene_close(&scene);
	return result;
}

/* the ends */

static void
finish_message(void *closure, ec_message *msg, accept_construct *ac,
    validate_context *vctx)
{
	generic_module_infrastructure *self = closure;
	struct scriptlet *scriptlet = self->module_private_data;
	struct lease *lease = states_lease(scriptlet->states,
	    vctx->env[VCTX_CONN], false);

	(void)msg;
	(void)ac;
	if (lease == NULL)
		return;
	lease->again_callout = 0;
	if (lease->state == NULL)
		return;
	if (state_is_clean(lease->state)) {
		states_give(scriptlet->states, lease->state);
		lease->state = NULL;
	} else {
		(void)lock_release_all(lease->state->L);
		state_forget(lease->state, HANDLE_MESSAGE);
	}
}

static void
call_dealloc(struct scene *scene, const struct callout_args *args)
{
	struct call call = {
		.row = &callout_rows[CALLOUT_DEALLOC], .args = args,
	};

	for (struct script_module *m = scene->state->modules; m != NULL;
	    m = m->next) {
		bool ran = m->number >= 64 || (scene->lease->ran &
		    (UINT64_C(1) << m->number)) != 0;

		call.function = m->functions[CALLOUT_DEALLOC];
		call.self = m->self;
		if (ran && call.function != LUA_NOREF)
			(void)call_function(scene->state, m, &call);
	}
}

/* validate_dealloc, and then the session's state is free for others. */
static void
finish_session(void *closure, accept_construct *ac, validate_context *vctx)
{
	generic_module_infrastructure *self = closure;
	struct scriptlet *scriptlet = self->module_private_data;
	struct callout_args args = { .ac = ac, .vctx = vctx };
	struct scene scene = { .scriptlet = scriptlet };
	struct running before;

	if (scriptlet->has[CALLOUT_DEALLOC] && states_lease(scriptlet->states,
	    vctx->env[VCTX_CONN], false) != NULL &&
	    scene_open(&scene, CALLOUT_DEALLOC, &args)) {
		before = scene.state->running;
		scene.state->running = running_in(&scene, CALLOUT_DEALLOC,
		    &args);
		call_dealloc(&scene, &args);
		scene.state->running = before;
		scene_close(&scene);
	}
	states_end(scriptlet->states, vctx->env[VCTX_CONN]);
}

void
callouts_register(struct scriptlet *scriptlet, struct state *state)
{
	bool any = false;

	_Static_assert(CALLOUT_COUNT <= sizeof(scriptlet->has), "room");
	for (int c = 0; c < CALLOUT_COUNT; c++) {
		for (struct script_module *m = state->modules; m != NULL;
		    m = m->next)
			scriptlet->has[c] = scriptlet->has[c] ||
			    m->functions[c] != LUA_NOREF;
		if (!scriptlet->has[c] || callout_rows[c].provide == NULL)
			continue;
		callout_rows[c].provide(scriptlet->self);
		any = true;
	}
	if (any) {
		register_core_validate_message_end_hook_last(finish_message,
		    scriptlet->self);
		register_core_validate_dealloc_hook_last(finish_session,
		    scriptlet->self);
	}
}
