/*
 * callbacks_test.c: an MTA's events in every order that an MTA has been seen
 * to send them in, and what it is answered.
 */
#include "../../host/validation/fixture.h"
#include "fake_milter.h"

#include "frontends/milter/callbacks.h"
#include "frontends/milter/connection.h"
#include "frontends/milter/inflight.h"
#include "host/message/message.h"
#include "rfc2822_parser.h"

#include <arpa/inet.h>
#include <pthread.h>

#define OFFERED (SMFIP_NODATA | SMFIP_NOUNKNOWN | SMFIP_SKIP | \
	SMFIP_HDR_LEADSPC | SMFIP_NR_HDR | SMFIP_NR_EOH | SMFIP_NR_BODY)

static struct smfiDesc mail;
static SMFICTX mta;
static const SMFICTX fresh;
static struct {
	unsigned long actions, protocol;
} agreed;

static int
begin_here(void **state)
{
	mail = callbacks_description();
	mta = fresh;
	return begin(state);
}

static int
end_here(void **state)
{
	(void)mail.xxfi_close(&mta);
	assert_null(mta.priv);
	assert_int_equal(inflight_count(), 0);
	return end(state);
}

static void
negotiates(unsigned long actions, unsigned long protocol)
{
	unsigned long f2 = 1, f3 = 1;

	assert_int_equal(mail.xxfi_negotiate(&mta, actions, protocol, 0, 0,
	    &agreed.actions, &agreed.protocol, &f2, &f3), SMFIS_CONTINUE);
	assert_int_equal(f2, 0);
	assert_int_equal(f3, 0);
}

static sfsistat
connects(void)
{
	struct sockaddr_in client = { .sin_family = AF_INET };
	char name[] = "client.test";

	client.sin_addr.s_addr = htonl(0xc0000201);
	return mail.xxfi_connect(&mta, name, (struct sockaddr *)&client);
}

static sfsistat
says_helo(void)
{
	char name[] = "c.test";

	return mail.xxfi_helo(&mta, name);
}

static sfsistat
says_mail(const char *address)
{
	char sender[64], size[] = "SIZE=9", body[] = "BODY=8BITMIME";
	char *argv[] = { sender, size, body, NULL };

	(void)snprintf(sender, sizeof(sender), "%s", address);
	return mail.xxfi_envfrom(&mta, argv);
}

static sfsistat
says_rcpt(const char *address)
{
	char rcpt[64];
	char *argv[] = { rcpt, NULL };

	(void)snprintf(rcpt, sizeof(rcpt), "%s", address);
	return mail.xxfi_envrcpt(&mta, argv);
}

static sfsistat
gives_field(const char *field_name, const char *field_value)
{
	return mail.xxfi_header(&mta, (char *)(uintptr_t)field_name,
	    (char *)(uintptr_t)field_value);
}

static sfsistat
gives_message(void)
{
	unsigned char body[] = "body\r\n";

	mta.said[0] = '\0';
	assert_int_equal(gives_field("From", " f@a.test"), SMFIS_NOREPLY);
	assert_int_equal(gives_field("Subject", " s\n\tt"), SMFIS_NOREPLY);
	assert_int_equal(mail.xxfi_eoh(&mta), SMFIS_NOREPLY);
	assert_int_equal(mail.xxfi_body(&mta, body, 6), SMFIS_CONTINUE);
	return mail.xxfi_eom(&mta);
}

static void
begins_message(void)
{
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_CONTINUE);
	assert_int_equal(says_rcpt("<t@b.test>"), SMFIS_CONTINUE);
	assert_int_equal(inflight_count(), 1);
}

/* what the modules of the fixture do */

static const char *at;
static int with_code;
static const char *with_note;
static void (*edit)(ec_message *msg);

static int
do_it(const struct scene *scene)
{
	if (strcmp(scene->module, "one") != 0 || strcmp(scene->hook, at) != 0)
		return VALIDATE_CONT;
	if (with_code != 0)
		(void)validate_context_set_code(scene->ctx, with_code,
		    with_note);
	if (edit != NULL)
		edit(scene->msg);
	return VALIDATE_CONT;
}

