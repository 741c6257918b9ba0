// Kernels without library calls or hidden arguments; groups of 64.
#define ID (__builtin_amdgcn_workgroup_id_x() * 64 + __builtin_amdgcn_workitem_id_x())

kernel void empty(void) {}

kernel void increment(global uint *data) { data[ID] += 1; }

// data = data * factor + term: the order of two of these can be told from the result.
kernel void affine(global uint *data, uint factor, uint term) { data[ID] = data[ID] * factor + term; }

// Each group of 64 turned round through local memory, which the dispatch provides (256 bytes at offset 0).
kernel void reverse(global uint *data, local uint *tile)
{
    uint i = __builtin_amdgcn_workitem_id_x();
    tile[i] = data[ID];
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
    data[ID] = tile[63 - i];
}

// Many steps, so that the kernel takes a while.
kernel void slow(global uint *data, uint steps)
{
    uint value = data[ID];
    for (uint i = 0; i < steps; i++) value = value * 1664525 + 1013904223;
    data[ID] = value;
}

kernel void store(global uint *where) { *where = 1; }

// The upper halves of the addresses by which flat instructions reach local and private memory.
kernel void bases(global uint *out, local uint *tile)
{
    private volatile uint own = 0;
    out[0] = (ulong)(generic uint *)tile >> 32;
    out[1] = (ulong)(generic volatile uint *)&own >> 32;
}
