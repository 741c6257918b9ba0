#include "program.h"

#include "device/softgpu/interpreter/compute_unit.h"
#include "device/softgpu/interpreter/tier.h"
#include "device/softgpu/native/helpers.h"
#include "device/softgpu/native/loader.h"
#include "device/softgpu/translator/translated.h"
#include "device/softgpu/translator/translator.h"
#include "tests/isa/generate.h"

#include <immintrin.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct compute_unit *unit;
static const char *semantics;
static struct dispatch dispatch = {
    .groups = {1, 1, 1}, .lds_bytes = PROGRAM_LDS, .scratch_bytes = PROGRAM_SCRATCH_LANE};
static bool cancelled;
static struct fault fault;
static struct group group = {.dispatch = &dispatch, .cancel = &cancelled, .fault = &fault};
static struct generator random_state = {1};
static uint8_t *memory; // with a page behind it, for accesses that begin near its end

// What has been reduced may have lost what ends its loops.
static void end_endless(__attribute__((unused)) int number)
{
    __atomic_store_n(&cancelled, true, __ATOMIC_RELAXED);
}

void program_start(const char *path)
{
    semantics = path;
    unit = compute_unit_create();
    memory = mmap((void *)0x200000000000, PROGRAM_OUT_AT + PROGRAM_OUT, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!unit || memory == MAP_FAILED || !compute_unit_reserve_scratch(unit, PROGRAM_SCRATCH)) exit(2);
    signal(SIGALRM, end_endless);
    group.cu = unit;
    group.scratch = (uintptr_t)unit->scratch;
}

void program_seed(uint64_t seed) { random_state.state = seed; }

uint64_t program_memory(void) { return (uintptr_t)memory; }

// Any bits, small integers, or floats near one.
static uint32_t random_register(void)
{
    uint32_t bits = generate_u32(&random_state);
    switch (generate_u32(&random_state) % 4) {
    case 0:
        return bits & 0xff;
    case 1:
        return (bits & 0x81ffffff) | 0x3e000000;
    default:
        return bits;
    }
}

static void bytes_fill(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word = random_register();
        memcpy(bytes + i, &word, 4);
    }
}

static void wave_fill(struct wave *w, unsigned number, uint32_t mode, uint64_t exec)
{
    lanes_prepare(w, &group);
    wave_launch(w, &group, number);
    for (unsigned i = 0; i < SGPR_SINK; i++) w->sgpr[i] = random_register();
    for (unsigned slice = 0; slice < w->slices; slice++)
        for (unsigned i = 0; i < 256; i++)
            for (unsigned lane = 0; lane < SLICE_LANES; lane++) w->vgpr[slice][i][lane] = random_register();
    w->scc = random_register() & 1;
    wave_write64(w, SGPR_EXEC, exec & w->lane_mask);
    wave_set_mode(w, mode);
}

void program_state_fill(struct program_state *state, unsigned waves, bool wave64, uint32_t mode,
                        uint64_t exec)
{
    uint32_t lanes = wave64 ? 64 : 32;
    dispatch.wave64 = wave64;
    dispatch.local[0] = (uint16_t)(lanes * waves);
    dispatch.local[1] = dispatch.local[2] = 1;
    for (int i = 0; i < 3; i++) group.size[i] = dispatch.global[i] = dispatch.local[i];
    group.wave_count = waves;
    group.scratch_wave_bytes = (uint64_t)lanes * PROGRAM_SCRATCH_LANE;
    compute_unit_set_items(unit, group.size);
    wave_prepare(unit->model, &group, NULL);
    for (unsigned i = 0; i < waves; i++) wave_fill(&state->waves[i], i, mode, exec);
    bytes_fill(state->lds, sizeof state->lds);
    bytes_fill(state->memory, sizeof state->memory);
    bytes_fill(state->scratch, sizeof state->scratch);
    state->stopped = false;
}

