// What Kiln's libhsakmt.so.1 exports besides the thunk's own functions (version node KILN_1). A driver looks
// these up with dlsym in the thunk library it loaded; where they are absent (real hardware) it does without.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Tells the packet processors that the doorbell of an AQL queue was written, so that they need not notice by
// themselves. `queue` is the hsa_queue_t (amd_queue_t) of the process. Cheap (a futex wake at most), callable
// from any thread.
typedef void softgpu_kick_fn(const void *queue);
#define SOFTGPU_KICK "kilnSoftGpuKick"

// Why an AQL queue went into error: one line (what happened, disassembly, address, offset in the kernel).
// Returns the text's length, 0 if the queue has no fault. Valid from the queue's error callback until the
// queue is destroyed.
typedef size_t softgpu_fault_text_fn(const void *queue, char *text, size_t size);
#define SOFTGPU_FAULT_TEXT "kilnSoftGpuFaultText"

// A variable: whether kernels reach all memory of the process where the process has it, allocated through HSA
// or not.
typedef const bool softgpu_process_memory;
#define SOFTGPU_PROCESS_MEMORY "kilnSoftGpuProcessMemory"
