/*
 * option_check.c: limits, and words for what is past them.
 */
#include "dkim/option_check.h"

#define MAX_KEYS 1000000 /* in a key cache: past it, memory is the question */
#define MAX_TTL 31536000 /* a year, in seconds */

int
option_check_refuse(string *output, const char *words)
{
	(void)stringwrite_strings(output, 1, words);
	return 0;
}

int
option_check_within(ec_config_value *val, string *output, int least, int most)
{
	if (val->v->vint >= least && val->v->vint <= most)
		return 1;
	(void)stringprintf(output, "%d is not within %d and %d",
	    val->v->vint, least, most);
	return 0;
}

int
option_check_size(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 1, MAX_KEYS);
}

int
option_check_ttl(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	return option_check_within(val, output, 0, MAX_TTL);
}

int
option_check_given(ec_config_option_def *option, string *output,
    ec_config_header *cfghdr, ec_config_value *val)
{
	(void)option;
	(void)cfghdr;
	if (val->v->vstr == NULL || *val->v->vstr == '\0')
		return option_check_refuse(output, "it is empty");
	return 1;
}
