/*
 * ec_types.h: the names that every other header of the SDK speaks of.
 *
 * Only names: a structure is completed by the header that owns it (say,
 * misc/ec_string.h for string), and a module that just hands a pointer on
 * needs no more than this file.
 */
#ifndef EC_TYPES_H
#define EC_TYPES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/types.h>

/* The BSD spellings, for compilers told to speak strict ISO C. */
typedef uint8_t u_int8_t;
typedef uint16_t u_int16_t;
typedef uint32_t u_int32_t;
typedef uint64_t u_int64_t;

#ifndef INLINE
#define INLINE inline
#endif
#ifndef SIZEOF_VOID_P
#define SIZEOF_VOID_P __SIZEOF_POINTER__
#endif

#ifdef __GNUC__
#define EC_PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define EC_PRINTF_LIKE(fmt, first)
#endif

/* Marks what this host gives beyond the published interface. */
#define EC_ADDITION

/* A counter that several threads may move; see ec_atomic.h. */
typedef long ec_atomic_t;

/* Text and containers. */
typedef struct _ec_string string; /* misc/ec_string.h */
typedef struct _ec_ptr_array ec_ptr_array; /* misc/ec_ptr_array.h */
typedef struct _ec_hash_table ec_hash_table; /* echash.h */
typedef struct _ec_hash_iter ec_hash_iter; /* echash.h */
typedef ec_hash_table *ECDict; /* ecdict.h */
typedef ec_hash_iter ECDict_Iterator; /* ecdict.h */
typedef struct _ec_bag ec_bag; /* ec_boh.h */
typedef struct _ec_blobject ec_blobject; /* ec_blobject.h */
typedef struct _ec_blobject_class ec_blobject_class; /* ec_blobject.h */
typedef struct _io_object io_object; /* spool.h */

/* Modules and their configuration. */
typedef struct _generic_module_infrastructure generic_module_infrastructure;
typedef struct _ec_config_header ec_config_header; /* configuration.h */
typedef struct _ec_config_option_def ec_config_option_def;
typedef struct _ec_config_value ec_config_value;
typedef union _ec_config_value_storage ec_config_value_storage;
typedef struct _ec_config_regex ec_config_regex;
typedef struct _ec_config_option ec_config_option;
typedef struct _throttle throttle;
typedef int ec_binding_slot;

/* Mail and the sessions that bring and take it. */
typedef struct _ec_message ec_message; /* ec_message.h */
typedef struct _ec_message_part ec_message_part; /* ec_message.h */
typedef struct _rfc2822_context rfc2822_context; /* rfc2822_parser.h */
typedef struct _rfc2822_field rfc2822_field; /* rfc2822_parser.h */
typedef struct _validate_context validate_context; /* validate_context.h */
typedef struct _accept_construct accept_construct; /* netlistener.h */
typedef struct _message_construct message_construct; /* netlistener.h */
typedef struct _delivery_construct delivery_construct; /* smtp.h */
typedef struct _smtp_client_args smtp_client_args; /* smtp.h */
typedef struct _command_construct command_construct; /* control.h */
typedef struct _domain_record domain_record;
typedef struct _Event Event;

#endif
