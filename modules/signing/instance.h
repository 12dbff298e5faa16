/*
 * instance.h: what the instances of all signing modules do: sign in
 * core_final_validation, refuse before, answer the console, tell numbers.
 *
 * The first two and instance_control go into the infrastructure; a module that
 * does more calls them.
 */
#ifndef SIGNING_INSTANCE_H
#define SIGNING_INSTANCE_H

#include "module.h"

int instance_config_setup(generic_module_infrastructure *self, int ignoreme);
int instance_ext_init(generic_module_infrastructure *self,
    ec_config_header *transaction, string *output, int flags);
void instance_control(generic_module_infrastructure *self, string *response,
    const char *command, int xml);

#endif
