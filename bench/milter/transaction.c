/*
 * transaction.c: the order of an SMTP server, and where it leaves off.
 */
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <stdlib.h>
#include <string.h>

#include "transaction.h"

static const char *const stage_names[] = {
	[STAGE_NONE] = "none",
	[STAGE_CONNECT] = "connect",
	[STAGE_HELO] = "helo",
	[STAGE_MAIL] = "mail",
	[STAGE_RCPT] = "rcpt",
	[STAGE_DATA] = "data",
	[STAGE_HEADER] = "header",
	[STAGE_EOH] = "eoh",
	[STAGE_BODY] = "body",
	[STAGE_END] = "end",
};

bool
stage_parse(const char *word, enum stage *stage_r)
{
	for (enum stage s = STAGE_CONNECT; s <= STAGE_END; s++) {
		if (strcmp(stage_names[s], word) == 0) {
			*stage_r = s;
			return true;
		}
	}
	return false;
}

const char *
stage_name(enum stage stage)
{
	return stage_names[stage];
}

/* What a step of the transaction comes to. */
enum step {
	STEP_ERROR = -1,
	STEP_ON,
	STEP_DONE, /* the outcome is known */
};

struct run {
	const struct transaction *transaction;
	struct mta *mta;
	struct outcome *outcome;
	struct span rest; /* of the body */
};

static char *
reply_copy(struct run *run)
{
	char *copy = strdup(mta_reply_text(run->mta));

	if (copy == NULL)
		run->outcome->failed = true;
	return copy;
}

static enum step
decide(struct run *run, enum stage stage, enum mta_answer answer)
{
	run->outcome->answer = answer;
	run->outcome->stage = stage;
	free(run->outcome->reply);
	run->outcome->reply = reply_copy(run);
	return STEP_DONE;
}

/* After a stage that went well: is this where to pause, or to stop? */
static enum step
reached(struct run *run, enum stage stage)
{
	const struct transaction *t = run->transaction;

	if (t->pause_after == stage && t->pause != NULL) {
		if (mta_flush(run->mta) != 0)
			return STEP_ERROR;
		t->pause();
	}
	if (t->stop_after != stage)
		return STEP_ON;
	run->outcome->stopped = true;
	run->outcome->stage = stage;
	return STEP_DONE;
}

static enum step
judge(struct run *run, enum stage stage, int ret, enum mta_answer answer)
{
	if (ret != 0)
		return STEP_ERROR;
	if (answer == MTA_CONTINUE || answer == MTA_SKIP)
		return STEP_ON;
	return decide(run, stage, answer);
}

static void
set_queue_id(struct run *run, const char *id)
{
	macros_set(&mta_speech(run->mta)->macros, "i", id);
}

/* Postfix has no queue id before it took a recipient. */
static enum step
say_mail(struct run *run)
{
	const struct transaction *t = run->transaction;
	enum macros_style style = mta_speech(run->mta)->macros.style;
	enum mta_answer answer;
	enum step step;
	int ret;

	set_queue_id(run, style == MACROS_POSTFIX ? NULL : t->queue_id);
	ret = mta_mail(run->mta, t->from, t->parameters, &answer);
	step = judge(run, STAGE_MAIL, ret, answer);
	return step == STEP_ON ? reached(run, STAGE_MAIL) : step;
}

static void
refuse(struct run *run, size_t rcpt)
{
	struct outcome *outcome = run->outcome;
	struct refusal *more = realloc(outcome->refusals,
	    (outcome->n_refusals + 1) * sizeof(*more));

	if (more == NULL) {
		outcome->failed = true;
		return;
	}
	outcome->refusals = more;
	more[outcome->n_refusals++] = (struct refusal){ rcpt,
		reply_copy(run) };
}

static bool
is_refusal(enum mta_answer answer)
{
	return answer == MTA_REJECT || answer == MTA_TEMPFAIL;
}

