#include "wave.h"

#include "compute_unit.h"

#include <string.h>

// --- MODE ---

enum {
    MXCSR_DENORMALS_ARE_ZERO = 1 << 6,
    MXCSR_EXCEPTIONS_MASKED = 0x3f << 7,
    MXCSR_FLUSH_TO_ZERO = 1 << 15,
};

// MODE rounds to nearest even, up, down, towards zero; in MXCSR up and down have changed places.
static const uint32_t mxcsr_rounding[] = {0x0000, 0x4000, 0x2000, 0x6000};

static uint32_t mxcsr_of(unsigned rounding, bool denormals_in, bool denormals_out)
{
    return MXCSR_EXCEPTIONS_MASKED | mxcsr_rounding[rounding & 3] |
           (denormals_in ? 0 : MXCSR_DENORMALS_ARE_ZERO) | (denormals_out ? 0 : MXCSR_FLUSH_TO_ZERO);
}

void wave_set_mode(struct wave *w, uint32_t mode)
{
    bool in_32 = mode & MODE_F32_DENORM_IN, out_32 = mode & MODE_F32_DENORM_OUT;
    bool in_64 = mode & MODE_F16_F64_DENORM_IN, out_64 = mode & MODE_F16_F64_DENORM_OUT;
    w->mode = mode;
    w->mxcsr[ARITHMETIC_F32] = mxcsr_of(mode, in_32, out_32);
    w->mxcsr[ARITHMETIC_F16] = mxcsr_of(mode >> 2, in_32, out_32);
    w->mxcsr[ARITHMETIC_F64] = mxcsr_of(mode >> 2, in_64, out_64);
    w->mxcsr[ARITHMETIC_F64_TO_F32] = mxcsr_of(mode >> 2, in_64, out_32);
    w->mxcsr[ARITHMETIC_NEAREST] = mxcsr_of(0, in_32, out_32);
    w->mxcsr[ARITHMETIC_F64_NEAREST] = mxcsr_of(0, in_64, out_64);
    for (unsigned slice = 0; slice < SLICES_MAX; slice++) w->lanes[slice].mode = mode;
}

// --- Initial state ---

enum {
    RSRC1_FLOAT_MODE_SHIFT = 12,
    RSRC1_DX10_CLAMP = 1 << 21,
    RSRC1_IEEE = 1 << 23,

    RSRC2_SCRATCH = 1 << 0,
    RSRC2_GROUP_ID_X = 1 << 7, // Y and Z follow
    RSRC2_GROUP_INFO = 1 << 10,

    PROPERTY_SCRATCH_DESCRIPTOR = 1 << 0,
    PROPERTY_DISPATCH_POINTER = 1 << 1,
    PROPERTY_QUEUE_POINTER = 1 << 2,
    PROPERTY_KERNARG_POINTER = 1 << 3,
    PROPERTY_DISPATCH_ID = 1 << 4,
    PROPERTY_FLAT_SCRATCH_INIT = 1 << 5,
    PROPERTY_PRIVATE_SEGMENT_SIZE = 1 << 6,
    PROPERTY_GRID_GROUPS_X = 1 << 7, // legacy descriptors only; Y and Z follow
};

// A descriptor over scratch that interleaves the lanes' dwords: swizzled by 4 bytes, the lane number added.
static void scratch_descriptor(uint32_t words[4], const struct wave *w)
{
    const uint32_t index_stride = w->wave64 ? 3 : 2, select_xyzw = 4 | 5 << 3 | 6 << 6 | 7 << 9;
    const uint32_t add_lane = 1u << 23, unchecked = 2u << 28, swizzle = 1u << 31;
    uint64_t base = w->group->scratch;
    words[0] = (uint32_t)base;
    words[1] = (uint32_t)(base >> 32 & 0xffff) | swizzle;
    words[2] = UINT32_MAX;
    words[3] = select_xyzw | index_stride << 21 | add_lane | unchecked;
}

static unsigned put64(struct wave *w, unsigned at, bool wanted, uint64_t value)
{
    if (!wanted) return at;
    wave_write64(w, at, value);
    return at + 2;
}

static unsigned put32(struct wave *w, unsigned at, bool wanted, uint32_t value)
{
    if (!wanted) return at;
    w->sgpr[at] = value;
    return at + 1;
}

static void launch_user_sgprs(struct wave *w)
{
    const struct dispatch *d = w->group->dispatch;
    unsigned at = 0, properties = d->properties;
    if (properties & PROPERTY_SCRATCH_DESCRIPTOR) {
        scratch_descriptor(&w->sgpr[at], w);
        at += 4;
    }
    at = put64(w, at, properties & PROPERTY_DISPATCH_POINTER, (uintptr_t)d->packet);
    at = put64(w, at, properties & PROPERTY_QUEUE_POINTER, (uintptr_t)d->queue);
    at = put64(w, at, properties & PROPERTY_KERNARG_POINTER, d->kernarg);
    at = put64(w, at, properties & PROPERTY_DISPATCH_ID, d->dispatch_id);
    at = put64(w, at, properties & PROPERTY_FLAT_SCRATCH_INIT, w->group->scratch);
    at = put32(w, at, properties & PROPERTY_PRIVATE_SEGMENT_SIZE, d->scratch_bytes);
    for (unsigned i = 0; i < 3 && d->legacy_descriptor; i++)
        at = put32(w, at, properties & (PROPERTY_GRID_GROUPS_X << i), d->groups[i]);
}

