// What uses each extension and each feature of OpenCL C that Kiln reports: for tests that run it, and for
// those that compile it for every processor.
#pragma once

#include <stdio.h>

enum { ITEMS = 256, LOCAL = 64 };

struct feature {
    const char *name;
    // The body of a kernel run with ITEMS work-items in groups of LOCAL; `out` has an int for each, 0 before.
    // Every one must be 1 after. NULL: there is nothing for a kernel to use.
    const char *body;
    const char *before; // at program scope; NULL
};

// cl_ext_float_atomics' features of a format. All in local memory is asked for through pointers to it, and
// through generic ones.
#define FLOAT_ATOMICS(fp, T, before)                                                                         \
    {"__opencl_c_ext_" fp "_global_atomic_add",                                                              \
     "global atomic_" T " *own = (global atomic_" T " *)&room[i]; atomic_store(own, i);"                     \
     "float was = atomic_fetch_add(own, (" T ")2.5f); atomic_fetch_sub_explicit((FLAT(global) atomic_" T     \
     " *)own, (" T ")1.0f, memory_order_relaxed); out[i] = was == i && atomic_load(own) == i + 1.5f;",       \
     before},                                                                                                \
        {"__opencl_c_ext_" fp "_global_atomic_min_max",                                                      \
         "global atomic_" T " *own = (global atomic_" T " *)&room[i]; atomic_store(own, 0);"                 \
         "atomic_fetch_max(own, (" T ")(i + 0.5f)); float was = atomic_fetch_min((FLAT(global) atomic_" T    \
         " *)own, (" T ")-1.0f); out[i] = was == i + 0.5f && atomic_load(own) == -1.0f;",                    \
         before},                                                                                            \
        {"__opencl_c_ext_" fp "_local_atomic_add",                                                           \
         "local ulong bits[2]; local atomic_" T " *sum = (local atomic_" T " *)bits + 1;"                    \
         "if (!l) atomic_store(sum, (" T ")1); barrier(CLK_LOCAL_MEM_FENCE);"                                \
         "atomic_fetch_add((FLAT(local) atomic_" T " *)sum, (" T ")l); atomic_fetch_sub(sum, (" T ")1);"     \
         "barrier(CLK_LOCAL_MEM_FENCE); out[i] = atomic_load(sum) == LOCAL * (LOCAL - 1) / 2 + 1 - "         \
         "LOCAL;",                                                                                           \
         before},                                                                                            \
    {                                                                                                        \
        "__opencl_c_ext_" fp "_local_atomic_min_max",                                                        \
            "local ulong bits[3]; local atomic_" T " *most = (local atomic_" T " *)bits + 1;"                \
            "if (!l) atomic_store(most, -1); barrier(CLK_LOCAL_MEM_FENCE);"                                  \
            "atomic_fetch_max_explicit(most, (" T ")(l * 0.5f), memory_order_relaxed);"                      \
            "atomic_fetch_min((FLAT(local) atomic_" T " *)most + 1, (" T                                     \
            ")l); barrier(CLK_LOCAL_MEM_FENCE);"                                                             \
            "out[i] = atomic_load(most) == (LOCAL - 1) * 0.5f;",                                             \
            before                                                                                           \
    }
// half's loads, stores and exchanges; neighbours keep what they are.
#define HALF_OBJECTS(space, declaration)                                                                     \
    {"__opencl_c_ext_fp16_" space "_atomic_load_store",                                                      \
     declaration "atomic_init(own, (half)i); atomic_init((atomic_half *)own, (half)i); "                     \
                 "atomic_store_explicit(own + 1, (half)l, "                                                  \
                 "memory_order_relaxed); float was = atomic_exchange(own, (half)-2.0f);"                     \
                 "was += atomic_exchange_explicit((atomic_half *)own, (half)4.0f, "                          \
                 "memory_order_acq_rel, memory_scope_device);"                                               \
                 "out[i] = was == i - 2.0f && atomic_load(own) == 4.0f &&"                                   \
                 " atomic_load_explicit((atomic_half *)own + 1, memory_order_relaxed) == l;",                \
     HALF_ROOM}
#define HALF_ROOM "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\nglobal ulong room[ITEMS];"

