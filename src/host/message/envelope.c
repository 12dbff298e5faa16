/*
 * envelope.c: who sent a message, and to whom.
 *
 * Addresses are kept without brackets; command lines are made when asked for.
 * A recipient that was removed stays in the list, marked: positions hold while
 * hooks go through it, edits can be told, and adding it again undoes it.
 */
#include "host/message/envelope.h"

#include "host/message/state.h"
#include "host/types/alloc.h"

#include <limits.h>
#include <stdlib.h>

/* Nothing that could end a command or a bracket. */
static bool
is_address(struct span address)
{
	for (size_t i = 0; i < address.n; i++) {
		unsigned char c = address.p[i];

		if (c <= ' ' || c == 0x7f || c == '<' || c == '>')
			return false;
	}
	return address.n <= MESSAGE_ADDRESS_BYTES;
}

/* "MAIL FROM:<a@b> SIZE=1", "<a@b>", "a@b": the address. */
static bool
find_address(struct span text, struct span *address_r)
{
	size_t open = span_find(text, '<');

	if (open < text.n) {
		text = span_from(text, open + 1);
		text.n = span_find(text, '>');
	} else {
		/* "RCPT TO: a@b" */
		size_t colon = span_find(text, ':');

		if (colon < text.n && colon < span_find(text, '@'))
			text = span_from(text, colon + 1);
		text = span_trim_fws(text);
	}
	*address_r = text;
	return is_address(text);
}

static size_t
last_at(struct span address)
{
	size_t n = address.n;

	while (n > 0 && address.p[n - 1] != '@')
		n--;
	return n > 0 ? n - 1 : address.n;
}

struct span
envelope_localpart(struct span address)
{
	return span_first(address, last_at(address));
}

struct span
envelope_domain(struct span address)
{
	size_t at = last_at(address);

	return at < address.n ? span_from(address, at + 1) : SPAN("");
}

static char *
lower_text(ec_message *msg, struct span s)
{
	char *text = message_text(msg, s);

	for (size_t i = 0; i < s.n; i++)
		text[i] = (char)byte_lower((unsigned char)text[i]);
	return text;
}

/* Domains are compared without case, local parts with (RFC 5321 2.4). */
static bool
same_address(const struct recipient *rcpt, struct span address)
{
	struct span known = span_of_text(rcpt->address);

	return span_eq(envelope_localpart(known),
	    envelope_localpart(address)) &&
	    span_ieq(envelope_domain(known), envelope_domain(address));
}

static struct recipient *
find_rcpt(ec_message *msg, struct span address)
{
	struct message_state *state = msg->_state;

	for (size_t i = 0; i < state->rcpt_count; i++) {
		if (same_address(&state->rcpts[i], address))
			return &state->rcpts[i];
	}
	return NULL;
}

static bool
append_rcpt(ec_message *msg, struct span address, bool came)
{
	struct message_state *state = msg->_state;

	if (state->rcpt_count >= MESSAGE_RCPTS)
		return false;
	if (state->rcpt_count == state->rcpt_room) {
		state->rcpt_room = state->rcpt_room == 0 ? 4 :
		    state->rcpt_room * 2;
		state->rcpts = xrealloc(state->rcpts,
		    state->rcpt_room * sizeof(*state->rcpts));
	}
	state->rcpts[state->rcpt_count++] = (struct recipient){
		.address = message_text(msg, address),
		.domain = lower_text(msg, envelope_domain(address)),
		.came = came,
	};
	return true;
}

int
message_came_from(ec_message *msg, const char *address)
{
	struct span found;

	if (!find_address(span_of_text(address), &found))
		return 1;
	msg->_state->mailfrom = message_text(msg, found);
	msg->_state->mailfrom_came = msg->_state->mailfrom;
	return 0;
}

int
message_came_to(ec_message *msg, const char *address)
{
	struct span found;

	if (!find_address(span_of_text(address), &found) || found.n == 0)
		return 1;
	if (find_rcpt(msg, found) != NULL)
		return 0; /* mail goes to each recipient once */
	return append_rcpt(msg, found, true) ? 0 : 1;
}

