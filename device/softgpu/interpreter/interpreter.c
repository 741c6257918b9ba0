// Running work-groups, one after another: the waves of one take turns on this thread, from one barrier to the
// next.
#include "interpreter.h"

#include "compute_unit.h"
#include "fault.h"
#include "region.h"
#include "report.h"
#include "stray.h"
#include "whole_group.h"

#include <immintrin.h>

// --- Setting up ---

static const char *dispatch_error(const struct dispatch *d, uint64_t first, uint64_t count)
{
    uint64_t items = (uint64_t)d->local[0] * d->local[1] * d->local[2], groups = 1;
    if (items == 0 || items > GROUP_ITEMS_MAX) return "work-group size not from 1 to 1024";
    if (d->lds_bytes > LDS_BYTES_MAX) return "more than 64 KiB of LDS";
    for (int i = 0; i < 3; i++) {
        if ((d->groups[i] - UINT64_C(1)) * d->local[i] >= d->global[i]) return "work-groups outside the grid";
        groups *= d->groups[i];
    }
    return first >= groups || count > groups - first ? "work-group outside the grid" : NULL;
}

// What all work-groups have in common: scratch for the largest, and their waves but for what tells them
// apart.
static bool dispatch_prepare(struct group *g, const struct op *entry)
{
    const struct dispatch *d = g->dispatch;
    uint32_t items = (uint32_t)d->local[0] * d->local[1] * d->local[2], lanes = d->wave64 ? 64 : 32;
    uint32_t wave_count = (items + lanes - 1) / lanes;
    uint64_t bytes = ((uint64_t)d->scratch_bytes + 3) / 4 * 4 * lanes;
    g->scratch_wave_bytes = (bytes + SCRATCH_GRANULE - 1) / SCRATCH_GRANULE * SCRATCH_GRANULE;
    if (!compute_unit_reserve_scratch(g->cu, wave_count * g->scratch_wave_bytes)) return false;
    g->scratch = (uint64_t)g->cu->scratch;
    wave_prepare(g->cu->model, g, entry);
    for (uint32_t i = 0; i < wave_count; i++) lanes_prepare(&g->cu->waves[i], g);
    return true;
}

static void group_find(struct group *g, uint64_t number)
{
    if (!number) return; // a new group's id: without the divisions
    const uint32_t *groups = g->dispatch->groups;
    uint64_t row = number / groups[0];
    g->id[0] = (uint32_t)(number % groups[0]);
    g->id[1] = (uint32_t)(row % groups[1]);
    g->id[2] = (uint32_t)(row / groups[1]);
}

static void group_next(struct group *g)
{
    for (int i = 0; i < 3; i++) {
        if (++g->id[i] < g->dispatch->groups[i]) return;
        g->id[i] = 0;
    }
}

// At the grid's edge a work-group may be a partial one. Sizes are compared one by one, with what they have
// been: read together they would be waited for, until all that was stored before them has left the store
// buffer.
static void group_begin(struct group *g)
{
    const struct dispatch *d = g->dispatch;
    uint32_t items = 1, lanes = d->wave64 ? 64 : 32;
    bool same = true;
    for (int i = 0; i < 3; i++) {
        uint32_t left = d->global[i] - g->id[i] * d->local[i];
        uint32_t size = left < d->local[i] ? left : d->local[i];
        same &= size == g->size[i];
        g->size[i] = size;
        items *= size;
    }
    g->wave_count = (items + lanes - 1) / lanes;
    if (!same) compute_unit_set_items(g->cu, g->size);
}

// --- Running ---

static enum wave_state wave_run(struct group *g, struct wave *w)
{
    g->running = w;
    w->budget = WAVE_BUDGET;
    wave_set_rounding(w);
    return op_handler(w->op)(w, w->op);
}

// One turn of every wave that can run. Returns false if one stopped; counts those left and those at a
// barrier.
static bool waves_turn(struct group *g, unsigned *live, unsigned *waiting)
{
    *live = *waiting = 0;
    for (uint32_t i = 0; i < g->wave_count; i++) {
        struct wave *w = &g->cu->waves[i];
        if (!w->ended && !w->waiting) {
            enum wave_state state = wave_run(g, w);
            if (state == WAVE_STOPPED) return false;
            w->ended = state == WAVE_ENDED;
            w->waiting = state == WAVE_AT_BARRIER;
        }
        *live += !w->ended;
        *waiting += w->waiting;
    }
    return true;
}

