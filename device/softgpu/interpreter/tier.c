#include "tier.h"

#include "region.h"
#include "report.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// In nanoseconds of processor time. Making native code takes a tenth of a second for a kernel, and 0.5 ms or
// more for each of its instructions; but it runs several times as fast, is kept, and is made on a processor
// that may have nothing else to do. What is short is timed now and then only: to read the clock takes a
// microsecond.
enum { HOT = 10 * 1000 * 1000, HOT_INSTRUCTION = 500 * 1000, SHORT = 100 * 1000 };
enum { UNTOLD_MAX = 1024 };     // work-groups
enum { CALL_INSTRUCTION = 10 }; // what a call takes is not timed

// Where waves change from ops to native code.
struct entrance {
    const struct native *native;
    uint32_t number;
    handler_fn *interpreted; // the op's own handler
};

static const struct tier_maker *maker;

void tier_set_maker(const struct tier_maker *new_maker) { maker = new_maker; }

// --- The maker's side ---

void tier_hold(struct region *region) { region_hold(region); }
void tier_let_go(struct region *region) { region_release(region); }
const struct tier_code *tier_code(const struct region *region) { return &region->tier.code; }
bool tier_current(const struct region *region) { return !region_expired(region); }

// Others wait meanwhile.
void tier_begin_first(struct region *region, enum tier_form form, uint32_t mode)
{
    struct tier_state *state = &region->tier.forms[form];
    pthread_mutex_lock(&region->tier.lock);
    if (!atomic_load_explicit(&state->begun, memory_order_relaxed) && maker) maker->begun(region, mode, form);
    for (unsigned i = 0; i < TIER_FORMS && !maker; i++)
        atomic_store_explicit(&region->tier.forms[i].settled, true, memory_order_relaxed);
    atomic_store_explicit(&state->begun, true, memory_order_release);
    pthread_mutex_unlock(&region->tier.lock);
}

// --- Heat ---

// Not while others have the processor.
static uint64_t time_spent(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t tier_enter_first(struct region *region, uint64_t groups)
{
    struct tier *tier = &region->tier;
    uint64_t untold = atomic_load_explicit(&tier->untold, memory_order_relaxed);
    bool tell = !atomic_load_explicit(&tier->is_short, memory_order_relaxed) || untold >= UNTOLD_MAX;
    if (tell) return time_spent();
    atomic_store_explicit(&tier->untold, untold + groups, memory_order_relaxed);
    return 0;
}

static uint64_t hot_at(const struct region *region)
{
    return HOT + (uint64_t)HOT_INSTRUCTION * region->tier.code.instructions;
}

static void heat_add(struct region *region, enum tier_form form, uint32_t mode, uint64_t nanoseconds)
{
    struct tier_state *state = &region->tier.forms[form];
    uint64_t heat = atomic_fetch_add_explicit(&state->heat, nanoseconds, memory_order_relaxed) + nanoseconds;
    if (heat >= hot_at(region) && !atomic_exchange_explicit(&state->settled, true, memory_order_relaxed) &&
        maker)
        maker->hot(region, mode, form);
}

void tier_call_first(struct region *region, uint32_t mode)
{
    tier_begin(region, TIER_WAVES, mode);
    heat_add(region, TIER_WAVES, mode, (uint64_t)CALL_INSTRUCTION * region->tier.code.instructions);
}

uint64_t tier_stay_first(struct region *region, enum tier_form form, uint32_t mode, uint64_t since)
{
    uint64_t now = time_spent();
    if (since) heat_add(region, form, mode, now - since);
    return tier_settled(region, form) ? 0 : now;
}

uint64_t tier_last_first(struct region *region, uint32_t mode, uint64_t since)
{
    uint64_t now = time_spent();
    if (!since || now - since < hot_at(region)) return since ? since : now;
    tier_begin(region, TIER_WAVES, mode);
    heat_add(region, TIER_WAVES, mode, now - since);
    return now;
}

void tier_leave(struct region *region, enum tier_form form, uint32_t mode, uint64_t since, uint64_t groups)
{
    struct tier *tier = &region->tier;
    if (atomic_load_explicit(&tier->form, memory_order_relaxed) != form)
        atomic_store_explicit(&tier->form, form, memory_order_relaxed);
    if (!since || !groups || tier_settled(region, form)) return;
    uint64_t took = time_spent() - since;
    uint64_t untold = atomic_exchange_explicit(&tier->untold, 0, memory_order_relaxed);
    atomic_store_explicit(&tier->is_short, took < SHORT, memory_order_relaxed);
    heat_add(region, form, mode, took + took / groups * untold);
}

// --- Running ---

const struct op *tier_op(const struct native *native, uint32_t place)
{
    uint32_t op = place % 4 == 0 && place < native->size ? native->op_at[place / 4] : 0;
    return op ? &native->ops[op - 1] : NULL;
}

static enum wave_state step_end(__attribute__((unused)) struct wave *w,
                                __attribute__((unused)) const struct op *op)
{
    return WAVE_UNTRANSLATED;
}

static enum wave_state run_native(struct wave *w, const struct op *op);

// The op, but for what other threads may be changing at this time.
static void step_begin(struct op step[2], const struct op *op)
{
    enum { FROM = offsetof(struct op, run) + sizeof op->run, TO = offsetof(struct op, entrance) };
    handler_fn *run = op_handler(op);
    memcpy((char *)step + FROM, (const char *)op + FROM, TO - FROM);
    step[0].run = run == run_native ? __atomic_load_n(&op->entrance, __ATOMIC_ACQUIRE)->interpreted : run;
    step[0].entrance = NULL;
    step[1].run = step_end;
}

uint32_t interpret_one(struct wave *w, uint32_t place)
{
    struct op step[2];
    step_begin(step, tier_op(w->native, place));
    return step[0].run(w, step);
}

// UndefinedBehaviorSanitizer would look for a type in front of the function.
__attribute__((no_sanitize("function"))) static enum wave_state run_native(struct wave *w,
                                                                           const struct op *op)
{
    const struct entrance *entrance = __atomic_load_n(&op->entrance, __ATOMIC_ACQUIRE);
    const struct native *native = entrance->native;
    if (w->mode != native->mode) BECOME(entrance->interpreted, w, op);
    w->native = native;
    enum wave_state state = (enum wave_state)native->run(w, entrance->number, native->base);
    w->native = NULL;
    if (state == WAVE_ENDED || state == WAVE_STOPPED) return state;
    const struct op *next = tier_op(native, w->place);
    if (!next) return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "translation lost its place");
    // An entry at instructions that do nothing may have the op of what is to be interpreted behind them.
    const struct entrance *own = __atomic_load_n(&next->entrance, __ATOMIC_ACQUIRE);
    handler_fn *interpreted = own ? own->interpreted : op_handler(next);
    if (state == WAVE_UNTRANSLATED) __attribute__
        ((musttail)) return interpreted(w, next);
    w->op = next;
    return state;
}

