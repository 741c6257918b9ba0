#include "whole_group.h"

#include "device/softgpu/isa/semantics/memory.h"

#include "compute_unit.h"
#include "region.h"

#include <string.h>

// A work-group that has to be gone on with wave by wave costs as much as so many others gain; where that has
// been too often, it is not tried any more.
enum { BREAK_COST = 4, BREAKS_MOST = 256 };

// From barrier to barrier; then others may have their turn, on whom this work-group may wait.
enum { ROUNDS_MOST = 1 << 16 };

// What translated.h asks of a launch.
static bool is_whole(const struct group *g)
{
    const struct dispatch *d = g->dispatch;
    const struct tier_code *code = &g->region->tier.code;
    if (code->base + code->entry != d->entry || g->size[0] % SLICE_LANES) return false;
    if (g->size[0] * g->size[1] * g->size[2] % (d->wave64 ? 64u : 32u)) return false;
    return wave_model_launch(g->cu->model, g);
}

// Code that accesses none does not look at which SGPR is the wave's own.
static bool knows_scratch(const struct group *g, const struct native *native)
{
    return native->written->has_scratch || g->scratch_sgpr == SGPR_SLOTS;
}

// Also says which form of native code is used or wanting.
static struct native *native_of(struct group *g)
{
    g->form = TIER_WAVES;
    if (!is_whole(g)) return NULL;
    uint32_t mode = g->cu->model->mode;
    tier_begin(g->region, TIER_GROUPS, mode);
    struct tier_state *state = &g->region->tier.forms[TIER_GROUPS];
    struct native *native = atomic_load_explicit(&state->native, memory_order_acquire);
    bool usable = !native || (native->mode == mode && knows_scratch(g, native) &&
                              __atomic_load_n(&native->breaks, __ATOMIC_RELAXED) < BREAKS_MOST);
    if (usable) g->form = TIER_GROUPS;
    return usable ? native : NULL;
}

// --- Going on wave by wave ---

enum { WRITTEN_SGPRS = 128 }; // that translated_written tells of

static bool is_written(const uint64_t *written, unsigned index)
{
    return written[index / 64] >> index % 64 & 1;
}

// What native code has kept elsewhere.
static void wave_complete(struct wave *w, const struct group *g, uint32_t number, const struct native *native)
{
    const struct wave *model = g->cu->model;
    uint64_t scc = w->scc;
    uint32_t place = w->place;
    uint64_t moved = number * g->scratch_wave_bytes, flat_scratch = w->flat_scratch;
    memcpy(w, model, offsetof(struct wave, sgpr));
    w->scc = scc;
    w->place = place;
    for (unsigned slice = 0; slice < w->slices; slice++) w->lanes[slice].mode = model->mode;
    for (unsigned i = 0; i < SGPR_SLOTS; i++)
        if (i >= WRITTEN_SGPRS || !is_written(native->written->scalar, i)) w->sgpr[i] = model->sgpr[i];
    for (unsigned i = 0; i < 3; i++)
        for (unsigned slice = 0; slice < w->slices && !is_written(native->written->vector, i); slice++)
            w->vgpr[slice][i] = g->cu->ids->id[i][number * w->slices + slice];
    if (g->scratch_sgpr < WRITTEN_SGPRS && !is_written(native->written->scalar, g->scratch_sgpr))
        w->sgpr[g->scratch_sgpr] = (uint32_t)moved;
    w->flat_scratch = native->written->has_scratch ? flat_scratch : g->scratch + moved;
}

// Of a wave at a barrier.
static void rows_complete(struct wave *w, const struct translated_written *written)
{
    for (uint64_t r = 0; r < written->row_count; r++) {
        const struct translated_row row = written->rows[r];
        for (unsigned slice = 0; slice < w->slices; slice++) {
            u32x16 *at = wave_vgpr(w, slice, row.index);
            uint64_t first = (*at)[0], shift = row.upper ? 32 : 0;
            if (row.upper) first = first << 32 | (*wave_vgpr(w, slice, row.index - 1u))[0];
            for (int64_t i = 0; i < SLICE_LANES; i++)
                lane_set(at, (unsigned)i, (uint32_t)((first + (uint64_t)(i * row.stride)) >> shift));
        }
    }
}

static void wave_go_on(struct wave *w, const struct native *native, const struct translated_launch *launch,
                       uint32_t number, enum wave_state state)
{
    bool stopped = number == launch->stopped;
    uint32_t entry = stopped ? 0 : launch->resume[number];
    w->ended = entry == TRANSLATED_HAS_ENDED;
    if (!stopped && !w->ended) rows_complete(w, native->written);
    w->waiting = !w->ended && (stopped ? state == WAVE_AT_BARRIER : number < launch->stopped);
    if (!w->ended) w->op = tier_op(native, stopped ? w->place : native->entries[entry]);
}

static void group_break(struct group *g, struct native *native, const struct translated_launch *launch,
                        enum wave_state state)
{
    if (state != WAVE_YIELDED) __atomic_fetch_add(&native->breaks, BREAK_COST, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < g->wave_count; i++) {
        struct wave *w = &g->cu->waves[i];
        if (i >= launch->launched) {
            wave_launch(w, g, i);
        } else {
            wave_complete(w, g, i, native);
            wave_go_on(w, native, launch, i, state);
        }
    }
}

// --- The whole ---

// UndefinedBehaviorSanitizer would look for a type in front of the function.
__attribute__((no_sanitize("function"))) static enum wave_state
native_run(struct wave *first, const struct native *native, struct translated_launch *launch)
{
    first->native = native;
    enum wave_state state = (enum wave_state)native->run_group(launch, native->base);
    first->native = NULL;
    return state;
}

enum wave_state whole_group_run(struct group *g)
{
    struct native *native = native_of(g);
    if (!native) {
        g->rounds = false;
        return WAVE_UNTRANSLATED;
    }
    struct compute_unit *cu = g->cu;
    struct wave *first = g->running = cu->waves;
    struct translated_launch launch = {
        .waves = first,
        .sgpr = cu->model->sgpr,
        .id = {cu->ids->id[0], cu->ids->id[1], cu->ids->id[2]},
        .cancel = g->cancel,
        .scratch = g->scratch,
        .scratch_wave_bytes = g->scratch_wave_bytes,
        .scratch_sgpr = g->scratch_sgpr,
        .wave_count = g->wave_count,
        .budget = WAVE_BUDGET,
        .rounds = ROUNDS_MOST,
    };
    first->group = g;
    first->lds = cu->lds;
    first->wave64 = cu->model->wave64;
    // To ask for MXCSR would wait for all that the work-group before has computed.
    if (!g->rounds) wave_set_rounding(cu->model);
    enum wave_state state = native_run(first, native, &launch);
    g->rounds = state == WAVE_ENDED;
    if (state == WAVE_ENDED && __atomic_load_n(&native->breaks, __ATOMIC_RELAXED) > 0)
        __atomic_fetch_sub(&native->breaks, 1, __ATOMIC_RELAXED);
    if (state == WAVE_ENDED || state == WAVE_STOPPED) return state;
    group_break(g, native, &launch, state);
    g->form = TIER_WAVES;
    return WAVE_YIELDED;
}