// A work-group may run for long.
static void group_tell(struct group *g)
{
    uint32_t mode = g->cu->model->mode;
    g->since = tier_stay(g->region, g->form, mode, g->since);
    if (g->form == TIER_GROUPS) g->last_since = tier_last(g->region, mode, g->last_since);
}

// What turns count until it is told how long they take, which takes a microsecond: from one barrier to the
// next they may be as short.
enum { TO_BARRIER = 1, OF_BUDGET = 32, TELLING = 256 };

static bool waves_run(struct group *g)
{
    unsigned live, waiting, turns = 0;
    g->last_since = 0;
    if (g->form == TIER_WAVES) tier_begin(g->region, TIER_WAVES, g->cu->model->mode);
    do {
        if (__atomic_load_n(g->cancel, __ATOMIC_RELAXED) || !waves_turn(g, &live, &waiting)) return false;
        turns += waiting == live ? TO_BARRIER : OF_BUDGET;
        if (turns >= TELLING) group_tell(g);
        turns %= TELLING;
        for (uint32_t i = 0; i < g->wave_count && waiting == live; i++) g->cu->waves[i].waiting = false;
    } while (live);
    return true;
}

static bool group_run(struct group *g)
{
    switch (whole_group_run(g)) {
    case WAVE_ENDED:
        return true;
    case WAVE_STOPPED:
        return false;
    case WAVE_UNTRANSLATED: // no part of it has run
        for (uint32_t i = 0; i < g->wave_count; i++) wave_launch(&g->cu->waves[i], g, i);
        return waves_run(g);
    default:
        return waves_run(g);
    }
}

static bool groups_run(struct group *g, uint64_t count)
{
    for (; count; count--, group_next(g)) {
        group_begin(g);
        if (!group_run(g)) return false;
    }
    return true;
}

// The kernel's memory faults end up here.
static bool groups_run_trapped(struct group *g, uint64_t count)
{
    struct fault_trap trap;
    if (sigsetjmp(trap.jump, 0)) {
        struct wave *w = g->running;
        const struct op *op = w->native ? tier_op(w->native, w->place) : w->op;
        if (!op) op = w->op;
        wave_stop_memory(w, op, stray_find(w, op, &trap));
        return false;
    }
    fault_arm(&trap);
    bool finished = groups_run(g, count);
    fault_disarm(&trap);
    return finished;
}

bool work_groups_run(struct compute_unit *cu, const struct dispatch *dispatch, uint64_t first, uint64_t count,
                     const bool *cancel, struct fault *fault)
{
    struct group g = {.cu = cu, .dispatch = dispatch, .cancel = cancel, .fault = fault, .running = cu->waves};
    *fault = (struct fault){0};
    const char *error = dispatch_error(dispatch, first, count);
    if (!error && !fault_handlers_install()) error = "no signal handlers for memory faults";
    if (!error && !compute_unit_refresh(cu)) error = "out of memory";
    struct found entry = {0};
    if (!error) entry = compute_unit_find(cu, dispatch->entry, dispatch->wave64);
    if (!error && !entry.op) error = "no memory to decode the kernel";
    if (!error && !dispatch_prepare(&g, entry.op)) error = "out of memory";
    if (error) {
        fault_invalid_dispatch(fault, dispatch, error);
        return false;
    }
    g.region = entry.region;
    g.since = tier_enter(g.region, count);
    group_find(&g, first);
    unsigned host_mxcsr = _mm_getcsr();
    bool finished = groups_run_trapped(&g, count);
    if (finished) tier_leave(g.region, g.form, cu->model->mode, g.since, count);
    _mm_setcsr(host_mxcsr);
#ifdef __AVX__
    _mm256_zeroupper(); // the interpreter is compiled without one behind every function
#endif
    return finished;
}
