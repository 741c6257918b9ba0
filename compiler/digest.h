// BLAKE2b-256 of bytes, from libb2: one function for names and for checksums, fast enough for both (about a
// gigabyte a second) and with no collisions that anybody could make.
#pragma once

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct digest {
    unsigned char bytes[32];
};

struct digest digest_of(const void *data, size_t size);

#ifdef __cplusplus
}
#endif
