#include "private_memory.h"

#include "report.h"

enum { ACCESS_BYTES_MAX = 16 };

static inline u64x16 interleaved(const struct wave *w, unsigned slice, u32x16 offset)
{
    static const u32x16 numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    u64x16 dword = __builtin_convertvector(offset & ~3u, u64x16) * (w->slices * SLICE_LANES);
    u32x16 within = (offset & 3) + (numbers + w->lanes[slice].first_lane) * 4;
    return dword + __builtin_convertvector(within, u64x16) + w->flat_scratch;
}

static uint8_t *byte_at(const struct wave *w, uint32_t offset, unsigned lane)
{
    uint64_t dword = (uint64_t)(offset & ~3u) * (w->slices * SLICE_LANES);
    return (uint8_t *)(w->flat_scratch + dword + 4 * lane + (offset & 3));
}

// An access that spans dwords: its bytes are brought together, accessed there, and put back.
static void access_gathered(struct wave *w, const struct op *op, unsigned slice, uint16_t exec, u32x16 offset)
{
    uint8_t bytes[SLICE_LANES][ACCESS_BYTES_MAX];
    struct lanes *l = &w->lanes[slice];
    unsigned size = op->access_bytes;
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        l->address[i] = (uint64_t)bytes[i];
        for (unsigned b = 0; b < size && exec >> i & 1; b++)
            bytes[i][b] = *byte_at(w, offset[i] + b, l->first_lane + i);
    }
    access_run(w, op, slice, exec);
    for (unsigned i = 0; i < SLICE_LANES && !(op->in->opcode->flags & OPCODE_LOAD); i++) {
        for (unsigned b = 0; b < size && exec >> i & 1; b++)
            *byte_at(w, offset[i] + b, l->first_lane + i) = bytes[i][b];
    }
}

static uint16_t lane_bits_of(i32x16 condition)
{
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    return __builtin_bit_cast(uint16_t, __builtin_convertvector(condition, lane_bits));
}

bool private_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec, u32x16 offset)
{
    unsigned size = op->access_bytes;
    uint64_t limit = private_limit(w);
    uint16_t outside = limit < size ? 0xffff : lane_bits_of(offset > (uint32_t)(limit - size));
    if (outside & exec) {
        private_stop(w, op, offset[(unsigned)__builtin_ctz(outside & exec)]);
        return false;
    }
    if (!(lane_bits_of((offset & 3) + size > 4) & exec)) {
        w->lanes[slice].address = interleaved(w, slice, offset);
        access_run(w, op, slice, exec);
    } else {
        access_gathered(w, op, slice, exec, offset);
    }
    return true;
}

enum wave_state private_stop(struct wave *w, const struct op *op, uint32_t offset)
{
    return wave_stop_memory(w, op, APERTURE_PRIVATE + offset, !(op->in->opcode->flags & OPCODE_LOAD));
}
