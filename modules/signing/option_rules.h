/*
 * option_rules.h: which values the options of signing take.
 *
 * Callbacks for ec_config_option_def.validate_value: 1 when the value is good,
 * 0 with words in output when it is not.
 */
#ifndef SIGNING_OPTION_RULES_H
#define SIGNING_OPTION_RULES_H

#include "ec_config.h"
#include "misc/ec_string.h"

int option_rule_domain(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);
int option_rule_selector(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);
int option_rule_identity(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);
int option_rule_key(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);
int option_rule_lifetime(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* A header list of DKIM with its suffixes, From in it: what a profile takes. */
int option_rule_list(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* Names of header fields alone, in an array or with colons between. */
int option_rule_names(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* The same, at least one, and each may have a suffix of DKIM's header lists. */
int option_rule_field_names(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

#endif
