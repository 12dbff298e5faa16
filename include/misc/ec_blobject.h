/* misc/ec_blobject.h: the other place where ec_blobject.h is looked for. */
#include "../ec_blobject.h"
