/*
 * version.h: which edition of the module interface these headers describe.
 *
 * Sources that serve several editions ask _EC_MAJOR_VER in the preprocessor
 * and put _EC_VER into their infrastructure, where the host looks at it
 * before anything of the module is called.
 */
#ifndef EC_VERSION_H
#define EC_VERSION_H

#define _EC_MAJOR_VER 4
#define _EC_MINOR_VER 3
#define _EC_MICRO_VER 0
#define _EC_VER (_EC_MAJOR_VER * 10000 + _EC_MINOR_VER * 100 + _EC_MICRO_VER)

#endif
