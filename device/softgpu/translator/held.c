// Which registers lie in the wave as they are: forwards over the blocks, to a fixed point.
#include "code.h"

static struct registers held_behind(const struct code *c, const struct block *b)
{
    struct registers held = b->held, written = {0};
    for (uint32_t i = b->first; i < b->end; i++)
        if (c->at[i].in.opcode) may_write_find(c, &c->at[i].in, &written);
    registers_subtract(&held, &written);
    return held;
}

static bool registers_meet(struct registers *to, const struct registers *from)
{
    bool changed = to->scc && !from->scc;
    to->scc &= from->scc;
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) {
        changed |= to->vector[i] & ~from->vector[i];
        to->vector[i] &= from->vector[i];
    }
    for (unsigned i = 0; i < SGPR_COUNT / 64; i++) {
        changed |= to->scalar[i] & ~from->scalar[i];
        to->scalar[i] &= from->scalar[i];
    }
    return changed;
}

// Behind a barrier all that is live is held; what is not will be written before it is read.
static bool block_pass(struct code *c, const struct block *b)
{
    if (block_flow(c, b) == FLOW_BARRIER) return false;
    struct registers held = held_behind(c, b);
    uint32_t successors[SUCCESSORS_MOST], count = block_successors(c, b, successors);
    bool changed = false;
    for (uint32_t i = 0; i < count; i++) changed |= registers_meet(&c->blocks[successors[i]].held, &held);
    return changed;
}

void held_find(struct code *c)
{
    for (uint32_t i = 0; i < c->block_count; i++) c->blocks[i].held = registers_all();
    c->blocks[c->entry_block].held = (struct registers){0};
    bool changed = true;
    while (changed) {
        changed = false;
        for (uint32_t i = 0; i < c->block_count; i++) changed |= block_pass(c, &c->blocks[i]);
    }
}

struct registers barrier_stores(const struct code *c, const struct block *b)
{
    struct registers held = held_behind(c, b);
    struct registers live = b->next == BLOCK_NONE ? registers_all() : c->blocks[b->next].live;
    registers_subtract(&live, &held);
    for (unsigned i = 0; i < VGPR_COUNT / 64; i++) live.inactive[i] &= ~held.vector[i];
    return live;
}