static void
module_refuses(const char *hook, int code, const char *note)
{
	act = do_it;
	at = hook;
	with_code = code;
	with_note = note;
	edit = NULL;
}

static void
module_edits(void (*how)(ec_message *msg))
{
	act = do_it;
	at = "core_final_validation";
	with_code = 0;
	edit = how;
}

static void
two_fields_above_all(ec_message *msg)
{
	ec_message_part *part = ec_message_get_first_part(msg, 1);
	rfc2822_context *ctx = ec_message_get_headers(part, 0);

	rfc2822_prepend_header(ctx, rfc2822_parse_header("Second: 2", 9));
	rfc2822_prepend_header(ctx, rfc2822_parse_header(
	    "First: 1\r\n\tx", 12));
	ec_message_part_touch(part, EC_MSG_HDR_ADD);
}

static void
another_body(ec_message *msg)
{
	assert_int_equal(ec_message_set_body(msg, "new\r\n", 5), 1);
}

static void
no_body(ec_message *msg)
{
	assert_int_equal(ec_message_set_body(msg, "", 0), 1);
}

static void
is_discarded(ec_message *msg)
{
	ec_message_discard(msg, "not wanted");
}

/* negotiation */

static void
asks_an_mta_for_what_it_offers_and_no_more(void **state)
{
	static const struct {
		unsigned long actions, protocol, actions_wanted,
		    protocol_wanted;
		bool macros;
	} cases[] = {
		/* Postfix 3, Sendmail 8.17 */
		{ 0x1ff, 0x1fffff, 0x17f, SMFIP_NODATA | SMFIP_NOUNKNOWN |
		  SMFIP_HDR_LEADSPC | SMFIP_NR_HDR | SMFIP_NR_EOH, true },
		/* Sendmail 8.13: protocol 2; libmilter fakes the silence */
		{ 0x3f, 0x7f, 0x3f, SMFIP_NR_HDR | SMFIP_NR_EOH, false },
		{ 0, 0, 0, SMFIP_NR_HDR | SMFIP_NR_EOH, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		mta.symbols[0] = '\0';
		negotiates(cases[i].actions, cases[i].protocol);
		assert_int_equal(agreed.actions, cases[i].actions_wanted);
		assert_int_equal(agreed.protocol, cases[i].protocol_wanted);
		assert_int_equal(mta.symbols[0] != '\0', cases[i].macros);
		if (cases[i].macros)
			assert_non_null(strstr(mta.symbols, "2:i {auth"));
		(void)mail.xxfi_close(&mta);
	}
}

/* orders of events */

static void
a_whole_conversation_gets_its_edits(void **state)
{
	(void)state;
	negotiates(0x1ff, OFFERED);
	module_edits(two_fields_above_all);
	assert_int_equal(connects(), SMFIS_CONTINUE);
	assert_int_equal(says_helo(), SMFIS_CONTINUE);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_string_equal(mta.said, "insheader 0 Second: 2\n"
	    "insheader 0 First: 1\n\tx\n");
	assert_int_equal(inflight_count(), 0);
}

static void
a_message_that_nobody_edited_costs_nothing(void **state)
{
	(void)state;
	negotiates(0x1ff, OFFERED);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_string_equal(mta.said, "");
}

static void
health_checks_that_say_little_are_fine(void **state)
{
	(void)state;
	assert_int_equal(mail.xxfi_close(&mta), SMFIS_CONTINUE);
	negotiates(0x1ff, OFFERED);
	assert_int_equal(mail.xxfi_close(&mta), SMFIS_CONTINUE);
	assert_int_equal(mail.xxfi_abort(&mta), SMFIS_CONTINUE);
	assert_int_equal(connects(), SMFIS_CONTINUE);
	assert_int_equal(mail.xxfi_close(&mta), SMFIS_CONTINUE);
	assert_int_equal(mail.xxfi_close(&mta), SMFIS_CONTINUE);
}

/* HELO is left out when the client did not say it, the connection when the
 * administrator of the MTA turned the event off. */
static void
left_out_events_are_not_missed(void **state)
{
	(void)state;
	negotiates(0x1ff, OFFERED);
	assert_int_equal(connects(), SMFIS_CONTINUE);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	(void)mail.xxfi_close(&mta);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	(void)mail.xxfi_close(&mta);
	/* no recipient, no header, no body */
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_CONTINUE);
	assert_int_equal(mail.xxfi_eom(&mta), SMFIS_ACCEPT);
}

