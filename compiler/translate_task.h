// The payload of a request to translate: code of the software GPU to native code of this host.
#pragma once

#include "compiler/buffer.h"

#include <stdint.h>

// What the result depends on, and all of it but kilnc itself.
struct translate_task {
    const void *code; // of a region, from its lowest instruction on
    size_t code_size;
    uint32_t entry;    // offset of the instruction that it is entered at first
    uint32_t mode;     // MODE register
    bool wave64;       // width of waves
    bool whole;        // whole work-groups rather than single waves
    const char *level; // of the host's CPU: "x86-64-v3"
};

// Out of memory shows in the buffer.
void translate_task_encode(const struct translate_task *task, struct buffer *out);

// Returns 0, or -1 where the payload is malformed. It must outlive the task.
int translate_task_decode(const void *payload, size_t size, struct translate_task *out);
