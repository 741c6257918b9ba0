// What Kiln's libhsakmt.so.1 exports besides the thunk's own functions (version node KILN_1). A driver looks
// these up with dlsym in the thunk library it loaded; where they are absent (real hardware) it does without.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A queue's packet processor, which is never freed: it may be used after the queue has ended, and does
// nothing then. `queue` is the hsa_queue_t (amd_queue_t) of the process. NULL: it is none of the software
// GPU's.
struct softgpu_processor;
typedef struct softgpu_processor *softgpu_processor_fn(const void *queue);
#define SOFTGPU_PROCESSOR "kilnSoftGpuProcessor"

// Rings the queue's doorbell, in place of a store to it: the processor need not notice by itself. All further
// packets are to be announced too. Packets that are known to be short may stay where they are until the
// processor is woken, until somebody works on them, or until more follow. Cheap (a futex wake at most). To be
// called by the one who owns the queue.
typedef void softgpu_announce_fn(struct softgpu_processor *);
#define SOFTGPU_ANNOUNCE "kilnSoftGpuAnnounce"

// All packets written so far are processed soon. Cheap, callable from any thread.
typedef void softgpu_wake_fn(struct softgpu_processor *);
#define SOFTGPU_WAKE "kilnSoftGpuWake"

// For a thread that waits for a signal which the queue's packets end: processes them on this thread, or helps
// who does, as long as the signal's value is positive, and leaves what waits for something to the processor.
typedef void softgpu_work_fn(struct softgpu_processor *, const volatile int64_t *signal);
#define SOFTGPU_WORK "kilnSoftGpuWork"

// Why an AQL queue went into error: one line (what happened, disassembly, address, offset in the kernel).
// Returns the text's length, 0 if the queue has no fault. Valid from the queue's error callback until the
// queue is destroyed.
typedef size_t softgpu_fault_text_fn(const void *queue, char *text, size_t size);
#define SOFTGPU_FAULT_TEXT "kilnSoftGpuFaultText"

// For a driver that tells what is wrong with the options (KILN_CPUS …), so that this library need not. Before
// the first use of the thunk.
typedef void softgpu_hush_fn(void);
#define SOFTGPU_HUSH "kilnSoftGpuHush"

// A variable: whether kernels reach all memory of the process where the process has it, allocated through HSA
// or not.
typedef const bool softgpu_process_memory;
#define SOFTGPU_PROCESS_MEMORY "kilnSoftGpuProcessMemory"

// For a driver that copies texels of tiled images itself, where it reaches them: kernels would take their
// time. As they are, of a level of the image with this descriptor. The box is within it, layers are z, and
// memory's pitches may be 0: one row for all. False: the descriptor is none that the device reads.
struct softgpu_texels {
    const uint32_t *descriptor; // 8 words
    unsigned level;
    uint32_t origin[3], size[3];   // texels
    uint8_t *memory;               // rows of texels
    size_t row_pitch, slice_pitch; // bytes
    bool read;                     // from the image
    bool streams;                  // past the caches: it is part of what is too much for them
};
typedef bool softgpu_texels_copy_fn(const struct softgpu_texels *);
#define SOFTGPU_TEXELS_COPY "kilnSoftGpuTexelsCopy"
