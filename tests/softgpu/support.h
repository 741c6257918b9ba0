// ROCr over the software GPU, for tests: dlopens our libhsakmt.so.1, then ROCr, as the driver does.
#pragma once

#include "base/sanitizer.h"
#include "device/softgpu/softgpu.h"

#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>
#include <hsa/hsa_ext_image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// The functions of ROCr that the tests call: hsa.init is hsa_init.
struct hsa_functions {
#define FUNCTION(name) __typeof__(hsa_##name) *name;
#include "functions.def"
#undef FUNCTION
};
extern struct hsa_functions hsa;
extern softgpu_processor_fn *processor_of;
extern softgpu_announce_fn *announce;
extern softgpu_wake_fn *wake;
extern softgpu_fault_text_fn *fault_text;

struct device {
    hsa_agent_t cpu, gpu;
    hsa_amd_memory_pool_t host, kernarg, vram; // host: fine-grained
    hsa_executable_t executable;
    hsa_queue_t *queue;
    int errors; // that the queue's callback told
    int error;  // hsa_status_t, or one of AMD's
};

#define CHECK(call) (sanitizer_release(SANITIZER_COPIES), assert_int_equal(call, HSA_STATUS_SUCCESS))

// Finds the libraries; once a process.
void libraries_open(void);

uint32_t compute_units(hsa_agent_t gpu);

// hsa_init to a queue and the loaded kernels; and back.
void device_open(struct device *device);
void device_open_empty(struct device *device); // without the kernels
void kernels_load(struct device *device);      // that is done by a kernel too, on all threads
void device_close(struct device *device);

hsa_queue_t *queue_open(struct device *device);
void *host_alloc(struct device *device, size_t size);
void *vram_alloc(struct device *device, size_t size);
hsa_signal_t signal_make(hsa_signal_value_t value); // destroyed by device_close
void signal_wait(hsa_signal_t signal);              // until 0; fails the test after 20 s
bool signal_waited(hsa_signal_t signal, double seconds);

struct launch {
    const char *kernel;
    uint32_t groups, items; // a work-group
    uint64_t argument;
    hsa_signal_t done;
};

// Writes packets, rings the doorbell.
void packet_push(hsa_queue_t *queue, const void *packet);
void launch_packet(struct device *device, const struct launch *launch, hsa_kernel_dispatch_packet_t *packet);
void launch(struct device *device, hsa_queue_t *queue, const struct launch *launch);
void barrier_push(hsa_queue_t *queue, const hsa_signal_t *dependencies, int count, hsa_signal_t done);

// Runs `scene` in a process of its own, with the libraries open; returns its exit status. The test fails if
// it hangs or crashes.
enum { SCENE_SECONDS = 60 };
int scene_run(int (*scene)(void));

// A test of a scene that returns 7.
#define SCENE(name)                                                                                          \
    static void scene_##name(void **state)                                                                   \
    {                                                                                                        \
        (void)state;                                                                                         \
        assert_int_equal(scene_run(name), 7);                                                                \
    }
