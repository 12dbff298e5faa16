/*
 * option_rules.h: which values the options of verifying take.
 *
 * Callbacks for ec_config_option_def.validate_value: 1 when the value is good,
 * 0 with words in output when it is not.
 */
#ifndef VERIFYING_OPTION_RULES_H
#define VERIFYING_OPTION_RULES_H

#include "ec_config.h"
#include "misc/ec_string.h"

/* What becomes of a message that could not be verified for want of an answer
 * from the DNS, and the words for it: for ec_config_option_def.map. */
enum dns_failure {
	DNS_FAILURE_ACCEPT = 0,
	DNS_FAILURE_TEMPFAIL = 1,
};
extern const struct ec_config_value_mapping verifying_dns_failures[];

/* Seconds to wait for the DNS. */
int verifying_rule_timeout(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* Different keys that are asked for in one message. */
int verifying_rule_signatures(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* Octets of header that are looked at. */
int verifying_rule_header_size(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* Bits of an RSA key. */
int verifying_rule_bits(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

#endif
