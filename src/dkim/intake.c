/*
 * intake.c: stages of a message, and the reader's events turned into them.
 */
#include "dkim/intake.h"

static int
stick(struct intake *intake, int error)
{
	if (intake->error == 0)
		intake->error = error;
	return intake->error;
}

static int
begin(struct intake *intake, enum intake_stage wanted)
{
	if (intake->error != 0)
		return intake->error;
	return intake->stage == wanted ? 0 : SEAL_E_ORDER;
}

static int
on_field(void *arg, struct span field)
{
	struct intake *intake = arg;

	return header_add(&intake->header, field) < 0 ? SEAL_E_NOMEM : 0;
}

static int
on_end_header(void *arg)
{
	struct intake *intake = arg;

	intake->stage = INTAKE_BODY;
	return intake->on_header(intake->arg);
}

static int
on_body(void *arg, struct span chunk)
{
	struct intake *intake = arg;

	body_hashes_feed(&intake->bodies, chunk);
	if (intake->on_body != NULL)
		intake->on_body(intake->arg, chunk);
	return 0;
}

static const struct reader_events events = {
	.field = on_field,
	.end_header = on_end_header,
	.body = on_body,
};

void
intake_reset(struct intake *intake, size_t max_header_octets,
    int (*on_header)(void *arg), void *arg)
{
	arena_reset(&intake->arena);
	header_init(&intake->header, &intake->arena, max_header_octets);
	body_hashes_init(&intake->bodies);
	reader_init(&intake->reader, &events, intake, max_header_octets);
	intake->stage = INTAKE_HEADER;
	intake->error = 0;
	intake->on_header = on_header;
	intake->arg = arg;
}

void
intake_deinit(struct intake *intake)
{
	reader_deinit(&intake->reader);
	body_hashes_deinit(&intake->bodies);
	arena_deinit(&intake->arena);
}

int
intake_field(struct intake *intake, struct span field)
{
	int ret = begin(intake, INTAKE_HEADER);

	return ret != 0 ? ret : stick(intake, on_field(intake, field));
}

int
intake_end_header(struct intake *intake)
{
	int ret = begin(intake, INTAKE_HEADER);

	/* gives out what a stream has brought so far, if there is one */
	return ret != 0 ? ret : stick(intake, reader_finish(&intake->reader));
}

int
intake_body(struct intake *intake, struct span chunk)
{
	int ret = begin(intake, INTAKE_BODY);

	return ret != 0 ? ret : on_body(intake, chunk);
}

int
intake_feed(struct intake *intake, struct span bytes,
    enum seal_line_ends line_ends)
{
	if (intake->error != 0)
		return intake->error;
	if (intake->stage == INTAKE_DONE)
		return SEAL_E_ORDER;
	return stick(intake, reader_feed(&intake->reader, bytes, line_ends));
}

int
intake_finish(struct intake *intake)
{
	int ret = 0;

	if (intake->stage == INTAKE_HEADER)
		ret = intake_end_header(intake);
	if (ret == 0)
		ret = begin(intake, INTAKE_BODY);
	if (ret != 0)
		return ret;
	body_hashes_finish(&intake->bodies);
	intake->stage = INTAKE_DONE;
	return 0;
}
