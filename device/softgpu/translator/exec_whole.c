// Where EXEC is the mask that the wave was launched with: forwards over the blocks, to a fixed point. Known
// of each SGPR is whether it holds that mask, or a part of it. Where EXEC may come to hold anything else, or
// code that is not known is called, nothing is known anywhere.
#include "code.h"

#include "device/softgpu/isa/semantics/vector_state.h"

#include <stdlib.h>
#include <string.h>

// A bit an SGPR: the whole mask, and a part of it or all.
struct masks {
    uint64_t whole[SGPR_COUNT / 64], part[SGPR_COUNT / 64];
    bool reached;
};

static bool bit_get(const uint64_t *bits, unsigned i) { return bits[i / 64] >> i % 64 & 1; }
static void bit_set(uint64_t *bits, unsigned i, bool value)
{
    bits[i / 64] = (bits[i / 64] & ~(UINT64_C(1) << i % 64)) | (uint64_t)value << i % 64;
}

struct mask {
    bool whole, part;
};

// Of registers that hold a mask together.
static struct mask mask_get(const struct masks *m, unsigned index, unsigned count)
{
    struct mask mask = {true, true};
    for (unsigned i = index; i < index + count; i++) {
        mask.whole &= i < SGPR_COUNT && bit_get(m->whole, i);
        mask.part &= i < SGPR_COUNT && bit_get(m->part, i);
    }
    return mask;
}

static struct mask exec_get(const struct code *c, const struct masks *m)
{
    return mask_get(m, SGPR_EXEC, c->wave64 ? 2 : 1);
}

// All ones are the launch's mask where that has all lanes.
static struct mask mask_of(const struct code *c, const struct masks *m, const struct operand *o)
{
    uint64_t all = c->wave64 ? UINT64_MAX : UINT32_MAX;
    bool ones = c->whole && o->value == all;
    if (o->file == FILE_CONSTANT) return (struct mask){ones, ones || o->value == 0};
    if (o->file != FILE_SGPR || !o->dwords) return (struct mask){false, false};
    return mask_get(m, o->index, o->dwords);
}

static void mask_put(struct masks *m, unsigned index, unsigned count, struct mask mask)
{
    for (unsigned i = 0; i < count && index + i < SGPR_COUNT; i++) {
        bit_set(m->whole, index + i, mask.whole);
        bit_set(m->part, index + i, mask.part);
    }
}

enum combine { COMBINE_OTHER, COMBINE_MOVE, COMBINE_AND, COMBINE_ANDN2, COMBINE_OR, COMBINE_XOR };

static bool is_any(const char *name, const char *b32, const char *b64)
{
    return strcmp(name, b32) == 0 || strcmp(name, b64) == 0;
}

static enum combine combine_of(const char *name)
{
    if (is_any(name, "s_mov_b32", "s_mov_b64")) return COMBINE_MOVE;
    if (is_any(name, "s_and_b32", "s_and_b64")) return COMBINE_AND;
    if (is_any(name, "s_andn2_b32", "s_andn2_b64")) return COMBINE_ANDN2;
    if (is_any(name, "s_or_b32", "s_or_b64")) return COMBINE_OR;
    if (is_any(name, "s_xor_b32", "s_xor_b64")) return COMBINE_XOR;
    return COMBINE_OTHER;
}

static enum combine saveexec_of(const char *name)
{
    if (is_any(name, "s_and_saveexec_b32", "s_and_saveexec_b64")) return COMBINE_AND;
    if (is_any(name, "s_or_saveexec_b32", "s_or_saveexec_b64")) return COMBINE_OR;
    if (is_any(name, "s_xor_saveexec_b32", "s_xor_saveexec_b64")) return COMBINE_XOR;
    if (is_any(name, "s_andn2_saveexec_b32", "s_andn2_saveexec_b64")) return COMBINE_ANDN2;
    return COMBINE_OTHER;
}

static struct mask combined(enum combine how, struct mask a, struct mask b)
{
    switch (how) {
    case COMBINE_MOVE:
        return a;
    case COMBINE_AND:
        return (struct mask){a.whole && b.whole, a.part || b.part};
    case COMBINE_ANDN2:
        return (struct mask){false, a.part};
    case COMBINE_OR:
        return (struct mask){(a.whole && b.part) || (a.part && b.whole), a.part && b.part};
    case COMBINE_XOR:
        return (struct mask){false, a.part && b.part};
    default:
        return (struct mask){false, false};
    }
}