static void
events_without_any_beginning_do_no_harm(void **state)
{
	unsigned char body[] = "x";

	(void)state;
	assert_int_equal(says_rcpt("<t@b.test>"), SMFIS_REJECT);
	assert_int_equal(gives_field("From", " f"), SMFIS_NOREPLY);
	assert_int_equal(mail.xxfi_eoh(&mta), SMFIS_NOREPLY);
	assert_int_equal(mail.xxfi_body(&mta, body, 1), SMFIS_CONTINUE);
	assert_int_equal(mail.xxfi_eom(&mta), SMFIS_REJECT);
	assert_string_equal(mta.reply, "503 5.5.1 out of order");
}

static void
a_null_sender_is_a_sender(void **state)
{
	(void)state;
	assert_int_equal(says_mail("<>"), SMFIS_CONTINUE);
	assert_int_equal(says_rcpt("<t@b.test>"), SMFIS_CONTINUE);
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
}

static void
a_client_without_an_address_may_not_relay(void **state)
{
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	char name[] = "localhost";

	(void)state;
	assert_int_equal(mail.xxfi_connect(&mta, name, NULL),
	    SMFIS_CONTINUE);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	(void)mail.xxfi_close(&mta);
	assert_int_equal(mail.xxfi_connect(&mta, name,
	    (struct sockaddr *)&local), SMFIS_CONTINUE);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
}

static char peer[64];

static int
look_at_peer(const struct scene *scene)
{
	if (strcmp(scene->hook, "core_validate_accept") == 0)
		(void)sockaddr_to_string_opt(&scene->ac->remote_addr.sa, peer,
		    sizeof(peer), EC_SA2S_NO_PORT);
	return VALIDATE_CONT;
}

/* An MTA that listens on an IPv6 socket alone may give mapped addresses. */
static void
an_ipv4_client_is_one_on_any_socket(void **state)
{
	static const struct {
		const char *address, *wanted;
	} cases[] = {
		{ "::ffff:192.0.2.1", "192.0.2.1" },
		{ "2001:db8::1", "2001:db8::1" },
	};
	char name[] = "c.test";

	(void)state;
	act = look_at_peer;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sockaddr_in6 client = { .sin6_family = AF_INET6 };

		assert_int_equal(inet_pton(AF_INET6, cases[i].address,
		    &client.sin6_addr), 1);
		assert_int_equal(mail.xxfi_connect(&mta, name,
		    (struct sockaddr *)&client), SMFIS_CONTINUE);
		assert_string_equal(peer, cases[i].wanted);
		(void)mail.xxfi_close(&mta);
	}
}

static void
an_abort_is_fine_at_every_point(void **state)
{
	unsigned char body[] = "x";

	(void)state;
	negotiates(0x1ff, OFFERED);
	assert_int_equal(connects(), SMFIS_CONTINUE);
	for (int point = 0; point < 6; point++) {
		if (point > 0)
			assert_int_equal(says_mail("<f@a.test>"),
			    SMFIS_CONTINUE);
		if (point > 1)
			assert_int_equal(says_rcpt("<t@b.test>"),
			    SMFIS_CONTINUE);
		if (point > 2)
			(void)gives_field("From", " f@a.test");
		if (point > 3)
			(void)mail.xxfi_eoh(&mta);
		if (point > 4)
			(void)mail.xxfi_body(&mta, body, 1);
		assert_int_equal(inflight_count(), point > 0);
		assert_int_equal(mail.xxfi_abort(&mta), SMFIS_CONTINUE);
		assert_int_equal(inflight_count(), 0);
		begins_message();
		assert_int_equal(gives_message(), SMFIS_ACCEPT);
	}
}