/* The rcpt at a position among those that are wanted. */
static struct recipient *
rcpt_at(ec_message *msg, int index)
{
	struct message_state *state = msg->_state;

	for (size_t i = 0; i < state->rcpt_count; i++) {
		if (!state->rcpts[i].removed && index-- == 0)
			return &state->rcpts[i];
	}
	return NULL;
}

int
ec_message_rcpt_count(ec_message *msg)
{
	int n = 0;

	for (size_t i = 0; i < msg->_state->rcpt_count; i++)
		n += msg->_state->rcpts[i].removed ? 0 : 1;
	return n;
}

const char *
ec_message_rcpt(ec_message *msg, int index)
{
	struct recipient *rcpt = index < 0 ? NULL : rcpt_at(msg, index);

	return rcpt == NULL ? NULL : rcpt->address;
}

const char *
ec_message_rcpt_domain(ec_message *msg, int index)
{
	struct recipient *rcpt = index < 0 ? NULL : rcpt_at(msg, index);

	return rcpt == NULL ? NULL : rcpt->domain;
}

int
ec_message_rcpt_add(ec_message *msg, const char *address)
{
	struct recipient *known;
	struct span found;

	if (address == NULL || !find_address(span_of_text(address), &found) ||
	    found.n == 0)
		return 0;
	known = find_rcpt(msg, found);
	if (known == NULL)
		return append_rcpt(msg, found, false);
	if (!known->removed)
		return 0;
	known->removed = false;
	return 1;
}

int
ec_message_rcpt_remove(ec_message *msg, const char *address)
{
	struct recipient *rcpt;
	struct span found;

	if (address == NULL || !find_address(span_of_text(address), &found))
		return 0;
	rcpt = find_rcpt(msg, found);
	if (rcpt == NULL || rcpt->removed)
		return 0;
	rcpt->removed = true;
	return 1;
}

int
message_rcpt_position(ec_message *msg, const char *address)
{
	struct message_state *state = msg->_state;
	struct span found;
	int position = 0;

	if (!find_address(span_of_text(address), &found))
		return -1;
	for (size_t i = 0; i < state->rcpt_count; i++) {
		if (state->rcpts[i].removed)
			continue;
		if (same_address(&state->rcpts[i], found))
			return position;
		position++;
	}
	return -1;
}

/* "The" recipient: the chosen one, else the first; NULL when there is none. */
static struct recipient *
the_rcpt(ec_message *msg)
{
	struct message_state *state = msg->_state;

	if (state->rcpt_current < state->rcpt_count &&
	    !state->rcpts[state->rcpt_current].removed)
		return &state->rcpts[state->rcpt_current];
	return rcpt_at(msg, 0);
}

void
message_choose_rcpt(ec_message *msg, size_t index)
{
	msg->_state->rcpt_current = index;
}

void
message_forget_rcpt(ec_message *msg, size_t index)
{
	msg->_state->rcpt_count = index;
}

void
message_drop_chosen(ec_message *msg)
{
	struct recipient *rcpt = the_rcpt(msg);

	if (rcpt != NULL)
		rcpt->removed = true;
}

size_t
message_rcpts(const ec_message *msg)
{
	return msg->_state->rcpt_count;
}

bool
message_rcpt_info(const ec_message *msg, size_t index,
    struct envelope_rcpt *rcpt_r)
{
	const struct recipient *rcpt = &msg->_state->rcpts[index];

	rcpt_r->address = rcpt->address;
	rcpt_r->came = rcpt->came;
	rcpt_r->removed = rcpt->removed;
	return !rcpt->removed;
}

const char *
message_mailfrom(const ec_message *msg)
{
	return msg->_state->mailfrom;
}

