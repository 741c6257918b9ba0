#include "exec_memory.h"

#include "device/softgpu/translator/translated.h"
#include "exec_buffer.h"
#include "exec_image.h"
#include "exec_scalar.h"
#include "exec_vector.h"
#include "private_memory.h"
#include "report.h"

void access_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec)
{
    struct lanes *l = &w->lanes[slice];
    u32x16 *d = op->d_dwords ? destination_vector(w, op, slice) : w->result;
    l->exec = exec;
    w->slice = (uint8_t)slice;
    op->vector(d, NULL, source_vector(w, &op->s[1], slice), NULL, l);
}

void memory_run(uint32_t opcode_id, void *d, const void *s0, const void *s1, const void *s2, void *lanes)
{
    opcodes[opcode_id].vector(d, s0, s1, s2, lanes);
}

static inline u64x16 address_pair(const u32x16 *s)
{
    return __builtin_convertvector(s[0], u64x16) | __builtin_convertvector(s[1], u64x16) << 32;
}

// --- GLOBAL ---

static enum wave_state run_global(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        w->lanes[slice].address = address_pair(source_vector(w, &op->s[0], slice)) + op->offset;
        access_run(w, op, slice, (uint16_t)exec);
    }
    NEXT(w, op);
}

// With an SGPR pair as base and a 32-bit offset in the register.
static enum wave_state run_global_based(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w), base = source_scalar(w, &op->s[2]) + op->offset;
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 offset = *source_vector(w, &op->s[0], slice);
        w->lanes[slice].address = __builtin_convertvector(offset, u64x16) + base;
        access_run(w, op, slice, (uint16_t)exec);
    }
    NEXT(w, op);
}

// The lane's number is the offset, in dwords.
static enum wave_state run_global_lane(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w), base = op->offset;
    if (op->in->src[2].file == FILE_SGPR) base += source_scalar(w, &op->s[2]);
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 offset = (LANE_NUMBERS + w->lanes[slice].first_lane) * 4;
        w->lanes[slice].address = __builtin_convertvector(offset, u64x16) + base;
        access_run(w, op, slice, (uint16_t)exec);
    }
    NEXT(w, op);
}

// --- FLAT ---

static uint16_t aperture_lanes(u64x16 address, uint64_t aperture)
{
    typedef bool lane_bits __attribute__((ext_vector_type(16)));
    lane_bits inside = __builtin_convertvector(address >> 32 == aperture >> 32, lane_bits);
    return __builtin_bit_cast(uint16_t, inside);
}

// The lanes whose addresses mean LDS. Returns false with the fault filled in where one is out of range.
static bool shared_run(struct wave *w, const struct op *op, unsigned slice, uint16_t exec)
{
    struct lanes *l = &w->lanes[slice];
    u64x16 flat = l->address;
    for (unsigned left = exec; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctz(left);
        if ((uint32_t)flat[i] + (uint64_t)op->access_bytes > l->lds_size) {
            wave_stop_memory(w, op, flat[i]);
            return false;
        }
    }
    l->address = (flat & UINT32_MAX) + (uint64_t)w->lds;
    access_run(w, op, slice, exec);
    l->address = flat;
    return true;
}

// One slice of which some lanes' addresses lie in an aperture.
static bool flat_split(struct wave *w, const struct op *op, unsigned slice, uint16_t shared, uint16_t private,
                       uint16_t global)
{
    if (global) access_run(w, op, slice, global);
    if (shared && !shared_run(w, op, slice, shared)) return false;
    u32x16 offset = __builtin_convertvector(w->lanes[slice].address, u32x16);
    return !private || private_run(w, op, slice, private, offset);
}

static enum wave_state run_flat(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        struct lanes *l = &w->lanes[slice];
        uint16_t active = l->exec = (uint16_t)exec;
        if (!active) continue;
        l->address = address_pair(source_vector(w, &op->s[0], slice)) + op->offset;
        uint16_t shared = aperture_lanes(l->address, APERTURE_SHARED) & active;
        uint16_t private = aperture_lanes(l->address, APERTURE_PRIVATE) & active;
        if (!(shared | private))
            access_run(w, op, slice, active);
        else if (!flat_split(w, op, slice, shared, private, active & (uint16_t)~(shared | private)))
            return WAVE_STOPPED;
    }
    NEXT(w, op);
}

// --- SCRATCH ---

static enum wave_state run_scratch(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    uint32_t base = (uint32_t)(source_scalar(w, &op->s[2]) + op->offset);
    bool has_register = op->in->src[0].file == FILE_VGPR;
    w->op = op;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 offset = (u32x16){0} + base;
        if (has_register) offset += *source_vector(w, &op->s[0], slice);
        if (!private_run(w, op, slice, (uint16_t)exec, offset)) return WAVE_STOPPED;
    }
    NEXT(w, op);
}

// --- LDS ---

static enum wave_state run_lds(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        struct lanes *l = &w->lanes[slice];
        l->exec = (uint16_t)exec;
        l->offset = (uint32_t)op->offset;
        l->m0 = w->sgpr[SGPR_M0];
        u32x16 *d = op->d_dwords ? destination_vector(w, op, slice) : w->result;
        op->vector(d, source_vector(w, &op->s[0], slice), source_vector(w, &op->s[1], slice),
                   source_vector(w, &op->s[2], slice), l);
    }
    NEXT(w, op);
}

// --- Lowering ---

handler_fn *memory_handler(const struct instruction *in)
{
    if (in->opcode->encoding == ENCODING_MIMG) return image_handler(in);
    if (in->opcode->formatted) return buffer_format_handler(in);
    if (!in->opcode->vector || in->tfe || in->lds || in->gds) return NULL;
    switch (in->opcode->encoding) {
    case ENCODING_DS:
        return run_lds;
    case ENCODING_FLAT:
        return run_flat;
    case ENCODING_GLOBAL:
        if (!in->opcode->src[0]) return run_global_lane;
        return in->src[2].file == FILE_SGPR ? run_global_based : run_global;
    case ENCODING_SCRATCH:
        return run_scratch;
    case ENCODING_MUBUF:
        return buffer_handler(in);
    default:
        return NULL;
    }
}

void memory_lower(struct region *region, struct op *op)
{
    const struct instruction *in = op->in;
    const struct operand *data = &in->src[1], *base = &in->src[2];
    op->vector = in->opcode->vector;
    op->access_bytes = (uint8_t)access_size(in);
    bool has_descriptor = in->opcode->encoding >= ENCODING_MUBUF && in->opcode->encoding <= ENCODING_MIMG;
    if (has_descriptor) data = &in->src[3];
    vector_source(region, op, 0, &in->src[0]);
    vector_source(region, op, 1, data);
    if (in->opcode->encoding == ENCODING_DS) {
        vector_source(region, op, 2, &in->src[2]);
        op->offset = (uint16_t)in->offset;
    } else {
        op->s[2] = scalar_source(base, &op->constant[0]);
        op->offset = (uint64_t)(int64_t)in->offset;
    }
    op->broadcast = 0;
    if (in->dst.file == FILE_VGPR) {
        op->d = (uint32_t)(offsetof(struct wave, vgpr) + in->dst.index * sizeof(u32x16));
        op->d_dwords = in->dst.dwords;
    }
}