void program_descriptor(const struct program_state *state, unsigned number, uint32_t words[4])
{
    const struct wave *w = &state->waves[number];
    const uint32_t add_lane = 1u << 23, unchecked = 2u << 28, swizzle = 1u << 31, xyzw = 0xfac;
    words[0] = (uint32_t)w->flat_scratch;
    words[1] = (uint32_t)(w->flat_scratch >> 32 & 0xffff) | swizzle;
    words[2] = UINT32_MAX;
    words[3] = xyzw | (w->wave64 ? 3u : 2u) << 21 | add_lane | unchecked;
}

// --- Running ---

// One turn. Returns false if the wave stopped.
static bool wave_turn(struct wave *w, uint32_t budget)
{
    w->budget = budget;
    _mm_setcsr(w->mxcsr[ARITHMETIC_F32]);
    enum wave_state state = op_handler(w->op)(w, w->op);
    w->ended = state == WAVE_ENDED || (state == WAVE_YIELDED && w->budget);
    w->waiting = state == WAVE_AT_BARRIER;
    return state != WAVE_STOPPED;
}

// Returns false where it does not end.
static bool waves_run(struct program_state *state, unsigned waves, uint32_t budget)
{
    enum { TURNS = 2000 };
    for (unsigned turn = 0; turn < TURNS; turn++) {
        unsigned live = 0, waiting = 0;
        for (unsigned i = 0; i < waves; i++) {
            struct wave *w = &state->waves[i];
            if (!w->ended && !w->waiting && !wave_turn(w, budget)) {
                state->stopped = true;
                return true;
            }
            live += !w->ended;
            waiting += w->waiting;
        }
        if (!live) return true;
        for (unsigned i = 0; i < waves && waiting == live; i++) state->waves[i].waiting = false;
    }
    return false;
}

static void memory_fill(const struct program_state *start)
{
    memcpy(unit->lds, start->lds, sizeof start->lds);
    memcpy(memory, start->memory, sizeof start->memory);
    memcpy(unit->scratch, start->scratch, sizeof start->scratch);
    memset(memory + PROGRAM_OUT_AT, 0, PROGRAM_OUT);
}

static void memory_keep(struct program_state *state)
{
    memcpy(state->lds, unit->lds, sizeof state->lds);
    memcpy(state->memory, memory, sizeof state->memory);
    memcpy(state->scratch, unit->scratch, sizeof state->scratch);
    memcpy(state->out, memory + PROGRAM_OUT_AT, sizeof state->out);
    snprintf(state->text, sizeof state->text, "%s", fault.text);
}

static bool group_run(struct program_state *state, const struct program_state *start, const struct op *entry,
                      unsigned waves, uint32_t budget)
{
    unsigned host = _mm_getcsr();
    memcpy(state, start, sizeof *state);
    memory_fill(start);
    for (unsigned i = 0; i < waves; i++) state->waves[i].op = entry;
    fault = (struct fault){0};
    bool ends = waves_run(state, waves, budget);
    _mm_setcsr(host);
    memory_keep(state);
    return ends;
}

static void made_release(struct native *native) { (void)native; }

static translated_group_fn *run_group; // of the region that runs now
static unsigned groups_whole;

// UndefinedBehaviorSanitizer would look for a type in front of the function.
__attribute__((no_sanitize("function"))) static uint32_t group_count(struct translated_launch *launch,
                                                                     uint64_t base)
{
    groups_whole++;
    return run_group(launch, base);
}

struct made {
    struct native native;
    struct loaded loaded;
};

static struct native native_of(const struct loaded *loaded, uint32_t mode)
{
    const uint32_t *entries = loader_find(loaded, "translated_entries", false)->address;
    const struct loaded_symbol *run = loader_find(loaded, "translated", true);
    const struct loaded_symbol *whole = loader_find(loaded, "translated_group", true);
    if (whole) run_group = (translated_group_fn *)(uintptr_t)whole->address;
    return (struct native){
        .run = run ? (translated_fn *)(uintptr_t)run->address : NULL,
        .entries = entries + 1,
        .entry_count = entries[0],
        .mode = mode,
        .run_group = whole ? group_count : NULL,
        .written = whole ? loader_find(loaded, "translated_written", false)->address : NULL,
        .release = made_release,
    };
}

