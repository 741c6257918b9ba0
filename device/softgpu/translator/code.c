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

// The last address that a function returns from: calls before that are gone back to.
static uint64_t last_return(const struct code *c)
{
    uint64_t last = 0;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->at[i].in.opcode && flow_of(c->at[i].in.opcode) == FLOW_SETPC) last = c->at[i].address;
    return last;
}

static bool leads_to(const struct reached *r, uint64_t *target)
{
    *target = r->call;
    return r->call != CALL_UNKNOWN || flow_target(&r->in, r->address, target);
}

// Control may go elsewhere from it, which s_getpc_b64 only asks where it is.
static bool is_branch(const struct code *c, uint32_t index)
{
    return treatment_at(c, index) == TREAT_FLOW && flow_of(c->at[index].in.opcode) != FLOW_GETPC;
}

// Where a wave that left comes back, or another block begins.
static void leaders_find(const struct code *c, uint64_t entry, uint8_t *leads)
{
    uint64_t returned = last_return(c);
    leads[instruction_at(c, entry)] |= LEADS | LEADS_ENTRY;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct reached *r = &c->at[i];
        enum treatment treatment = treatment_at(c, i);
        uint64_t target, behind = r->address + r->in.size;
        if (leads_to(r, &target))
            leads[instruction_at(c, target)] |= LEADS | (target <= r->address ? LEADS_ENTRY : 0);
        bool leaves = treatment == TREAT_UNTRANSLATED;
        if (leaves) leads[i] |= LEADS;
        if (leaves || is_barrier(c, &r->in) || (r->call != CALL_UNKNOWN && behind <= returned))
            leads[instruction_at(c, behind)] |= LEADS | LEADS_ENTRY;
        else if (is_branch(c, i) || i + 1 == c->count || c->at[i + 1].address != behind)
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
    if (leads_to(last, &target)) {
        b->target = block_of[instruction_at(c, target)];
        b->backward = target <= last->address;
    }
    if (last->call == CALL_UNKNOWN) return;
    c->calls[c->call_count++] = b->next;
    b->next = BLOCK_NONE;
}

// As many as can be told apart; the others are the interpreter's.
static void calls_limit(struct code *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->at[i].call != CALL_UNKNOWN && ++count > CALLS_MOST) c->at[i].call = CALL_UNKNOWN;
}

static bool blocks_find(struct code *c, uint64_t entry)
{
    uint8_t *leads = calloc(c->count + 1, 1);
    uint32_t *block_of = malloc((c->count + 1) * sizeof *block_of);
    free(c->blocks);
    c->blocks = calloc(c->count, sizeof *c->blocks);
    c->block_count = c->call_count = 0;
    bool found = leads && block_of && c->blocks;
    if (found) leaders_find(c, entry, leads);
    for (uint32_t i = 0; found && i < c->count; i++) {
        if (i == 0 || leads[i]) {
            struct block *b = &c->blocks[c->block_count++];
            b->first = i;
            b->untranslated = treatment_at(c, i) == TREAT_UNTRANSLATED;
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

static bool flow_find(struct code *c, uint64_t entry)
{
    calls_limit(c);
    bool done = true, doubted = true;
    while (done && doubted) done = blocks_find(c, entry) && returns_find(c, &doubted);
    return done;
}

static bool uses_scratch(const struct code *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        enum treatment treatment = treatment_at(c, i);
        if (treatment == TREAT_SCRATCH || treatment == TREAT_FLAT_SCRATCH) return true;
    }
    return false;
}

// Whether work-groups can be run whole: nothing is left to the interpreter.
static bool runs_whole(const struct code *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        enum treatment treatment = treatment_at(c, i);
        if (treatment == TREAT_UNTRANSLATED || treatment == TREAT_INTERPRETED) return false;
    }
    return c->closed;
}

uint32_t block_successors(const struct code *c, const struct block *b, uint32_t *successors)
{
    uint32_t count = 0;
    if (b->next != BLOCK_NONE) successors[count++] = b->next;
    if (b->target != BLOCK_NONE) successors[count++] = b->target;
    for (uint32_t i = 0; i < c->call_count; i++)
        if (b->returns >> i & 1 && c->calls[i] != BLOCK_NONE) successors[count++] = c->calls[i];
    return count;
}

struct code *code_create(const void *bytes, size_t size, uint32_t entry, bool wave64, uint32_t mode,
                         bool whole)
{
    struct bytes from = {bytes, size};
    size_t count;
    struct code *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->wave64 = wave64;
    c->mode = mode;
    c->at = flow_reach(entry, wave64, bytes_read, &from, &count);
    c->count = c->at ? (uint32_t)count : 0;
    bool done = c->at && flow_find(c, entry);
    c->whole = done && whole && runs_whole(c);
    c->has_scratch = done && uses_scratch(c);
    if (!done || !liveness_find(c)) {
        code_free(c);
        return NULL;
    }
    held_find(c);
    return c;
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
