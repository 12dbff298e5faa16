/*
 * packet.h: the milter protocol's packets, written and read.
 *
 * A packet is a length of four octets (of what follows), an octet that says
 * which command or reply it is, and its data: numbers with the high octet
 * first, and texts that end with a NUL.
 *
 * Reading has a failure that sticks: read every part, then ask once.
 */
#ifndef BENCH_MILTER_PACKET_H
#define BENCH_MILTER_PACKET_H

#include "base/buffer.h"

/* What a packet may hold at most.  Header fields and macros are longer than a
 * body chunk at times; a filter that announces more than this is broken. */
#define PACKET_MAX (1024 * 1024)

/* The octets before the data: the length and the command. */
#define PACKET_HEAD 5

/* Begin a packet at the end of a buffer; what it returns is for packet_end,
 * which fills in the length. */
size_t packet_begin(struct buffer *out, char command);
void packet_end(struct buffer *out, size_t start);

void packet_add_octet(struct buffer *out, unsigned char octet);
void packet_add_short(struct buffer *out, uint16_t number);
void packet_add_long(struct buffer *out, uint32_t number);
/* With its NUL. */
void packet_add_text(struct buffer *out, const char *text);
/* As a text: cut at the first NUL, for no text of the protocol holds one. */
void packet_add_span_text(struct buffer *out, struct span s);

/* A whole packet without data. */
void packet_add_bare(struct buffer *out, char command);

/* The length that the first four octets tell. */
uint32_t packet_length(const unsigned char *octets);

struct packet_reader {
	struct span rest;
	bool failed;
};

struct packet_reader packet_read(struct span data);
uint32_t packet_take_long(struct packet_reader *reader);
/* Without its NUL; a text that lacks it is a failure. */
struct span packet_take_text(struct packet_reader *reader);
/* At the end, and nothing failed. */
bool packet_is_done(const struct packet_reader *reader);

#endif
