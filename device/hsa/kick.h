// How the software GPU learns of packets: nothing tells a process of a plain store to a doorbell. It offers
// functions for it, and what else only it can tell (device/softgpu/softgpu.h). On hardware each of these does
// what its comment says there: mostly nothing.
#pragma once

#include "device/softgpu/softgpu.h"

#include <hsa/hsa.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the software GPU exports besides the thunk's functions; NULL over hardware. For the functions below,
// and for tests that stand between.
extern struct softgpu_functions {
    softgpu_processor_fn *processor;
    softgpu_announce_fn *announce;
    softgpu_wake_fn *wake;
    softgpu_work_fn *work;
    softgpu_fault_text_fn *fault_text;
    softgpu_hush_fn *hush;
    softgpu_process_memory *process_memory;
    softgpu_texels_copy_fn *texels_copy;
} softgpu;

// Takes the functions of the thunk library that was opened for ROCr. False: it is not the software GPU.
bool kick_bind(void *thunk);
void kick_unbind(void);

// Who processes a queue's packets; NULL on hardware.
struct softgpu_processor *kick_processor(const hsa_queue_t *);

// Packets up to `index` were written by the queue's only writer. On hardware: a store to the doorbell.
void kick_doorbell(const hsa_queue_t *, struct softgpu_processor *, uint64_t index);

// All packets so far are to be processed soon. On hardware: they are in any case.
void kick_wake(struct softgpu_processor *);

// For a thread that waits until the signal's value is no longer positive: processes short packets on this
// thread. On hardware: nothing.
void kick_work(struct softgpu_processor *, const volatile int64_t *signal);

// Why a queue went into error, in one line. False on hardware: ROCr's status is all there is.
bool kick_fault_text(const hsa_queue_t *, char *text, size_t size);

// Whether kernels reach all memory of the process. On hardware: as ROCr says.
bool kick_process_memory(void);

// Whether texels of tiled images can be copied on this thread: on hardware not.
bool kick_texels(void);
// Copies them.
bool kick_texels_copy(const struct softgpu_texels *);
