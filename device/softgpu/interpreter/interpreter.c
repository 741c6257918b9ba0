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
#include <time.h>

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

// Nanoseconds for which a work-group runs before others may: it may wait for one that has not begun.
static const uint64_t share = 1000 * 1000;

static uint64_t time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static enum wave_state waves_run(struct group *g)
{
    unsigned live, waiting, turns = 0;
    uint64_t now, since = 0; // it has run long enough to look at the clock
    do {
        if (__atomic_load_n(g->cancel, __ATOMIC_RELAXED) || !waves_turn(g, &live, &waiting))
            return WAVE_STOPPED;
        for (uint32_t i = 0; i < g->wave_count && waiting == live; i++) g->cu->waves[i].waiting = false;
        turns += waiting == live ? TO_BARRIER : OF_BUDGET;
        if (turns < TELLING) continue;
        turns %= TELLING;
        group_tell(g);
        now = time_now();
        if (!since) since = now;
        if (live && now - since > share) return WAVE_YIELDED;
    } while (live);
    return WAVE_ENDED;
}

static enum wave_state waves_begin(struct group *g)
{
    g->last_since = 0;
    if (g->form == TIER_WAVES) tier_begin(g->region, TIER_WAVES, g->cu->model->mode);
    return waves_run(g);
}

static enum wave_state group_run(struct group *g)
{
    group_begin(g);
    enum wave_state state = whole_group_run(g);
    if (state == WAVE_ENDED || state == WAVE_STOPPED) return state;
    if (state == WAVE_UNTRANSLATED) // no part of it has run
        for (uint32_t i = 0; i < g->wave_count; i++) wave_launch(&g->cu->waves[i], g, i);
    return waves_begin(g);
}

static enum wave_state groups_run(struct group *g)
{
    for (; g->left; g->left--, group_next(g)) {
        enum wave_state state = g->under_way ? waves_run(g) : group_run(g);
        g->under_way = state == WAVE_YIELDED;
        if (state != WAVE_ENDED) return state;
    }
    return WAVE_ENDED;
}

// The kernel's memory faults end up here.
static enum wave_state groups_run_trapped(struct group *g)
{
    struct fault_trap trap;
    if (sigsetjmp(trap.jump, 0)) {
        struct wave *w = g->running;
        const struct op *op = w->native ? tier_op(w->native, w->place) : w->op;
        if (!op) op = w->op;
        return wave_stop_memory(w, op, stray_find(w, op, &trap));
    }
    fault_arm(&trap);
    enum wave_state state = groups_run(g);
    fault_disarm(&trap);
    return state;
}

static enum work_state work_run(struct group *g)
{
    unsigned host_mxcsr = _mm_getcsr();
    enum wave_state state = groups_run_trapped(g);
    _mm_setcsr(host_mxcsr);
#ifdef __AVX__
    _mm256_zeroupper(); // the interpreter is compiled without one behind every function
#endif
    if (state == WAVE_YIELDED) return WORK_UNDER_WAY;
    return state == WAVE_ENDED ? WORK_DONE : WORK_STOPPED;
}

enum work_state work_groups_begin(struct compute_unit *cu, const struct dispatch *dispatch, uint64_t first,
                                  uint64_t count, const bool *cancel, struct fault *fault)
{
    struct group *g = &cu->group;
    *g = (struct group){.cu = cu, .dispatch = dispatch, .cancel = cancel, .fault = fault, .left = count};
    g->running = cu->waves;
    *fault = (struct fault){0};
    const char *error = dispatch_error(dispatch, first, count);
    if (!error && !fault_handlers_install()) error = "no signal handlers for memory faults";
    if (!error && !compute_unit_refresh(cu)) error = "out of memory";
    struct found entry = {0};
    if (!error) entry = compute_unit_find(cu, dispatch->entry, dispatch->wave64);
    if (!error && !entry.op) error = "no memory to decode the kernel";
    if (!error && !dispatch_prepare(g, entry.op)) error = "out of memory";
    if (error) {
        fault_invalid_dispatch(fault, dispatch, error);
        return WORK_STOPPED;
    }
    g->region = entry.region;
    g->since = tier_enter(g->region, count);
    group_find(g, first);
    enum work_state state = work_run(g);
    if (state == WORK_DONE) tier_leave(g->region, g->form, cu->model->mode, g->since, count);
    return state;
}

// How long they take is told from time to time: others have run meanwhile.
enum work_state work_groups_go_on(struct compute_unit *cu, struct fault *fault)
{
    struct group *g = &cu->group;
    g->fault = fault;
    g->rounds = false;
    g->since = tier_stay(g->region, g->form, cu->model->mode, 0);
    *fault = (struct fault){0};
    enum work_state state = work_run(g);
    if (state == WORK_DONE) tier_leave(g->region, g->form, cu->model->mode, 0, 0);
    return state;
}

uint64_t work_groups_split(struct compute_unit *cu)
{
    struct group *g = &cu->group;
    uint64_t others = g->left - g->under_way;
    g->left = g->under_way;
    return others;
}

bool work_groups_run(struct compute_unit *cu, const struct dispatch *dispatch, uint64_t first, uint64_t count,
                     const bool *cancel, struct fault *fault)
{
    enum work_state state = work_groups_begin(cu, dispatch, first, count, cancel, fault);
    while (state == WORK_UNDER_WAY) state = work_groups_go_on(cu, fault);
    return state == WORK_DONE;
}
