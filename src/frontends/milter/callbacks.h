/*
 * callbacks.h: libmilter's events, told to a session.
 */
#ifndef MILTER_CALLBACKS_H
#define MILTER_CALLBACKS_H

#include <libmilter/mfapi.h>

/* What smfi_register() wants. */
struct smfiDesc callbacks_description(void);

#endif
