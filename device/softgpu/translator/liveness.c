// Which registers are live where a block begins: backwards over the blocks, to a fixed point.
#include "code.h"

#include "device/softgpu/isa/semantics/vector_state.h"

#include <stdlib.h>
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

bool is_crossing(const struct instruction *in)
{
    return in->form == FORM_DPP16 || in->form == FORM_DPP8 || in->opcode->flags & OPCODE_WAVE;
}

// Whether some of a destination's bits or active lanes keep what they hold.
static bool is_partial(const struct instruction *in)
{
    bool short_result = in->dst.type >= TYPE_B16 && in->dst.type <= TYPE_F16;
    bool some_lanes = in->opcode->flags & OPCODE_WAVE && in->opcode->encoding != ENCODING_DS;
    return short_result || some_lanes || in->form != FORM_NATIVE || in->opcode->flags & OPCODE_D16 ||
           in->opcode->encoding == ENCODING_VOP3P;
}

// What the interpreter may read: whatever the instruction names, and what none names. Its destinations, too,
// for who knows which of their bits it keeps.
static void interpreted_add(struct registers *r, const struct instruction *in)
{
    operand_add(r, &in->dst);
    operand_add(r, &in->dst2);
    for (unsigned i = 0; i < in->nsa_count; i++) vector_add(r, in->nsa[i], 1); // an image's address
    scalar_add(r, SGPR_VCC, 2);
    scalar_add(r, SGPR_M0, 1);
    r->scc = true;
}

void reads_find(const struct code *c, const struct instruction *in, struct registers *reads)
{
    for (unsigned i = 0; i < 4; i++) operand_add(reads, &in->src[i]);
    scalar_add(reads, SGPR_EXEC, 2); // whatever the wave does next
    if (in->opcode->encoding == ENCODING_SOP1 || is_partial(in)) operand_add(reads, &in->dst);
    if (is_crossing(in)) memcpy(reads->inactive, reads->vector, sizeof reads->inactive);
    if (in->opcode->encoding >= ENCODING_VOP1) mask_add(reads, lane_masks_of(in).in, c->wave64);
    if (treatment_of(c, in) == TREAT_INTERPRETED) interpreted_add(reads, in);
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

void writes_find(const struct code *c, const struct instruction *in, struct registers *writes)
{
    if (in->dst.file == FILE_VGPR || (in->dst.file == FILE_SGPR && in->dst.type != TYPE_LANE_MASK))
        operand_add(writes, &in->dst);
    if (in->dst2.file == FILE_VGPR) operand_add(writes, &in->dst2);
    if (in->opcode->encoding >= ENCODING_VOP1) mask_add(writes, lane_masks_of(in).out, c->wave64);
    if (in->opcode->encoding == ENCODING_SOPC) writes->scc = true;
}

void may_write_find(const struct code *c, const struct instruction *in, struct registers *writes)
{
    writes_find(c, in, writes);
    if (in->opcode->scalar) writes->scc = true;
    if (in->opcode->flags & OPCODE_WRITES_EXEC || in->opcode->scalar) scalar_add(writes, SGPR_EXEC, 2);
}

// --- Changes of EXEC ---

// The mask that vector arithmetic writes, where it is EXEC's: a part of what EXEC was.
static bool masks_exec(const struct instruction *in)
{
    return in->opcode->encoding >= ENCODING_VOP1 && lane_masks_of(in).out == SGPR_EXEC;
}

bool writes_exec(const struct instruction *in)
{
    bool named = in->dst.file == FILE_SGPR && in->dst.index + in->dst.dwords > SGPR_EXEC;
    return named || masks_exec(in) || in->opcode->flags & OPCODE_WRITES_EXEC;
}

static bool is_exec(const struct operand *o) { return o->file == FILE_SGPR && o->index == SGPR_EXEC; }

// Whether the lanes that are active behind it were so before it.
bool narrows_exec(const struct instruction *in)
{
    switch (in->opcode->id) {
    case OPCODE_ID_s_and_saveexec_b32__SOP1:
    case OPCODE_ID_s_and_saveexec_b64__SOP1:
        return true;
    case OPCODE_ID_s_and_b32__SOP2:
    case OPCODE_ID_s_and_b64__SOP2:
        return is_exec(&in->dst) && (is_exec(&in->src[0]) || is_exec(&in->src[1]));
    case OPCODE_ID_s_andn2_b32__SOP2:
    case OPCODE_ID_s_andn2_b64__SOP2:
        return is_exec(&in->dst) && is_exec(&in->src[0]);
    default:
        return masks_exec(in);
    }
}

// --- Sets ---

void registers_unite(struct registers *a, const struct registers *b)
{
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) {
        a->vector[i] |= b->vector[i];
        a->inactive[i] |= b->inactive[i];
    }
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) a->scalar[i] |= b->scalar[i];
    a->scc |= b->scc;
}

