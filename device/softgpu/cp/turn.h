// Who works on a queue's packets: the queue's own thread, or a thread of the application that waits for one
// of them and does so itself. That saves both of them from being woken, which takes longer than a small
// kernel. Only what is known to be short is done this way: the application's thread should get its signals,
// and answer to Ctrl-C, as if it slept.
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

// Works on the owner's packets while `*signal` (an HSA signal's value) is positive and the next one is short,
// unless another thread does. Wakes the queue's thread for what is left.
void turn_work(struct doorbell *, const volatile int64_t *signal);
