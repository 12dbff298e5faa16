/*
 * message.h: the other place where functions of ec_message.h are looked for.
 */
#include "ec_message.h"
