#include "region.h"

#include "control.h"
#include "fault.h"

#include <stdlib.h>
#include <string.h>

enum {
    INSTRUCTION_BYTES_MAX = 20,
    REGION_INSTRUCTIONS_MAX = 1 << 20, // more than any branch offset reaches
};

// --- Finding the instructions ---

struct found {
    uint64_t address;
    struct instruction in;
};

// The instructions found so far, and a hash table over their addresses; `pending` are addresses yet to be
// decoded.
struct search {
    bool wave64, failed;
    struct found *found;
    size_t count, capacity;
    uint32_t *table; // 1 + index into `found`, 0 where free
    size_t table_size;
    uint64_t *pending;
    size_t pending_count, pending_capacity;
};

static void *grow(struct search *s, void *array, size_t *capacity, size_t count, size_t element)
{
    if (count < *capacity) return array;
    size_t wanted = *capacity ? *capacity * 2 : 256;
    void *grown = realloc(array, wanted * element);
    if (!grown) {
        s->failed = true;
        return array;
    }
    *capacity = wanted;
    return grown;
}

static size_t slot_of(const struct search *s, uint64_t address)
{
    size_t mask = s->table_size - 1, i = (size_t)(address >> 2) * 0x9e3779b1u & mask;
    while (s->table[i] && s->found[s->table[i] - 1].address != address) i = (i + 1) & mask;
    return i;
}

static void table_rebuild(struct search *s)
{
    size_t wanted = s->table_size ? s->table_size * 2 : 1024;
    uint32_t *table = calloc(wanted, sizeof *table);
    if (!table) {
        s->failed = true;
        return;
    }
    free(s->table);
    s->table = table;
    s->table_size = wanted;
    for (size_t i = 0; i < s->count; i++) s->table[slot_of(s, s->found[i].address)] = (uint32_t)i + 1;
}

static void pending_add(struct search *s, uint64_t address)
{
    s->pending = grow(s, s->pending, &s->pending_capacity, s->pending_count, sizeof *s->pending);
    if (!s->failed) s->pending[s->pending_count++] = address;
}

// Decodes the instruction at `address`. What cannot be decoded gets no opcode, what cannot even be read no
// size.
static void found_add(struct search *s, uint64_t address)
{
    s->found = grow(s, s->found, &s->capacity, s->count, sizeof *s->found);
    if (2 * s->count >= s->table_size) table_rebuild(s);
    if (s->failed) return;
    struct found *found = &s->found[s->count];
    *found = (struct found){.address = address};
    unsigned char words[INSTRUCTION_BYTES_MAX] = {0};
    size_t available = address % 4 ? 0 : guarded_read(words, address, sizeof words);
    if (available == 0)
        found->in = (struct instruction){.size = 0};
    else if (!instruction_decode(&found->in, words, available, s->wave64))
        found->in = (struct instruction){.size = 4};
    s->table[slot_of(s, address)] = (uint32_t)++s->count;
}

// Decodes straight on from `address` to an instruction that never falls through, or to known code.
static void run_decode(struct search *s, uint64_t address)
{
    while (!s->failed && s->count < REGION_INSTRUCTIONS_MAX) {
        if (s->table_size && s->table[slot_of(s, address)]) return;
        found_add(s, address);
        if (s->failed) return;
        const struct instruction *in = &s->found[s->count - 1].in;
        uint64_t target;
        if (control_target(in, address, &target)) pending_add(s, target);
        if (!in->opcode || control_stops(in)) return;
        address += in->size;
    }
}

static int compare_found(const void *a, const void *b)
{
    uint64_t x = ((const struct found *)a)->address, y = ((const struct found *)b)->address;
    return x < y ? -1 : x > y;
}

// --- Laying them out as ops ---

// Whether instruction i's successor in the region is not the one behind it in memory: code that jumps into
// the middle of an instruction decodes the bytes twice.
static bool needs_jump(const struct region *r, size_t i)
{
    const struct instruction *in = &r->code[i];
    if (!in->opcode || control_stops(in)) return false;
    return i + 1 == r->count || r->address[i + 1] != r->address[i] + in->size;
}

static bool region_allocate(struct region *r, const struct search *s)
{
    r->count = s->count;
    r->code = malloc(s->count * sizeof *r->code);
    r->address = malloc(s->count * sizeof *r->address);
    r->first = malloc(s->count * sizeof *r->first);
    if (!r->code || !r->address || !r->first) return false;
    size_t op_count = 0;
    for (size_t i = 0; i < s->count; i++) {
        r->code[i] = s->found[i].in;
        r->address[i] = s->found[i].address;
        r->constants_size += lower_constants(&r->code[i]);
    }
    for (size_t i = 0; i < r->count; i++) op_count += lower_count(&r->code[i]) + needs_jump(r, i);
    r->ops = aligned_alloc(_Alignof(struct op), (op_count + 1) * sizeof *r->ops);
    r->constants = aligned_alloc(64, (r->constants_size + 1) * sizeof *r->constants);
    r->modifiers = malloc((op_count + 1) * sizeof *r->modifiers);
    if (!r->ops || !r->constants || !r->modifiers) return false;
    memset(r->ops, 0, (op_count + 1) * sizeof *r->ops);
    return true;
}

// Every instruction gets its place first, so that branches can be resolved while lowering.
static void region_lower(struct region *r)
{
    struct op *op = r->ops;
    for (size_t i = 0; i < r->count; i++) {
        r->first[i] = op;
        op += lower_count(&r->code[i]) + needs_jump(r, i);
    }
    control_end(op);
    for (size_t i = 0; i < r->count; i++) {
        op = (struct op *)r->first[i];
        op->in = &r->code[i];
        op->pc = r->address[i];
        unsigned count = lower_count(&r->code[i]);
        if (count) lower_instruction(r, op);
        if (needs_jump(r, i)) control_jump(op + count, r->address[i] + r->code[i].size, r);
    }
}

struct region *region_decode(uint64_t entry, bool wave64)
{
    struct search s = {.wave64 = wave64};
    pending_add(&s, entry);
    while (!s.failed && s.pending_count) run_decode(&s, s.pending[--s.pending_count]);
    struct region *r = s.failed ? NULL : calloc(1, sizeof *r);
    if (r) {
        qsort(s.found, s.count, sizeof *s.found, compare_found);
        r->wave64 = wave64;
        if (region_allocate(r, &s)) {
            region_lower(r);
        } else {
            region_free(r);
            r = NULL;
        }
    }
    free(s.found);
    free(s.table);
    free(s.pending);
    return r;
}

void region_free(struct region *r)
{
    free(r->code);
    free(r->address);
    free(r->first);
    free(r->ops);
    free(r->constants);
    free(r->modifiers);
    free(r);
}

const struct op *region_find(const struct region *r, uint64_t pc)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->address[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < r->count && r->address[low] == pc ? r->first[low] : NULL;
}
