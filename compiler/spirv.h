// The lists of spirv.def in the forms in which they are asked for.
#pragma once

#include <CL/cl.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SPIRV_VERSION_COUNT = 0
#define VERSION(...) +1
#include "compiler/spirv.def"
    ,
    SPIRV_CAPABILITY_COUNT = 0
#define CAPABILITY(...) +1
#include "compiler/spirv.def"
};

// "SPIR-V_1.0 SPIR-V_1.1 …", as CL_DEVICE_IL_VERSION has them; and each of them.
extern const char *const spirv_versions;
extern const cl_name_version spirv_version_list[SPIRV_VERSION_COUNT];

// Names of extended instruction sets and of extensions; bytes of the arrays.
extern const char *const spirv_sets[], *const spirv_extensions[];
extern const size_t spirv_sets_size, spirv_extensions_size;

enum spirv_state { SPIRV_REFUSED, SPIRV_TAKEN, SPIRV_READ };

struct spirv_capability {
    unsigned number;
    const char *name;
    enum spirv_state state;
    const char *extension; // of OpenCL, which the device must have; "": none
};

// NULL: it is not known.
const struct spirv_capability *spirv_capability_find(unsigned number);

// The numbers of those that a device reads which is told of by `defines` (extensions.h). Returns their count.
size_t spirv_capability_list(const char *defines, cl_uint numbers[SPIRV_CAPABILITY_COUNT]);

#ifdef __cplusplus
}
#endif
