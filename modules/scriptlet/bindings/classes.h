/*
 * classes.h: the objects of mail: names of their metatables, and what their
 * files have for the lists in bindings.c.
 */
#ifndef SCRIPTLET_CLASSES_H
#define SCRIPTLET_CLASSES_H

#include "scriptlet/binding.h"

#define CLASS_MESSAGE "ec_message"
#define CLASS_PART "ec_message_part"
#define CLASS_CONTEXT "validate_context"
#define CLASS_ACCEPT "accept_construct"
#define CLASS_CONSTRUCT "message_construct"
#define CLASS_EC_STRING "ec_string"
#define CLASS_SOCKADDR "ec_sockaddr"

extern const struct binding_class class_message; /* message.c */
extern const struct binding_class class_part; /* part.c */
extern const struct binding_class class_context; /* vctx.c */
extern const struct binding_class class_accept; /* ac.c */
extern const struct binding_class class_construct; /* ac.c */
extern const struct binding_class class_ec_string; /* ec_string.c */
extern const struct binding_class class_sockaddr; /* sockaddr.c */

extern const struct binding_library library_core; /* core.c: msys.core */

extern const struct binding_library library_validate_dkim; /* dkim.c */
extern const struct binding_class class_dkim_results; /* dkim.c */
extern const struct binding_library library_sign_dk; /* dk.c */
extern const struct binding_library library_validate_dk; /* dk.c */
extern const struct binding_library library_validate_opendkim; /* opendkim.c */
extern const struct binding_library library_opendkim_dkim; /* opendkim.c */
extern const struct binding_class class_dkim; /* opendkim.c */
extern const struct binding_class class_dkim_siginfo; /* opendkim.c */
/* The three that scripts require for the sake of the methods. */
extern const struct binding_library library_extended_message; /* message.c */
extern const struct binding_library library_extended_message_routing;
extern const struct binding_library library_extended_vctx; /* vctx.c */
extern const struct binding_library library_extended_ac; /* ac.c */
extern const struct binding_library library_config; /* config.c: msys */
extern const struct binding_library library_shims; /* shims.c: _G */
extern const struct binding_library library_shims_debug; /* shims.c: debug */

/* Operators of metatables, which rows do not speak of: called by the library
 * msys.core, before or after the classes are made. */
void ec_string_prepare(lua_State *L);
void sockaddr_prepare(lua_State *L);

#endif
