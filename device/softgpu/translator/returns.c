// Where functions return to: forwards over the blocks, to a fixed point. Known of each SGPR, and of each lane
// that SGPRs are kept in meanwhile (v_writelane_b32), is whether it holds half of an address of code: of a
// function, or of what is behind one of the calls.
#include "code.h"

#include <stdlib.h>

struct value {
    uint64_t calls;   // the address is behind one of these; 0: not that
    uint64_t address; // it is this one, where `calls` is 0; or CALL_UNKNOWN
    bool high;        // which half of it
};

struct kept {
    uint16_t vgpr, lane;
};

struct values {
    bool reached;
    struct value sgpr[SGPR_COUNT];
    struct value kept[]; // as many as struct search has
};

struct search {
    struct code *code;
    struct kept *kept; // lanes that some v_writelane_b32 writes
    uint32_t kept_count;
    char *values; // before each block
    struct values *now;
    bool open; // control may also come from, and go to, code that is not known
};

static const struct value unknown = {.address = CALL_UNKNOWN};

static struct values *values_before(const struct search *s, uint32_t block)
{
    size_t size = sizeof(struct values) + s->kept_count * sizeof(struct value);
    return (struct values *)(s->values + block * size);
}

// --- Values ---

static void values_forget(const struct search *s, struct values *v)
{
    for (unsigned i = 0; i < SGPR_COUNT; i++) v->sgpr[i] = unknown;
    for (uint32_t i = 0; i < s->kept_count; i++) v->kept[i] = unknown;
}

static bool value_meet(struct value *to, const struct value *from)
{
    struct value was = *to;
    bool same_half = to->high == from->high;
    if (same_half && to->calls && from->calls)
        to->calls |= from->calls;
    else if (!same_half || to->calls || from->calls || to->address != from->address)
        *to = unknown;
    return was.calls != to->calls || was.address != to->address;
}

static bool values_meet(const struct search *s, struct values *to, const struct values *from)
{
    bool changed = !to->reached;
    if (!to->reached) memcpy(to, from, sizeof *to + s->kept_count * sizeof(struct value));
    to->reached = true;
    for (unsigned i = 0; i < SGPR_COUNT; i++) changed |= value_meet(&to->sgpr[i], &from->sgpr[i]);
    for (uint32_t i = 0; i < s->kept_count; i++) changed |= value_meet(&to->kept[i], &from->kept[i]);
    return changed;
}

static struct value sgpr_get(const struct values *v, const struct operand *o, unsigned dword)
{
    bool is_one = o->file == FILE_SGPR && dword < o->dwords && o->index + dword < SGPR_COUNT;
    return is_one ? v->sgpr[o->index + dword] : unknown;
}

// What a pair of SGPRs holds together.
static struct value pair_get(const struct values *v, const struct operand *o)
{
    struct value low = sgpr_get(v, o, 0), high = sgpr_get(v, o, 1);
    bool halves = !low.high && high.high && low.calls == high.calls && low.address == high.address;
    return halves ? low : unknown;
}

static void pair_put(struct values *v, unsigned index, struct value value)
{
    for (unsigned i = 0; i < 2 && index + i < SGPR_COUNT; i++) {
        value.high = i;
        v->sgpr[index + i] = value;
    }
}

// --- Instructions ---

static bool is_id(const struct instruction *in, unsigned id) { return in->opcode->id == id; }

// The lane that v_writelane_b32 or v_readlane_b32 names; -1 where that is not known.
static int lane_of(const struct search *s, const struct instruction *in)
{
    unsigned lanes = s->code->wave64 ? 64 : 32;
    return in->src[1].file == FILE_CONSTANT ? (int)(in->src[1].value & (lanes - 1)) : -1;
}

// The number of a lane that is kept track of; `kept_count` where it is not.
static uint32_t kept_find(const struct search *s, unsigned vgpr, int lane)
{
    uint32_t i = 0;
    while (i < s->kept_count && (s->kept[i].vgpr != vgpr || s->kept[i].lane != lane)) i++;
    return i;
}

static void written_forget(const struct search *s, const struct instruction *in)
{
    struct registers written = {0};
    may_write_find(s->code, in, &written);
    for (unsigned i = 0; i < SGPR_COUNT; i++)
        if (registers_have_scalar(&written, i)) s->now->sgpr[i] = unknown;
    for (uint32_t i = 0; i < s->kept_count; i++)
        if (registers_have_vector(&written, s->kept[i].vgpr)) s->now->kept[i] = unknown;
}