static void
a_connection_that_vanishes_takes_its_message_along(void **state)
{
	(void)state;
	assert_int_equal(connects(), SMFIS_CONTINUE);
	begins_message();
	(void)gives_field("From", " f@a.test");
	(void)mail.xxfi_close(&mta);
	assert_int_equal(inflight_count(), 0);
}

static void
a_message_that_another_one_replaces_counts_once(void **state)
{
	(void)state;
	begins_message();
	begins_message();
	assert_int_equal(says_helo(), SMFIS_CONTINUE);
	assert_int_equal(inflight_count(), 0);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
}

/* answers */

static void
refusals_are_said_in_their_own_words(void **state)
{
	static const struct {
		const char *hook;
		int code;
		const char *note;
		sfsistat wanted;
		const char *reply;
	} cases[] = {
		{ "core_validate_accept", 554, "no", SMFIS_REJECT,
		  "554 5.7.1 no" },
		{ "core_validate_ehlo", 450, "4.7.9 later", SMFIS_TEMPFAIL,
		  "450 4.7.9 later" },
		{ "core_validate_mailfrom", 550, "100% spam", SMFIS_REJECT,
		  "550 5.7.1 100%% spam" },
		{ "core_validate_rcptto", 421, "bye", SMFIS_TEMPFAIL,
		  "421 4.7.0 bye" },
		{ "core_validate_data", 550, "5.7.2 bad", SMFIS_REJECT,
		  "550 5.7.2 bad" },
		{ "core_final_validation", 451, NULL, SMFIS_TEMPFAIL,
		  "451 4.7.1 try again later" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sfsistat status;

		module_refuses(cases[i].hook, cases[i].code, cases[i].note);
		mta.reply[0] = '\0';
		status = connects();
		if (status == SMFIS_CONTINUE)
			status = says_helo();
		if (status == SMFIS_CONTINUE)
			status = says_mail("<f@a.test>");
		if (status == SMFIS_CONTINUE)
			status = says_rcpt("<t@b.test>");
		if (status == SMFIS_CONTINUE)
			status = gives_message();
		assert_int_equal(status, cases[i].wanted);
		assert_string_equal(mta.reply, cases[i].reply);
		(void)mail.xxfi_close(&mta);
	}
}

static int
hang_up(const struct scene *scene)
{
	if (strcmp(scene->hook, at) == 0) {
		(void)validate_context_set_code(scene->ctx, with_code, NULL);
		scene->ctx->disconnect = 1;
	}
	return VALIDATE_CONT;
}

/* 421 makes an MTA close; what is refused for good stays refused. */
static void
only_a_temporary_refusal_can_close_the_connection(void **state)
{
	(void)state;
	act = hang_up;
	at = "core_validate_rcptto";
	with_code = 450;
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_CONTINUE);
	assert_int_equal(says_rcpt("<t@b.test>"), SMFIS_TEMPFAIL);
	assert_int_equal(strncmp(mta.reply, "421 4.", 6), 0);
	with_code = 550;
	assert_int_equal(says_rcpt("<u@b.test>"), SMFIS_REJECT);
	assert_int_equal(strncmp(mta.reply, "550 5.", 6), 0);
}

static void
discarded_mail_is_discarded(void **state)
{
	(void)state;
	negotiates(0x1ff, OFFERED);
	module_edits(is_discarded);
	at = "core_validate_data";
	begins_message();
	assert_int_equal(gives_message(), SMFIS_DISCARD);
}

static void
a_body_is_replaced_also_by_none(void **state)
{
	(void)state;
	negotiates(0x1ff, OFFERED);
	module_edits(another_body);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_string_equal(mta.said, "body 5 new\r\n\n");
	module_edits(no_body);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_string_equal(mta.said, "body 0 \n");
}