/* A recipient that is refused is no reason to give up the others. */
static enum step
say_rcpt(struct run *run)
{
	const struct transaction *t = run->transaction;
	enum mta_answer answer = MTA_CONTINUE;

	for (size_t i = 0; i < t->n_rcpts; i++) {
		int ret = mta_rcpt(run->mta, t->rcpts[i], NULL, &answer);

		if (ret == 0 && is_refusal(answer)) {
			refuse(run, i);
		} else {
			enum step step = judge(run, STAGE_RCPT, ret, answer);

			if (step != STEP_ON)
				return step;
			set_queue_id(run, t->queue_id);
		}
	}
	if (run->outcome->n_refusals == t->n_rcpts)
		return decide(run, STAGE_RCPT, answer);
	return reached(run, STAGE_RCPT);
}

static enum step
say_data(struct run *run)
{
	enum mta_answer answer;
	int ret = mta_data(run->mta, &answer);
	enum step step = judge(run, STAGE_DATA, ret, answer);

	return step == STEP_ON ? reached(run, STAGE_DATA) : step;
}

static enum step
say_fields(struct run *run)
{
	const struct mail *mail = run->transaction->mail;
	enum step step = STEP_ON;

	for (size_t i = 0; i < mail->n_fields && step == STEP_ON; i++) {
		enum mta_answer answer;
		int ret = mta_header(run->mta, mail->fields[i].name,
		    mail->fields[i].value, &answer);

		step = judge(run, STAGE_HEADER, ret, answer);
		if (step == STEP_ON && i == mail->n_fields / 2)
			step = reached(run, STAGE_HEADER);
	}
	return step;
}

static enum step
say_eoh(struct run *run)
{
	enum mta_answer answer;
	int ret = mta_eoh(run->mta, &answer);
	enum step step = judge(run, STAGE_EOH, ret, answer);

	return step == STEP_ON ? reached(run, STAGE_EOH) : step;
}

static enum step
say_body(struct run *run)
{
	const struct transaction *t = run->transaction;
	size_t kept = t->body_at_end ? t->chunk : 0;
	bool first = true;
	enum step step = STEP_ON;

	while (run->rest.n > kept && step == STEP_ON) {
		struct span chunk = span_first(run->rest, t->chunk);
		enum mta_answer answer;
		int ret = mta_body(run->mta, chunk, &answer);

		step = judge(run, STAGE_BODY, ret, answer);
		if (first && step == STEP_ON)
			step = reached(run, STAGE_BODY);
		first = false;
		run->rest = span_from(run->rest, chunk.n);
	}
	return step;
}

static enum step
say_end(struct run *run)
{
	enum mta_answer answer;

	if (mta_end(run->mta, run->rest, &run->outcome->edits, &answer) != 0)
		return STEP_ERROR;
	if (answer == MTA_CONTINUE || answer == MTA_SKIP)
		answer = MTA_ACCEPT;
	return decide(run, STAGE_END, answer);
}

int
transaction_run(const struct transaction *transaction, struct mta *mta,
    struct outcome *outcome_r)
{
	static enum step (*const steps[])(struct run *) = {
		say_mail, say_rcpt, say_data, say_fields, say_eoh, say_body,
		say_end,
	};
	struct run run = { transaction, mta, outcome_r,
		transaction->mail->body };
	enum step step = STEP_ON;

	*outcome_r = (struct outcome){ 0 };
	for (size_t i = 0; step == STEP_ON; i++)
		step = steps[i](&run); /* say_end never says on */
	if (outcome_r->stopped && mta_flush(mta) != 0)
		return -1;
	return step == STEP_DONE ? 0 : -1;
}

struct span
outcome_quarantine(const struct outcome *outcome)
{
	struct span reason = { NULL, 0 };

	for (size_t i = 0; i < outcome->edits.n; i++) {
		if (outcome->edits.items[i].kind == EDIT_QUARANTINE)
			reason = outcome->edits.items[i].value;
	}
	return reason;
}

void
outcome_deinit(struct outcome *outcome)
{
	for (size_t i = 0; i < outcome->n_refusals; i++)
		free(outcome->refusals[i].reply);
	free(outcome->refusals);
	free(outcome->reply);
	edit_list_deinit(&outcome->edits);
	*outcome = (struct outcome){ 0 };
}