static void writelane_pass(const struct search *s, const struct instruction *in)
{
    uint32_t kept = kept_find(s, in->dst.index, lane_of(s, in));
    if (kept == s->kept_count) return written_forget(s, in); // any lane of the register
    s->now->kept[kept] = sgpr_get(s->now, &in->src[0], 0);
}

static void readlane_pass(const struct search *s, const struct instruction *in)
{
    uint32_t kept = kept_find(s, in->src[0].index, lane_of(s, in));
    bool known = kept < s->kept_count && in->src[0].file == FILE_VGPR;
    struct value value = known ? s->now->kept[kept] : unknown;
    written_forget(s, in);
    if (in->dst.file == FILE_SGPR && in->dst.index < SGPR_COUNT) s->now->sgpr[in->dst.index] = value;
}

static void move_pass(const struct search *s, const struct instruction *in)
{
    struct value value[] = {sgpr_get(s->now, &in->src[0], 0), sgpr_get(s->now, &in->src[0], 1)};
    written_forget(s, in);
    for (unsigned i = 0; i < 2 && i < in->dst.dwords; i++)
        if (in->dst.file == FILE_SGPR && in->dst.index + i < SGPR_COUNT)
            s->now->sgpr[in->dst.index + i] = value[i];
}

static void instruction_pass(const struct search *s, const struct block *b, uint32_t index)
{
    const struct reached *at = &s->code->at[index];
    const struct instruction *in = &at->in;
    uint64_t address;
    if (!in->opcode || treatment_at(s->code, index) == TREAT_UNTRANSLATED) return values_forget(s, s->now);
    if (in->opcode->registers == REGISTERS_WRITELANE && in->dst.file == FILE_VGPR)
        return writelane_pass(s, in);
    if (in->opcode->registers == REGISTERS_READLANE) return readlane_pass(s, in);
    if (is_id(in, OPCODE_ID_s_mov_b32__SOP1) || is_id(in, OPCODE_ID_s_mov_b64__SOP1)) return move_pass(s, in);
    written_forget(s, in);
    if (index >= b->first + 2 && flow_pc_relative(at, &address))
        pair_put(s->now, in->dst.index - 1u, (struct value){.address = address});
}

// --- Blocks ---

static const struct reached *last_of(const struct search *s, const struct block *b)
{
    return &s->code->at[b->end - 1];
}

static bool is_return(const struct search *s, const struct block *b)
{
    return block_flow(s->code, b) == FLOW_SETPC;
}

static uint64_t calls_all(const struct code *c)
{
    return c->call_count == CALLS_MOST ? UINT64_MAX : (UINT64_C(1) << c->call_count) - 1;
}

// Which of the code's calls ends the block.
static unsigned call_of(const struct search *s, const struct block *b)
{
    unsigned before = 0;
    for (const struct block *each = s->code->blocks; each < b; each++)
        before += !each->untranslated && last_of(s, each)->call != CALL_UNKNOWN;
    return before;
}

static void return_pass(struct search *s, struct block *b)
{
    struct value to = pair_get(s->now, &last_of(s, b)->in.src[0]);
    s->open |= !to.calls;
    b->returns |= s->open ? calls_all(s->code) : to.calls;
}

// Returns whether a call leads where it was taken to lead.
static bool call_pass(struct search *s, const struct block *b)
{
    const struct reached *call = last_of(s, b);
    struct value to = pair_get(s->now, &call->in.src[0]);
    bool sure = flow_of(call->in.opcode) == FLOW_CALL || (!to.calls && to.address == call->call);
    if (call->in.dst.file == FILE_SGPR)
        pair_put(s->now, call->in.dst.index, (struct value){UINT64_C(1) << call_of(s, b), 0, false});
    return sure;
}

static bool block_run(struct search *s, struct block *b)
{
    memcpy(s->now, values_before(s, (uint32_t)(b - s->code->blocks)),
           sizeof *s->now + s->kept_count * sizeof(struct value));
    for (uint32_t i = b->first; i < b->end; i++) {
        bool last = i + 1 == b->end, calls = s->code->at[i].call != CALL_UNKNOWN;
        if (last && is_return(s, b)) return_pass(s, b);
        if (last && calls && !b->untranslated) return call_pass(s, b);
        instruction_pass(s, b, i);
    }
    return true;
}

