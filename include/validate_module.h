/*
 * validate_module.h: everything that a module needs to look at messages on
 * their way.
 *
 * A module takes part in a phase by providing for a hook; it registers in
 * module_ext_init (see module-hooks.h), with its infrastructure as closure.
 * The phases, in order:
 *
 *	when		hook (header hooks/SCOPE/NAME.h)		gives
 *	connect		core_validate_accept				V
 *			validate_connect				V
 *			core_validate_connect				-
 *	AUTH known	core_validate_auth				V
 *	HELO, EHLO	core_validate_ehlo				V
 *	MAIL		core_validate_mailfrom				V
 *	each RCPT	core_validate_rcptto				V
 *	DATA		core_validate_rcptto_list			V
 *			core_validate_rcptto_list_final			V
 *	message is in	core_validate_data				V
 *			core_validate_data_spool			V
 *	each recipient	core_pre_msg_each_rcpt				-
 *			validate_data_spool_each_rcpt			V
 *			core_validate_data_spool_each_rcpt		-
 *			core_post_validate_data_spool_each_rcpt_v1	-
 *			core_post_msg_each_rcpt				-
 *	then		core_validate_set_binding			V, no AGAIN
 *			core_post_validate_set_binding	if it changed	-
 *	at last		core_final_validation2				EC_HOOK_*
 *			core_final_validation				-
 *			core_post_final_validation			ignored
 *	it is over	core_validate_message_end			-
 *	disconnect	core_validate_dealloc				-
 *
 * V is VALIDATE_CONT, VALIDATE_DONE or VALIDATE_AGAIN (validate.h).  After a
 * phase the host looks at the code in the validate_context: from 400 up it is
 * the reply, and what was asked for is refused; later phases of a refused
 * message do not run.  Verify in core_validate_data, decide in
 * core_validate_data_spool or later, sign in core_final_validation.
 *
 * A message carries all its recipients; the per-recipient hooks are called
 * once for each with that one as "the" recipient of ec_message.h.
 *
 * A module with enabled = false is not called by these hooks, nor is one while
 * the connection variable __bypass_MODULE is "true"; but for the last two, which
 * every provider hears.
 */
#ifndef EC_VALIDATE_MODULE_H
#define EC_VALIDATE_MODULE_H

#include "ec_message.h"
#include "ec_types.h"
#include "module-hooks.h"
#include "module.h"
#include "netlistener.h"
#include "validate.h"
#include "validate_context.h"

#endif
