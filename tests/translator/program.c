#include "program.h"

#include "device/softgpu/interpreter/compute_unit.h"
#include "device/softgpu/interpreter/tier.h"
#include "device/softgpu/native/helpers.h"
#include "device/softgpu/native/loader.h"
#include "device/softgpu/translator/translated.h"
#include "device/softgpu/translator/translator.h"
#include "tests/isa/generate.h"

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUDGET = 4096 };

static struct compute_unit *unit;
static const char *semantics;
static struct dispatch dispatch = {.groups = {1, 1, 1}, .lds_bytes = 4096};
static bool never;
static struct fault fault;
static struct group group = {.dispatch = &dispatch, .cancel = &never, .fault = &fault, .wave_count = 1};
static struct generator random_state = {1};

void program_start(const char *path)
{
    semantics = path;
    unit = compute_unit_create();
    if (!unit) exit(2);
    group.cu = unit;
}

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

struct wave *program_wave(bool wave64, uint32_t mode, uint64_t exec)
{
    uint32_t lanes = wave64 ? 64 : 32;
    dispatch.wave64 = wave64;
    dispatch.local[0] = (uint16_t)lanes;
    dispatch.local[1] = dispatch.local[2] = 1;
    for (int i = 0; i < 3; i++) group.size[i] = dispatch.global[i] = dispatch.local[i];
    compute_unit_set_items(unit, group.size);
    wave_prepare(unit->model, &group, NULL);
    struct wave *w = unit->waves;
    lanes_prepare(w, &group);
    wave_launch(w, &group, 0);
    for (unsigned i = 0; i < SGPR_SINK; i++) w->sgpr[i] = random_register();
    for (unsigned slice = 0; slice < w->slices; slice++)
        for (unsigned i = 0; i < 256; i++)
            for (unsigned lane = 0; lane < SLICE_LANES; lane++) w->vgpr[slice][i][lane] = random_register();
    w->scc = random_register() & 1;
    wave_write64(w, SGPR_EXEC, exec & w->lane_mask);
    wave_set_mode(w, mode);
    return w;
}

// To the first s_sleep, or to the end.
static void wave_run(struct wave *w)
{
    do {
        w->budget = BUDGET;
        op_handler(w->op)(w, w->op);
    } while (w->budget == 0);
}

static void made_release(struct native *native) { (void)native; }

// Has the region run native code from now on.
static bool translate(struct region *region, struct loaded *loaded, struct native *native, uint32_t mode)
{
    const struct tier_code *code = tier_code(region);
    struct translation_request request = {code->bytes,  code->size, code->entry,
                                          code->wave64, mode,       semantics};
    struct translation made;
    if (!translator_run(&request, &made)) {
        fprintf(stderr, "not translated: %s\n", made.error);
        return false;
    }
    const char *error = loader_load(made.object, made.size, helper_find, loaded);
    free(made.object);
    if (error) {
        fprintf(stderr, "not loaded: %s\n", error);
        return false;
    }
    const uint32_t *entries = loader_find(loaded, "translated_entries", false)->address;
    *native = (struct native){
        .run = (translated_fn *)(uintptr_t)loader_find(loaded, "translated", true)->address,
        .entries = entries + 1,
        .entry_count = entries[0],
        .mode = mode,
        .release = made_release,
    };
    return tier_switch(region, native);
}

bool program_run(const void *code, const struct wave *start, struct wave *interpreted,
                 struct wave *translated)
{
    static struct native native; // its region goes with the next program's first look at the code
    unsigned host = _mm_getcsr();
    struct loaded loaded = {0};
    interpreter_invalidate_code();
    compute_unit_refresh(unit);
    struct found entry = compute_unit_find(unit, (uintptr_t)code, start->wave64);
    memcpy(interpreted, start, sizeof *interpreted);
    memcpy(translated, start, sizeof *translated);
    interpreted->op = translated->op = entry.op;
    _mm_setcsr(start->mxcsr[ARITHMETIC_F32]);
    wave_run(interpreted);
    _mm_setcsr(host);
    if (!translate(entry.region, &loaded, &native, start->mode)) return false;
    _mm_setcsr(start->mxcsr[ARITHMETIC_F32]);
    wave_run(translated);
    _mm_setcsr(host);
    loader_free(&loaded);
    return true;
}

static bool is_nan16(uint32_t bits) { return (bits & 0x7fff) > 0x7c00; }

// Of several NaNs any may become the result: LLVM does not fix which.
static bool is_same(uint32_t x, uint32_t y)
{
    if (x == y || ((x & INT32_MAX) > 0x7f800000 && (y & INT32_MAX) > 0x7f800000)) return true;
    bool low = (x & 0xffff) == (y & 0xffff) || (is_nan16(x) && is_nan16(y));
    bool high = x >> 16 == y >> 16 || (is_nan16(x >> 16) && is_nan16(y >> 16));
    return low && high;
}

bool program_differs(const struct wave *a, const struct wave *b, uint64_t lanes)
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
    return a->scc != b->scc;
}
