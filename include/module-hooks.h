/*
 * module-hooks.h: named places where modules are called, and how to make
 * more of them.
 *
 * A hook is declared in a header of its own, once, and that header is all
 * that the two sides share: who calls it and who provides for it find each
 * other by name at run time, and the types are checked by the compiler on
 * both sides and again when a provider registers.
 *
 *	EC_DECLARE_HOOK(greeter, int, may_greet,
 *	    (void *, ec_message *),
 *	    (ec_message *msg),
 *	    (EC_HOOK_CLOSURE, msg),
 *	    if (EC_HOOK_RETVAL != 0) EC_HOOK_RETURN(EC_HOOK_RETVAL))
 *
 * The arguments are scope, result, name; the types of a provider, the
 * closure first; the arguments of a caller; the arguments as they go to
 * a provider; and what to do with each provider's result.  This makes
 *
 *	ec_hook_greeter_may_greet_func_t     the type of a provider
 *	has_greeter_may_greet_hook()         is there a provider?
 *	register_greeter_may_greet_hook_first(provider, closure)
 *	register_greeter_may_greet_hook_last(provider, closure)
 *	call_greeter_may_greet_hook(msg)     call them in order
 *	has_greeter_may_greet_hook_txn(transaction)
 *	call_greeter_may_greet_hook_txn(transaction, msg)
 *
 * Results: a caller gets the value of the last provider called, or what
 * EC_HOOK_RETURN said.  Without any provider the value has no meaning: ask
 * has_ first.
 *
 * Registration: a singleton in module_config_setup, a module with instances
 * in module_ext_init (INIT or POSTINIT), with its infrastructure as closure.
 * At any other time it is refused and logged.  What an instance registers
 * belongs to that configuration and goes with it.  The order is that of
 * registering: singletons, then instances as their stanzas stand in the file,
 * what a module requires before it.
 *
 * Threads: calling is legal in any thread and takes no lock.  A call works
 * on the providers of one configuration from beginning to end, and holds
 * that configuration for as long: on that of the message which this thread
 * is working on, else on the newest.  The _txn forms use the given one.
 */
#ifndef EC_MODULE_HOOKS_H
#define EC_MODULE_HOOKS_H

#include "ec_types.h"
#include "misc/ec_ptr_array.h"

/* One argument of a hook, as its header writes it. */
struct __ec_hookarg {
	struct __ec_hookarg *next;
	char *type_name; /* "ec_message *" */
	char *arg_name; /* "msg" */
	int arg_size; /* bytes, 0 when the host does not know the type */
};

struct __ec_hook_head {
	char *hook_name; /* "core_final_validation" */
	char *hook_proto; /* of a provider: "void(void *, ec_message *)" */
	char *decl_proto; /* of a caller: "void(ec_message *msg)" */
	struct __ec_hookarg *args; /* of a caller, in order */
	ec_atomic_t arrlock; /* unused */
	struct __ec_hookarray *arr; /* unused */
	ec_atomic_t hook_id; /* counts from 0 */
};

/* What an array of module_get_hook_array_from_transaction points to. */
struct __ec_hook {
	void *hook; /* the provider, to be cast to its type */
	void *closure;
	struct __ec_hook_head *head;
	generic_module_infrastructure *owner; /* who registered; or NULL */
};

/*
 * For the macros below, and for those who bind hooks at run time.
 *
 * module_get_hook_head finds or makes a hook.  `proto` is the provider's
 * prototype; a caller's may follow after a '|'.  NULL, and a line in the log,
 * when the name is known with another prototype.
 *
 * module_add_hook_first/_last register a provider; `flags` is 0.  They give
 * the hook's id, or -1 when refused, which also refuses the configuration
 * that is being prepared.
 *
 * module_get_hook_array_from_transaction gives the providers in order, or
 * NULL if there are none; a NULL transaction has none.  Lives as long as the
 * transaction.
 */
struct __ec_hook_head *module_get_hook_head(const char *hook_name,
    const char *proto);
ec_atomic_t module_add_hook_first(const char *name, const char *proto,
    void *hook, void *closure, int flags);
