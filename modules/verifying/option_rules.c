/*
 * option_rules.c: limits, and why they are there.
 */
#include "verifying/option_rules.h"

#include "dkim/option_check.h"
#include "seal.h"

#define MIN_HEADER 1024 /* octets: less could not hold a signature */
#define MAX_DNS_TIMEOUT 300 /* seconds: clients do not wait longer */

const struct ec_config_value_mapping verifying_dns_failures[] = {
	{ "accept", "0" },
	{ "tempfail", "1" },
	{ NULL, NULL },
};

int
verifying_rule_timeout(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, MAX_DNS_TIMEOUT);
}

int
verifying_rule_signatures(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, SEAL_MAX_QUERIES);
}

int
verifying_rule_header_size(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, MIN_HEADER,
	    SEAL_MAX_HEADER_BYTES);
}

int
verifying_rule_bits(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, SEAL_MIN_RSA_BITS,
	    SEAL_MAX_RSA_BITS);
}
