// What tests/spirv/images.c runs, as text and as a module. (LLVM 22's writer forgets what SPIR-V's channel types are
// apart from OpenCL C's, and calls a function for the order: they are not asked for.)
constant sampler_t nearest = CLK_NORMALIZED_COORDS_FALSE | CLK_ADDRESS_CLAMP_TO_EDGE | CLK_FILTER_NEAREST;
kernel void copy(read_only image2d_t from, write_only image2d_t to, global int *sizes)
{
    int2 at = (int2)(get_global_id(0), get_global_id(1));
    write_imagef(to, at, read_imagef(from, at) * 2.0f);
    if (!at.x && !at.y) {
        sizes[0] = get_image_width(from);
        sizes[1] = get_image_height(to);
    }
}
kernel void sample(read_only image2d_t from, sampler_t given, global float4 *out)
{
    int2 at = (int2)(get_global_id(0), get_global_id(1));
    int i = at.y * get_global_size(0) + at.x;
    out[2 * i] = read_imagef(from, nearest, at);
    out[2 * i + 1] = read_imagef(from, given, convert_float2(at) + 0.25f);
}
