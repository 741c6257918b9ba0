#include "private_memory.h"

#include "report.h"

enum { ACCESS_BYTES_MAX = 16 };

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

bool private_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec, u32x16 offset)
{
    unsigned size = op->access_bytes;
    uint16_t outside = private_outside(offset, size, private_limit(w)) & exec;
    if (outside) {
        private_stop(w, op, offset[(unsigned)__builtin_ctz(outside)]);
        return false;
    }
    if (!(private_spanning(offset, size) & exec)) {
        struct lanes *l = &w->lanes[slice];
        l->address = private_addresses(offset, w->flat_scratch, l->first_lane, w->wave64);
        access_run(w, op, slice, exec);
    } else {
        access_gathered(w, op, slice, exec, offset);
    }
    return true;
}

enum wave_state private_stop(struct wave *w, const struct op *op, uint32_t offset)
{
    return wave_stop_memory(w, op, APERTURE_PRIVATE + offset);
}
