#include "code.h"

#include <stdlib.h>
#include <string.h>

struct bytes {
    const char *start;
    size_t size;
};

static size_t bytes_read(void *to, uint64_t address, size_t size, void *context)
{
    const struct bytes *b = context;
    if (address >= b->size) return 0;
    size_t left = b->size - (size_t)address, count = left < size ? left : size;
    memcpy(to, b->start + address, count);
    return count;
}

// The instruction at `address`, or `count` where none begins there.
static uint32_t instruction_at(const struct code *c, uint64_t address)
{
    uint32_t low = 0, high = c->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->at[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->count && c->at[low].address == address ? low : c->count;
}

// --- Blocks ---

static bool is_barrier(const struct code *c, const struct instruction *in)
{
    return treatment_of(c, in) == TREAT_FLOW && flow_of(in->opcode) == FLOW_BARRIER;
}

enum { LEADS = 1, LEADS_ENTRY = 2 };

// Where a wave that left comes back, or another block begins.
static void leaders_find(const struct code *c, uint64_t entry, uint8_t *leads)
{
    leads[instruction_at(c, entry)] |= LEADS | LEADS_ENTRY;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct reached *r = &c->at[i];
        enum treatment treatment = treatment_of(c, &r->in);
        uint64_t target, behind = r->address + r->in.size;
        if (flow_target(&r->in, r->address, &target))
            leads[instruction_at(c, target)] |= LEADS | (target <= r->address ? LEADS_ENTRY : 0);
        bool leaves = treatment == TREAT_UNTRANSLATED;
        if (leaves) leads[i] |= LEADS;
        if (leaves || is_barrier(c, &r->in))
            leads[instruction_at(c, behind)] |= LEADS | LEADS_ENTRY;
        else if (treatment == TREAT_FLOW || i + 1 == c->count || c->at[i + 1].address != behind)
            leads[instruction_at(c, behind)] |= LEADS;
        if (i + 1 < c->count && c->at[i + 1].address != behind) leads[i + 1] |= LEADS;
    }
}

static void block_end(struct code *c, struct block *b, const uint32_t *block_of)
{
    const struct reached *last = &c->at[b->end - 1];
    uint64_t target;
    b->next = b->target = BLOCK_NONE;
    if (last->in.opcode && !flow_stops(&last->in))
        b->next = block_of[instruction_at(c, last->address + last->in.size)];
    if (flow_target(&last->in, last->address, &target)) {
        b->target = block_of[instruction_at(c, target)];
        b->backward = target <= last->address;
    }
}

static bool blocks_find(struct code *c, uint64_t entry)
{
    uint8_t *leads = calloc(c->count + 1, 1);
    uint32_t *block_of = malloc((c->count + 1) * sizeof *block_of);
    c->blocks = calloc(c->count, sizeof *c->blocks);
    bool found = leads && block_of && c->blocks;
    if (found) leaders_find(c, entry, leads);
    for (uint32_t i = 0; found && i < c->count; i++) {
        if (i == 0 || leads[i]) {
            struct block *b = &c->blocks[c->block_count++];
            b->first = i;
            b->untranslated = treatment_of(c, &c->at[i].in) == TREAT_UNTRANSLATED;
            b->entry = leads[i] & LEADS_ENTRY && !b->untranslated;
        }
        block_of[i] = c->block_count - 1;
        c->blocks[c->block_count - 1].end = i + 1;
    }
    if (found) block_of[c->count] = BLOCK_NONE;
    if (found) c->entry_block = block_of[instruction_at(c, entry)];
    for (uint32_t i = 0; found && i < c->block_count; i++) block_end(c, &c->blocks[i], block_of);
    free(leads);
    free(block_of);
    return found;
}

struct code *code_create(const void *bytes, size_t size, uint32_t entry, bool wave64, uint32_t mode)
{
    struct bytes from = {bytes, size};
    size_t count;
    struct code *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->wave64 = wave64;
    c->mode = mode;
    c->at = flow_reach(entry, wave64, bytes_read, &from, &count);
    c->count = c->at ? (uint32_t)count : 0;
    if (c->at && blocks_find(c, entry) && liveness_find(c)) {
        held_find(c);
        return c;
    }
    code_free(c);
    return NULL;
}

void code_free(struct code *c)
{
    free(c->at);
    free(c->blocks);
    free(c->merges);
    free(c->exec_whole);
    free(c->live);
    free(c);
}
