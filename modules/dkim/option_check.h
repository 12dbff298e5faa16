/*
 * option_check.h: which values are good, where modules agree.
 *
 * The callbacks are for ec_config_option_def.validate_value: 1 when the value
 * is good, 0 with words in output when it is not.
 */
#ifndef DKIM_OPTION_CHECK_H
#define DKIM_OPTION_CHECK_H

#include "ec_config.h"
#include "misc/ec_string.h"

/* 0, with these words in output. */
int option_check_refuse(string *output, const char *words);

/* A number from least to most, both included. */
int option_check_within(ec_config_value *val, string *output, int least,
    int most);

/* How many keys a cache may hold. */
int option_check_size(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* How many seconds something may be kept. */
int option_check_ttl(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

/* A text that is not empty. */
int option_check_given(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val);

#endif