/* The default of on_internal_error. */
static void
an_mta_that_cannot_edit_has_to_wait(void **state)
{
	unsigned long errors = log_count(DERROR);

	(void)state;
	negotiates(0x1ff & ~SMFIF_ADDHDRS, OFFERED);
	module_edits(two_fields_above_all);
	begins_message();
	assert_int_equal(gives_message(), SMFIS_TEMPFAIL);
	assert_string_equal(mta.reply,
	    "451 4.3.0 internal error, try again later");
	assert_string_equal(mta.said, "");
	assert_true(log_count(DERROR) > errors);
}

static void
an_mta_that_is_gone_gets_no_half_message(void **state)
{
	unsigned long warnings = log_count(DWARNING);

	(void)state;
	negotiates(0x1ff, OFFERED);
	module_edits(two_fields_above_all);
	mta.fails = "insheader 0 First";
	begins_message();
	assert_int_equal(gives_message(), SMFIS_TEMPFAIL);
	/* it was said to be accepted */
	assert_true(log_count(DWARNING) > warnings);
}

/* Until the end nothing is answered, and then all of it is refused. */
static void
too_much_header_is_refused_at_the_end(void **state)
{
	static char much[60000];

	(void)state;
	memset(much, 'x', sizeof(much) - 1);
	begins_message();
	for (size_t i = 0; i < MESSAGE_HEADER_BYTES / sizeof(much) + 1; i++)
		assert_int_equal(gives_field("X", much), SMFIS_NOREPLY);
	assert_int_equal(gives_message(), SMFIS_REJECT);
	assert_string_equal(mta.reply, "552 5.3.4 header too large");
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
}

/* macros */

static char seen[256];

static int
look(const struct scene *scene)
{
	size_t n = strlen(seen);

	if (strcmp(scene->module, "one") == 0 &&
	    (strcmp(scene->hook, "core_validate_auth") == 0 ||
	    strcmp(scene->hook, "core_validate_data") == 0))
		(void)snprintf(seen + n, sizeof(seen) - n, "%s%s %s\n",
		    scene->auth != NULL ? "auth " : "data ",
		    scene->auth != NULL ? scene->auth->user : log_message(),
		    validate_context_get(scene->ctx, VCTX_CONN,
		    "can_relay") != NULL ? "relays" : "does not");
	return VALIDATE_CONT;
}

/* Postfix has the queue id when the first recipient was taken. */
static void
macros_tell_who_authenticated_and_the_queue_id(void **state)
{
	(void)state;
	act = look;
	seen[0] = '\0';
	mta.macros[0] = "{auth_authen}";
	mta.macros[1] = "joe";
	mta.macros[2] = "{auth_type}";
	mta.macros[3] = "PLAIN";
	assert_int_equal(connects(), SMFIS_CONTINUE);
	begins_message();
	mta.macros[4] = "i";
	mta.macros[5] = "4XyZ";
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	mta.macros[5] = "4XyY";
	begins_message();
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_string_equal(seen, "auth joe relays\ndata 4XyZ relays\n"
	    "data 4XyY relays\n");
}

static void
an_auth_that_policy_refuses_stays_refused(void **state)
{
	(void)state;
	module_refuses("core_validate_auth", 535, "not you");
	mta.macros[0] = "{auth_authen}";
	mta.macros[1] = "joe";
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_REJECT);
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_REJECT);
	assert_int_equal(inflight_count(), 0);
}

static int
look_at_tls(const struct scene *scene)
{
	static const char *const names[] = { "tls", "tls_cipher",
	    "tls_cipher_usebits", "tls_client_cert_subject",
	    "tls_client_cert_issuer", "tls_client_verified" };

	if (strcmp(scene->module, "one") != 0 ||
	    strcmp(scene->hook, "core_validate_ehlo") != 0)
		return VALIDATE_CONT;
	seen[0] = '\0';
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *value = validate_context_get(scene->ctx,
		    VCTX_CONN, names[i]);
		size_t n = strlen(seen);

		(void)snprintf(seen + n, sizeof(seen) - n, "%s;",
		    value != NULL ? value : "");
	}
	return VALIDATE_CONT;
}

