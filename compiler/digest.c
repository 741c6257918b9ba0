#include "digest.h"

#include <blake2.h>

struct digest digest_of(const void *data, size_t size)
{
    struct digest digest;
    blake2b(digest.bytes, data, NULL, sizeof digest.bytes, size, 0);
    return digest;
}