bool
message_mailfrom_changed(const ec_message *msg)
{
	const struct message_state *state = msg->_state;

	return state->mailfrom != state->mailfrom_came &&
	    (state->mailfrom_came == NULL ||
	    strcmp(state->mailfrom, state->mailfrom_came) != 0);
}

static char *
command_line(ec_message *msg, const char *verb, const char *address)
{
	char *line = arena_printf(&msg->_state->arena, "%s:<%s>\r\n", verb,
	    address);

	return line != NULL ? line : xmalloc(SIZE_MAX);
}

const char *
ec_message_get_mailfrom(ec_message *msg)
{
	return msg->_state->mailfrom == NULL ? NULL :
	    command_line(msg, "MAIL FROM", msg->_state->mailfrom);
}

const char *
ec_message_get_rcptto(ec_message *msg)
{
	struct recipient *rcpt = the_rcpt(msg);

	return rcpt == NULL ? NULL :
	    command_line(msg, "RCPT TO", rcpt->address);
}

static int
set_from(ec_message *msg, struct span address)
{
	msg->_state->mailfrom = message_text(msg, address);
	return 1;
}

/* Another recipient instead of "the" one, or the first one of all; a module
 * that names one who is there already has just dropped the old one. */
static int
set_to(ec_message *msg, struct span address)
{
	struct message_state *state = msg->_state;
	struct recipient *old = the_rcpt(msg);
	char *text = message_text(msg, address);

	if (address.n == 0)
		return 0;
	if (old != NULL && same_address(old, address))
		return 1;
	if (old != NULL)
		old->removed = true;
	(void)ec_message_rcpt_add(msg, text);
	for (size_t i = 0; i < state->rcpt_count; i++) {
		if (same_address(&state->rcpts[i], address))
			message_choose_rcpt(msg, i);
	}
	return 1;
}

static int
set_address(ec_message *msg, int flags, struct span text)
{
	struct span address;

	if (!find_address(text, &address))
		return 0;
	switch (flags & (EC_MSG_ENV_FROM | EC_MSG_ENV_TO)) {
	case EC_MSG_ENV_FROM:
		return set_from(msg, address);
	case EC_MSG_ENV_TO:
		return set_to(msg, address);
	default:
		return 0;
	}
}

static struct span
measured(const char *text, int len)
{
	if (text == NULL)
		return SPAN("");
	return len < 0 ? span_of_text(text) : span_of(text, (size_t)len);
}

static int
set_line(ec_message *msg, int flags, const char *str, int len, int take)
{
	int ok = str != NULL && set_address(msg, flags, measured(str, len));

	if (take != 0)
		ec_free(MEMTYPE_MESSAGE_BODY, (void *)(uintptr_t)str);
	return ok;
}

int
ec_message_set_mailfrom(ec_message *msg, const char *str, int len,
    int take_buffer)
{
	return set_line(msg, EC_MSG_ENV_FROM, str, len, take_buffer);
}

int
ec_message_set_rcptto(ec_message *msg, const char *str, int len,
    int take_buffer)
{
	return set_line(msg, EC_MSG_ENV_TO, str, len, take_buffer);
}

/* The sender or "the" recipient; false when there is none. */
static bool
get_address(ec_message *msg, int flags, struct span *address_r)
{
	struct recipient *rcpt;

	switch (flags & (EC_MSG_ENV_FROM | EC_MSG_ENV_TO)) {
	case EC_MSG_ENV_FROM:
		if (msg->_state->mailfrom == NULL)
			return false;
		*address_r = span_of_text(msg->_state->mailfrom);
		return true;
	case EC_MSG_ENV_TO:
		rcpt = the_rcpt(msg);
		if (rcpt == NULL)
			return false;
		*address_r = span_of_text(rcpt->address);
		return true;
	default:
		return false;
	}
}

