#include "flow.h"

#include <stdlib.h>

enum {
    INSTRUCTION_BYTES_MAX = 20,
    REGION_INSTRUCTIONS_MAX = 1 << 20, // more than any branch offset reaches
    PAIRS = 64,                        // of SGPRs
};

// The instructions found so far, and a hash table over their addresses; `pending` are addresses yet to be
// decoded.
struct search {
    bool wave64, failed;
    code_reader *read;
    void *context;
    struct reached *found;
    size_t count, capacity;
    uint32_t *table; // 1 + index into `found`, 0 where free
    size_t table_size;
    uint64_t *pending;
    size_t pending_count, pending_capacity;
    uint64_t code[PAIRS]; // addresses of code that pairs of SGPRs hold, in the run; else CALL_UNKNOWN
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
    struct reached *found = &s->found[s->count];
    *found = (struct reached){.address = address, .call = CALL_UNKNOWN};
    unsigned char words[INSTRUCTION_BYTES_MAX] = {0};
    size_t available = address % 4 ? 0 : s->read(words, address, sizeof words, s->context);
    if (available == 0)
        found->in = (struct instruction){.size = 0};
    else if (!instruction_decode(&found->in, words, available, s->wave64))
        found->in = (struct instruction){.size = 4};
    s->table[slot_of(s, address)] = (uint32_t)++s->count;
}

// --- Calls ---

bool flow_pc_relative(const struct reached *last, uint64_t *address)
{
    const struct instruction *pc = &last[-2].in, *low = &last[-1].in, *high = &last->in;
    if (!pc->opcode || !low->opcode || flow_of(pc->opcode) != FLOW_GETPC) return false;
    if (low->opcode->id != OPCODE_ID_s_add_u32__SOP2 || high->opcode->id != OPCODE_ID_s_addc_u32__SOP2)
        return false;
    const struct instruction *sum[] = {low, high};
    for (unsigned i = 0; i < 2; i++) {
        const struct operand *to = &sum[i]->dst, *from = &sum[i]->src[0], *by = &sum[i]->src[1];
        if (to->file != FILE_SGPR || from->file != FILE_SGPR || by->file != FILE_CONSTANT) return false;
        if (to->index != pc->dst.index + i || from->index != to->index) return false;
        if (last[(int)i - 1].address != last[(int)i - 2].address + last[(int)i - 2].in.size) return false;
    }
    uint64_t by = (uint32_t)low->src[1].value | (uint64_t)(uint32_t)high->src[1].value << 32;
    *address = last[-2].address + pc->size + by;
    return pc->dst.file == FILE_SGPR;
}

static void codes_forget(struct search *s)
{
    for (unsigned i = 0; i < PAIRS; i++) s->code[i] = CALL_UNKNOWN;
}

// Follows which pairs of SGPRs hold addresses of code, as the instructions lie in memory: likely, but another
// way may lead to them, too.
static void call_follow(struct search *s, size_t run)
{
    struct reached *last = &s->found[s->count - 1];
    const struct instruction *in = &last->in;
    unsigned pair = in->src[0].index / 2, to = in->dst.index / 2;
    bool even = in->src[0].file == FILE_SGPR && in->src[0].index % 2 == 0 && pair < PAIRS;
    if (flow_of(in->opcode) == FLOW_SWAPPC && even) last->call = s->code[pair];
    if (flow_of(in->opcode) == FLOW_CALL) flow_target(in, last->address, &last->call);
    if (last->call != CALL_UNKNOWN) pending_add(s, last->call);
    for (unsigned i = 0; in->dst.file == FILE_SGPR && i < (in->dst.dwords + 1u) / 2 && to + i < PAIRS; i++)
        s->code[to + i] = CALL_UNKNOWN;
    uint64_t address;
    if (s->count - run >= 3 && flow_pc_relative(last, &address) && in->dst.index % 2 == 1 && to < PAIRS)
        s->code[to] = address;
}

// --- The whole ---

// Decodes straight on from `address` to an instruction that never falls through, or to known code.
static void run_decode(struct search *s, uint64_t address)
{
    size_t run = s->count;
    codes_forget(s);
    while (!s->failed && s->count < REGION_INSTRUCTIONS_MAX) {
        if (s->table_size && s->table[slot_of(s, address)]) return;
        found_add(s, address);
        if (s->failed) return;
        const struct instruction *in = &s->found[s->count - 1].in;
        uint64_t target;
        if (flow_target(in, address, &target)) pending_add(s, target);
        if (!in->opcode) return;
        call_follow(s, run);
        if (flow_stops(in)) return;
        address += in->size;
    }
}

static int compare_found(const void *a, const void *b)
{
    uint64_t x = ((const struct reached *)a)->address, y = ((const struct reached *)b)->address;
    return x < y ? -1 : x > y;
}

struct reached *flow_reach(uint64_t entry, bool wave64, code_reader *read, void *context, size_t *count)
{
    struct search s = {.wave64 = wave64, .read = read, .context = context};
    pending_add(&s, entry);
    while (!s.failed && s.pending_count) run_decode(&s, s.pending[--s.pending_count]);
    free(s.table);
    free(s.pending);
    if (s.failed) {
        free(s.found);
        return NULL;
    }
    qsort(s.found, s.count, sizeof *s.found, compare_found);
    *count = s.count;
    return s.found;
}
