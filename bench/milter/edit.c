/*
 * edit.c: reading each kind of edit.
 */
#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>
#include <stdlib.h>

#include "edit.h"
#include "packet.h"

static const struct row {
	char reply;
	enum edit_kind kind;
	bool index; /* a number comes first */
	bool name;
	bool value;
	bool optional; /* the value may be left out */
} rows[] = {
	{ SMFIR_ADDHEADER, EDIT_ADD, .name = true, .value = true },
	{ SMFIR_INSHEADER, EDIT_INSERT, .index = true, .name = true,
	    .value = true },
	{ SMFIR_CHGHEADER, EDIT_CHANGE, .index = true, .name = true,
	    .value = true },
	{ SMFIR_REPLBODY, EDIT_BODY, .value = true },
	{ SMFIR_CHGFROM, EDIT_FROM, .name = true, .value = true,
	    .optional = true },
	{ SMFIR_ADDRCPT, EDIT_RCPT_ADD, .name = true },
	{ SMFIR_ADDRCPT_PAR, EDIT_RCPT_ADD, .name = true, .value = true,
	    .optional = true },
	{ SMFIR_DELRCPT, EDIT_RCPT_DELETE, .name = true },
	{ SMFIR_QUARANTINE, EDIT_QUARANTINE, .value = true },
};

static const struct row *
row_of(char reply)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].reply == reply)
			return &rows[i];
	}
	return NULL;
}

bool
edit_is_reply(char reply)
{
	return row_of(reply) != NULL;
}

static int
parse(const struct row *row, struct span data, struct edit *edit_r)
{
	struct packet_reader reader = packet_read(data);

	*edit_r = (struct edit){ .kind = row->kind, .name = SPAN(""),
		.value = SPAN("") };
	if (row->kind == EDIT_BODY) {
		edit_r->value = data;
		return 0;
	}
	if (row->index)
		edit_r->index = packet_take_long(&reader);
	if (row->name)
		edit_r->name = packet_take_text(&reader);
	if (row->value && (!row->optional || reader.rest.n > 0))
		edit_r->value = packet_take_text(&reader);
	return packet_is_done(&reader) ? 0 : -1;
}

static int
grow(struct edit_list *list)
{
	size_t room = list->room == 0 ? 16 : 2 * list->room;
	struct edit *items;
	struct span *packets;

	items = realloc(list->items, room * sizeof(*items));
	if (items == NULL)
		return -1;
	list->items = items;
	packets = realloc(list->packets, room * sizeof(*packets));
	if (packets == NULL)
		return -1;
	list->packets = packets;
	list->room = room;
	return 0;
}

int
edit_list_add(struct edit_list *list, char reply, struct span data)
{
	const struct row *row = row_of(reply);
	unsigned char *copy;

	if (row == NULL || list->n == EDIT_LIST_MAX)
		return -1;
	if (list->n == list->room && grow(list) != 0)
		return -1;
	copy = malloc(data.n + 1);
	if (copy == NULL)
		return -1;
	if (data.n > 0)
		memcpy(copy, data.p, data.n);
	list->packets[list->n_packets++] = span_of(copy, data.n);
	if (parse(row, span_of(copy, data.n), &list->items[list->n]) != 0)
		return -1;
	list->n++;
	return 0;
}

void
edit_list_clear(struct edit_list *list)
{
	for (size_t i = 0; i < list->n_packets; i++)
		free((void *)list->packets[i].p);
	list->n = list->n_packets = 0;
}

void
edit_list_deinit(struct edit_list *list)
{
	edit_list_clear(list);
	free(list->items);
	free(list->packets);
	*list = (struct edit_list){ 0 };
}

const char *
edit_kind_name(enum edit_kind kind)
{
	static const char *const names[EDIT_KINDS] = {
		[EDIT_ADD] = "add",
		[EDIT_INSERT] = "insert",
		[EDIT_CHANGE] = "change",
		[EDIT_BODY] = "body",
		[EDIT_FROM] = "from",
		[EDIT_RCPT_ADD] = "add-rcpt",
		[EDIT_RCPT_DELETE] = "delete-rcpt",
		[EDIT_QUARANTINE] = "quarantine",
	};

	return names[kind];
}
