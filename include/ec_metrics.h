/*
 * ec_metrics.h: numbers for monitoring systems (addition).
 *
 * The host publishes them where the stanza Metrics_Listener says, in the format
 * of OpenMetrics.  Names have the prefix "mailseal_", are in base units, and
 * lack the "_total" of counters, which is added.  Labels are text as published:
 * `result="pass",class="author"`, or NULL.
 *
 * What happens is counted as it happens, without a lock:
 *
 *	static int signed_; // = ec_metric_counter(...) in module_config_setup
 *	ec_metric_add(signed_, 1);
 *
 * What is known anyway, such as the size of a cache, is told when somebody
 * asks: by a provider of the hook core_metrics.
 */
#ifndef EC_METRICS_H
#define EC_METRICS_H

#include "module-hooks.h"

/* A counter, or the one that has the name and labels already.  Gives -1 when
 * there is no room for more; adding to -1 does nothing. */
EC_ADDITION int ec_metric_counter(const char *name, const char *help,
    const char *labels);
EC_ADDITION void ec_metric_add(int metric, u_int64_t n);

/* A histogram of times, with bounds from 100 microseconds to 10 seconds. */
EC_ADDITION int ec_metric_histogram(const char *name, const char *help);
EC_ADDITION void ec_metric_observe(int metric, u_int64_t nanoseconds);

/* The answer in the making. */
typedef struct _ec_metrics ec_metrics;

EC_DECLARE_VOID_HOOK(core, metrics,
    (void *, ec_metrics *),
    (ec_metrics *metrics),
    (EC_HOOK_CLOSURE, metrics))

/* For providers of core_metrics: everything is copied. */
EC_ADDITION void ec_metrics_tell_counter(ec_metrics *metrics,
    const char *name, const char *help, const char *labels, double value);
EC_ADDITION void ec_metrics_tell_gauge(ec_metrics *metrics, const char *name,
    const char *help, const char *labels, double value);

#endif
