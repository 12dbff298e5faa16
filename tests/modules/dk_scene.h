/*
 * dk_scene.h: a DNS for DomainKeys in the folder of a scene, and libseal itself
 * as the other side.
 *
 * dk_scene_begin() is scene_begin() with the file dk.zone, which has
 *
 *	dk other weak dsa junk revoked testing	keys of example.com: RSA 2048,
 *		1024, 512; of a type that there is not; no key; revoked; t=y
 *	g-ann g-star g-none	the key of dk with g=ann, g=a*n, g=
 *	example.com	o=~, all.example o=-, trial.example "o=-; t=y",
 *		strange.example something that is no policy; each but the
 *		first with the key dk, too
 */
#ifndef TESTS_MODULES_DK_SCENE_H
#define TESTS_MODULES_DK_SCENE_H

#include "scene.h"

void dk_scene_begin(struct scene *scene);

/* A message with a signature of libseal's on top, by rsa.key; freed by free(). */
struct dk_scene_signature {
	const char *domain, *selector; /* NULL: example.com, dk */
	const char *headers; /* NULL: all that are suitable */
	bool bare; /* all that stand below, and no h= */
};
char *dk_scene_sign(const struct scene *scene,
    const struct dk_scene_signature *signature, const char *text);

/* Verify scene->out against dk.zone: a line "pass d=... s=... c=..." for each
 * signature from the top, or the reason instead of "pass".  Freed by free(). */
char *dk_scene_verify(const struct scene *scene);

#endif
