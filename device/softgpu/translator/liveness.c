// Which registers are live where a block begins: backwards over the blocks, to a fixed point.
#include "code.h"

#include "device/softgpu/isa/vector_state.h"

#include <string.h>

static void scalar_add(struct registers *r, unsigned index, unsigned count)
{
    for (unsigned i = index; i < index + count && i < SGPR_COUNT; i++)
        r->scalar[i / 64] |= UINT64_C(1) << i % 64;
}

static void vector_add(struct registers *r, unsigned index, unsigned count)
{
    for (unsigned i = index; i < index + count && i < VGPR_COUNT; i++)
        r->vector[i / 64] |= UINT64_C(1) << i % 64;
}

static void operand_add(struct registers *r, const struct operand *operand)
{
    if (operand->file == FILE_SGPR) scalar_add(r, operand->index, operand->dwords);
    if (operand->file == FILE_VGPR) vector_add(r, operand->index, operand->dwords);
    if (operand->file == FILE_SPECIAL) {
        r->scc |= operand->index == CODE_SCC;
        if (operand->index == CODE_VCCZ) scalar_add(r, SGPR_VCC, 2);
    }
}

static void mask_add(struct registers *r, unsigned mask, bool wave64)
{
    if (mask < SGPR_COUNT) scalar_add(r, mask, wave64 ? 2 : 1);
}

// --- What an instruction reads, and what it surely overwrites ---

static void reads_find(const struct code *c, const struct instruction *in, struct registers *reads)
{
    for (unsigned i = 0; i < 4; i++) operand_add(reads, &in->src[i]);
    // EXEC is read by whatever the wave does next. What is written may be written in part.
    scalar_add(reads, SGPR_EXEC, 2);
    if (in->dst.file == FILE_VGPR || in->opcode->encoding == ENCODING_SOP1) operand_add(reads, &in->dst);
    if (in->opcode->encoding >= ENCODING_VOP1) mask_add(reads, lane_masks_of(in).in, c->wave64);
    if (in->opcode->scalar) reads->scc = true;
    if (in->opcode->encoding == ENCODING_DS) scalar_add(reads, SGPR_M0, 1);
    switch (flow_of(in->opcode)) {
    case FLOW_BRANCH_SCC0:
    case FLOW_BRANCH_SCC1:
        reads->scc = true;
        break;
    case FLOW_BRANCH_VCCZ:
    case FLOW_BRANCH_VCCNZ:
        scalar_add(reads, SGPR_VCC, 2);
        break;
    default:
        break;
    }
}

static void writes_find(const struct code *c, const struct instruction *in, struct registers *writes)
{
    if (in->dst.file == FILE_SGPR && in->dst.type != TYPE_LANE_MASK) operand_add(writes, &in->dst);
    if (in->opcode->encoding >= ENCODING_VOP1) mask_add(writes, lane_masks_of(in).out, c->wave64);
    if (in->opcode->encoding == ENCODING_SOPC) writes->scc = true;
}

static void written_find(struct code *c, const struct instruction *in)
{
    writes_find(c, in, &c->written);
    if (in->dst.file == FILE_VGPR) operand_add(&c->written, &in->dst);
    if (in->dst2.file == FILE_VGPR) operand_add(&c->written, &in->dst2);
    if (in->opcode->scalar) c->written.scc = true;
    if (in->opcode->flags & OPCODE_WRITES_EXEC || in->opcode->scalar) scalar_add(&c->written, SGPR_EXEC, 2);
}

// --- Sets ---

static void registers_unite(struct registers *a, const struct registers *b)
{
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) a->vector[i] |= b->vector[i];
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) a->scalar[i] |= b->scalar[i];
    a->scc |= b->scc;
}

static void registers_subtract(struct registers *a, const struct registers *b)
{
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) a->vector[i] &= ~b->vector[i];
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) a->scalar[i] &= ~b->scalar[i];
    a->scc &= !b->scc;
}

// Before the block's first instruction, of what is live behind its last.
static void block_live(const struct code *c, const struct block *b, struct registers *live)
{
    if (b->untranslated) {
        memset(live->vector, 0xff, sizeof live->vector);
        memset(live->scalar, 0xff, sizeof live->scalar);
        live->scc = true;
        return;
    }
    for (uint32_t i = b->end; i-- > b->first;) {
        struct registers reads = {0}, writes = {0};
        reads_find(c, &c->at[i].in, &reads);
        writes_find(c, &c->at[i].in, &writes);
        registers_subtract(live, &writes);
        registers_unite(live, &reads);
    }
}

void liveness_find(struct code *c)
{
    bool changed = true;
    for (uint32_t i = 0; i < c->count; i++) {
        if (treatment_of(c, &c->at[i].in) != TREAT_UNTRANSLATED) written_find(c, &c->at[i].in);
    }
    while (changed) {
        changed = false;
        for (uint32_t i = c->block_count; i-- > 0;) {
            struct block *b = &c->blocks[i];
            struct registers live = {0};
            if (b->next != BLOCK_NONE) registers_unite(&live, &c->blocks[b->next].live);
            if (b->target != BLOCK_NONE) registers_unite(&live, &c->blocks[b->target].live);
            block_live(c, b, &live);
            changed |= memcmp(&live, &b->live, sizeof live) != 0;
            b->live = live;
        }
    }
}
