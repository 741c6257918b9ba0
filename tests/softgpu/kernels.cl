// What tests/softgpu runs. Built without libraries: only the compiler's own builtins.

__kernel void fill_ids(__global uint *out)
{
    uint group = __builtin_amdgcn_workgroup_id_x(), item = __builtin_amdgcn_workitem_id_x();
    uint size = __builtin_amdgcn_dispatch_ptr() ? 64 : 0;
    out[group * size + item] = 3 * (group * size + item) + 1;
}

__kernel void add_one(__global uint *out) { *out = *out + 1; }

__kernel void count(__global uint *counter) { __opencl_atomic_fetch_add((volatile __global atomic_uint *)counter, 1, memory_order_relaxed, memory_scope_device); }

// Spins until the host changes the word.
__kernel void wait_for(__global uint *word)
{
    while (__opencl_atomic_load((volatile __global atomic_uint *)word, memory_order_relaxed, memory_scope_all_svm_devices) == 0)
        __builtin_amdgcn_s_sleep(1);
}

// 48 work-groups, each of which waits until all have begun, and then for the next one to end.
__kernel void wait_for_others(__global uint *words)
{
    enum { GROUPS = 48 };
    volatile __global atomic_uint *begun = (volatile __global atomic_uint *)words, *ended = begun + 1;
    uint group = __builtin_amdgcn_workgroup_id_x(), item = __builtin_amdgcn_workitem_id_x();
    if (item == 0) __opencl_atomic_fetch_add(begun, 1, memory_order_relaxed, memory_scope_device);
    while (__opencl_atomic_load(begun, memory_order_relaxed, memory_scope_device) < GROUPS) {
    }
    while (__opencl_atomic_load(ended, memory_order_relaxed, memory_scope_device) < GROUPS - 1 - group)
        __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_s_barrier();
    if (item == 0) __opencl_atomic_fetch_add(ended, 1, memory_order_relaxed, memory_scope_device);
}

__kernel void store_to(ulong address) { *(__global uint *)address = 1; }

__kernel void trap(__global uint *out)
{
    *out = 1;
    __builtin_trap();
}

__kernel void illegal(__global uint *out)
{
    *out = 1;
    __asm__ volatile(".long 0xffffffff");
}
