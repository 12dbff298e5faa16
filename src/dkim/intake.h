/*
 * intake.h: what signer and verifier have in common: one message coming in,
 * header first, then the body, in the order that seal.h promises.
 *
 * An error sticks: later calls return it again until the next reset.
 */
#ifndef DKIM_INTAKE_H
#define DKIM_INTAKE_H

#include "base/arena.h"
#include "dkim/body_hashes.h"
#include "message/header.h"
#include "message/reader.h"
#include "seal.h"

enum intake_stage {
	INTAKE_HEADER = 0, /* fields are coming */
	INTAKE_BODY, /* the header has ended */
	INTAKE_DONE, /* the body has ended */
};

struct intake { /* { 0 } before the first reset */
	struct arena arena; /* of this message */
	struct header header;
	struct body_hashes bodies;
	struct reader reader;
	enum intake_stage stage;
	int error;
	int (*on_header)(void *arg); /* the header is complete */
	/* where the body goes besides bodies; NULL: nowhere.  Kept by reset. */
	void (*on_body)(void *arg, struct span chunk);
	void *arg;
};

void intake_reset(struct intake *intake, size_t max_header_octets,
    int (*on_header)(void *arg), void *arg);
void intake_deinit(struct intake *intake);

int intake_field(struct intake *intake, struct span field);
int intake_end_header(struct intake *intake);
int intake_body(struct intake *intake, struct span chunk);
int intake_feed(struct intake *intake, struct span bytes,
    enum seal_line_ends line_ends);
int intake_finish(struct intake *intake);

#endif