#define WRITES_3D "kernel void write(write_only image3d_t image) { write_imageui(image, (int4)0, (uint4)1); }"

static const struct feature features[] = {
    {"cl_khr_icd", NULL, NULL},
    // That these compile; tests/api/images.c runs such kernels.
    {"__opencl_c_images", "out[i] = 1;",
     "kernel void copy(read_only image2d_t from, write_only image2d_array_t to, sampler_t sampler) {"
     " write_imagef(to, (int4)0, read_imagef(from, sampler, (float2)0)); }"},
    {"__opencl_c_read_write_images", "out[i] = 1;",
     "kernel void add(read_write image1d_t image) { write_imagei(image, 0, read_imagei(image, 0) + 1); }"},
    {"__opencl_c_3d_image_writes", "out[i] = 1;", WRITES_3D},
    {"cl_khr_3d_image_writes", "out[i] = 1;", WRITES_3D},
    {"cl_khr_depth_images", "out[i] = 1;",
     "kernel void copy(read_only image2d_depth_t from, write_only image2d_array_depth_t to) {"
     " write_imagef(to, (int4)0, read_imagef(from, (int2)0)); }"},
    {"cl_khr_image2d_from_buffer", NULL, NULL},
    {"cl_ext_image_requirements_info", NULL, NULL}, // likewise
    {"cl_ext_image_from_buffer", NULL, NULL},       // likewise
    {"cl_khr_mipmap_image", "out[i] = 1;",
     "kernel void read(read_only image2d_t from, sampler_t sampler, global float4 *to) {"
     " to[0] = read_imagef(from, sampler, (float2)0, 1.0f) + get_image_num_mip_levels(from);"
     " to[1] = read_imagef(from, sampler, (float2)0, (float2)1, (float2)1); }"},
    {"cl_khr_mipmap_image_writes", "out[i] = 1;",
     "kernel void write(write_only image1d_array_t to) { write_imagef(to, (int2)0, 1, (float4)0); }"},
    {"cl_khr_srgb_image_writes", "out[i] = 1;", NULL}, // likewise
    {"cl_khr_create_command_queue", NULL, NULL},
    {"cl_khr_extended_versioning", NULL, NULL},
    {"cl_khr_device_uuid", NULL, NULL},
    {"cl_khr_pci_bus_info", NULL, NULL},
    {"cl_khr_priority_hints", NULL, NULL},
    {"cl_khr_throttle_hints", NULL, NULL},
    {"cl_khr_suggested_local_work_size", NULL, NULL},
    {"cl_ext_buffer_device_address", NULL, NULL},
    {"cl_intel_global_variable_access", NULL, NULL},        // tests/spirv/variables.c
    {"cl_intel_required_subgroup_size", NULL, NULL},        // tests/sub_groups/required.c
    {"cl_intel_spirv_subgroups", NULL, NULL},               // tests/spirv/intel.c
    {"cl_intel_subgroups", NULL, NULL},                     // likewise
    {"cl_intel_subgroups_char", NULL, NULL},                // likewise
    {"cl_intel_subgroups_long", NULL, NULL},                // likewise
    {"cl_intel_subgroups_short", NULL, NULL},               // likewise
    {"cl_intel_unified_shared_memory", NULL, NULL},         // tests/api/usm.c
    {"cl_khr_external_memory", NULL, NULL},                 // tests/api/external_memory.c
    {"cl_khr_external_memory_dma_buf", NULL, NULL},         // likewise
    {"cl_khr_external_memory_opaque_fd", NULL, NULL},       // likewise
    {"cl_khr_semaphore", NULL, NULL},                       // tests/api/semaphore.c
    {"cl_khr_command_buffer", NULL, NULL},                  // tests/api/command_buffer.c
    {"cl_khr_command_buffer_mutable_dispatch", NULL, NULL}, // tests/api/mutable_command.c
    {"cl_ext_cxx_for_opencl", NULL, NULL},                  // tests/api/language.c
    // Of SPIR-V: tests/spirv.
    {"cl_khr_il_program", NULL, NULL},
    {"cl_khr_spirv_queries", NULL, NULL},
    {"cl_khr_spirv_linkonce_odr", NULL, NULL},
    {"cl_khr_spirv_no_integer_wrap_decoration", NULL, NULL},
    {"cl_khr_expect_assume", NULL, NULL},
    {"cl_khr_work_group_uniform_arithmetic",
     "long x = l % 7 ? 1 : -2; long whole = 1, before = 1;"
     "for (int k = 0; k < LOCAL; k++) { whole *= k % 7 ? 1 : -2; if (k < l) before *= k % 7 ? 1 : -2; }"
     "uint bit = 1u << (l & 31);"
     "out[i] = work_group_reduce_mul(x) == whole && work_group_scan_exclusive_mul(x) == before &&"
     " work_group_scan_inclusive_mul((float)x) == (float)(before * x) &&"
     " work_group_reduce_or(bit) == ~0u && work_group_reduce_and(~bit) == 0 && work_group_reduce_xor(bit) == "
     "0 &&"
     " work_group_scan_inclusive_or(l < 40 ? 0 : 4L) == (l < 40 ? 0 : 4) &&"
     " work_group_scan_exclusive_and((ulong)(l == 33 ? 2 : 7)) == (l == 0 ? ~0ul : l > 33 ? 2 : 7) &&"
     " work_group_scan_inclusive_xor(3) == (l & 1 ? 0 : 3) &&"
     " work_group_reduce_logical_and(l) == 0 && work_group_scan_inclusive_logical_or(l == 35) == (l >= 35) &&"
     " work_group_scan_exclusive_logical_xor(l == 2 || l == 50) == (l > 2 && l <= 50) &&"
     " work_group_reduce_logical_or(l == 63) == 1 && work_group_reduce_logical_xor(l < 3) == 1;",
     NULL},
    {"cl_amd_device_attribute_query", NULL, NULL},
    {"cl_amd_media_ops",
     "uint n = i; out[i] = amd_bitalign(n, 0u, 31u) == 2 * n &&"
     " amd_bytealign(0x11223344u, 0x55667788u, 1u) == 0x44556677u && amd_unpack1(0x1200u) == 18.0f &&"
     " amd_pack((float4)(1, 2, 3, n & 63)) == (0x030201u | (n & 63) << 24) &&"
     " amd_sad(0x01020304u, 0x04030201u, n) == 8 + n && amd_lerp(0x02u, 0x04u, 0x01u) == 3;",
     NULL},
    {"cl_amd_media_ops2",
     "uint n = i; out[i] = amd_bfe(n << 4, 4u, 8u) == (n & 255) && amd_bfm(4u, 8u) == 0xf00 &&"
     " amd_min3(n + 5, n + 1, n + 3) == n + 1 && amd_median3(n + 5, n + 1, n + 3) == n + 3 &&"
     " amd_max3((float)n, 300.0f, -1.0f) == 300.0f && amd_sadw(0x00010004u, 0x00030001u, n) == 5 + n &&"
     " amd_sadd(n, 7u, 1u) == abs_diff(n, 7u) + 1;",
     NULL},
    {"cl_khr_byte_addressable_store",
     "global char *bytes = (global char *)&out[i]; bytes[2] = 1; bytes[0] = bytes[2]; bytes[2] = 0;", NULL},
    {"cl_khr_global_int32_base_atomics",
     "global int *sum = &out[i - l]; atom_add(sum, 2); atom_inc(sum); atom_dec(sum);"
     "barrier(CLK_GLOBAL_MEM_FENCE); int total = *sum; barrier(CLK_GLOBAL_MEM_FENCE);"
     "atom_xchg(&out[i], total); atom_cmpxchg(&out[i], 2 * LOCAL, 1);",
     NULL},
    {"cl_khr_global_int32_extended_atomics",
     "atom_max(&out[i], 7); atom_and(&out[i], 5); atom_or(&out[i], 8); atom_xor(&out[i], 12);"
     "atom_min(&out[i], 99);",
     NULL},
    {"cl_khr_local_int32_base_atomics",
     "local int sum; if (!l) sum = 0; barrier(CLK_LOCAL_MEM_FENCE); atom_add(&sum, l);"
     "barrier(CLK_LOCAL_MEM_FENCE); out[i] = sum == LOCAL * (LOCAL - 1) / 2;",
     NULL},
    {"cl_khr_local_int32_extended_atomics",
     "local int most, bits; if (!l) most = bits = 0; barrier(CLK_LOCAL_MEM_FENCE); atom_max(&most, l);"
     "atom_or(&bits, 1 << (l & 31)); barrier(CLK_LOCAL_MEM_FENCE); out[i] = most == LOCAL - 1 && bits == -1;",
     NULL},
    {"cl_khr_int64_base_atomics",
     "local long sum; if (!l) sum = 1L << 40; barrier(CLK_LOCAL_MEM_FENCE); atom_add(&sum, 1L << 33);"
     "barrier(CLK_LOCAL_MEM_FENCE); out[i] = sum == (1L << 40) + ((long)LOCAL << 33);",
     NULL},
    {"cl_khr_int64_extended_atomics",
     "local long most, bits; if (!l) { most = 0; bits = 0; } barrier(CLK_LOCAL_MEM_FENCE);"
     "atom_max(&most, (long)l << 40); atom_or(&bits, 1L << l); barrier(CLK_LOCAL_MEM_FENCE);"
     "out[i] = most == (long)(LOCAL - 1) << 40 && bits == -1L;",
     NULL},
    // tests/sub_groups has every function; here is what each name brings. Sub-groups have 32 items.
    {"cl_khr_subgroups",
     "out[i] = sub_group_reduce_add(l) == sub_group_broadcast(l, 0u) * 32 + 496 && get_num_sub_groups() == 2 "
     "&&"
     " sub_group_scan_inclusive_add(1) == (int)get_sub_group_local_id() + 1 && sub_group_any(l == LOCAL - 1) "
     "=="
     " (int)get_sub_group_id();",
     NULL},
    {"cl_khr_subgroup_extended_types",
     "out[i] = sub_group_reduce_max((char)-1) == -1 && all(sub_group_broadcast((short3)(l & 31), 7u) == "
     "(short3)7);",
     NULL},
    {"cl_khr_subgroup_non_uniform_vote",
     "out[i] = 1; if (l % 3 == 1) out[i] = sub_group_non_uniform_all(l % 3 == 1) &&"
     " sub_group_non_uniform_all_equal(l % 3) && !!sub_group_elect() == ((l & 31) < 3);",
     NULL},
    {"cl_khr_subgroup_ballot",
     "out[i] = 1; if (l & 1) out[i] = sub_group_ballot(l & 2).x == 0x88888888 &&"
     " sub_group_ballot_bit_count(sub_group_ballot(1)) == 16 && sub_group_broadcast_first(l & 31) == 1;",
     NULL},
    {"cl_khr_subgroup_non_uniform_arithmetic",
     "out[i] = 1; if (l & 1) out[i] = sub_group_non_uniform_reduce_add(1) == 16 &&"
     " sub_group_non_uniform_scan_exclusive_add(1) == (l & 31) / 2;",
     NULL},
    {"cl_khr_subgroup_shuffle",
     "out[i] = sub_group_shuffle(l, 31u) == (l | 31) && sub_group_shuffle_xor(l, 3u) == (l ^ 3);", NULL},
    {"cl_khr_subgroup_shuffle_relative",
     "int up = sub_group_shuffle_up(l, 1u), down = sub_group_shuffle_down(l, 1u);"
     "out[i] = ((l & 31) == 0 || up == l - 1) && ((l & 31) == 31 || down == l + 1);",
     NULL},
    {"cl_khr_subgroup_clustered_reduce",
     "out[i] = sub_group_clustered_reduce_add(l, 4u) == (l & ~3) * 4 + 6;", NULL},
    {"cl_khr_subgroup_rotate",
     "out[i] = sub_group_rotate(l, 1) == ((l & ~31) | ((l + 1) & 31)) &&"
     " sub_group_clustered_rotate(l, -1, 4u) == ((l & ~3) | ((l - 1) & 3));",
     NULL},
    {"cl_khr_extended_bit_ops",
     "out[i] = bitfield_insert(0xffff0000u, (uint)i, 4u, 8u) == (0xffff0000u | (uint)i << 4) &&"
     " bitfield_extract_signed((long)i << 56, 56u, 8u) == (char)i &&"
     " all(bitfield_extract_unsigned((char3)-4, 1u, 6u) == (uchar3)62) && bit_reverse((ushort)l) =="
     " (ushort)(bit_reverse((uint)l) >> 16) && bit_reverse(1) == INT_MIN && bitfield_extract_signed(i, 9u, "
     "0u) == 0"
     " && bitfield_insert(i, -1, 0u, 32u) == -1;",
     NULL},
    {"cl_khr_integer_dot_product",
     "uchar4 u = (uchar4)(l, 255, 2, 3); char4 s = (char4)(-1, -128, 127, 1);"
     "out[i] = dot(u, u) == l * l + 65038 && dot(s, s) == 32515 && dot(u, s) == -l - 32383 &&"
     " dot(s, u) == dot(u, s) && dot_acc_sat(u, u, UINT_MAX) == UINT_MAX && dot_acc_sat(s, s, INT_MAX - 5) =="
     " INT_MAX && dot_acc_sat(s, u, INT_MIN) == INT_MIN;",
     NULL},
    {"__opencl_c_integer_dot_product_input_4x8bit", "out[i] = dot((char4)l, (char4)-1) == -4 * l;", NULL},
    {"__opencl_c_integer_dot_product_input_4x8bit_packed",
     "uint a = 0x01020380 + l, b = 0xff020304;"
     "out[i] = dot_4x8packed_uu_uint(a, b) == dot(as_uchar4(a), as_uchar4(b)) &&"
     " dot_4x8packed_ss_int(a, b) == dot(as_char4(a), as_char4(b)) &&"
     " dot_4x8packed_us_int(a, b) == dot(as_uchar4(a), as_char4(b)) &&"
     " dot_4x8packed_su_int(a, b) == dot(as_char4(a), as_uchar4(b)) &&"
     " dot_acc_sat_4x8packed_ss_int(a, b, 7) == dot_4x8packed_ss_int(a, b) + 7;",
     NULL},
    {"cl_khr_kernel_clock",
     "ulong a = clock_read_work_group(), b = clock_read_sub_group();"
     "out[i] = clock_read_work_group() >= a && clock_read_sub_group() >= b && a;",
     NULL},
    {"__opencl_c_kernel_clock_scope_device",
     "ulong a = clock_read_device(); uint2 b = clock_read_hilo_device(); out[i] = as_ulong(b) >= a;", NULL},
    {"__opencl_c_kernel_clock_scope_work_group",
     "ulong a = clock_read_work_group(); uint2 b = clock_read_hilo_work_group(); out[i] = as_ulong(b) >= a;",
     NULL},
    {"__opencl_c_kernel_clock_scope_sub_group",
     "ulong a = clock_read_sub_group(); uint2 b = clock_read_hilo_sub_group(); out[i] = as_ulong(b) >= a;",
     NULL},
    {"cl_ext_float_atomics",
     "local atomic_float least; global atomic_float *sum = (global atomic_float *)&out[i - l];"
     "if (!l) atomic_init(&least, 9.0f); barrier(CLK_LOCAL_MEM_FENCE);"
     "atomic_fetch_add(sum, 1.5f); atomic_fetch_sub_explicit((FLAT(global) atomic_float *)sum, 0.5f, "
     "memory_order_relaxed);"
     "atomic_fetch_min_explicit(&least, l - 3.0f, memory_order_acq_rel, memory_scope_work_group);"
     "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);"
     "int same = atomic_load(&least) == -3.0f && atomic_load(sum) == LOCAL;"
     "barrier(CLK_GLOBAL_MEM_FENCE); out[i] = same;",
     NULL},
    {"__opencl_c_ext_fp32_global_atomic_add",
     "global atomic_float *own = (global atomic_float *)&out[i]; float was = atomic_fetch_add(own, 2.5f);"
     "was += atomic_fetch_sub(own, 1.0f); out[i] = was == 2.5f && atomic_load(own) == 1.5f;",
     NULL},
    {"__opencl_c_ext_fp32_global_atomic_min_max",
     "global atomic_float *own = (global atomic_float *)&out[i]; atomic_fetch_max(own, i + 0.5f);"
     "float was = atomic_fetch_min(own, -1.0f); out[i] = was == i + 0.5f && atomic_load(own) == -1.0f;",
     NULL},
    {"__opencl_c_ext_fp32_local_atomic_add",
     "local atomic_float sum; if (!l) atomic_init(&sum, 0.25f); barrier(CLK_LOCAL_MEM_FENCE);"
     "atomic_fetch_add((FLAT(local) atomic_float *)&sum, l); barrier(CLK_LOCAL_MEM_FENCE);"
     "out[i] = atomic_load(&sum) == LOCAL * (LOCAL - 1) / 2 + 0.25f;",
     NULL},
    {"__opencl_c_ext_fp32_local_atomic_min_max",
     "local atomic_float most; if (!l) atomic_init(&most, -1); barrier(CLK_LOCAL_MEM_FENCE);"
     "atomic_fetch_max_explicit(&most, l * 0.5f, memory_order_relaxed); barrier(CLK_LOCAL_MEM_FENCE);"
     "out[i] = atomic_load(&most) == (LOCAL - 1) * 0.5f;",
     NULL},
    FLOAT_ATOMICS("fp64", "double", "global ulong room[ITEMS];"),
    FLOAT_ATOMICS("fp16", "half", HALF_ROOM),
    HALF_OBJECTS("global", "global atomic_half *own = (global atomic_half *)&room[i];"),
    HALF_OBJECTS("local", "local ulong bits[LOCAL]; local atomic_half *own = (local atomic_half *)&bits[l];"),
    {"cl_khr_fp64",
     "double3 x = (double3)(i, -0.5, DBL_MAX); double kept[3]; vstore3(x, 0, kept); ushort bits[2];"
     "half *small = (half *)bits; vstore_half_rtp(1.0 + DBL_EPSILON, 1, small); double2 most = "
     "shuffle(x.xyzz, (ulong2)(2, 0));"
     "out[i] = DBL_DIG == 15 && DBL_MANT_DIG == 53 && convert_int_rtp(kept[1]) == 0 && most.x == DBL_MAX &&"
     " most.y == i && vload_half(1, small) == 1.0009765625f && fma(x.x, x.x, DBL_MIN / 2) >= DBL_MIN / 2 &&"
     " as_ulong(M_PI) == 0x400921fb54442d18 && sqrt(x.x * x.x) == i && 1e-310 * (i + 1) != 0;",
     NULL},
    {"__opencl_c_fp64",
     "double third = (i + 1) / 3.0; out[i] = fma(third, 3.0, -(i + 1.0)) != 0 || (i + 1) % 3 == 0;", NULL},
    {"cl_khr_fp16",
     "half3 x = (half3)(i, -0.5h, HALF_MAX); half kept[3]; vstore3(x, 0, kept);"
     "half2 most = shuffle(x.xyzz, (ushort2)(2, 0)); local half together[2];"
     "if (!l) together[1] = 2.0h; barrier(CLK_LOCAL_MEM_FENCE); kernel_half = 3.0h;"
     "out[i] = HALF_DIG == 3 && FP_FAST_FMA_HALF == 1 && HALF_MAX == 65504.0h && HALF_MANT_DIG == 11 && "
     "convert_int_rtn(kept[1]) == "
     "-1 && most.x == HALF_MAX"
     " && most.y == (half)i && as_ushort(M_PI_H) == 0x4248 && sqrt(x.x * x.x) == (half)i && isinf(x.z + x.z) "
     "&&"
     " together[1] * kernel_half == 6.0h && HALF_MIN / 2 != 0 && fmax(x.y, 0.25h) == 0.25h;",
     "#pragma OPENCL EXTENSION cl_khr_fp16 : enable\nglobal half kernel_half;"},
    {"__opencl_c_int64",
     "ulong x = (ulong)i + 0x100000001UL; ulong y = x * 0x100000000UL;"
     "out[i] = y >> 32 == (ulong)i + 1 && x * 7 / 7 == x && x % 0x100000000UL == (ulong)i + 1;",
     NULL},
    {"__opencl_c_generic_address_space",
     "local int here; if (!l) here = 5; barrier(CLK_LOCAL_MEM_FENCE); out[i] = 5; int mine = 5;"
     "int same = read(&here) == read(&out[i]) && read(&mine) == 5; barrier(CLK_GLOBAL_MEM_FENCE);"
     "out[i] = same && to_local(&here) && !to_global((int *)&here);",
     "int read(int *p) { return *p; }"},
    {"__opencl_c_program_scope_global_variables",
     "atomic_inc(&count); out[i] = table[i & 3] == (i & 3) * 11 && count > 0 && count <= ITEMS;",
     "global int count; global int table[4] = {0, 11, 22, 33};"},
    {"__opencl_c_atomic_order_acq_rel",
     "local atomic_int flag; local int data; if (!l) { atomic_init(&flag, 0); data = 0; }"
     "barrier(CLK_LOCAL_MEM_FENCE);"
     "if (l == LOCAL - 1) { data = 42; atomic_store_explicit(&flag, 1, memory_order_release,"
     " memory_scope_work_group); } barrier(CLK_LOCAL_MEM_FENCE);"
     "out[i] = atomic_load_explicit(&flag, memory_order_acquire, memory_scope_work_group) && data == 42;",
     NULL},
    {"__opencl_c_atomic_order_seq_cst",
     "local atomic_int n; if (!l) atomic_init(&n, 0); barrier(CLK_LOCAL_MEM_FENCE);"
     "atomic_fetch_add_explicit(&n, 2, memory_order_seq_cst, memory_scope_work_group);"
     "barrier(CLK_LOCAL_MEM_FENCE);"
     "out[i] = atomic_load_explicit(&n, memory_order_seq_cst, memory_scope_work_group) == 2 * LOCAL;",
     NULL},
    {"__opencl_c_atomic_scope_device",
     "int before = atomic_fetch_add_explicit(&arrived, 1, memory_order_acq_rel, memory_scope_device);"
     "out[i] = before >= 0 && before < ITEMS;",
     "global atomic_int arrived = 0;"},
    {"__opencl_c_subgroups",
     "sub_group_barrier(CLK_LOCAL_MEM_FENCE, memory_scope_sub_group);"
     "out[i] = get_sub_group_size() == 32 && get_max_sub_group_size() == 32 && sub_group_all(l < LOCAL);",
     NULL},
    {"__opencl_c_atomic_scope_all_devices",
     "int before = atomic_fetch_add_explicit(&seen, 1, memory_order_acq_rel, memory_scope_all_devices);"
     "atomic_work_item_fence(CLK_GLOBAL_MEM_FENCE, memory_order_acq_rel, memory_scope_all_svm_devices);"
     "out[i] = before >= 0 && before < ITEMS;",
     "global atomic_int seen = 0;"},
    {"__opencl_c_work_group_collective_functions",
     "out[i] = work_group_reduce_add(l) == LOCAL * (LOCAL - 1) / 2 && work_group_reduce_max(l) == LOCAL - 1 "
     "&&"
     " work_group_scan_inclusive_add(1) == l + 1 && work_group_scan_exclusive_add(2) == 2 * l &&"
     " work_group_broadcast(l, 9) == 9 && work_group_any(l == 3) && !work_group_all(l == 3) &&"
     " work_group_scan_exclusive_min(2.5 - l) == (l ? 3.5 - l : INFINITY) && "
     "work_group_reduce_add((half)0.5f) == LOCAL / 2 &&"
     " work_group_broadcast((half)l, 7) == 7 && work_group_reduce_max(l + 0.25) == LOCAL - 0.75;",
     "#pragma OPENCL EXTENSION cl_khr_fp16 : enable"},
};

// The program of one: a kernel `use`. Pointers to FLAT(space) are generic ones, where the processor has them.
static inline void feature_source(const struct feature *feature, char *source, size_t size)
{
    snprintf(
        source, size,
        "#ifndef %s\n#error not defined\n#endif\n#define ITEMS %d\n#define LOCAL %d\n"
        "#ifdef __opencl_c_generic_address_space\n#define FLAT(space)\n#else\n#define FLAT(space) space\n"
        "#endif\n%s\n"
        "kernel void use(global int *out) { int i = get_global_id(0), l = get_local_id(0); %s }",
        feature->name, ITEMS, LOCAL, feature->before ? feature->before : "", feature->body);
}
