/*
 * letter.c: one header, and prose drawn from a list of words by a generator
 * of fixed seed.
 */
#include <stdlib.h>
#include <string.h>

#include "fatal.h"
#include "letter.h"

#define SEED 6376u
#define MIN_COLUMNS 60u
#define MAX_COLUMNS 76u

static const char header[] =
    "Return-Path: <bounces+4711@news.sender.example>\r\n"
    "Received: from out3.sender.example (out3.sender.example [192.0.2.33])\r\n"
    "\tby mx1.receiver.example (Postfix) with ESMTPS id 4XkQ2v0dLzJ1;\r\n"
    "\tTue, 14 Nov 2023 22:13:19 +0000 (UTC)\r\n"
    "Received: from app7 (unknown [198.51.100.7])\r\n"
    "\tby out3.sender.example with ESMTPA id 1F2E3D4C\r\n"
    "\tfor <reader@receiver.example>; Tue, 14 Nov 2023 22:13:18 +0000\r\n"
    "Date: Tue, 14 Nov 2023 22:13:18 +0000\r\n"
    "From: \"The Weekly Letter\" <letter@sender.example>\r\n"
    "Reply-To: editors@sender.example\r\n"
    "To: A Reader <reader@receiver.example>\r\n"
    "Cc: archive@receiver.example, second.reader@receiver.example\r\n"
    "Subject: This week: what the tide brought in,  and what it took away\r\n"
    "Message-ID: <20231114221318.1F2E3D4C@sender.example>\r\n"
    "In-Reply-To: <20231107221318.0A1B2C3D@sender.example>\r\n"
    "References: <20231031221318.99887766@sender.example>\r\n"
    " <20231107221318.0A1B2C3D@sender.example>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "List-Id: The Weekly Letter <weekly.sender.example>\r\n"
    "List-Unsubscribe: <https://sender.example/leave?id=4711>\r\n"
    "X-Mailer: Letterpress 3.2\r\n"
    "\r\n";

static const char *const words[] = {
	"a", "after", "and", "anchor", "as", "autumn", "before", "boat",
	"bread", "by", "candle", "coast", "evening", "far", "fishermen", "for",
	"from", "garden", "had", "harbour", "in", "it", "kept", "letters",
	"lighthouse", "long", "made", "morning", "nobody", "of", "old", "on",
	"one", "past", "quietly", "remembered", "river", "said", "sea", "she",
	"slowly", "that", "the", "their", "then", "to", "under", "until",
	"very", "village", "was", "water", "weather", "were", "what", "when",
	"which", "wind", "winter", "with", "without", "would", "years", "yet",
};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

/* xorshift32: good enough to make prose uneven, and the same everywhere. */
static uint32_t
roll(struct letter_stream *stream, uint32_t sides)
{
	uint32_t x = stream->dice;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	stream->dice = x;
	return x % sides;
}

/* A line of prose without its end; one in ten is empty. */
static size_t
put_prose(struct letter_stream *stream, unsigned char *line)
{
	uint32_t columns;
	size_t n = 0;

	if (roll(stream, 10) == 0)
		return 0;
	columns = MIN_COLUMNS + roll(stream, MAX_COLUMNS - MIN_COLUMNS + 1);
	for (;;) {
		const char *word = words[roll(stream, N_WORDS)];
		size_t length = strlen(word);

		if (n + 2 + length > columns)
			break;
		if (n > 0) {
			line[n++] = ' ';
			if (roll(stream, 30) == 0)
				line[n++] = ' ';
		}
		memcpy(line + n, word, length);
		n += length;
	}
	if (roll(stream, 50) == 0)
		line[n++] = ' ';
	return n;
}

/* A line with its end, at most LETTER_LINE octets.  The last one is cut or
 * filled up so that the size comes out. */
static size_t
put_line(struct letter_stream *stream, unsigned char *line)
{
	size_t n = put_prose(stream, line) + 2;

	if (n > stream->left || stream->left - n < 3) {
		if (n < stream->left)
			memset(line + n - 2, '.', stream->left - n);
		n = stream->left;
	}
	line[n - 2] = '\r';
	line[n - 1] = '\n';
	stream->left -= n;
	return n;
}

struct span
letter_stream_init(struct letter_stream *stream, size_t n)
{
	struct span top = span_of(header, sizeof(header) - 1);

	stream->left = n - top.n;
	stream->dice = SEED;
	return top;
}

size_t
letter_stream_read(struct letter_stream *stream, unsigned char *chunk,
    size_t size)
{
	size_t n = 0;

	while (stream->left > 0 && size - n >= LETTER_LINE)
		n += put_line(stream, chunk + n);
	return n;
}

/* Find the fields and the body in the text. */
static void
cut(struct letter *letter)
{
	const unsigned char *start = letter->text;
	const unsigned char *end = letter->text + letter->n;

	for (const unsigned char *p = start; p + 2 < end; p++) {
		if (p[0] != '\r' || p[1] != '\n' || byte_is_wsp(p[2]))
			continue;
		letter->fields[letter->n_fields++] =
		    span_of(start, (size_t)(p - start));
		start = p + 2;
		if (p[2] != '\r')
			continue;
		start += 2; /* the empty line */
		letter->body = span_of(start, (size_t)(end - start));
		return;
	}
}

#define MAX_FIELDS 32 /* more than the header has, with a signature */

static struct letter *
letter_of_size(size_t n)
{
	struct letter *letter = fatal_calloc(1, sizeof(*letter));

	letter->n = n;
	letter->text = fatal_calloc(n + LETTER_LINE, 1);
	letter->fields = fatal_calloc(MAX_FIELDS, sizeof(*letter->fields));
	return letter;
}

struct letter *
letter_new(size_t n)
{
	struct letter *letter = letter_of_size(n);
	struct letter_stream stream;
	struct span top = letter_stream_init(&stream, n);

	memcpy(letter->text, top.p, top.n);
	/* the room for one more line lets the stream run to its end */
	letter_stream_read(&stream, letter->text + top.n,
	    n - top.n + LETTER_LINE);
	cut(letter);
	return letter;
}

struct letter *
letter_copy(const struct letter *letter)
{
	struct letter *copy = letter_of_size(letter->n);

	memcpy(copy->text, letter->text, letter->n);
	cut(copy);
	return copy;
}

struct letter *
letter_with_field(const struct letter *letter, struct span field)
{
	struct letter *copy = letter_of_size(field.n + 2 + letter->n);

	memcpy(copy->text, field.p, field.n);
	memcpy(copy->text + field.n, "\r\n", 2);
	memcpy(copy->text + field.n + 2, letter->text, letter->n);
	cut(copy);
	return copy;
}

void
letter_damage(struct letter *letter)
{
	size_t body_at = letter->n - letter->body.n;

	letter->text[body_at + letter->body.n / 2] ^= 0x40;
}

void
letter_free(struct letter **letter)
{
	if (*letter == NULL)
		return;
	free((*letter)->text);
	free((*letter)->fields);
	free(*letter);
	*letter = NULL;
}
