// Images as GFX10 describes them: what the device library tells wrong of mipmaps, reads of their levels without a sampler
// (SPIR-V has them), and writes of sRGB, which the texture units do not convert. (Older processors' images have neither, and
// programs for them do not get these.)
//
// Source: OpenCL C 3.0 (unified), "Built-in Image Query Functions", "sRGB Image Write Functions"; AMD's RDNA 2 ISA,
// "Image Resource Descriptor".
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, always_inline))

#define DESCRIPTOR(image) (*__builtin_astype(image, const constant uint8 *))

// ---- Levels -------------------------------------------------------------------------------------------------

#define LAST_LEVEL(descriptor) ((descriptor).s3 >> 16 & 15)

#define LEVELS_OF(access, image)                                                                                   \
    BUILTIN int get_image_num_mip_levels(access image of) { return (int)LAST_LEVEL(DESCRIPTOR(of)) + 1; }
#define LEVELS(image)                                                                                              \
    LEVELS_OF(read_only, image)                                                                                    \
    LEVELS_OF(write_only, image)                                                                                   \
    LEVELS_OF(read_write, image)
LEVELS(image1d_t)
LEVELS(image1d_array_t)
LEVELS(image2d_t)
LEVELS(image2d_array_t)
LEVELS(image2d_depth_t)
LEVELS(image2d_array_depth_t)
LEVELS(image3d_t)

#define LOAD(name, ...)                                                                                            \
    float4 load_mip_##name(int mask, __VA_ARGS__, int, uint8, int, int)                                            \
        __asm("llvm.amdgcn.image.load.mip." #name ".v4f32.i32.v8i32");
LOAD(1d, int)
LOAD(1darray, int, int)
LOAD(2d, int, int)
LOAD(2darray, int, int, int)
LOAD(3d, int, int, int)

#define READ_AS(access, image, place, name, kind, type, convert, ...)                                              \
    BUILTIN type read_image##kind(access image of, place at, int level)                                            \
    {                                                                                                              \
        return convert(load_mip_##name(15, __VA_ARGS__, level, DESCRIPTOR(of), 0, 0));                             \
    }
#define FIRST(color) (color).x
#define READ_OF(access, image, place, name, ...)                                                                   \
    READ_AS(access, image, place, name, f, float4, , __VA_ARGS__)                                                  \
    READ_AS(access, image, place, name, i, int4, as_int4, __VA_ARGS__)                                             \
    READ_AS(access, image, place, name, ui, uint4, as_uint4, __VA_ARGS__)                                          \
    READ_AS(access, image, place, name, h, half4, convert_half4, __VA_ARGS__)
#define READ(image, place, name, ...)                                                                              \
    READ_OF(read_only, image, place, name, __VA_ARGS__)                                                            \
    READ_OF(read_write, image, place, name, __VA_ARGS__)
READ(image1d_t, int, 1d, at)
READ(image1d_array_t, int2, 1darray, at.x, at.y)
READ(image2d_t, int2, 2d, at.x, at.y)
READ(image2d_array_t, int4, 2darray, at.x, at.y, at.z)
READ(image3d_t, int4, 3d, at.x, at.y, at.z)
READ_AS(read_only, image2d_depth_t, int2, 2d, f, float, FIRST, at.x, at.y)
READ_AS(read_write, image2d_depth_t, int2, 2d, f, float, FIRST, at.x, at.y)
READ_AS(read_only, image2d_array_depth_t, int4, 2darray, f, float, FIRST, at.x, at.y, at.z)
READ_AS(read_write, image2d_array_depth_t, int4, 2darray, f, float, FIRST, at.x, at.y, at.z)

// ---- sRGB ---------------------------------------------------------------------------------------------------

#define FORMAT_MASK  (0x1ffu << 20)
#define FORMAT_UNORM (56u << 20) // 8_8_8_8_UNORM
#define FORMAT_SRGB  (130u << 20)

// The transfer function of IEC 61966-2-1, far more exact than the 8 bits that are kept of it. A NaN is 0.
static float nonlinear(float linear)
{
    linear = fmin(fmax(linear, 0.0f), 1.0f);
    float power = __builtin_amdgcn_exp2f(__builtin_amdgcn_logf(linear) * (1.0f / 2.4f));
    return linear < 0.0031308f ? linear * 12.92f : 1.055f * power - 0.055f;
}

static bool is_srgb(uint8 descriptor) { return (descriptor.s1 & FORMAT_MASK) == FORMAT_SRGB; }

// Makes both what a texture unit writes as they are.
static void convert(float4 *color, uint8 *descriptor)
{
    if (!is_srgb(*descriptor)) return;
    *color = (float4)(nonlinear(color->x), nonlinear(color->y), nonlinear(color->z), color->w);
    descriptor->s1 ^= FORMAT_SRGB ^ FORMAT_UNORM;
}

#define STORES(name, ...)                                                                                          \
    void store_##name(float4, int mask, __VA_ARGS__, uint8, int, int) __asm(STORE_NAME(float, name, ""));          \
    void store_half_##name(half4, int mask, __VA_ARGS__, uint8, int, int) __asm(STORE_NAME(half, name, ""));       \
    void store_mip_##name(float4, int mask, __VA_ARGS__, int, uint8, int, int)                                     \
        __asm(STORE_NAME(float, name, "mip."));
#define STORE_NAME(kind, name, mip) "llvm.amdgcn.image.store." mip #name ".v4" BITS_##kind ".i32.v8i32"
#define BITS_float                  "f32"
#define BITS_half                   "f16"

STORES(1d, int)
STORES(1darray, int, int)
STORES(2d, int, int)
STORES(2darray, int, int, int)
STORES(3d, int, int, int)

// All components are written, whole and without a word of what failed.
#define WRITE_OF(access, image, place, name, ...)                                                                  \
    BUILTIN void write_imagef(access image to, place at, float4 color)                                             \
    {                                                                                                              \
        uint8 descriptor = DESCRIPTOR(to);                                                                         \
        convert(&color, &descriptor);                                                                              \
        store_##name(color, 15, __VA_ARGS__, descriptor, 0, 0);                                                    \
    }                                                                                                              \
    BUILTIN void write_imagef(access image to, place at, int level, float4 color)                                  \
    {                                                                                                              \
        uint8 descriptor = DESCRIPTOR(to);                                                                         \
        convert(&color, &descriptor);                                                                              \
        store_mip_##name(color, 15, __VA_ARGS__, level, descriptor, 0, 0);                                         \
    }                                                                                                              \
    BUILTIN void write_imageh(access image to, place at, half4 color)                                              \
    {                                                                                                              \
        uint8 descriptor = DESCRIPTOR(to);                                                                         \
        if (is_srgb(descriptor))                                                                                   \
            write_imagef(to, at, (float4)(color.x, color.y, color.z, color.w));                                    \
        else                                                                                                       \
            store_half_##name(color, 15, __VA_ARGS__, descriptor, 0, 0);                                           \
    }
#define WRITE(image, place, name, ...)                                                                             \
    WRITE_OF(write_only, image, place, name, __VA_ARGS__)                                                          \
    WRITE_OF(read_write, image, place, name, __VA_ARGS__)
WRITE(image1d_t, int, 1d, at)
WRITE(image1d_array_t, int2, 1darray, at.x, at.y)
WRITE(image2d_t, int2, 2d, at.x, at.y)
WRITE(image2d_array_t, int4, 2darray, at.x, at.y, at.z)
WRITE(image3d_t, int4, 3d, at.x, at.y, at.z)
