/*
 * stanzas.h: all stanzas of one module in a configuration, found from anywhere.
 *
 *	SIGNING_STANZAS(dkim_sign)
 *
 * declares the hook and defines the two functions that `signing` wants of it.
 */
#ifndef SIGNING_STANZAS_H
#define SIGNING_STANZAS_H

#include "module-hooks.h"
#include "signing/signing.h"

#define SIGNING_STANZAS(module)                                               \
	EC_DECLARE_VOID_HOOK(module, stanzas,                                 \
	    (void *, ec_ptr_array *),                                         \
	    (ec_ptr_array *stanzas),                                          \
	    (EC_HOOK_CLOSURE, stanzas))                                       \
	                                                                      \
	static void                                                           \
	stanzas_provide(signing_give *give, void *closure)                    \
	{                                                                     \
		register_##module##_stanzas_hook_last(give, closure);         \
	}                                                                     \
	                                                                      \
	static void                                                           \
	stanzas_collect(ec_ptr_array *stanzas)                                \
	{                                                                     \
		call_##module##_stanzas_hook(stanzas);                        \
	}

#endif