// --- Switching over ---

static bool entries_valid(const struct native *native)
{
    for (uint32_t i = 0; i < native->entry_count; i++)
        if (!tier_op(native, native->entries[i])) return false;
    return true;
}

static bool native_attach(struct native *native, const struct region *region)
{
    const struct tier_code *code = &region->tier.code;
    native->base = code->base;
    native->size = code->size;
    native->ops = region->ops;
    native->op_at = calloc(code->size / 4 + 1, sizeof *native->op_at);
    native->entrances = calloc(native->entry_count + 1, sizeof *native->entrances);
    if (!native->op_at || !native->entrances || !code->size) return false;
    for (size_t i = 0; i < region->count; i++)
        native->op_at[(region->address[i] - code->base) / 4] = 1 + (uint32_t)(region->first[i] - region->ops);
    return entries_valid(native);
}

static void native_detach(struct native *native)
{
    free(native->op_at);
    free(native->entrances);
    native->op_at = NULL;
    native->entrances = NULL;
}

// The other threads see the entrance before the handler that looks for it.
static void op_switch(const struct native *native, uint32_t number)
{
    struct op *op = (struct op *)tier_op(native, native->entries[number]);
    if (op->entrance) return; // instructions that do nothing share the next one's op
    struct entrance *entrance = &native->entrances[number];
    *entrance = (struct entrance){native, number, op->run};
    __atomic_store_n(&op->entrance, entrance, __ATOMIC_RELEASE);
    __atomic_store_n(&op->run, run_native, __ATOMIC_RELEASE);
}

bool tier_switch(struct region *region, struct native *native)
{
    struct tier_state *state = &region->tier.forms[native->run ? TIER_WAVES : TIER_GROUPS];
    if (!native_attach(native, region) || atomic_exchange(&state->switched, true)) {
        native_detach(native);
        return false;
    }
    for (uint32_t i = 0; i < native->entry_count && native->run; i++) op_switch(native, i);
    atomic_store_explicit(&state->native, native, memory_order_release);
    atomic_store_explicit(&state->settled, true, memory_order_relaxed);
    return true;
}

bool tier_has(const struct region *region, enum tier_form form)
{
    return atomic_load(&region->tier.forms[form].switched);
}

void tier_init(struct tier *tier) { pthread_mutex_init(&tier->lock, NULL); }

void tier_end(struct tier *tier)
{
    for (unsigned form = 0; form < TIER_FORMS; form++) {
        struct native *native = atomic_load(&tier->forms[form].native);
        if (!native) continue;
        native_detach(native);
        native->release(native);
    }
    pthread_mutex_destroy(&tier->lock);
    free((void *)tier->code.bytes);
}