// Where the offset of the wave's scratch is: the last of the SGPRs that launch_system_sgprs fills.
static unsigned scratch_sgpr(const struct dispatch *d)
{
    if (!(d->rsrc2 & RSRC2_SCRATCH)) return SGPR_SLOTS;
    unsigned before =
        d->rsrc2 & (RSRC2_GROUP_ID_X | RSRC2_GROUP_ID_X << 1 | RSRC2_GROUP_ID_X << 2 | RSRC2_GROUP_INFO);
    return (d->rsrc2 >> 1 & 31) + (unsigned)__builtin_popcount(before);
}

// The dispatcher's SGPRs follow the user SGPRs, however many of those are in use.
static void launch_system_sgprs(struct wave *w, uint32_t number)
{
    const struct group *g = w->group;
    uint32_t rsrc2 = g->dispatch->rsrc2, first = (uint32_t)(number == 0) << 31;
    unsigned at = rsrc2 >> 1 & 31;
    for (unsigned i = 0; i < 3; i++) at = put32(w, at, rsrc2 & (RSRC2_GROUP_ID_X << i), g->id[i]);
    put32(w, at, rsrc2 & RSRC2_GROUP_INFO, first | g->wave_count);
    put32(w, g->scratch_sgpr, rsrc2 & RSRC2_SCRATCH, (uint32_t)(number * g->scratch_wave_bytes));
}

bool wave_model_launch(struct wave *model, const struct group *g)
{
    if (g->dispatch->rsrc2 & RSRC2_GROUP_INFO) return false;
    launch_system_sgprs(model, 0);
    wave_write64(model, SGPR_EXEC, model->lane_mask);
    return true;
}

// Work-item ids in v0, v1, v2, as many as the descriptor asks for; EXEC where there are items.
static void launch_items(struct wave *w, uint32_t number)
{
    const uint32_t *size = w->group->size;
    unsigned ids = w->group->dispatch->rsrc2 >> 11 & 3, lanes = w->slices * SLICE_LANES;
    uint32_t left = size[0] * size[1] * size[2] - number * lanes;
    for (unsigned slice = 0; slice < w->slices && slice * SLICE_LANES < left; slice++) {
        for (unsigned i = 0; i <= ids && i < 3; i++)
            w->vgpr[slice][i] = w->group->cu->ids->id[i][number * w->slices + slice];
    }
    wave_write64(w, SGPR_EXEC, left >= lanes ? w->lane_mask : (UINT64_C(1) << left) - 1);
}

void wave_prepare(struct wave *model, struct group *g, const struct op *entry)
{
    const struct dispatch *d = g->dispatch;
    uint32_t mode = d->rsrc1 >> RSRC1_FLOAT_MODE_SHIFT & 0xff;
    if (d->rsrc1 & RSRC1_DX10_CLAMP) mode |= MODE_DX10_CLAMP;
    if (d->rsrc1 & RSRC1_IEEE) mode |= MODE_IEEE;
    memset(model, 0, offsetof(struct wave, lanes));
    model->op = entry;
    model->group = g;
    model->wave64 = d->wave64;
    model->slices = d->wave64 ? 4 : 2;
    model->lane_mask = d->wave64 ? UINT64_MAX : UINT32_MAX;
    model->lds = g->cu->lds;
    wave_set_mode(model, mode);
    g->scratch_sgpr = scratch_sgpr(d);
    launch_user_sgprs(model);
}

void lanes_prepare(struct wave *w, const struct group *g)
{
    const struct dispatch *d = g->dispatch;
    for (unsigned slice = 0; slice < g->cu->model->slices; slice++) {
        struct lanes *l = &w->lanes[slice];
        l->first_lane = (uint8_t)(slice * SLICE_LANES);
        l->wave64 = d->wave64;
        l->clamp = false;
        l->lds = g->cu->lds;
        l->lds_size = (d->lds_bytes + LDS_GRANULE - 1) / LDS_GRANULE * LDS_GRANULE;
    }
}

void wave_launch(struct wave *w, const struct group *g, uint32_t number)
{
    const struct wave *model = g->cu->model;
    enum { PIECE = 128 }; // as much as clang copies by moves of vectors
    _Static_assert(offsetof(struct wave, lanes) % PIECE == 0, "");
    for (size_t at = 0; at < offsetof(struct wave, lanes); at += PIECE)
        __builtin_memcpy_inline((char *)w + at, (const char *)model + at, PIECE);
    for (unsigned slice = 0; slice < w->slices; slice++) w->lanes[slice].mode = model->mode;
    w->flat_scratch = g->scratch + number * g->scratch_wave_bytes;
    launch_system_sgprs(w, number);
    launch_items(w, number);
}
