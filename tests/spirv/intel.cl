// Kernels for intel.c, a function or so each. What clang makes SPIR-V of has to declare them.
#ifdef __SPIRV__
#define SIZED(size)
#define DECLARE(...) __attribute__((overloadable)) __VA_ARGS__;
#else
#define SIZED(size) __attribute__((intel_reqd_sub_group_size(size)))
#define DECLARE(...)
#endif
#ifndef SIZE
#define SIZE 32
#endif
#define ITEM get_global_id(0)
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

// ---- Blocks ---------------------------------------------------------------------------------------------

#define BLOCK_OF(kind, T, n)                                                                                 \
    DECLARE(T##n intel_sub_group_block_read##kind##n(const global T *))                                      \
    DECLARE(void intel_sub_group_block_write##kind##n(global T *, T##n))                                     \
    DECLARE(T##n intel_sub_group_block_read##kind##n(read_only image2d_t, int2))                             \
    DECLARE(void intel_sub_group_block_write##kind##n(write_only image2d_t, int2, T##n))                     \
    SIZED(SIZE) kernel void read##kind##n(const global T *from, global T##n *to)                             \
    {                                                                                                        \
        to[ITEM] = intel_sub_group_block_read##kind##n(from);                                                \
    }                                                                                                        \
    SIZED(SIZE) kernel void write##kind##n(const global T##n *from, global T *to)                            \
    {                                                                                                        \
        intel_sub_group_block_write##kind##n(to, from[ITEM]);                                                \
    }                                                                                                        \
    SIZED(SIZE) kernel void image_read##kind##n(read_only image2d_t from, global T##n *to, int2 at)          \
    {                                                                                                        \
        to[ITEM] = intel_sub_group_block_read##kind##n(from, at);                                            \
    }                                                                                                        \
    SIZED(SIZE) kernel void image_write##kind##n(const global T##n *from, write_only image2d_t to, int2 at)  \
    {                                                                                                        \
        intel_sub_group_block_write##kind##n(to, at, from[ITEM]);                                            \
    }
// Images that are read and written, where OpenCL C has them.
#ifdef __opencl_c_read_write_images
#define BLOCK(kind, T, n)                                                                                    \
    BLOCK_OF(kind, T, n)                                                                                     \
    DECLARE(T##n intel_sub_group_block_read##kind##n(read_write image2d_t, int2))                            \
    DECLARE(void intel_sub_group_block_write##kind##n(read_write image2d_t, int2, T##n))                     \
    SIZED(SIZE) kernel void both_read##kind##n(read_write image2d_t from, global T##n *to, int2 at)          \
    {                                                                                                        \
        to[ITEM] = intel_sub_group_block_read##kind##n(from, at);                                            \
    }                                                                                                        \
    SIZED(SIZE) kernel void both_write##kind##n(const global T##n *from, read_write image2d_t to, int2 at)   \
    {                                                                                                        \
        intel_sub_group_block_write##kind##n(to, at, from[ITEM]);                                            \
    }
#else
#define BLOCK BLOCK_OF
#endif
#define BLOCKS(kind, T) BLOCK(kind, T, ) BLOCK(kind, T, 2) BLOCK(kind, T, 4) BLOCK(kind, T, 8)
BLOCKS(, uint)
BLOCKS(_uc, uchar)
BLOCKS(_us, ushort)
BLOCKS(_ul, ulong)
#ifndef __SPIRV__
BLOCKS(_ui, uint)
BLOCK(_uc, uchar, 16)
BLOCK(_us, ushort, 16)
#endif

// ---- Shuffles -------------------------------------------------------------------------------------------

// Four results an item.
#define PUT(result, value) to[ITEM * 4 + result] = value
#define SHUFFLE(T, n)                                                                                        \
    DECLARE(T##n intel_sub_group_shuffle(T##n, uint))                                                        \
    DECLARE(T##n intel_sub_group_shuffle_xor(T##n, uint))                                                    \
    DECLARE(T##n intel_sub_group_shuffle_down(T##n, T##n, uint))                                             \
    DECLARE(T##n intel_sub_group_shuffle_up(T##n, T##n, uint))                                               \
    SIZED(SIZE)                                                                                              \
    kernel void shuffle_##T##n(const global T##n *first, const global T##n *second, global T##n *to,         \
                               const global uint *lanes)                                                     \
    {                                                                                                        \
        uint lane = lanes[ITEM];                                                                             \
        PUT(0, intel_sub_group_shuffle(first[ITEM], lane));                                                  \
        PUT(1, intel_sub_group_shuffle_xor(first[ITEM], 5u));                                                \
        PUT(2, intel_sub_group_shuffle_down(first[ITEM], second[ITEM], lane));                               \
        PUT(3, intel_sub_group_shuffle_up(first[ITEM], second[ITEM], lane));                                 \
    }
#define SHUFFLES(T) SHUFFLE(T, ) SHUFFLE(T, 2) SHUFFLE(T, 3) SHUFFLE(T, 4) SHUFFLE(T, 8) SHUFFLE(T, 16)
SHUFFLES(char)
SHUFFLES(uchar)
SHUFFLES(short)
SHUFFLES(ushort)
SHUFFLES(int)
SHUFFLES(uint)
SHUFFLES(float)
SHUFFLE(long, )
SHUFFLE(ulong, )
SHUFFLE(double, )
SHUFFLE(half, )

// ---- Names of cl_intel_subgroups_char's and _short's ----------------------------------------------------

#ifndef __SPIRV__
#define SAME(name) intel_sub_group_##name(x) == sub_group_##name(x)
#define NAMES(T)                                                                                             \
    SIZED(SIZE) kernel void names_##T(const global T *from, global int *to)                                  \
    {                                                                                                        \
        T x = from[ITEM];                                                                                    \
        T##8 wide = (T##8)(x), broadcast = intel_sub_group_broadcast(wide, 3u);                              \
        to[ITEM] = SAME(reduce_add) && SAME(reduce_min) && SAME(reduce_max) && SAME(scan_exclusive_add) &&   \
                   SAME(scan_exclusive_min) && SAME(scan_exclusive_max) && SAME(scan_inclusive_add) &&       \
                   SAME(scan_inclusive_min) && SAME(scan_inclusive_max) &&                                   \
                   all(broadcast == sub_group_broadcast(wide, 3u)) &&                                        \
                   intel_sub_group_broadcast(x, 7u) == sub_group_broadcast(x, 7u);                           \
    }
#ifdef cl_khr_subgroup_extended_types
NAMES(char)
NAMES(uchar)
NAMES(short)
NAMES(ushort)
#endif
#endif
