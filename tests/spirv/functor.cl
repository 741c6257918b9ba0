// A function object of the shape that SYCL's kernels have, with accessors to local memory in it: C++ for OpenCL where a
// module is made of it, OpenCL C where the driver compiles it.
struct accessor {
    local int *data;
    size_t range[3];
#ifdef __OPENCL_CPP_VERSION__
    local int &operator[](size_t i) const { return data[i % range[0]]; }
#endif
};

struct functor {
    struct accessor near[2];
    global uint *out;
    struct {
        private int *own;
        uint n;
    } list[2];
    uint which;
#ifdef __OPENCL_CPP_VERSION__
    __attribute__((noinline)) int value(uint i) const { return near[(which + i) & 1][i]; }
    __attribute__((noinline)) uint size(uint i) const { return (uint)near[(which + i) & 1].range[i % 3]; }
    void operator()(uint i) const
    {
        for (uint k = 0; k < 7; k++) out[16 * i + k] = (uint)value(i + k);
        for (uint k = 7; k < 14; k++) out[16 * i + k] = size(i + k);
        out[16 * i + 14] = (uint)*list[which & 1].own;
        out[16 * i + 15] = list[(which + 1) & 1].n;
    }
#endif
};

#ifdef __OPENCL_CPP_VERSION__
#define CALL(object, i) object(i)
#else
static int value(const struct functor *f, uint i)
{
    const struct accessor *a = &f->near[(f->which + i) & 1];
    return a->data[i % a->range[0]];
}
static void call(const struct functor *f, uint i)
{
    for (uint k = 0; k < 7; k++) f->out[16 * i + k] = (uint)value(f, i + k);
    for (uint k = 7; k < 14; k++) f->out[16 * i + k] = (uint)f->near[(f->which + i + k) & 1].range[(i + k) % 3];
    f->out[16 * i + 14] = (uint)*f->list[f->which & 1].own;
    f->out[16 * i + 15] = f->list[(f->which + 1) & 1].n;
}
#define CALL(object, i) call(&object, i)
#endif

kernel void functor(global const float *f, global const int *n, global uint *out)
{
    local int first[64], second[32];
    uint i = (uint)get_global_id(0), l = (uint)get_local_id(0);
    int own[2] = {n[i + 2], n[i + 3]};
    first[l] = n[i];
    if (l < 32) second[l] = n[i + 1] ^ 5;
    barrier(CLK_LOCAL_MEM_FENCE);
    struct functor object;
    object.near[0].data = first, object.near[1].data = second;
    for (uint k = 0; k < 3; k++) object.near[0].range[k] = 64 + k, object.near[1].range[k] = 32 - k;
    for (uint k = 0; k < 2; k++) object.list[k].own = own + k, object.list[k].n = i * (k + 1);
    object.out = out;
    object.which = (uint)n[i + 4] & 1;
    CALL(object, i);
}
