#include "hand.h"

#include "device/softgpu/interpreter/interpreter.h"

#include <string.h>

static void job_fault(struct job *job, const struct fault *fault)
{
    if (!__atomic_exchange_n(&job->faulted, true, __ATOMIC_RELAXED))
        *job->fault = *fault; // the first one is told
    __atomic_store_n(job->cancel, true, __ATOMIC_SEQ_CST);
}

void hand_open(struct hand *hand, struct compute_unit **own)
{
    hand->own = own;
    hand->idle = *own;
    hand->count = hand->busy_count = hand->turn = 0;
    hand->to = false;
}

static void unit_leave(struct hand *hand, struct compute_unit *unit)
{
    if (hand->idle)
        compute_unit_destroy(unit);
    else
        hand->idle = unit;
}

void hand_close(struct hand *hand)
{
    while (hand->busy_count) unit_leave(hand, hand->busy[--hand->busy_count]);
    *hand->own = hand->idle;
}

static bool chunk_take(struct job *job, struct hand *hand)
{
    if (hand->count) return true;
    uint64_t first = __atomic_fetch_add(&job->taken, job->chunk, __ATOMIC_RELAXED);
    if (first >= job->groups) return false;
    hand->first = first;
    hand->count = job->chunk < job->groups - first ? job->chunk : job->groups - first;
    return true;
}

static void chunk_begin(struct job *job, struct hand *hand)
{
    struct fault fault;
    struct compute_unit *unit = hand->idle;
    uint64_t end = hand->first + hand->count;
    enum work_state state =
        work_groups_begin(unit, job->dispatch, hand->first, hand->count, job->cancel, &fault);
    hand->count = 0;
    if (state == WORK_STOPPED && fault.kind != FAULT_NONE) job_fault(job, &fault);
    if (state != WORK_UNDER_WAY) return;
    hand->count = work_groups_split(unit);
    hand->first = end - hand->count;
    hand->busy[hand->busy_count++] = unit;
    hand->idle = hand->busy_count < UNDER_WAY_MAX ? compute_unit_create() : NULL;
}

// To and fro: work-groups wait for the next ones, or for those before them.
static void unit_go_on(struct job *job, struct hand *hand)
{
    struct fault fault;
    if (hand->turn == 0) hand->to = true;
    if (hand->turn >= hand->busy_count) hand->to = false, hand->turn = hand->busy_count;
    hand->turn -= !hand->to;
    const unsigned number = hand->turn;
    struct compute_unit **at = &hand->busy[number], *unit = *at;
    enum work_state state = work_groups_go_on(unit, &fault);
    if (state == WORK_UNDER_WAY) {
        hand->turn += hand->to;
        return;
    }
    if (state == WORK_STOPPED && fault.kind != FAULT_NONE) job_fault(job, &fault);
    hand->busy_count--;
    memmove(at, at + 1, (hand->busy_count - number) * sizeof *at);
    unit_leave(hand, unit);
}

bool chunk_run(struct job *job, struct hand *hand)
{
    if (job_is_cancelled(job)) return false;
    bool begins = hand->idle && chunk_take(job, hand), goes_on = hand->busy_count;
    if (begins) chunk_begin(job, hand);
    if (goes_on) unit_go_on(job, hand);
    return begins || goes_on || hand->busy_count;
}
