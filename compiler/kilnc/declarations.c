#include "declarations.h"

#define FUNCTION(name, T) "__attribute__((overloadable, convergent)) " #T " " #name "(" #T ");\n"
#define FOLD(T, operation)                                                                                   \
    FUNCTION(work_group_reduce_##operation, T)                                                               \
    FUNCTION(work_group_scan_inclusive_##operation, T)                                                       \
    FUNCTION(work_group_scan_exclusive_##operation, T)
#define INTEGER(T) FOLD(T, mul) FOLD(T, and) FOLD(T, or) FOLD(T, xor)

// Who declares one function of a name has to declare them all, for clang then looks no further.
#define INIT(space, T)                                                                                       \
    "__attribute__((overloadable)) void atomic_init(volatile " #space " atomic_" #T " *, " #T ");\n"
#define INITS(space)                                                                                         \
    INIT(space, int)                                                                                         \
    INIT(space, uint)                                                                                        \
    INIT(space, long) INIT(space, ulong) INIT(space, float) INIT(space, double) INIT(space, half)

// clang-format off
const char declarations_text[] =
    "#pragma clang system_header\n" // no warnings
    "#ifdef __kiln_opencl_c_version\n"
    "#undef __OPENCL_C_VERSION__\n"
    "#define __OPENCL_C_VERSION__ __kiln_opencl_c_version\n"
    "#endif\n"
    "#ifdef cl_khr_subgroups\n"
    "#define cl_intel_required_subgroup_size 1\n"
    "#endif\n"
    "#ifdef cl_intel_subgroups\n"
    "#define cl_intel_spirv_subgroups 1\n"
    "#endif\n"
    "#if (defined(__OPENCL_CPP_VERSION__) || __OPENCL_C_VERSION__ >= 200) && defined(__opencl_c_work_group_collective_functions)\n"
    "#define cl_khr_work_group_uniform_arithmetic 1\n"
    INTEGER(int) INTEGER(uint) INTEGER(long) INTEGER(ulong)
    FOLD(float, mul)
    "#ifdef cl_khr_fp64\n"
    FOLD(double, mul)
    "#endif\n"
    "#ifdef cl_khr_fp16\n"
    "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
    FOLD(half, mul)
    "#pragma OPENCL EXTENSION cl_khr_fp16 : disable\n"
    "#endif\n"
    FOLD(int, logical_and) FOLD(int, logical_or) FOLD(int, logical_xor)
    "#endif\n"
    "#ifdef cl_khr_fp16\n"
    "#define FP_FAST_FMA_HALF 1\n" // each processor that has half has v_fma_f16
    "#endif\n"
    "#if (defined(__OPENCL_CPP_VERSION__) || __OPENCL_C_VERSION__ >= 200) && defined(cl_khr_fp16) && defined(cl_khr_fp64)\n"
    "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
    "#ifdef __opencl_c_generic_address_space\n"
    INITS(__generic)
    "#else\n"
    INITS(__global) INITS(__local)
    "#endif\n"
    "#pragma OPENCL EXTENSION cl_khr_fp16 : disable\n"
    "#endif\n";
// clang-format on