static void instruction_pass(const struct code *c, const struct instruction *in, struct masks *m)
{
    const char *name = in->opcode->name;
    enum combine saving = saveexec_of(name);
    struct mask exec = exec_get(c, m);
    struct mask s0 = mask_of(c, m, &in->src[0]), s1 = mask_of(c, m, &in->src[1]);
    unsigned out = in->opcode->encoding >= ENCODING_VOP1 ? lane_masks_of(in).out : (unsigned)MASK_NONE;
    if (in->dst.file == FILE_SGPR && in->dst.type != TYPE_LANE_MASK)
        mask_put(m, in->dst.index, in->dst.dwords, saving ? exec : combined(combine_of(name), s0, s1));
    if (out < SGPR_COUNT) mask_put(m, out, c->wave64 ? 2 : 1, (struct mask){false, exec.part});
    if (in->opcode->scalar && in->opcode->flags & OPCODE_WRITES_EXEC)
        mask_put(m, SGPR_EXEC, 2, combined(saving, s0, exec));
}

// Whether it reads lanes that are inactive, be they ever active or not.
static bool reads_inactive(const struct instruction *in)
{
    return in->fetch_inactive || in->opcode->registers == REGISTERS_READLANE;
}

// Whether what is known of masks holds behind an instruction.
static bool is_followed(const struct code *c, const struct instruction *in)
{
    if (!in->opcode) return true;
    enum flow flow = flow_of(in->opcode);
    if (flow == FLOW_SETPC || flow == FLOW_SWAPPC || flow == FLOW_CALL) return c->closed;
    if (flow == FLOW_SUBVECTOR_BEGIN || flow == FLOW_SUBVECTOR_END) return false;
    if (!c->whole && reads_inactive(in)) return false;
    bool moves = in->opcode->encoding <= ENCODING_SOPP && !in->opcode->scalar && flow == FLOW_ON;
    return treatment_of(c, in) != TREAT_UNTRANSLATED || !moves;
}

// Returns whether that changes anything.
static bool masks_meet(struct masks *to, const struct masks *from)
{
    bool changed = !to->reached;
    if (!to->reached) *to = *from;
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) {
        uint64_t whole = to->whole[i] & from->whole[i], part = to->part[i] & from->part[i];
        changed |= whole != to->whole[i] || part != to->part[i];
        to->whole[i] = whole;
        to->part[i] = part;
    }
    return changed;
}

// Returns false where EXEC may come to be no part of the launch's.
static bool block_pass(struct code *c, struct block *b, struct masks *m)
{
    b->exec_whole = exec_get(c, m).whole;
    for (uint32_t i = b->first; i < b->end; i++) {
        const struct instruction *in = &c->at[i].in;
        if (!is_followed(c, in)) return false;
        if (in->opcode) instruction_pass(c, in, m);
        if (!exec_get(c, m).part) return false;
        c->exec_whole[i] = exec_get(c, m).whole;
    }
    return true;
}

static void exec_whole_forget(struct code *c)
{
    memset(c->exec_whole, 0, c->count * sizeof *c->exec_whole);
    for (uint32_t i = 0; i < c->block_count; i++) c->blocks[i].exec_whole = false;
}

bool exec_whole_find(struct code *c)
{
    struct masks *in = calloc(c->block_count, sizeof *in);
    if (!in) return false;
    mask_put(&in[c->entry_block], SGPR_EXEC, 2, (struct mask){true, true});
    in[c->entry_block].reached = true;
    bool changed = true, known = true;
    while (changed && known) {
        changed = false;
        for (uint32_t i = 0; i < c->block_count && known; i++) {
            struct block *b = &c->blocks[i];
            struct masks m = in[i];
            if (!m.reached) continue;
            known = block_pass(c, b, &m);
            uint32_t successors[SUCCESSORS_MOST], count = block_successors(c, b, successors);
            for (uint32_t k = 0; k < count; k++) changed |= masks_meet(&in[successors[k]], &m);
        }
    }
    if (!known) exec_whole_forget(c);
    free(in);
    return true;
}
