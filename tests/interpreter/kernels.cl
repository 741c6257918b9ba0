// Kernels that the interpreter's tests run and compare with kernels.c. Nothing is linked in: what OpenCL C calls
// get_global_id and so on are written with clang's builtins.
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable

#define LOCAL_ID   (__builtin_amdgcn_workitem_id_x())
#define LOCAL_SIZE (__builtin_amdgcn_workgroup_size_x())
#define GROUP_ID   (__builtin_amdgcn_workgroup_id_x())
#define ITEM       (GROUP_ID * LOCAL_SIZE + LOCAL_ID)
#define ROW        (__builtin_amdgcn_workgroup_id_y() * __builtin_amdgcn_workgroup_size_y() + __builtin_amdgcn_workitem_id_y())
#define LAYER      (__builtin_amdgcn_workgroup_id_z() * __builtin_amdgcn_workgroup_size_z() + __builtin_amdgcn_workitem_id_z())

#define NOINLINE __attribute__((noinline))

static void synchronize(void)
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

kernel void saxpy(global float *y, global const float *x, float a)
{
    uint i = ITEM;
    y[i] = a * x[i] + y[i];
}

kernel void count(global ulong *numbers, ulong first) { numbers[ITEM] = first + ITEM; }

// The sum of each work-group's inputs.
kernel void reduce(global uint *sums, global const uint *values)
{
    local uint partial[256];
    uint i = LOCAL_ID;
    partial[i] = values[ITEM];
    synchronize();
    for (uint step = LOCAL_SIZE / 2; step; step /= 2) {
        if (i < step) partial[i] += partial[i + step];
        synchronize();
    }
    if (i == 0) sums[GROUP_ID] = partial[0];
}

// Steps of the Collatz sequence: a loop that each lane leaves at its own time.
kernel void collatz(global uint *steps)
{
    ulong n = ITEM + 1;
    uint count = 0;
    while (n != 1) {
        n = n & 1 ? 3 * n + 1 : n / 2;
        count++;
    }
    steps[ITEM] = count;
}

// Early exits, a switch, and nested conditions.
kernel void diverge(global int *out, global const int *in)
{
    int value = in[ITEM], result = 0;
    if (value < 0) {
        out[ITEM] = -1;
        return;
    }
    switch (value % 5) {
    case 0: result = value * 3; break;
    case 1: result = value ^ 0x55; // falls through
    case 2: result += 7; break;
    case 3:
        for (int i = 0; i < value % 7; i++) {
            if (i == 4) continue;
            result += i * value;
        }
        break;
    default: result = value / 3;
    }
    out[ITEM] = result;
}

// A stack array indexed at run time, passed to functions that are not inlined.
NOINLINE static int array_sum(private int *values, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++) sum += values[(i * 7) % 32];
    return sum;
}

NOINLINE static void array_fill(private int *values, int seed)
{
    for (int i = 0; i < 32; i++) values[(i * seed) % 32] = i * i + seed;
}

kernel void scratch(global int *out, global const int *in)
{
    int values[32];
    array_fill(values, in[ITEM] | 1);
    out[ITEM] = array_sum(values, 5 + (in[ITEM] & 31));
}

// The same memory in several widths, unaligned ones included.
kernel void scratch_bytes(global uint *out, global const uchar *in, uint at)
{
    uchar bytes[64];
    for (uint i = 0; i < 64; i++) bytes[(i + at) & 63] = in[ITEM * 64 + i];
    uint result = bytes[in[ITEM * 64] & 63];
    private ushort *shorts = (private ushort *)bytes;
    private ulong *longs = (private ulong *)bytes;
    result += shorts[(in[ITEM * 64 + 1] + at) & 31];
    ulong wide = longs[(in[ITEM * 64 + 2] + at) & 7];
    out[ITEM] = result + (uint)wide + (uint)(wide >> 32);
}

// One function for private, local and global memory, through generic pointers.
NOINLINE static void generic_add(int *where, int value) { *where += value; }

kernel void apertures(global int *out, int choice)
{
    local int shared[64];
    int own[4] = {1, 2, 3, 4};
    uint i = LOCAL_ID;
    shared[i] = 100;
    out[ITEM] = 1000;
    int *where = (i + choice) % 3 == 0 ? (int *)&shared[i] : (i + choice) % 3 == 1 ? (int *)&own[i & 3] : (int *)&out[ITEM];
    generic_add(where, (int)i);
    out[ITEM] += shared[i] + own[i & 3];
}

kernel void arithmetic_char(global char4 *out, global const char4 *a, global const char4 *b)
{
    char4 x = a[ITEM], y = b[ITEM];
    uchar4 divisor = __builtin_astype(y, uchar4) | (uchar4)1;
    out[ITEM] = (x * y) ^ (x - y) ^ __builtin_astype(__builtin_astype(x, uchar4) / divisor, char4) ^ (x >> (y & (char4)7));
}

kernel void arithmetic_short(global short2 *out, global const short2 *a, global const short2 *b)
{
    short2 x = a[ITEM], y = b[ITEM];
    ushort2 divisor = __builtin_astype(y, ushort2) | (ushort2)1;
    out[ITEM] = (x * y) ^ (x + y) ^ __builtin_astype(__builtin_astype(x, ushort2) % divisor, short2) ^ (x << (y & (short2)15));
}

