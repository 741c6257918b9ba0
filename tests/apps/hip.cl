// Kernels for hip.py: a code object as hipcc would make it, but for the language.
#define ID ((uint)(__builtin_amdgcn_workgroup_id_x() * 256 + __builtin_amdgcn_workitem_id_x()))

kernel void increment(global int *p, int rounds)
{
    for (int i = 0; i < rounds; i++) p[ID]++;
}

kernel void saxpy(float a, global const float *x, global float *y) { y[ID] = a * x[ID] + y[ID]; }

// The sum of a group's numbers in shared memory, of all groups with atomics.
kernel void sum(global const int *p, global int *total)
{
    local int part[256];
    uint t = __builtin_amdgcn_workitem_id_x();
    part[t] = p[ID];
    for (uint k = 128; k; k >>= 1) {
        __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
        __builtin_amdgcn_s_barrier();
        __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
        if (t < k) part[t] += part[t + k];
    }
    if (t == 0) __atomic_fetch_add(total, part[0], __ATOMIC_RELAXED);
}
