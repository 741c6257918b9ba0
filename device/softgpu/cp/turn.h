// Who works on a queue's packets: the queue's own thread, or a thread of the application that waits for one
// of them, a guest. That saves both of them from being woken, which takes longer than a small kernel. Where
// the one has the turn, the other helps with the work-groups of its dispatch, as the pool's threads do.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct doorbell;

// One thread at a time has the turn. Takes it unless another thread has it.
bool turn_take(struct doorbell *);
void turn_give(struct doorbell *);
bool turn_is_taken(const struct doorbell *);

// Packets were written. Wakes the queue's thread unless it is awake, or what was written is short and can
// wait for somebody who wants to see it done.
void turn_announce(struct doorbell *);

// Works on the owner's packets, or helps who does, while `*signal` (an HSA signal's value) is positive and
// the next one waits for nothing. Leaves the rest to the queue's thread.
void turn_work(struct doorbell *, const volatile int64_t *signal);

// No guest works for the owner any more when this returns, and none will. `queue->cancel` is set.
void turn_close(struct doorbell *);
