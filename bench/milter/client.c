/*
 * client.c: macros about a client and about the MTA.
 */
#include <stdio.h>

#include "client.h"

#define MTA_ADDRESS "192.0.2.25"

/* "name [address]", as the macro _ has it. */
static void
set_whence(const struct client *client, struct macros *macros)
{
	const char *address = client->address == NULL ? "unknown" :
	    client->address;
	const char *name = client->name == NULL ? "unknown" : client->name;
	char text[512];

	(void)snprintf(text, sizeof(text), "%s [%s]", name, address);
	macros_set(macros, "_", text);
	macros_set(macros, "{client_addr}", address);
	macros_set(macros, "{client_name}", name);
	macros_set(macros, "{client_ptr}", name);
	(void)snprintf(text, sizeof(text), "%d", CLIENT_PORT);
	macros_set(macros, "{client_port}", text);
	macros_set(macros, "{client_connections}", "1");
}

static void
set_mta(struct macros *macros)
{
	bool sendmail = macros->style == MACROS_SENDMAIL;

	macros_set(macros, "j", CLIENT_MTA_NAME);
	macros_set(macros, "{daemon_name}", sendmail ? "MTA" :
	    CLIENT_MTA_NAME);
	if (sendmail) {
		macros_set(macros, "{if_name}", CLIENT_MTA_NAME);
		macros_set(macros, "{if_addr}", MTA_ADDRESS);
	}
	macros_set(macros, "{daemon_addr}", MTA_ADDRESS);
	macros_set(macros, "{daemon_port}", "25");
	macros_set(macros, "v", sendmail ? "8.17.1" : "Postfix 3.7.11");
	macros_set(macros, "{mail_mailer}", sendmail ? "esmtp" : "smtp");
	macros_set(macros, "{rcpt_mailer}", sendmail ? "esmtp" : "smtp");
}

void
client_set_macros(const struct client *client, struct macros *macros)
{
	set_whence(client, macros);
	set_mta(macros);
	if (client->auth != NULL) {
		macros_set(macros, "{auth_type}", "PLAIN");
		macros_set(macros, "{auth_authen}", client->auth);
		if (macros->style == MACROS_SENDMAIL)
			macros_set(macros, "{auth_ssf}", "0");
	}
	if (client->tls) {
		macros_set(macros, "{tls_version}", "TLSv1.3");
		macros_set(macros, "{cipher}", "TLS_AES_256_GCM_SHA384");
		macros_set(macros, "{cipher_bits}", "256");
		macros_set(macros, "{verify}", "NO");
	}
}