ec_atomic_t module_add_hook_last(const char *name, const char *proto,
    void *hook, void *closure, int flags);
ec_ptr_array *module_get_hook_array_from_transaction(
    ec_config_header *transaction, struct __ec_hook_head *head);

/* A configuration held for the length of a call. */
struct __ec_hook_hold {
	ec_config_header *transaction; /* may be NULL: nothing is loaded */
	int counted;
};
struct __ec_hook_hold module_hook_enter(void);
void module_hook_leave(struct __ec_hook_hold *hold);

/* Magic words of the declarations. */
#define EC_HOOK_CLOSURE ec__hook_closure
#define EC_HOOK_RETVAL ec__hook_retval
#define EC_HOOK_RETURN(v) return (v)

#define EC__HOOK_UNUSED __attribute__((unused))
/* "(a b, c d)" becomes "(ec_config_header *ec__txn, a b, c d)" */
#define EC__HOOK_TXN_ARGS(...) \
	(ec_config_header *ec__txn __VA_OPT__(,) __VA_ARGS__)

#define EC__HOOK_COMMON(scope, rettype, name, typedefargs, proto)             \
	typedef rettype ec_hook_##scope##_##name##_func_t typedefargs;        \
	static INLINE EC__HOOK_UNUSED struct __ec_hook_head *                 \
	ec__hook_##scope##_##name##_head(void)                                \
	{                                                                     \
		static struct __ec_hook_head *ec__known;                      \
		struct __ec_hook_head *ec__head =                             \
		    __atomic_load_n(&ec__known, __ATOMIC_ACQUIRE);            \
                                                                              \
		if (ec__head == NULL) {                                       \
			ec__head = module_get_hook_head(                      \
			    #scope "_" #name, proto);                         \
			__atomic_store_n(&ec__known, ec__head,                \
			    __ATOMIC_RELEASE);                                \
		}                                                             \
		return ec__head;                                              \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED int                                     \
	has_##scope##_##name##_hook_txn(ec_config_header *ec__txn)            \
	{                                                                     \
		ec_ptr_array *ec__hooks =                                     \
		    module_get_hook_array_from_transaction(ec__txn,           \
		    ec__hook_##scope##_##name##_head());                      \
                                                                              \
		return ec__hooks != NULL && ec__hooks->size > 0;              \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED int                                     \
	has_##scope##_##name##_hook(void)                                     \
	{                                                                     \
		__attribute__((cleanup(module_hook_leave)))                   \
		struct __ec_hook_hold ec__hold = module_hook_enter();         \
                                                                              \
		return has_##scope##_##name##_hook_txn(ec__hold.transaction); \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED void                                    \
	register_##scope##_##name##_hook_first(                               \
	    ec_hook_##scope##_##name##_func_t ec__hook, void *ec__closure)    \
	{                                                                     \
		(void)module_add_hook_first(#scope "_" #name, proto,          \
		    __extension__ (void *)ec__hook, ec__closure, 0);          \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED void                                    \
	register_##scope##_##name##_hook_last(                                \
	    ec_hook_##scope##_##name##_func_t ec__hook, void *ec__closure)    \
	{                                                                     \
		(void)module_add_hook_last(#scope "_" #name, proto,           \
		    __extension__ (void *)ec__hook, ec__closure, 0);          \
	}

/* The loop over the providers: `call` is what happens for each. */
#define EC__HOOK_EACH(scope, name, callargs, call)                            \
	ec_ptr_array *ec__hooks = module_get_hook_array_from_transaction(     \
	    ec__txn, ec__hook_##scope##_##name##_head());                     \
                                                                              \
	for (int ec__i = 0; ec__hooks != NULL && ec__i < ec__hooks->size;     \
	    ec__i++) {                                                        \
		struct __ec_hook *ec__hook =                                  \
		    (struct __ec_hook *)ec__hooks->items[ec__i];              \
		ec_hook_##scope##_##name##_func_t *ec__func = __extension__   \
		    (ec_hook_##scope##_##name##_func_t *)ec__hook->hook;      \
		void *ec__hook_closure = ec__hook->closure;                   \
                                                                              \
		call                                                          \
	}

#define EC__HOOK_VOID_BODY(scope, name, callargs)                             \
	EC__HOOK_EACH(scope, name, callargs, ec__func callargs;)

#define EC__HOOK_BODY(scope, rettype, name, callargs, handleret)              \
	rettype ec__hook_retval = { 0 };                                      \
	EC__HOOK_EACH(scope, name, callargs,                                  \
	    ec__hook_retval = ec__func callargs;                              \
	    handleret;)                                                       \
	return ec__hook_retval;

#define EC__HOOK_HELD                                                         \
	__attribute__((cleanup(module_hook_leave)))                           \
	struct __ec_hook_hold ec__hold = module_hook_enter();                 \
	ec_config_header *ec__txn = ec__hold.transaction;

#define EC_DECLARE_VOID_HOOK(scope, name, typedefargs, declargs, callargs)    \
	EC__HOOK_COMMON(scope, void, name, typedefargs,                       \
	    "void" #typedefargs "|void" #declargs)                            \
	static INLINE EC__HOOK_UNUSED void                                    \
	call_##scope##_##name##_hook_txn EC__HOOK_TXN_ARGS declargs           \
	{                                                                     \
		EC__HOOK_VOID_BODY(scope, name, callargs)                     \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED void                                    \
	call_##scope##_##name##_hook declargs                                 \
	{                                                                     \
		EC__HOOK_HELD                                                 \
		EC__HOOK_VOID_BODY(scope, name, callargs)                     \
	}

#define EC_DECLARE_HOOK(scope, rettype, name, typedefargs, declargs,          \
    callargs, handleret)                                                      \
	EC__HOOK_COMMON(scope, rettype, name, typedefargs,                    \
	    #rettype #typedefargs "|" #rettype #declargs)                     \
	static INLINE EC__HOOK_UNUSED rettype                                 \
	call_##scope##_##name##_hook_txn EC__HOOK_TXN_ARGS declargs           \
	{                                                                     \
		EC__HOOK_BODY(scope, rettype, name, callargs, handleret)      \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED rettype                                 \
	call_##scope##_##name##_hook declargs                                 \
	{                                                                     \
		EC__HOOK_HELD                                                 \
		EC__HOOK_BODY(scope, rettype, name, callargs, handleret)      \
	}

/* Hooks whose providers get their closure and nothing else. */
#define EC_DECLARE_HOOK_NOARGS(scope, rettype, name, handleret)               \
	EC__HOOK_COMMON(scope, rettype, name, (void *),                       \
	    #rettype "(void *)|" #rettype "(void)")                           \
	static INLINE EC__HOOK_UNUSED rettype                                 \
	call_##scope##_##name##_hook_txn(ec_config_header *ec__txn)           \
	{                                                                     \
		EC__HOOK_BODY(scope, rettype, name, (EC_HOOK_CLOSURE),        \
		    handleret)                                                \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED rettype                                 \
	call_##scope##_##name##_hook(void)                                    \
	{                                                                     \
		EC__HOOK_HELD                                                 \
		EC__HOOK_BODY(scope, rettype, name, (EC_HOOK_CLOSURE),        \
		    handleret)                                                \
	}

/* The same without a result (addition). */
#define EC_DECLARE_VOID_HOOK_NOARGS(scope, name)                              \
	EC__HOOK_COMMON(scope, void, name, (void *), "void(void *)|void(void)") \
	static INLINE EC__HOOK_UNUSED void                                    \
	call_##scope##_##name##_hook_txn(ec_config_header *ec__txn)           \
	{                                                                     \
		EC__HOOK_VOID_BODY(scope, name, (EC_HOOK_CLOSURE))            \
	}                                                                     \
	static INLINE EC__HOOK_UNUSED void                                    \
	call_##scope##_##name##_hook(void)                                    \
	{                                                                     \
		EC__HOOK_HELD                                                 \
		EC__HOOK_VOID_BODY(scope, name, (EC_HOOK_CLOSURE))            \
	}

#endif
