// A module short enough to damage each of its words in many ways, which has one of most things.
constant int table[4] = {3, -1, 4, 1};
struct pair {
    int a[2];
    float b;
};

static __attribute__((noinline)) struct pair pair_of(int a, float b)
{
    struct pair made = {{a, a + 1}, b};
    return made;
}

__attribute__((reqd_work_group_size(8, 1, 1)))
kernel void small(global float *restrict f, global int *n, struct pair by_value, local int *shared)
{
    size_t i = get_global_id(0);
    struct pair made = pair_of(n[i], f[i]), array[2] = {made, by_value};
    int sum = table[i & 3];
    for (int k = 0; k < n[i]; k++) sum += array[k & 1].a[k & 1];
    switch (sum & 7) {
    case 1: sum *= 3;
    case 2: sum -= 1; break;
    default: sum = ~sum;
    }
    atomic_add(n + i, sum);
    shared[get_local_id(0)] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    float4 v = sin(vload4(i, f)).wzyx * (float4)(made.b);
    vstore4(isless(v, (float4)(1.0f)).x ? v : sqrt(v), i, f);
    n[i] = convert_int_sat_rte(v.x) + popcount(shared[0]) + sub_group_reduce_add(sum) + (int)(long)f;
}
