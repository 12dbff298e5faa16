/*
 * names.c: the engine turns U-labels into A-labels where it reads addresses, so
 * a name is handed to it as the domain of one.
 */
#include "signing/names.h"

#include <string.h>

#define MAX_NAME 1024 /* octets of UTF-8 that may make 253 of A-labels */

/* Letters, digits and what else domain names may have; 8-bit bytes of
 * U-labels.  This keeps what is special in addresses out. */
static bool
has_name_bytes_alone(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x80 && strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", c) == NULL)
			return false;
	}
	return true;
}

bool
names_to_ascii(const char *name, char ascii_r[SEAL_DOMAIN_BYTES])
{
	unsigned char address[2 + MAX_NAME] = "x@";
	size_t n = strlen(name);

	ascii_r[0] = '\0';
	if (n == 0 || n > MAX_NAME || !has_name_bytes_alone(name))
		return false;
	memcpy(address + 2, name, n);
	return seal_address_domain((struct span){ address, n + 2 },
	    ascii_r) == 0;
}
