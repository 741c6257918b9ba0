// The reader on its own, without kilnc around it.
#pragma once

#include "compiler/buffer.h"
#include "compiler/extensions.h"
#include "compiler/job.h"
#include "compiler/kilnc/bridge.h"

// Whether a module is read. `log` says why it is not.
static inline bool module_reads(const void *words, size_t size, struct buffer *log)
{
    const struct compiler_constant constants[] = {{0, 4, 7}, {1, 1, 1}};
    struct buffer bitcode = {0};
    struct extensions extensions;
    extensions_of(&extensions, processor_generation("gfx1030"), true);
    const struct bridge_spirv_module module = {
        .words = words,
        .size = size,
        .name = "module.spv",
        .constants = constants,
        .constant_count = 2,
        .processor = "gfx1030",
        .features = "",
        .extensions = extensions.defines,
        .lanes = 32,
        .debug = true,
    };
    bool read = bridge_spirv(&module, &bitcode, log);
    buffer_clear(&bitcode);
    return read;
}