kernel void arithmetic_int(global int *out, global const int *a, global const int *b)
{
    int x = a[ITEM], y = b[ITEM];
    int divisor = y | 1;
    out[ITEM] = (x * y) ^ (x / divisor) ^ (int)((uint)x % (uint)divisor) ^ (x >> (y & 31)) ^ (int)((uint)x << (x & 31)) ^
                __builtin_elementwise_max(x, y) ^ (int)__builtin_popcount((uint)x);
}

kernel void arithmetic_long(global long *out, global const long *a, global const long *b)
{
    long x = a[ITEM], y = b[ITEM];
    long divisor = y | 1;
    out[ITEM] = (x * y) ^ (x / divisor) ^ (long)((ulong)x % (ulong)divisor) ^ (x >> (y & 63)) ^
                (long)((ulong)x << (x & 63)) ^ (x < y ? x : y);
}

// Of 64 bits, from turn to turn, with numbers of each kind; some halves are read between.
kernel void products_long(global long *out, global const long *a, global const long *b)
{
    ulong x = a[ITEM], y = b[ITEM], z = x ^ y;
    for (uint i = 0; i < 9; i++) {
        x = x * 6364136223846793005 + y;
        for (uint k = 0; k < (i & 3); k++) y = y * x + 3;
        z = (z ^ z >> 29) * 0x9e3779b9;
        z ^= (ulong)(uint)x * (uint)(y >> 32);
    }
    out[ITEM] = x * x ^ y << 7 ^ z * (uint)x;
}

kernel void arithmetic_float(global float *out, global const float *a, global const float *b)
{
    float x = a[ITEM], y = b[ITEM];
    out[ITEM] = __builtin_fmaf(x, y, -x) + __builtin_fabsf(x - y) * 0.5f + (float)(int)(x * 8) + __builtin_floorf(y);
}

kernel void atomics(global uint *counters, global ulong *wide, global const uint *values)
{
    uint value = values[ITEM];
    __opencl_atomic_fetch_add((global atomic_uint *)&counters[0], value, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);
    __opencl_atomic_fetch_max((global atomic_uint *)&counters[1], value, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);
    __opencl_atomic_fetch_xor((global atomic_uint *)&counters[2], value, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);
    uint slot = __opencl_atomic_fetch_add((global atomic_uint *)&counters[3], 1u, __ATOMIC_RELAXED,
                                          __OPENCL_MEMORY_SCOPE_DEVICE);
    counters[4 + slot] = ITEM;
    __opencl_atomic_fetch_add((global atomic_ulong *)&wide[0], (ulong)value << 20, __ATOMIC_RELAXED,
                              __OPENCL_MEMORY_SCOPE_DEVICE);
    __opencl_atomic_fetch_min((global atomic_long *)&wide[1], (long)value - 5, __ATOMIC_RELAXED,
                              __OPENCL_MEMORY_SCOPE_DEVICE);
}

// Counts in LDS, then adds up in global memory.
kernel void histogram(global uint *bins, global const uchar *values)
{
    local uint counts[256];
    for (uint i = LOCAL_ID; i < 256; i += LOCAL_SIZE) counts[i] = 0;
    synchronize();
    __opencl_atomic_fetch_add((local atomic_uint *)&counts[values[ITEM]], 1u, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_WORK_GROUP);
    synchronize();
    for (uint i = LOCAL_ID; i < 256; i += LOCAL_SIZE)
        __opencl_atomic_fetch_add((global atomic_uint *)&bins[i], counts[i], __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_DEVICE);
}

// Marks every item of a three-dimensional grid that is not a multiple of its work-group's size.
kernel void grid(global uint *marks, uint width, uint height)
{
    marks[(LAYER * height + ROW) * width + ITEM] += 1 + ITEM + 100 * ROW + 10000 * LAYER;
}

// A wave waits for another one of its work-group without a barrier.
kernel void handshake(global int *out)
{
    local int flag;
    if (LOCAL_ID == 0) __opencl_atomic_store((local atomic_int *)&flag, 0, __ATOMIC_RELAXED, __OPENCL_MEMORY_SCOPE_WORK_GROUP);
    synchronize();
    if (LOCAL_ID == 0)
        while (__opencl_atomic_load((local atomic_int *)&flag, __ATOMIC_ACQUIRE, __OPENCL_MEMORY_SCOPE_WORK_GROUP) != 42) {}
    if (LOCAL_ID == LOCAL_SIZE - 1) __opencl_atomic_store((local atomic_int *)&flag, 42, __ATOMIC_RELEASE, __OPENCL_MEMORY_SCOPE_WORK_GROUP);
    out[ITEM] = (int)LOCAL_ID;
}

// Waves that end early while the others go on to the barrier.
kernel void early_exit(global int *out)
{
    local int shared[256];
    uint i = LOCAL_ID;
    if (i >= 128) return;
    shared[i] = (int)i * 3;
    synchronize();
    out[ITEM] = shared[127 - i];
}

kernel void store_at(global int *where, ulong offset) { where[offset + ITEM] = 1; }
kernel void load_at(global int *out, global const int *where, ulong offset) { out[ITEM] = where[offset]; }
kernel void spin(global volatile int *flag) { while (*flag == 0) {} }
kernel void trap(void) { __builtin_trap(); }
