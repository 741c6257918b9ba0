#include "exec_buffer.h"

#include "exec_vector.h"
#include "private_memory.h"
#include "report.h"

// OOB_SELECT: when an access is out of range.
enum buffer_bounds { BOUNDS_STRUCTURE, BOUNDS_INDEX, BOUNDS_EMPTY, BOUNDS_RAW };

struct buffer buffer_decode(const uint32_t *words)
{
    struct buffer b = {
        .base = words[0] | (uint64_t)(words[1] & 0xffff) << 32,
        .stride = words[1] >> 16 & 0x3fff,
        .swizzle = words[1] >> 31,
        .records = words[2],
        .add_lane = words[3] >> 23 & 1,
        .bounds = words[3] >> 28 & 3,
    };
    if (b.add_lane) b.stride |= (words[3] >> 15 & 0xf) << 14; // the format field holds more of it
    return b;
}

// --- Scratch: a swizzled descriptor over the wave's own backing store ---

static inline bool is_scratch(const struct wave *w, const uint32_t *words, uint32_t soffset, uint32_t *start)
{
    return private_descriptor(words, soffset, w->flat_scratch, w->wave64, start);
}

static bool scratch_run(struct wave *w, const struct op *op, uint64_t exec, uint32_t start)
{
    start += (uint32_t)op->offset;
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        if (!(uint16_t)exec) continue;
        u32x16 offset = (u32x16){0} + start;
        if (op->in->offen) offset += *source_vector(w, &op->s[0], slice);
        if (!private_run(w, op, slice, (uint16_t)exec, offset)) return false;
    }
    return true;
}

// --- Linear buffers ---

static bool in_range(const struct buffer *b, uint64_t index, uint64_t offset, uint32_t soffset, unsigned size)
{
    bool raw = b->bounds == BOUNDS_RAW || (b->bounds == BOUNDS_STRUCTURE && b->stride == 0);
    if (raw) return index * b->stride + offset + soffset + size <= b->records;
    if (b->bounds == BOUNDS_EMPTY) return b->records != 0;
    return index < b->records && (b->bounds == BOUNDS_INDEX || offset + size <= b->stride);
}

uint16_t buffer_addresses(struct wave *w, const struct op *op, const struct buffer *b, unsigned slice,
                          uint16_t exec, unsigned size)
{
    const struct instruction *in = op->in;
    const u32x16 *v = source_vector(w, &op->s[0], slice);
    uint32_t soffset = source_scalar32(w, &op->s[2]);
    struct lanes *l = &w->lanes[slice];
    uint16_t inside = 0;
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        uint64_t index = in->idxen ? v[0][i] : 0, offset = op->offset;
        if (in->offen) offset += v[in->idxen][i];
        if (b->add_lane) index += l->first_lane + i;
        l->address[i] = b->base + soffset + index * b->stride + offset;
        if (in_range(b, index, offset, soffset, size)) inside |= (uint16_t)(1u << i);
    }
    return inside & exec;
}

// Lanes out of range read 0, and write nothing.
static void linear_run(struct wave *w, const struct op *op, const struct buffer *b, uint64_t exec)
{
    static const uint32_t zeros[4];
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        struct lanes *l = &w->lanes[slice];
        if (!(uint16_t)exec) continue;
        uint16_t inside = buffer_addresses(w, op, b, slice, (uint16_t)exec, op->access_bytes);
        if (inside) access_run(w, op, slice, inside);
        uint16_t outside = (uint16_t)exec & (uint16_t)~inside;
        if (!outside || !op->d_dwords) continue;
        if (op->in->opcode->flags & OPCODE_LOAD) {
            for (unsigned i = 0; i < SLICE_LANES; i++) l->address[i] = (uint64_t)zeros;
            access_run(w, op, slice, outside);
        } else {
            u32x16 *d = destination_vector(w, op, slice);
            for (unsigned k = 0; k < op->d_dwords; k++) {
                for (unsigned i = 0; i < SLICE_LANES; i++) d[k][i] = outside >> i & 1 ? 0 : d[k][i];
            }
        }
    }
}

static enum wave_state run_buffer(struct wave *w, const struct op *op)
{
    const uint32_t *words = &w->sgpr[op->in->src[1].index];
    uint32_t soffset = (uint32_t)source_scalar(w, &op->s[2]), start;
    struct buffer b = buffer_decode(words);
    w->op = op;
    if (!b.swizzle) {
        linear_run(w, op, &b, wave_exec(w));
    } else if (is_scratch(w, words, soffset, &start) && !op->in->idxen) {
        if (!scratch_run(w, op, wave_exec(w), start)) return WAVE_STOPPED;
    } else {
        return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "swizzled buffer descriptor not supported");
    }
    NEXT(w, op);
}

// --- Spills: the same dword of every lane, which is a row of memory ---

// The row of lane 0, or NULL where the access is no such.
static inline u32x16 *spill_row(const struct wave *w, const struct op *op)
{
    uint32_t start, soffset = source_scalar32(w, &op->s[2]);
    if (!is_scratch(w, &w->sgpr[op->in->src[1].index], soffset, &start)) return NULL;
    start += (uint32_t)op->offset;
    if (start % 4 || (uint64_t)start + 4 > private_limit(w)) return NULL;
    return (u32x16 *)(w->flat_scratch + ((uint64_t)start << private_shift(w->wave64)));
}

static enum wave_state run_spill_store(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    u32x16 *row = spill_row(w, op);
    w->op = op;
    if (!row) BECOME(run_buffer, w, op);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16)
        lanes_merge(&row[slice], source_vector(w, &op->s[1], slice), 1, (uint16_t)exec);
    NEXT(w, op);
}

static enum wave_state run_spill_load(struct wave *w, const struct op *op)
{
    uint64_t exec = wave_exec(w);
    const u32x16 *row = spill_row(w, op);
    w->op = op;
    if (!row) BECOME(run_buffer, w, op);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16)
        lanes_merge(destination_vector(w, op, slice), &row[slice], 1, (uint16_t)exec);
    NEXT(w, op);
}

handler_fn *buffer_handler(const struct instruction *in)
{
    if (in->offen || in->idxen) return run_buffer;
    if (in->opcode->id == OPCODE_ID_buffer_store_dword__MUBUF) return run_spill_store;
    if (in->opcode->id == OPCODE_ID_buffer_load_dword__MUBUF) return run_spill_load;
    return run_buffer;
}
