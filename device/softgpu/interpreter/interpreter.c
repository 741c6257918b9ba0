// Running a work-group: its waves take turns on this thread, from one barrier to the next.
#include "interpreter.h"

#include "compute_unit.h"
#include "exec_memory.h"
#include "fault.h"
#include "report.h"

#include <immintrin.h>

enum { BUDGET = 4096, ITEMS_MAX = 1024 };

// --- Setting up ---

static const char *dispatch_error(const struct dispatch *d, const uint32_t group[3])
{
    uint64_t items = (uint64_t)d->local[0] * d->local[1] * d->local[2];
    if (items == 0 || items > ITEMS_MAX) return "work-group size not from 1 to 1024";
    if (d->lds_bytes > LDS_BYTES_MAX) return "more than 64 KiB of LDS";
    for (int i = 0; i < 3; i++) {
        if ((uint64_t)group[i] * d->local[i] >= d->global[i]) return "work-group outside the grid";
    }
    return NULL;
}

// Sizes of the work-group, which at the grid's edge may be a partial one, and its scratch.
static bool group_prepare(struct group *g, const uint32_t group[3])
{
    const struct dispatch *d = g->dispatch;
    uint32_t items = 1, lanes = d->wave64 ? 64 : 32;
    for (int i = 0; i < 3; i++) {
        uint32_t left = d->global[i] - group[i] * d->local[i];
        g->id[i] = group[i];
        g->size[i] = left < d->local[i] ? left : d->local[i];
        items *= g->size[i];
    }
    g->wave_count = (items + lanes - 1) / lanes;
    compute_unit_set_items(g->cu, g->size);
    uint64_t bytes = ((uint64_t)d->scratch_bytes + 3) / 4 * 4 * lanes;
    g->scratch_wave_bytes = (bytes + SCRATCH_GRANULE - 1) / SCRATCH_GRANULE * SCRATCH_GRANULE;
    if (!compute_unit_reserve_scratch(g->cu, g->wave_count * g->scratch_wave_bytes)) return false;
    g->scratch = (uint64_t)g->cu->scratch;
    return true;
}

// --- Running ---

static enum wave_state wave_run(struct group *g, struct wave *w)
{
    g->running = w;
    w->budget = BUDGET;
    if (w->mxcsr != _mm_getcsr()) _mm_setcsr(w->mxcsr);
    return w->op->run(w, w->op);
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

static bool waves_run(struct group *g)
{
    unsigned live, waiting;
    do {
        if (__atomic_load_n(g->cancel, __ATOMIC_RELAXED) || !waves_turn(g, &live, &waiting)) return false;
        for (uint32_t i = 0; i < g->wave_count && waiting == live; i++) g->cu->waves[i].waiting = false;
    } while (live);
    return true;
}

// The kernel's memory faults end up here.
static bool waves_run_trapped(struct group *g)
{
    struct fault_trap trap;
    if (sigsetjmp(trap.jump, 0)) {
        struct wave *w = g->running;
        uint64_t address = trap.address ? trap.address : memory_unreachable_address(w);
        wave_stop_memory(w, w->op, address, trap.write);
        return false;
    }
    fault_arm(&trap);
    bool finished = waves_run(g);
    fault_disarm(&trap);
    return finished;
}

bool work_group_run(struct compute_unit *cu, const struct dispatch *dispatch, const uint32_t group[3],
                    const bool *cancel, struct fault *fault)
{
    struct group g = {.cu = cu, .dispatch = dispatch, .cancel = cancel, .fault = fault, .running = cu->waves};
    *fault = (struct fault){0};
    const char *error = dispatch_error(dispatch, group);
    if (!error && !fault_handlers_install()) error = "no signal handlers for memory faults";
    if (!error && (!compute_unit_refresh(cu) || !group_prepare(&g, group))) error = "out of memory";
    const struct op *entry = error ? NULL : compute_unit_find(cu, dispatch->entry, dispatch->wave64);
    if (!error && !entry) error = "no memory to decode the kernel";
    if (error) {
        fault_invalid_dispatch(fault, dispatch, error);
        return false;
    }
    for (uint32_t i = 0; i < g.wave_count; i++) wave_launch(&cu->waves[i], &g, i, entry);
    unsigned host_mxcsr = _mm_getcsr();
    bool finished = waves_run_trapped(&g);
    _mm_setcsr(host_mxcsr);
#ifdef __AVX__
    _mm256_zeroupper(); // the interpreter is compiled without one behind every function
#endif
    return finished;
}
