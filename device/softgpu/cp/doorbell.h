// Doorbells: the words that a host thread stores to after writing packets, and how a queue's thread sleeps
// until then.
//
// Nothing tells a process of a plain store. Of three ways the cheapest that works is used: the driver
// announces its stores; otherwise the doorbell's page is write-protected while the queue's thread sleeps, and
// a thread of ours that receives the faults (userfaultfd) lets the store through and wakes it; where the
// system refuses that, the queue's thread looks now and then.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct queue;

struct doorbell {
    volatile uint64_t *word; // 64-bit, alone in its page
    const struct queue *owner;
    uint32_t asleep; // futex: 1 while the owner's thread sleeps or is about to
    bool announced;  // all stores to this doorbell are
    bool armed;      // the page is write-protected
    unsigned naps;   // since something was last found, when they are neither announced nor trapped
    bool turn;       // a thread works on the owner's packets (turn.h)
    uint32_t guests; // threads of the application that wait for the owner's packets, and may work on them
    bool closed;     // to guests: the owner is ending
    bool used;
};

bool doorbells_start(void);
void doorbells_stop(void);
void doorbells_reset_after_fork(void);

// NULL when all are in use.
struct doorbell *doorbell_claim(const struct queue *owner);
void doorbell_release(struct doorbell *doorbell);

// The doorbell whose word is at `address`; NULL if that is none's.
struct doorbell *doorbell_find(const volatile void *address);

// Sleeps until the doorbell is rung or `doorbell_wake` is called. `nothing_to_do` is asked once the sleep can
// be ended by either; false makes this return at once.
void doorbell_sleep(struct doorbell *doorbell, bool (*nothing_to_do)(const struct queue *));
void doorbell_wake(struct doorbell *doorbell);
