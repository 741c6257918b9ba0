// What the library offers besides the thunk's functions: see softgpu.h.
#include "base/config.h"
#include "device/softgpu/isa/image/image_box.h"
#include "device/softgpu/softgpu.h"
#include "processor.h"
#include "turn.h"

#include <hsa/amd_hsa_queue.h>
#include <hsa/amd_hsa_signal.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT softgpu_processor_fn kilnSoftGpuProcessor;
EXPORT softgpu_announce_fn kilnSoftGpuAnnounce;
EXPORT softgpu_wake_fn kilnSoftGpuWake;
EXPORT softgpu_work_fn kilnSoftGpuWork;
EXPORT softgpu_fault_text_fn kilnSoftGpuFaultText;
EXPORT softgpu_hush_fn kilnSoftGpuHush;
EXPORT softgpu_texels_copy_fn kilnSoftGpuTexelsCopy;
EXPORT softgpu_process_memory kilnSoftGpuProcessMemory = true;

static struct doorbell *doorbell_of(const void *of)
{
    const hsa_queue_t *queue = of;
    const amd_signal_t *signal = (const amd_signal_t *)queue->doorbell_signal.handle;
    return doorbell_find(signal->hardware_doorbell_ptr);
}

// A processor is its doorbell: those outlive all queues.
static struct doorbell *doorbell_from(struct softgpu_processor *processor)
{
    return (struct doorbell *)processor;
}

struct softgpu_processor *kilnSoftGpuProcessor(const void *queue)
{
    return (struct softgpu_processor *)doorbell_of(queue);
}

void kilnSoftGpuAnnounce(struct softgpu_processor *processor) { turn_announce(doorbell_from(processor)); }

void kilnSoftGpuWake(struct softgpu_processor *processor) { doorbell_wake(doorbell_from(processor)); }

void kilnSoftGpuWork(struct softgpu_processor *processor, const volatile int64_t *signal)
{
    turn_work(doorbell_from(processor), signal);
}

size_t kilnSoftGpuFaultText(const void *of, char *text, size_t size)
{
    const struct doorbell *doorbell = doorbell_of(of);
    if (!doorbell || !doorbell->used) return 0;
    const struct queue *queue = doorbell->owner;
    size_t length = __atomic_load_n(&queue->fault_length, __ATOMIC_ACQUIRE);
    if (!length) return 0;
    if (size) {
        size_t copied = length < size ? length : size - 1;
        memcpy(text, queue->fault_text, copied);
        text[copied] = '\0';
    }
    return length;
}

void kilnSoftGpuHush(void) { config_hush(); }

bool kilnSoftGpuTexelsCopy(const struct softgpu_texels *texels)
{
    struct image image;
    struct image_level level;
    struct image_box box = {
        .memory = texels->memory,
        .row_pitch = texels->row_pitch,
        .slice_pitch = texels->slice_pitch,
        .streams = texels->streams,
    };
    memcpy(box.origin, texels->origin, sizeof box.origin);
    memcpy(box.size, texels->size, sizeof box.size);
    if (image_decode(&image, texels->descriptor) || texels->level >= image.levels) return false;
    image_level_find(&image, texels->level, &level);
    image_box_copy(&image, &level, &box, texels->read);
    return true;
}