// Has the region run native code from now on.
static bool translate(struct region *region, struct made *into, enum tier_form form, uint32_t mode)
{
    const struct tier_code *code = tier_code(region);
    struct translation_request request = {code->bytes,         code->size, code->entry, code->wave64,
                                          form == TIER_GROUPS, mode,       semantics};
    struct translation made;
    if (!translator_run(&request, &made)) {
        fprintf(stderr, "not translated: %s\n", made.error);
        return false;
    }
    const char *error = loader_load(made.object, made.size, helper_find, &into->loaded);
    free(made.object);
    if (error) {
        fprintf(stderr, "not loaded: %s\n", error);
        return false;
    }
    into->native = native_of(&into->loaded, mode);
    return tier_switch(region, &into->native);
}

bool program_run(const void *code, const struct program_state *start, unsigned waves, uint32_t budget,
                 struct program_state *interpreted, struct program_state *translated)
{
    static struct made made; // its region goes with the next program's first look at the code
    made = (struct made){0};
    interpreter_forget_code();
    compute_unit_refresh(unit);
    struct found entry = compute_unit_find(unit, (uintptr_t)code, start->waves[0].wave64);
    group.region = entry.region;
    bool done = group_run(interpreted, start, entry.op, waves, budget) &&
                translate(entry.region, &made, TIER_WAVES, start->waves[0].mode);
    if (done && !group_run(translated, start, entry.op, waves, budget)) {
        fprintf(stderr, "translated, it does not end\n");
        translated->stopped = !interpreted->stopped;
    }
    interpreter_forget_code();
    compute_unit_refresh(unit);
    loader_free(&made.loaded);
    return done;
}

// --- Launching ---

static struct dispatch dispatch_of(const struct program_launch *launch)
{
    enum { KERNARG_POINTER = 1 << 3, USER_SGPRS = 2 << 1, GROUP_IDS = 7 << 7, ITEM_IDS = 2 << 11 };
    enum { DESCRIPTOR = 1 << 0, FLAT_SCRATCH_INIT = 1 << 5, SCRATCH = 1 << 0, SCRATCH_SGPRS = 6 << 1 };
    struct dispatch d = {
        .entry = (uintptr_t)launch->code,
        .kernarg = (uintptr_t)memory,
        .rsrc1 = (launch->mode & 0xff) << 12 | (launch->mode >> 8 & 1) << 21 | (launch->mode >> 9 & 1) << 23,
        .rsrc2 = USER_SGPRS | GROUP_IDS | ITEM_IDS,
        .properties = KERNARG_POINTER,
        .wave64 = launch->wave64,
        .lds_bytes = PROGRAM_LDS,
    };
    if (launch->scratch) {
        d.rsrc2 += SCRATCH | SCRATCH_SGPRS;
        d.properties |= DESCRIPTOR | FLAT_SCRATCH_INIT;
        d.scratch_bytes = PROGRAM_SCRATCH_LANE;
    }
    for (int i = 0; i < 3; i++) {
        d.local[i] = launch->local[i];
        d.groups[i] = launch->groups[i];
        d.global[i] = launch->local[i] * launch->groups[i];
    }
    return d;
}

// In a unit that has run nothing before: what the last program left in registers would be seen in lanes that
// do not exist, and what it left beside them in reports of faults.
static void launch_run(struct program_state *state, const struct program_state *start,
                       const struct dispatch *of)
{
    enum { WAVES = 9, SECONDS = 20 };
    uint64_t groups = (uint64_t)of->groups[0] * of->groups[1] * of->groups[2];
    memory_fill(start);
    memset(unit->waves, 0, WAVES * sizeof *unit->waves);
    cancelled = false;
    alarm(SECONDS);
    state->stopped = !work_groups_run(unit, of, 0, groups, &cancelled, &fault);
    alarm(0);
    memory_keep(state);
}

