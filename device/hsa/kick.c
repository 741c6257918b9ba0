#include "kick.h"

#include "loader.h"

#include <dlfcn.h>
#include <string.h>

struct softgpu_functions softgpu;

bool kick_bind(void *thunk)
{
    const struct {
        const char *name;
        void **place;
    } exports[] = {
        {SOFTGPU_PROCESSOR, (void **)&softgpu.processor},
        {SOFTGPU_ANNOUNCE, (void **)&softgpu.announce},
        {SOFTGPU_WAKE, (void **)&softgpu.wake},
        {SOFTGPU_WORK, (void **)&softgpu.work},
        {SOFTGPU_FAULT_TEXT, (void **)&softgpu.fault_text},
        {SOFTGPU_HUSH, (void **)&softgpu.hush},
        {SOFTGPU_PROCESS_MEMORY, (void **)&softgpu.process_memory},
        {SOFTGPU_TEXELS_COPY, (void **)&softgpu.texels_copy},
    };
    bool all = true;
    for (size_t i = 0; i < sizeof exports / sizeof *exports; i++)
        all &= (*exports[i].place = dlsym(thunk, exports[i].name)) != NULL;
    if (all)
        softgpu.hush();
    else
        kick_unbind();
    return all;
}

void kick_unbind(void) { memset(&softgpu, 0, sizeof softgpu); }

struct softgpu_processor *kick_processor(const hsa_queue_t *queue)
{
    return softgpu.processor ? softgpu.processor(queue) : NULL;
}

void kick_doorbell(const hsa_queue_t *queue, struct softgpu_processor *processor, uint64_t index)
{
    if (processor)
        softgpu.announce(processor);
    else
        hsa.signal_store(queue->doorbell_signal, (hsa_signal_value_t)index);
}

void kick_wake(struct softgpu_processor *processor)
{
    if (processor) softgpu.wake(processor);
}

void kick_work(struct softgpu_processor *processor, const volatile int64_t *signal)
{
    if (processor) softgpu.work(processor, signal);
}

bool kick_fault_text(const hsa_queue_t *queue, char *text, size_t size)
{
    return softgpu.fault_text && softgpu.fault_text(queue, text, size);
}

bool kick_process_memory(void) { return softgpu.process_memory && *softgpu.process_memory; }

bool kick_texels(void) { return softgpu.texels_copy; }

bool kick_texels_copy(const struct softgpu_texels *texels)
{
    return kick_texels() && softgpu.texels_copy(texels);
}
