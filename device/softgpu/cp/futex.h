// Waiting for a word to change.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// Sleeps while *word is `value`, at most `nanoseconds` (0: for ever). May return early.
void futex_wait(uint32_t *word, uint32_t value, uint64_t nanoseconds);
void futex_wake(uint32_t *word, int threads);