static void
macros_tell_of_tls(void **state)
{
	static const char *const macros[] = { "{tls_version}", "TLSv1.3",
	    "{cipher}", "AES", "{cipher_bits}", "256", "{cert_subject}",
	    "/CN=c", "{cert_issuer}", "/CN=i", "{verify}", "OK" };

	(void)state;
	act = look_at_tls;
	assert_int_equal(connects(), SMFIS_CONTINUE);
	assert_int_equal(says_helo(), SMFIS_CONTINUE);
	assert_string_equal(seen, ";;;;;;");
	memcpy(mta.macros, macros, sizeof(macros));
	assert_int_equal(says_helo(), SMFIS_CONTINUE);
	assert_string_equal(seen, "TLSv1.3;AES;256;/CN=c;/CN=i;yes;");
}

/* stopping: last, for there is no way back */

static void *
finish_message(void *arg)
{
	(void)arg;
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	return NULL;
}

static void *
wait_long(void *arg)
{
	*(unsigned *)arg = inflight_wait(3600);
	return NULL;
}

static void
run(pthread_t *thread, void *(*function)(void *), void *arg)
{
	assert_int_equal(pthread_create(thread, NULL, function, arg), 0);
}

static void
a_stop_lets_messages_end_and_none_begin(void **state)
{
	SMFICTX busy[2];
	pthread_t thread;
	unsigned left = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		mta = fresh;
		negotiates(0x1ff, OFFERED);
		assert_int_equal(connects(), SMFIS_CONTINUE);
		assert_int_equal(says_mail("<f@a.test>"), SMFIS_CONTINUE);
		busy[i] = mta;
	}
	assert_int_equal(inflight_count(), 2);
	inflight_stop();
	mta = fresh;
	assert_int_equal(connects(), SMFIS_TEMPFAIL);
	assert_int_equal(strncmp(mta.reply, "421 4.3.2 ", 10), 0);
	mta.reply[0] = '\0';
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_TEMPFAIL);
	assert_int_equal(strncmp(mta.reply, "421 4.3.2 ", 10), 0);
	assert_false(inflight_pause(3600000));
	(void)mail.xxfi_close(&mta);
	mta = busy[0];
	run(&thread, wait_long, &left);
	assert_int_equal(gives_message(), SMFIS_ACCEPT);
	assert_int_equal(says_mail("<f@a.test>"), SMFIS_TEMPFAIL);
	(void)mail.xxfi_close(&mta);
	/* a wait of no time cuts the long one short */
	assert_int_equal(inflight_wait(0), 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(left, 1);
	mta = busy[1];
	run(&thread, finish_message, NULL);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(inflight_wait(3600), 0);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, begin_here, end_here)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		HERE(asks_an_mta_for_what_it_offers_and_no_more),
		HERE(a_whole_conversation_gets_its_edits),
		HERE(a_message_that_nobody_edited_costs_nothing),
		HERE(health_checks_that_say_little_are_fine),
		HERE(left_out_events_are_not_missed),
		HERE(events_without_any_beginning_do_no_harm),
		HERE(a_null_sender_is_a_sender),
		HERE(a_client_without_an_address_may_not_relay),
		HERE(an_ipv4_client_is_one_on_any_socket),
		HERE(an_abort_is_fine_at_every_point),
		HERE(a_connection_that_vanishes_takes_its_message_along),
		HERE(a_message_that_another_one_replaces_counts_once),
		HERE(refusals_are_said_in_their_own_words),
		HERE(only_a_temporary_refusal_can_close_the_connection),
		HERE(discarded_mail_is_discarded),
		HERE(a_body_is_replaced_also_by_none),
		HERE(an_mta_that_cannot_edit_has_to_wait),
		HERE(an_mta_that_is_gone_gets_no_half_message),
		HERE(too_much_header_is_refused_at_the_end),
		HERE(macros_tell_who_authenticated_and_the_queue_id),
		HERE(an_auth_that_policy_refuses_stays_refused),
		HERE(macros_tell_of_tls),
		HERE(a_stop_lets_messages_end_and_none_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