bool program_launch(const struct program_launch *launch, const struct program_state *start,
                    struct program_state *interpreted, struct program_state *translated, bool *whole)
{
    static struct made groups, waves;
    struct dispatch launched = dispatch_of(launch);
    groups = waves = (struct made){0};
    interpreter_forget_code();
    compute_unit_refresh(unit);
    struct found entry = compute_unit_find(unit, (uintptr_t)launch->code, launch->wave64);
    launch_run(interpreted, start, &launched);
    bool done = translate(entry.region, &groups, TIER_GROUPS, launch->mode);
    if (done && groups.native.run_group && launch->waves_too)
        done = translate(entry.region, &waves, TIER_WAVES, launch->mode);
    groups_whole = 0;
    if (done) launch_run(translated, start, &launched);
    *whole = groups_whole;
    interpreter_forget_code();
    compute_unit_refresh(unit);
    loader_free(&groups.loaded);
    loader_free(&waves.loaded);
    return done;
}

// --- Comparing ---

static bool is_nan16(uint32_t bits) { return (bits & 0x7fff) > 0x7c00; }

// Of several NaNs any may become the result: LLVM does not fix which.
static bool is_same(uint32_t x, uint32_t y)
{
    if (x == y || ((x & INT32_MAX) > 0x7f800000 && (y & INT32_MAX) > 0x7f800000)) return true;
    bool low = (x & 0xffff) == (y & 0xffff) || (is_nan16(x) && is_nan16(y));
    bool high = x >> 16 == y >> 16 || (is_nan16(x >> 16) && is_nan16(y >> 16));
    return low && high;
}

static bool registers_differ(const struct wave *a, const struct wave *b, uint64_t lanes)
{
    for (unsigned i = 0; i < 128; i++) {
        if (a->sgpr[i] == b->sgpr[i]) continue;
        fprintf(stderr, "s%u: interpreted %08x, translated %08x\n", i, a->sgpr[i], b->sgpr[i]);
        return true;
    }
    for (unsigned slice = 0; slice < a->slices; slice++)
        for (unsigned i = 0; i < 256; i++)
            for (unsigned lane = 0; lane < SLICE_LANES; lane++) {
                if (!(lanes >> (slice * SLICE_LANES + lane) & 1)) continue;
                uint32_t x = a->vgpr[slice][i][lane], y = b->vgpr[slice][i][lane];
                if (is_same(x, y)) continue;
                fprintf(stderr, "v%u lane %u: interpreted %08x, translated %08x\n", i,
                        slice * SLICE_LANES + lane, x, y);
                return true;
            }
    if (a->scc != b->scc) fprintf(stderr, "scc: interpreted %d, translated %d\n", (int)a->scc, (int)b->scc);
    if (a->mode != b->mode) fprintf(stderr, "mode: interpreted %x, translated %x\n", a->mode, b->mode);
    return a->scc != b->scc || a->mode != b->mode;
}

static bool bytes_differ(const char *what, const uint8_t *a, const uint8_t *b, size_t size, bool registers)
{
    for (size_t i = 0; i < size; i += 4) {
        uint32_t x, y;
        memcpy(&x, a + i, 4);
        memcpy(&y, b + i, 4);
        if (x == y || (registers && is_same(x, y))) continue;
        fprintf(stderr, "%s at %zu: interpreted %08x, translated %08x\n", what, i, x, y);
        return true;
    }
    return false;
}

bool program_differs(const struct program_state *a, const struct program_state *b, unsigned waves,
                     uint64_t lanes)
{
    if (a->stopped != b->stopped || strcmp(a->text, b->text) != 0) {
        fprintf(stderr, "interpreted '%s', translated '%s'\n", a->text, b->text);
        return true;
    }
    if (a->stopped) return false; // registers are nobody's any more
    for (unsigned i = 0; i < waves; i++)
        if (registers_differ(&a->waves[i], &b->waves[i], lanes)) return true;
    return bytes_differ("LDS", a->lds, b->lds, sizeof a->lds, false) ||
           bytes_differ("memory", a->memory, b->memory, sizeof a->memory, false) ||
           bytes_differ("private memory", a->scratch, b->scratch, sizeof a->scratch, false) ||
           bytes_differ("registers put out", a->out, b->out, sizeof a->out, true);
}
