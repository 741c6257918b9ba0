#include "control.h"

#include "compute_unit.h"
#include "device/softgpu/isa/flow/flow.h"
#include "region.h"
#include "report.h"

#include <sched.h>

// --- Handlers ---

enum wave_state run_illegal(struct wave *w, const struct op *op)
{
    if (op->in && op->in->size == 0) return wave_stop_memory(w, op, op->pc); // the code is not there
    if (!op->in || !op->in->opcode) return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "illegal instruction");
    return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "instruction not supported");
}

static enum wave_state yield(struct wave *w, const struct op *target)
{
    w->op = target;
    return WAVE_YIELDED;
}

// Backward jumps are counted, so that endless loops can be cancelled and waves that wait for others let them
// run.
#define TAKE(w, op, to)                                                                                      \
    do {                                                                                                     \
        const struct op *take_target = (to);                                                                 \
        if (take_target <= (op) && --(w)->budget == 0) return yield(w, take_target);                         \
        JUMP(w, take_target);                                                                                \
    } while (0)

static enum wave_state run_branch(struct wave *w, const struct op *op) { TAKE(w, op, op->target); }

#define BRANCH_IF(name, condition)                                                                           \
    static enum wave_state name(struct wave *w, const struct op *op)                                         \
    {                                                                                                        \
        if (condition) TAKE(w, op, op->target);                                                              \
        NEXT(w, op);                                                                                         \
    }

BRANCH_IF(run_branch_scc0, !w->scc)
BRANCH_IF(run_branch_scc1, w->scc)
BRANCH_IF(run_branch_vccz, wave_read_mask(w, SGPR_VCC) == 0)
BRANCH_IF(run_branch_vccnz, wave_read_mask(w, SGPR_VCC) != 0)
BRANCH_IF(run_branch_execz, wave_exec(w) == 0)
BRANCH_IF(run_branch_execnz, wave_exec(w) != 0)

static uint32_t *destination(struct wave *w, const struct op *op) { return (uint32_t *)((char *)w + op->d); }

// Halves of a wave by turns: D0 has the half of EXEC whose turn it is not.
static enum wave_state run_subvector_begin(struct wave *w, const struct op *op)
{
    uint32_t *exec = &w->sgpr[SGPR_EXEC];
    if (!exec[0] && !exec[1]) TAKE(w, op, op->target);
    *destination(w, op) = exec[0] ? exec[1] : 0;
    if (exec[0]) exec[1] = 0;
    NEXT(w, op);
}

static enum wave_state run_subvector_end(struct wave *w, const struct op *op)
{
    uint32_t *exec = &w->sgpr[SGPR_EXEC], other = w->sgpr[op->in->dst.index];
    if (exec[1]) {
        exec[0] = other;
    } else if (other) {
        *destination(w, op) = exec[0];
        exec[0] = 0;
        exec[1] = other;
        TAKE(w, op, op->target);
    }
    NEXT(w, op);
}

static void write_pc(struct wave *w, const struct op *op)
{
    destination(w, op)[0] = (uint32_t)op->value;
    destination(w, op)[1] = (uint32_t)(op->value >> 32);
}

static enum wave_state run_getpc(struct wave *w, const struct op *op)
{
    write_pc(w, op);
    NEXT(w, op);
}

static enum wave_state run_call(struct wave *w, const struct op *op)
{
    write_pc(w, op);
    TAKE(w, op, op->target);
}

// The target of a computed jump, or NULL with the fault filled in. Calls, and returns from them, mostly stay
// in the kernel's region, and so in its native code.
static const struct op *find(struct wave *w, const struct op *op, uint64_t pc)
{
    const struct op *own = region_find(w->group->region, pc);
    if (own) return own;
    struct found found = compute_unit_find(w->group->cu, pc, w->wave64);
    if (found.op)
        tier_call(found.region, w->mode);
    else
        wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "no memory to decode 0x%llx", (long long)pc);
    return found.op;
}

#define TAKE_COMPUTED(w, target)                                                                             \
    do {                                                                                                     \
        if (!(target)) return WAVE_STOPPED;                                                                  \
        if (--(w)->budget == 0) return yield(w, target);                                                     \
        JUMP(w, target);                                                                                     \
    } while (0)

static enum wave_state run_setpc(struct wave *w, const struct op *op)
{
    const struct op *target = find(w, op, source_scalar(w, &op->s[0]));
    TAKE_COMPUTED(w, target);
}

static enum wave_state run_swappc(struct wave *w, const struct op *op)
{
    const struct op *target = find(w, op, source_scalar(w, &op->s[0]));
    write_pc(w, op);
    TAKE_COMPUTED(w, target);
}

static enum wave_state run_end(__attribute__((unused)) struct wave *w,
                               __attribute__((unused)) const struct op *op)
{
    return WAVE_ENDED;
}

static enum wave_state run_barrier(struct wave *w, const struct op *op)
{
    if (w->group->wave_count == 1) NEXT(w, op);
    w->op = op + 1;
    return WAVE_AT_BARRIER;
}

// Whoever sleeps waits for another wave, of this work-group or of one on another thread.
static enum wave_state run_sleep(struct wave *w, const struct op *op)
{
    sched_yield();
    return yield(w, op + 1);
}

enum { TRAP_DEBUG = 3 }; // llvm.debugtrap: goes on where no debugger is attached

static enum wave_state run_trap(struct wave *w, const struct op *op)
{
    if (op->in->offset == TRAP_DEBUG) NEXT(w, op);
    return wave_stop(w, op, FAULT_TRAP, "trap %d", op->in->offset);
}

// --- Lowering ---

static handler_fn *const handlers[FLOW_COUNT] = {
    [FLOW_BRANCH] = run_branch,
    [FLOW_BRANCH_SCC0] = run_branch_scc0,
    [FLOW_BRANCH_SCC1] = run_branch_scc1,
    [FLOW_BRANCH_VCCZ] = run_branch_vccz,
    [FLOW_BRANCH_VCCNZ] = run_branch_vccnz,
    [FLOW_BRANCH_EXECZ] = run_branch_execz,
    [FLOW_BRANCH_EXECNZ] = run_branch_execnz,
    [FLOW_SUBVECTOR_BEGIN] = run_subvector_begin,
    [FLOW_SUBVECTOR_END] = run_subvector_end,
    [FLOW_CALL] = run_call,
    [FLOW_GETPC] = run_getpc,
    [FLOW_SETPC] = run_setpc,
    [FLOW_SWAPPC] = run_swappc,
    [FLOW_END] = run_end,
    [FLOW_BARRIER] = run_barrier,
    [FLOW_SLEEP] = run_sleep,
    [FLOW_TRAP] = run_trap,
};

handler_fn *control_handler(const struct instruction *in) { return handlers[flow_of(in->opcode)]; }

static const struct op *target_op(const struct region *region, uint64_t address)
{
    static const struct op missing = {.run = run_illegal}; // the region was cut off at its size limit
    const struct op *op = region_find(region, address);
    return op ? op : &missing;
}

void control_lower(const struct region *region, struct op *op)
{
    uint64_t target;
    op->value = op->pc + op->in->size;
    if (flow_target(op->in, op->pc, &target)) op->target = target_op(region, target);
}

void control_jump(struct op *op, uint64_t address, const struct region *region)
{
    op->run = run_branch;
    op->pc = address;
    op->target = target_op(region, address);
}

void control_end(struct op *op) { op->run = run_illegal; }
