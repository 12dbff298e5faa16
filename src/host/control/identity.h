/*
 * identity.h: which program this is, to the byte.
 */
#ifndef HOST_IDENTITY_H
#define HOST_IDENTITY_H

#define IDENTITY_REVISION_BYTES 41

/* The first digits of the build id that the linker gave the running program
 * ("readelf -n" shows it whole), or "unknown". */
void identity_revision(char revision_r[IDENTITY_REVISION_BYTES]);

#endif
