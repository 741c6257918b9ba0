// Kernel and argument information of a code object: its ELF note NT_AMDGPU_METADATA, a MessagePack map.
// Source: LLVM AMDGPUUsage, "Code Object V3 Metadata" up to "V5 Metadata".
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_kind {
    ARGUMENT_BY_VALUE,
    ARGUMENT_GLOBAL_BUFFER,
    ARGUMENT_DYNAMIC_SHARED_POINTER, // __local
    ARGUMENT_SAMPLER,
    ARGUMENT_IMAGE,
    ARGUMENT_PIPE,
    ARGUMENT_QUEUE,
    ARGUMENT_HIDDEN_GLOBAL_OFFSET_X,
    ARGUMENT_HIDDEN_GLOBAL_OFFSET_Y,
    ARGUMENT_HIDDEN_GLOBAL_OFFSET_Z,
    ARGUMENT_HIDDEN_NONE,
    ARGUMENT_HIDDEN_PRINTF_BUFFER,
    ARGUMENT_HIDDEN_HOSTCALL_BUFFER,
    ARGUMENT_HIDDEN_DEFAULT_QUEUE,
    ARGUMENT_HIDDEN_COMPLETION_ACTION,
    ARGUMENT_HIDDEN_MULTIGRID_SYNC,
    ARGUMENT_HIDDEN_BLOCK_COUNT_X,
    ARGUMENT_HIDDEN_BLOCK_COUNT_Y,
    ARGUMENT_HIDDEN_BLOCK_COUNT_Z,
    ARGUMENT_HIDDEN_GROUP_SIZE_X,
    ARGUMENT_HIDDEN_GROUP_SIZE_Y,
    ARGUMENT_HIDDEN_GROUP_SIZE_Z,
    ARGUMENT_HIDDEN_REMAINDER_X,
    ARGUMENT_HIDDEN_REMAINDER_Y,
    ARGUMENT_HIDDEN_REMAINDER_Z,
    ARGUMENT_HIDDEN_GRID_DIMS,
    ARGUMENT_HIDDEN_HEAP,
    ARGUMENT_HIDDEN_DYNAMIC_LDS_SIZE,
    ARGUMENT_HIDDEN_PRIVATE_BASE,
    ARGUMENT_HIDDEN_SHARED_BASE,
    ARGUMENT_HIDDEN_QUEUE_PTR,
    ARGUMENT_UNKNOWN,
};

enum address_space { SPACE_PRIVATE, SPACE_GLOBAL, SPACE_CONSTANT, SPACE_LOCAL, SPACE_GENERIC, SPACE_REGION };
enum access_qualifier { ACCESS_NONE, ACCESS_READ_ONLY, ACCESS_WRITE_ONLY, ACCESS_READ_WRITE };

struct argument_metadata {
    char *name;                   // "" where the code object does not say
    char *type_name;              // "
    uint32_t offset, size, align; // bytes in the kernel argument segment; align is a pointee's, for __local
    enum argument_kind kind;
    enum address_space space;     // of pointers; SPACE_PRIVATE for values
    enum access_qualifier access; // images, pipes
    bool is_const, is_restrict, is_volatile, is_pipe;
};

// No kernel's argument segment is larger: so sums of sizes and places stay small. LLVM itself has no limit;
// CL_DEVICE_MAX_PARAMETER_SIZE is far less.
#define KERNARG_SIZE_MAX (1u << 20)

struct kernel_metadata {
    char *name;                          // as in the source
    char *symbol;                        // the descriptor's ELF symbol: "<name>.kd"
    char *vec_type_hint;                 // "" where not given
    struct argument_metadata *arguments; // explicit ones first, hidden ones after
    uint32_t argument_count, explicit_count;
    uint32_t kernarg_size, kernarg_align; // bytes, up to KERNARG_SIZE_MAX
    uint32_t group_size;                  // static LDS, bytes
    uint32_t private_size;                // scratch, bytes per work-item
    uint32_t wavefront_size, sgpr_count, vgpr_count, sgpr_spills, vgpr_spills;
    uint32_t max_flat_workgroup_size;
    uint32_t reqd_sub_group_size, reqd_sub_group_count;      // 0 where not given
    uint32_t reqd_workgroup_size[3], workgroup_size_hint[3]; // all 0 where not given
    bool uses_dynamic_stack, uniform_work_group_size;
};

struct program_metadata {
    struct kernel_metadata *kernels;
    uint32_t kernel_count;
    char **printf_formats; // "id:argument count:sizes…:format", as LLVM writes them
    uint32_t printf_count;
};

// Parses a code object; untrusted bytes are welcome. Returns 0; -1 where it is no such ELF or its note is
// malformed (*why then names the reason, a constant string); -2 out of memory.
int metadata_parse(const void *code_object, size_t size, struct program_metadata *out, const char **why);
void metadata_free(struct program_metadata *);
