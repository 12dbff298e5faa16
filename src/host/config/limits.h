/*
 * limits.h: what a configuration may demand of this process, in one place.
 *
 * Files are written by administrators and programs that they trust, so the
 * limits are there to end accidents with a clear message: a log file that was
 * included by mistake, an include that includes itself, a generator gone wild.
 */
#ifndef CONFIG_LIMITS_H
#define CONFIG_LIMITS_H

#define CONFIG_FILE_BYTES (128u << 20) /* a million dk_domain stanzas fit */
#define CONFIG_TOTAL_BYTES (512u << 20) /* all files of one load */
#define CONFIG_FILES 10000 /* read in one load, repeated ones counted again */
#define CONFIG_INCLUDE_DEPTH 16 /* files that include files */
#define CONFIG_NESTING_DEPTH 64 /* stanzas in stanzas; nothing legal is over 6 */
#define CONFIG_TOKEN_BYTES (64u << 10) /* one name or value */
#define CONFIG_ERRORS 100 /* told; of more, only how many */
#define CONFIG_ERROR_BYTES 4096 /* one message; longer ones are cut */
#define CONFIG_QUOTED_IN_ERROR 60 /* of a name or value in a message */
#define CONFIG_FALLBACK_STEPS 6 /* scopes in one alternative */

#endif