int
ec_message_set_envelope(ec_message *msg, int flags, const char *localpart,
    int llen, const char *domain, int dlen)
{
	struct span local = measured(localpart, llen), dom;
	struct span old = SPAN("");
	char *joined;

	if ((flags & EC_MSG_ENV_COMPLETE) != 0)
		return set_address(msg, flags, local);
	(void)get_address(msg, flags, &old);
	if (localpart == NULL && domain == NULL)
		return set_address(msg, flags, SPAN("<>"));
	if (localpart == NULL)
		local = envelope_localpart(old);
	dom = domain == NULL ? envelope_domain(old) : measured(domain, dlen);
	if (local.n > MESSAGE_ADDRESS_BYTES || dom.n > MESSAGE_ADDRESS_BYTES)
		return 0;
	joined = arena_printf(&msg->_state->arena, "<%.*s%s%.*s>",
	    (int)local.n, (const char *)local.p, dom.n > 0 ? "@" : "",
	    (int)dom.n, (const char *)dom.p);
	return joined != NULL &&
	    set_address(msg, flags, span_of_text(joined));
}

static bool
copy_out(struct span text, char *out, int room)
{
	if (out == NULL)
		return true;
	if (room < 1 || text.n >= (size_t)room)
		return false;
	if (text.n > 0)
		memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return true;
}

int
ec_message_get_envelope(ec_message *msg, int flags, char *localpart, int llen,
    char *domain, int dlen, int *isnull)
{
	struct span address;

	if (!get_address(msg, flags, &address))
		return 0;
	if (isnull != NULL)
		*isnull = address.n == 0;
	if ((flags & EC_MSG_ENV_COMPLETE) != 0)
		return copy_out(address, localpart, llen);
	return copy_out(envelope_localpart(address), localpart, llen) &&
	    copy_out(envelope_domain(address), domain, dlen);
}

static void
write_out(struct span text, string *out)
{
	if (out == NULL)
		return;
	string_truncate(out, 0);
	(void)stringwrite2(out, (const char *)text.p, text.n);
}

int
ec_message_get_envelope2(ec_message *msg, int flags, string *localpart,
    string *domain, int *isnull)
{
	struct span address;

	if (!get_address(msg, flags, &address))
		return 0;
	if (isnull != NULL)
		*isnull = address.n == 0;
	if ((flags & EC_MSG_ENV_COMPLETE) != 0) {
		write_out(address, localpart);
		return 1;
	}
	write_out(envelope_localpart(address), localpart);
	write_out(envelope_domain(address), domain);
	return 1;
}

static const char *
routing_domain(ec_message *msg)
{
	struct recipient *rcpt = the_rcpt(msg);

	if (msg->_state->routing_domain != NULL)
		return msg->_state->routing_domain;
	return rcpt == NULL || rcpt->domain[0] == '\0' ? NULL : rcpt->domain;
}

int
ec_message_get_routing_domain(ec_message *msg, char *domain, int dlen)
{
	const char *found = routing_domain(msg);

	return found != NULL && copy_out(span_of_text(found), domain, dlen);
}

int
ec_message_get_routing_domain2(ec_message *msg, string *domain)
{
	const char *found = routing_domain(msg);

	if (found == NULL)
		return 0;
	write_out(span_of_text(found), domain);
	return 1;
}

int
ec_message_set_routing_domain(ec_message *msg, const char *domain)
{
	struct span text = span_of_text(domain != NULL ? domain : "");

	if (!is_address(text))
		return 0;
	msg->_state->routing_domain = text.n == 0 ? NULL :
	    lower_text(msg, text);
	return 1;
}

void
ec_message_change_binding_slot(ec_message *msg, ec_binding_slot slot)
{
	msg->binding_slot = slot;
}

int
ec_message_is_mcmt(ec_message *msg)
{
	(void)msg;
	return 0;
}

const char *
ec_message_get_delivery_method(ec_message *msg)
{
	(void)msg;
	return "smtp";
}

const char *
ec_message_get_pathway(ec_message *msg)
{
	const char *pathway = ec_message_context_get(msg, ECMESS_CTX_CONN,
	    "pathway");

	return pathway[0] != '\0' ? pathway : "default";
}
