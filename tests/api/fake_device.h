// A device layer for tests of the API alone: kernels do nothing on it, and its own memory is out of the
// host's reach, as it is on a graphics card without a large PCI window. Commands run at once, in the calling
// thread; who asked to hear of a signal hears of it from another.
#pragma once

#include <stddef.h>

// What its queues say of themselves, besides their own address.
enum { FAKE_SHARED_BASE = 0x11223344, FAKE_PRIVATE_BASE = 0x55667788 };

// Bytes that commands have moved so far, and memory objects that live.
size_t fake_bytes_copied(void);
unsigned fake_memory_count(void);

// How often the device was told that the host wrote to its memory.
unsigned fake_writes_told(void);

// How often anybody asked for a signal's state.
size_t fake_states_asked(void);