static bool registers_differ(const struct registers *a, const struct registers *b)
{
    return memcmp(a->vector, b->vector, sizeof a->vector) != 0 ||
           memcmp(a->inactive, b->inactive, sizeof a->inactive) != 0 ||
           memcmp(a->scalar, b->scalar, sizeof a->scalar) != 0 || a->scc != b->scc;
}

void registers_subtract(struct registers *a, const struct registers *b)
{
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) a->vector[i] &= ~b->vector[i];
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) a->scalar[i] &= ~b->scalar[i];
    a->scc &= !b->scc;
}

// What is live where lanes become inactive or active is so for both.
static void exec_change(const struct instruction *in, struct registers *live)
{
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) {
        live->vector[i] |= live->inactive[i];
        if (!narrows_exec(in)) live->inactive[i] |= live->vector[i];
    }
}

static bool is_inactive_live(const struct registers *live, const struct operand *dst)
{
    for (unsigned i = dst->index; dst->file == FILE_VGPR && i < dst->index + dst->dwords && i < VGPR_COUNT;
         i++) {
        if (live->inactive[i / 64] >> i % 64 & 1) return true;
    }
    return false;
}

// A function's end that may go back to code that is not known.
static bool goes_anywhere(const struct code *c, const struct block *b)
{
    return !c->closed && block_flow(c, b) == FLOW_SETPC;
}

// Before the block's first instruction, of what is live behind its last.
static void block_live(struct code *c, const struct block *b, struct registers *live)
{
    if (b->untranslated) {
        *live = c->live[b->first] = registers_all();
        return;
    }
    if (goes_anywhere(c, b)) *live = registers_all();
    for (uint32_t i = b->end; i-- > b->first;) {
        const struct instruction *in = &c->at[i].in;
        struct registers reads = {0}, writes = {0};
        if (c->exec_whole[i]) memset(live->inactive, 0, sizeof live->inactive);
        c->merges[i] = is_inactive_live(live, &in->dst) || is_inactive_live(live, &in->dst2);
        if (writes_exec(in)) exec_change(in, live);
        reads_find(c, in, &reads);
        writes_find(c, in, &writes);
        registers_subtract(live, &writes);
        registers_unite(live, &reads);
        c->live[i] = *live;
    }
}

static void blocks_live(struct code *c)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = c->block_count; i-- > 0;) {
            struct block *b = &c->blocks[i];
            struct registers live = {0};
            uint32_t successors[SUCCESSORS_MOST], count = block_successors(c, b, successors);
            for (uint32_t k = 0; k < count; k++) registers_unite(&live, &c->blocks[successors[k]].live);
            block_live(c, b, &live);
            changed |= registers_differ(&live, &b->live);
            b->live = live;
        }
    }
}

bool liveness_find(struct code *c)
{
    c->exec_whole = calloc(c->count, sizeof *c->exec_whole);
    c->merges = calloc(c->count, sizeof *c->merges);
    c->live = calloc(c->count, sizeof *c->live);
    bool done = c->exec_whole && c->merges && c->live && exec_whole_find(c);
    for (uint32_t i = 0; i < c->count && done; i++) {
        if (treatment_at(c, i) != TREAT_UNTRANSLATED) may_write_find(c, &c->at[i].in, &c->written);
    }
    if (done) blocks_live(c);
    return done;
}
