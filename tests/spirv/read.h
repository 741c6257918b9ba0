// The reader on its own, without kilnc around it.
#pragma once

#include "compiler/buffer.h"
#include "compiler/job.h"
#include "compiler/kilnc/bridge.h"

// Whether a module is read. `log` says why it is not.
static inline bool module_reads(const void *words, size_t size, struct buffer *log)
{
    const struct compiler_constant constants[] = {{0, 4, 7}, {1, 1, 1}};
    const struct bridge_spirv_module module = {
        .words = words,
        .size = size,
        .name = "module.spv",
        .constants = constants,
        .constant_count = 2,
        .processor = "gfx1030",
        .features = "",
        .extensions = "-all,+cl_khr_fp64,+__opencl_c_generic_address_space,+__opencl_c_images",
        .lanes = 32,
    };
    struct buffer bitcode = {0};
    bool read = bridge_spirv(&module, &bitcode, log);
    buffer_clear(&bitcode);
    return read;
}
