// Scratch as functions, for the translator.
#include "memory_private.h"
#include "memory_gather.h"

// The offset at which descriptor and soffset point; UINT64_MAX where it is not scratch's.
uint64_t scratch_start(uint32_t word0, uint32_t word1, uint32_t word3, uint32_t soffset, uint64_t scratch,
                       bool wave64);
uint64_t scratch_start(uint32_t word0, uint32_t word1, uint32_t word3, uint32_t soffset, uint64_t scratch,
                       bool wave64)
{
    const uint32_t words[] = {word0, word1, 0, word3};
    uint32_t start;
    return private_descriptor(words, soffset, scratch, wave64, &start) ? start : UINT64_MAX;
}

// Whether the active lanes' accesses are within `limit` and each in one dword; those of whole dwords begin
// where one does.
bool scratch_plain(const u32x16 *offset, uint16_t exec, uint32_t size, uint64_t limit);
bool scratch_plain(const u32x16 *offset, uint16_t exec, uint32_t size, uint64_t limit)
{
    uint32_t piece = size < 4 ? size : 4;
    return ((private_outside(*offset, size, limit) | private_spanning(*offset, piece)) & exec) == 0;
}

// The same of an access by all lanes at one offset.
bool scratch_plain_same(uint32_t offset, uint32_t size, uint64_t limit);
bool scratch_plain_same(uint32_t offset, uint32_t size, uint64_t limit)
{
    uint32_t piece = size < 4 ? size : 4;
    return size <= limit && offset <= (uint32_t)(limit - size) && (offset & 3) + piece <= 4;
}

void scratch_addresses(u64x16 *address, const u32x16 *offset, uint64_t scratch, uint32_t first_lane,
                       bool wave64);
void scratch_addresses(u64x16 *address, const u32x16 *offset, uint64_t scratch, uint32_t first_lane,
                       bool wave64)
{
    *address = private_addresses(*offset, scratch, first_lane, wave64);
}

// Dwords that begin where one of scratch's does, and that are within.
void scratch_load(u32x16 *d, const u32x16 *offset, uint16_t exec, uint64_t scratch, uint32_t first_lane,
                  bool wave64);
void scratch_load(u32x16 *d, const u32x16 *offset, uint16_t exec, uint64_t scratch, uint32_t first_lane,
                  bool wave64)
{
    u32x16 at = private_offsets(*offset, first_lane, wave64);
#ifdef __AVX2__
    *d = gather_near(scratch, at, truth_of(exec));
#else
    EACH_LANE(i, exec) lane_set(d, i, *(const host_u32 *)(scratch + at[i]));
#endif
}

void scratch_store(const u32x16 *s, const u32x16 *offset, uint16_t exec, uint64_t scratch,
                   uint32_t first_lane, bool wave64);
void scratch_store(const u32x16 *s, const u32x16 *offset, uint16_t exec, uint64_t scratch,
                   uint32_t first_lane, bool wave64)
{
    u32x16 at = private_offsets(*offset, first_lane, wave64);
#ifdef __AVX512F__
    _mm512_mask_i32scatter_epi32((void *)scratch, exec, (__m512i)at, (__m512i)*s, 1);
#else
    EACH_LANE(i, exec) * (host_u32 *)(scratch + ((const host_u32 *)&at)[i]) = ((const host_u32 *)s)[i];
#endif
}

// Lane 0's address of a dword that all lanes have at the same offset: a row.
uint64_t scratch_row(uint32_t offset, uint64_t scratch, uint32_t first_lane, bool wave64);
uint64_t scratch_row(uint32_t offset, uint64_t scratch, uint32_t first_lane, bool wave64)
{
    return private_addresses((u32x16){0} + offset, scratch, first_lane, wave64)[0];
}
