/*
 * shot.c: preparing and renumbering.
 */
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "packet.h"
#include "shot.h"

/* The number is in the letter's Message-ID (and in its Received, where real
 * mail has another one), and in the queue id. */
#define NUMBER "1F2E3D4C"
#define NUMBER_DIGITS (sizeof(NUMBER) - 1)
#define QUEUE_ID "4X" NUMBER

static void
say(struct shot *shot, enum speech_then then)
{
	if (then != SPEECH_REPLY)
		return;
	if (shot->n_rounds == SHOT_ROUNDS)
		fatal("too many replies for one message");
	shot->ends[shot->n_rounds++] = shot->bytes.n;
}

static void
say_field(struct shot *shot, const struct speech *speech, struct span field)
{
	size_t colon = span_find(field, ':');

	if (colon == field.n)
		fatal("a letter has a field without colon");
	say(shot, speech_header(speech, span_first(field, colon),
	    span_from(field, colon + 1), &shot->bytes));
}

static void
say_body(struct shot *shot, const struct speech *speech, struct span body)
{
	while (body.n > 0) {
		struct span chunk = span_first(body, SPEECH_BODY_CHUNK);

		say(shot, speech_body(speech, chunk, &shot->bytes));
		body = span_from(body, chunk.n);
	}
}

static void
say_all(struct shot *shot, struct speech *speech,
    const struct letter *letter, const char *from, const char *rcpt)
{
	/* Postfix aborts when it is done with a message: the next one begins
	 * with that, in the same write */
	if (speech->macros.style == MACROS_POSTFIX)
		packet_add_bare(&shot->bytes, SMFIC_ABORT);
	macros_set(&speech->macros, "i",
	    speech->macros.style == MACROS_POSTFIX ? NULL : QUEUE_ID);
	say(shot, speech_mail(speech, from, NULL, &shot->bytes));
	say(shot, speech_rcpt(speech, rcpt, NULL, &shot->bytes));
	/* Postfix has none before it took a recipient */
	macros_set(&speech->macros, "i", QUEUE_ID);
	say(shot, speech_data(speech, &shot->bytes));
	for (size_t i = 0; i < letter->n_fields; i++)
		say_field(shot, speech, letter->fields[i]);
	say(shot, speech_eoh(speech, &shot->bytes));
	say_body(shot, speech, letter->body);
	say(shot, speech_end(speech, SPAN(""), &shot->bytes));
}

static void
find_numbers(struct shot *shot)
{
	unsigned char *end = shot->bytes.p + shot->bytes.n;
	unsigned char *p = shot->bytes.p;

	shot->numbers = fatal_calloc(shot->bytes.n / NUMBER_DIGITS + 1,
	    sizeof(*shot->numbers));
	while ((p = memmem(p, (size_t)(end - p), NUMBER, NUMBER_DIGITS)) !=
	    NULL) {
		shot->numbers[shot->n_numbers++] = (size_t)(p - shot->bytes.p);
		p += NUMBER_DIGITS;
	}
}

struct shot *
shot_new(struct speech *speech, const struct letter *letter,
    const char *from, const char *rcpt)
{
	struct shot *shot = fatal_calloc(1, sizeof(*shot));

	say_all(shot, speech, letter, from, rcpt);
	if (buffer_failed(&shot->bytes) || speech->macros.failed)
		fatal("out of memory");
	find_numbers(shot);
	return shot;
}

void
shot_renew(struct shot *shot, uint32_t number)
{
	unsigned char digits[NUMBER_DIGITS];

	for (size_t i = NUMBER_DIGITS; i-- > 0; number >>= 4)
		digits[i] = (unsigned char)"0123456789ABCDEF"[number & 0xf];
	for (size_t i = 0; i < shot->n_numbers; i++)
		memcpy(shot->bytes.p + shot->numbers[i], digits,
		    sizeof(digits));
}

void
shot_free(struct shot **shot)
{
	if (*shot == NULL)
		return;
	buffer_deinit(&(*shot)->bytes);
	free((*shot)->numbers);
	free(*shot);
	*shot = NULL;
}
