/*
 * functions.h: our functions, for those who may do without them.
 */
#ifndef DKIM_FUNCTIONS_H
#define DKIM_FUNCTIONS_H

/*
 * From now on dlsym(RTLD_DEFAULT, ...) finds what this module exports.  The host
 * does that for a module that another one requires; but requiring is also to
 * run it, and scriptlet calls us only where the configuration has us.
 */
void functions_show(void);

#endif
