// cl_intel_subgroups, _char, _short and _long, which clang knows by name only; and cl_khr_subgroups for
// OpenCL C 1.2, in which clang has none of it, but Intel's extension has. With so many words clang takes a
// third longer. Source: those extensions' specifications.
#include "declarations.h"

// clang-format off
#define CONVERGENT "__attribute__((overloadable, convergent)) "

// ---- What cl_khr_subgroups has from OpenCL C 2.0 on ----
#define ASK(name) "__attribute__((overloadable)) uint " name "(void);\n"
#define VOTE(name) CONVERGENT "int " name "(int);\n"
#define FOLD(prefix, T, operation) \
    CONVERGENT T " " prefix "sub_group_reduce_" operation "(" T ");\n" \
    CONVERGENT T " " prefix "sub_group_scan_exclusive_" operation "(" T ");\n" \
    CONVERGENT T " " prefix "sub_group_scan_inclusive_" operation "(" T ");\n"
#define FOLDS(prefix, T) FOLD(prefix, T, "add") FOLD(prefix, T, "min") FOLD(prefix, T, "max")
#define BROADCAST(prefix, T) CONVERGENT T " " prefix "sub_group_broadcast(" T ", uint);\n"
#define BASIC(T) BROADCAST("", T) FOLDS("", T)
#define BEFORE_2_0 \
    ASK("get_sub_group_size") ASK("get_max_sub_group_size") ASK("get_num_sub_groups") \
    ASK("get_sub_group_id") ASK("get_sub_group_local_id") \
    CONVERGENT "void sub_group_barrier(cl_mem_fence_flags);\n" \
    VOTE("sub_group_all") VOTE("sub_group_any") \
    BASIC("int") BASIC("uint") BASIC("long") BASIC("ulong") BASIC("float") \
    "#ifdef cl_khr_fp64\n" BASIC("double") "#endif\n" \
    "#ifdef cl_khr_fp16\n" BASIC("half") "#endif\n"

// ---- Shuffles ----
#define SHUFFLE(T) \
    CONVERGENT T " intel_sub_group_shuffle(" T ", uint);\n" \
    CONVERGENT T " intel_sub_group_shuffle_down(" T ", " T ", uint);\n" \
    CONVERGENT T " intel_sub_group_shuffle_up(" T ", " T ", uint);\n" \
    CONVERGENT T " intel_sub_group_shuffle_xor(" T ", uint);\n"
#define SHUFFLES(T) \
    SHUFFLE(T) SHUFFLE(T "2") SHUFFLE(T "3") SHUFFLE(T "4") SHUFFLE(T "8") SHUFFLE(T "16")

// ---- Blocks ----
#define READ(name, T, n, from) CONVERGENT T n " intel_sub_group_block_read" name n "(" from ");\n"
#define WRITE(name, T, n, to) CONVERGENT "void intel_sub_group_block_write" name n "(" to ", " T n ");\n"
#define BLOCK(name, T, n) \
    READ(name, T, n, "const __global " T " *") WRITE(name, T, n, "__global " T " *") \
    "#ifdef __IMAGE_SUPPORT__\n" \
    READ(name, T, n, "read_only image2d_t, int2") WRITE(name, T, n, "write_only image2d_t, int2") \
    "#endif\n" \
    "#ifdef __kiln_read_write_images\n" \
    READ(name, T, n, "read_write image2d_t, int2") WRITE(name, T, n, "read_write image2d_t, int2") \
    "#endif\n"
#define BLOCKS(name, T) BLOCK(name, T, "") BLOCK(name, T, "2") BLOCK(name, T, "4") BLOCK(name, T, "8")

// ---- _char and _short ----
#define BROADCASTS(T) \
    BROADCAST("intel_", T) BROADCAST("intel_", T "2") BROADCAST("intel_", T "3") \
    BROADCAST("intel_", T "4") BROADCAST("intel_", T "8")
#define NARROW(T, U, name) \
    SHUFFLES(T) SHUFFLES(U) FOLDS("intel_", T) FOLDS("intel_", U) BROADCASTS(T) BROADCASTS(U) \
    BLOCKS(name, U) BLOCK(name, U, "16")

const char intel_declarations_text[] =
    "#pragma clang system_header\n"
    "#ifdef cl_intel_subgroups\n"
    "#if defined(__IMAGE_SUPPORT__) && (defined(__opencl_c_read_write_images) || __OPENCL_C_VERSION__ == 200)\n"
    "#define __kiln_read_write_images 1\n"
    "#endif\n"
    "#ifdef cl_khr_fp16\n"
    "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\n"
    "#endif\n"
    "#if !defined(__OPENCL_CPP_VERSION__) && __OPENCL_C_VERSION__ < 200\n"
    BEFORE_2_0
    "#endif\n"
    SHUFFLES("int") SHUFFLES("uint") SHUFFLES("float")
    SHUFFLE("long") SHUFFLE("ulong")
    "#ifdef cl_khr_fp64\n"
    SHUFFLE("double")
    "#endif\n"
    "#ifdef cl_khr_fp16\n"
    SHUFFLE("half")
    "#endif\n"
    BLOCKS("", "uint") BLOCKS("_ui", "uint") BLOCKS("_ul", "ulong")
    NARROW("char", "uchar", "_uc") NARROW("short", "ushort", "_us")
    "#ifdef cl_khr_fp16\n"
    "#pragma OPENCL EXTENSION cl_khr_fp16 : disable\n"
    "#endif\n"
    "#endif\n";
// clang-format on
