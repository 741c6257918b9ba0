#pragma once

// Tells the CPU that this is a loop that waits for another one's store.
static inline void cpu_pause(void) { __builtin_ia32_pause(); }
