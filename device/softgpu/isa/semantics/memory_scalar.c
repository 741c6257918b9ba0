// Scalar loads from buffers. "RDNA 2" ISA guide, chapters 7.2 and 8.1.5.
#include "memory_scalar.h"

uint64_t buffer_dword(uint32_t word0, uint32_t word1, uint32_t word2, uint64_t offset)
{
    enum { STRIDE_SHIFT = 16, STRIDE_MASK = 0x3fff };
    uint64_t base = word0 | (uint64_t)(word1 & 0xffff) << 32;
    uint32_t stride = word1 >> STRIDE_SHIFT & STRIDE_MASK;
    uint64_t size = (uint64_t)word2 * (stride ? stride : 1);
    return offset + sizeof(uint32_t) <= size ? base + offset : BUFFER_OUTSIDE;
}