static bool block_pass(struct search *s, struct block *b)
{
    if (!values_before(s, (uint32_t)(b - s->code->blocks))->reached) return false;
    block_run(s, b);
    uint32_t successors[SUCCESSORS_MOST], count = block_successors(s->code, b, successors);
    bool changed = false;
    for (uint32_t i = 0; i < count; i++) changed |= values_meet(s, values_before(s, successors[i]), s->now);
    return changed;
}

// --- The whole ---

static void block_know_nothing(const struct search *s, uint32_t block)
{
    if (block == BLOCK_NONE) return;
    struct values *v = values_before(s, block);
    values_forget(s, v);
    v->reached = true;
}

// From what is known to be so where control comes from elsewhere: nothing.
static void search_begin(struct search *s)
{
    struct code *c = s->code;
    for (uint32_t i = 0; i < c->block_count; i++) {
        values_before(s, i)->reached = false;
        c->blocks[i].returns = s->open && is_return(s, &c->blocks[i]) ? calls_all(c) : 0;
    }
    block_know_nothing(s, c->entry_block);
    for (uint32_t i = 0; i < c->block_count && s->open; i++) {
        const struct block *b = &c->blocks[i];
        if (last_of(s, b)->call == CALL_UNKNOWN || b->untranslated) continue;
        block_know_nothing(s, b->target);
        block_know_nothing(s, c->calls[call_of(s, b)]);
    }
}

static void search_run(struct search *s)
{
    bool was_open;
    do {
        bool changed = true;
        was_open = s->open;
        search_begin(s);
        while (changed && was_open == s->open) {
            changed = false;
            for (uint32_t i = 0; i < s->code->block_count; i++) changed |= block_pass(s, &s->code->blocks[i]);
        }
    } while (was_open != s->open);
}

static bool calls_doubt(struct search *s)
{
    bool doubted = false;
    for (uint32_t i = 0; i < s->code->block_count; i++) {
        struct block *b = &s->code->blocks[i];
        bool calls = !b->untranslated && last_of(s, b)->call != CALL_UNKNOWN;
        if (!calls || (values_before(s, i)->reached && block_run(s, b))) continue;
        s->code->at[b->end - 1].call = CALL_UNKNOWN;
        doubted = true;
    }
    return doubted;
}

static bool is_jump(const struct instruction *in)
{
    enum flow flow = in->opcode ? flow_of(in->opcode) : FLOW_ON;
    return flow >= FLOW_CALL && flow <= FLOW_SWAPPC && flow != FLOW_GETPC;
}

static bool search_create(struct search *s)
{
    const struct code *c = s->code;
    s->kept = malloc((c->count + 1) * sizeof *s->kept);
    for (uint32_t i = 0; i < c->count && s->kept; i++) {
        const struct instruction *in = &c->at[i].in;
        s->open |= is_jump(in) && treatment_at(c, i) == TREAT_UNTRANSLATED;
        if (!in->opcode || in->opcode->registers != REGISTERS_WRITELANE || lane_of(s, in) < 0) continue;
        struct kept kept = {in->dst.index, (uint16_t)lane_of(s, in)};
        uint32_t k = 0;
        while (k < s->kept_count && (s->kept[k].vgpr != kept.vgpr || s->kept[k].lane != kept.lane)) k++;
        s->kept[k] = kept;
        if (k == s->kept_count) s->kept_count++;
    }
    size_t size = sizeof(struct values) + s->kept_count * sizeof(struct value);
    s->values = calloc(c->block_count, size);
    s->now = malloc(size);
    return s->kept && s->values && s->now;
}

bool returns_find(struct code *c, bool *doubted)
{
    struct search s = {.code = c};
    *doubted = false;
    c->closed = true;
    bool jumps = false;
    for (uint32_t i = 0; i < c->count; i++) jumps |= is_jump(&c->at[i].in);
    if (!jumps) return true;
    bool done = search_create(&s);
    if (done) {
        search_run(&s);
        *doubted = calls_doubt(&s);
        c->closed = !s.open;
    }
    free(s.kept);
    free(s.values);
    free(s.now);
    return done;
}
