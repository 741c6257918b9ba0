// cl_intel_subgroups' blocks, and those of _char, _short and _long: what all of a sub-group read or write
// together. Of images the bytes are meant, without their format; so their descriptors, which are GFX10's
// here, are given another. The size of a texel stays, on which the place of each depends in tiled images.
//
// Source: cl_intel_subgroups (revision 9), "Sub-group Read and Write Functions"; AMD's RDNA 2 ISA, "Image
// Resource Descriptor" and "Buffer Image Data Formats".

#define BUILTIN __attribute__((overloadable, always_inline))

BUILTIN uint sub_group_shuffle(uint x, uint lane);

// ---- Buffers
// ------------------------------------------------------------------------------------------------------------

// From one vector to that of twice as many: so many times the sub-group's size further on.
#define BUFFER_ONE(T, kind)                                                                                  \
    BUILTIN T intel_sub_group_block_read_##kind(const global T *p) { return p[get_sub_group_local_id()]; }   \
    BUILTIN void intel_sub_group_block_write_##kind(global T *p, T x) { p[get_sub_group_local_id()] = x; }
#define BUFFER(T, kind, half, count, distance)                                                               \
    BUILTIN T##count intel_sub_group_block_read_##kind##count(const global T *p)                             \
    {                                                                                                        \
        return (T##count)(intel_sub_group_block_read_##kind##half(p),                                        \
                          intel_sub_group_block_read_##kind##half(p + distance * get_max_sub_group_size())); \
    }                                                                                                        \
    BUILTIN void intel_sub_group_block_write_##kind##count(global T *p, T##count x)                          \
    {                                                                                                        \
        intel_sub_group_block_write_##kind##half(p, x.lo);                                                   \
        intel_sub_group_block_write_##kind##half(p + distance * get_max_sub_group_size(), x.hi);             \
    }
#define BUFFERS(T, kind)                                                                                     \
    BUFFER_ONE(T, kind) BUFFER(T, kind, , 2, 1) BUFFER(T, kind, 2, 4, 2) BUFFER(T, kind, 4, 8, 4)
BUFFERS(uchar, uc)
BUFFERS(ushort, us)
BUFFERS(uint, ui)
BUFFERS(ulong, ul)
BUFFER(uchar, uc, 8, 16, 8)
BUFFER(ushort, us, 8, 16, 8)

#define BUFFER_ALIAS(count)                                                                                  \
    BUILTIN uint##count intel_sub_group_block_read##count(const global uint *p)                              \
    {                                                                                                        \
        return intel_sub_group_block_read_ui##count(p);                                                      \
    }                                                                                                        \
    BUILTIN void intel_sub_group_block_write##count(global uint *p, uint##count x)                           \
    {                                                                                                        \
        intel_sub_group_block_write_ui##count(p, x);                                                         \
    }
BUFFER_ALIAS()
BUFFER_ALIAS(2)
BUFFER_ALIAS(4)
BUFFER_ALIAS(8)

// ---- Rows of images
// -------------------------------------------------------------------------------------------------------

#define DESCRIPTOR(image) (*__builtin_astype(image, const constant uint8 *))

enum { FORMAT_SHIFT = 20, FORMAT_BITS = 0x1ff, SELECT_RED = 4, SELECT_BITS = 7 };
enum {
    FORMAT_8_UINT = 5,
    FORMAT_8_SINT = 6,
    FORMAT_16_UINT = 11,
    FORMAT_8_8_SINT = 19,
    FORMAT_32_UINT = 20,
    FORMAT_8_SRGB = 128,
    FORMAT_8_8_SRGB = 129,
    FORMAT_5_6_5_UNORM = 133, // and what comes after it
};

// Larger texels' behaviour is undefined: of such images this is a part.
static uint texel_size(uint8 descriptor)
{
    uint format = descriptor.s1 >> FORMAT_SHIFT & FORMAT_BITS;
    if (format <= FORMAT_8_SINT || format == FORMAT_8_SRGB) return 1;
    if (format <= FORMAT_8_8_SINT || format == FORMAT_8_8_SRGB || format >= FORMAT_5_6_5_UNORM) return 2;
    return 4;
}

static uint8 bare(uint8 descriptor, uint texel)
{
    uint format = texel == 1 ? FORMAT_8_UINT : texel == 2 ? FORMAT_16_UINT : FORMAT_32_UINT;
    descriptor.s1 = (descriptor.s1 & ~(uint)(FORMAT_BITS << FORMAT_SHIFT)) | format << FORMAT_SHIFT;
    descriptor.s3 = (descriptor.s3 & ~(uint)SELECT_BITS) | SELECT_RED;
    return descriptor;
}

float texel_load(int mask, int x, int y, uint8, int, int) __asm("llvm.amdgcn.image.load.2d.f32.i32.v8i32");
void texel_store(float, int mask, int x, int y, uint8, int,
                 int) __asm("llvm.amdgcn.image.store.2d.f32.i32.v8i32");

static uint lowest(uint word, uint bytes) { return word & ~0u >> (32 - 8 * bytes); }

// `bytes` (1, 2 or 4) from byte `x` of a row on, which need not be where a texel begins. Outside of the image
// lies its edge.
static uint row_read(uint8 descriptor, int2 size, int x, int y, uint bytes)
{
    uint texel = texel_size(descriptor), step = min(texel, bytes), value = 0;
    uint8 surface = bare(descriptor, texel);
    if (x & (int)(step - 1)) step = 1;
    y = clamp(y, 0, size.y - 1);
    for (uint i = 0; i < bytes; i += step) {
        int at = x + (int)i;
        int column = clamp(at >> (texel >> 1), 0, size.x - 1);
        uint word = as_uint(texel_load(1, column, y, surface, 0, 0)) >> (at & (int)(texel - 1)) * 8;
        value |= lowest(word, step) << 8 * i;
    }
    return value;
}

// Lanes that share a texel give their bytes to the first of them. Outside of the image nothing is written. (What is
// larger than a texel holds, it would hold as the largest number.)
static void row_write(uint8 descriptor, int x, int y, uint value, uint bytes)
{
    uint texel = texel_size(descriptor), lanes = max(texel / bytes, 1u), lane = get_sub_group_local_id();
    uint8 surface = bare(descriptor, texel);
    uint word = value;
    for (uint i = 1; i < lanes; i++) word |= sub_group_shuffle(value, lane + i) << 8 * bytes * i;
    if (lane & (lanes - 1)) return;
    for (uint i = 0; i < bytes; i += texel)
        texel_store(as_float(lowest(word >> 8 * i, texel)), 1, (x + (int)i) >> (texel >> 1), y, surface, 0, 0);
}

static ulong row_read_long(uint8 descriptor, int2 size, int x, int y)
{
    uint low = row_read(descriptor, size, x, y, 4), high = row_read(descriptor, size, x + 4, y, 4);
    return as_ulong((uint2)(low, high));
}

static void row_write_long(uint8 descriptor, int x, int y, ulong value)
{
    row_write(descriptor, x, y, (uint)value, 4);
    row_write(descriptor, x + 4, y, (uint)(value >> 32), 4);
}

#define READ(T, image, x, y)                                                                                 \
    (T) row_read(DESCRIPTOR(image), (int2)(get_image_width(image), get_image_height(image)), x, y, sizeof(T))
#define READ_LONG(T, image, x, y)                                                                            \
    row_read_long(DESCRIPTOR(image), (int2)(get_image_width(image), get_image_height(image)), x, y)
#define WRITE(T, image, x, y, value)      row_write(DESCRIPTOR(image), x, y, value, sizeof(T))
#define WRITE_LONG(T, image, x, y, value) row_write_long(DESCRIPTOR(image), x, y, value)

// From one vector to that of twice as many: so many rows further down.
#define READ_ONE(access, T, kind, READ)                                                                      \
    BUILTIN T intel_sub_group_block_read_##kind(access image2d_t image, int2 at)                             \
    {                                                                                                        \
        return READ(T, image, at.x + (int)(get_sub_group_local_id() * sizeof(T)), at.y);                     \
    }
#define READ_MORE(access, T, kind, half, count, rows)                                                        \
    BUILTIN T##count intel_sub_group_block_read_##kind##count(access image2d_t image, int2 at)               \
    {                                                                                                        \
        return (T##count)(intel_sub_group_block_read_##kind##half(image, at),                                \
                          intel_sub_group_block_read_##kind##half(image, at + (int2)(0, rows)));             \
    }
#define WRITE_ONE(access, T, kind, WRITE)                                                                    \
    BUILTIN void intel_sub_group_block_write_##kind(access image2d_t image, int2 at, T x)                    \
    {                                                                                                        \
        WRITE(T, image, at.x + (int)(get_sub_group_local_id() * sizeof(T)), at.y, x);                        \
    }
#define WRITE_MORE(access, T, kind, half, count, rows)                                                       \
    BUILTIN void intel_sub_group_block_write_##kind##count(access image2d_t image, int2 at, T##count x)      \
    {                                                                                                        \
        intel_sub_group_block_write_##kind##half(image, at, x.lo);                                           \
        intel_sub_group_block_write_##kind##half(image, at + (int2)(0, rows), x.hi);                         \
    }
#define ALL(access, ONE, MORE, T, kind, ROW)                                                                 \
    ONE(access, T, kind, ROW)                                                                                \
    MORE(access, T, kind, , 2, 1) MORE(access, T, kind, 2, 4, 2) MORE(access, T, kind, 4, 8, 4)
#define IMAGES(T, kind, READ, WRITE)                                                                         \
    ALL(read_only, READ_ONE, READ_MORE, T, kind, READ)                                                       \
    ALL(read_write, READ_ONE, READ_MORE, T, kind, READ)                                                      \
    ALL(write_only, WRITE_ONE, WRITE_MORE, T, kind, WRITE)                                                   \
    ALL(read_write, WRITE_ONE, WRITE_MORE, T, kind, WRITE)
IMAGES(uchar, uc, READ, WRITE)
IMAGES(ushort, us, READ, WRITE)
IMAGES(uint, ui, READ, WRITE)
IMAGES(ulong, ul, READ_LONG, WRITE_LONG)
#define SIXTEEN(T, kind)                                                                                     \
    READ_MORE(read_only, T, kind, 8, 16, 8)                                                                  \
    READ_MORE(read_write, T, kind, 8, 16, 8)                                                                 \
    WRITE_MORE(write_only, T, kind, 8, 16, 8)                                                                \
    WRITE_MORE(read_write, T, kind, 8, 16, 8)
SIXTEEN(uchar, uc)
SIXTEEN(ushort, us)

#define READ_ALIAS(access, count)                                                                            \
    BUILTIN uint##count intel_sub_group_block_read##count(access image2d_t image, int2 at)                   \
    {                                                                                                        \
        return intel_sub_group_block_read_ui##count(image, at);                                              \
    }
#define WRITE_ALIAS(access, count)                                                                           \
    BUILTIN void intel_sub_group_block_write##count(access image2d_t image, int2 at, uint##count x)          \
    {                                                                                                        \
        intel_sub_group_block_write_ui##count(image, at, x);                                                 \
    }
#define ALIASES(count)                                                                                       \
    READ_ALIAS(read_only, count)                                                                             \
    READ_ALIAS(read_write, count)                                                                            \
    WRITE_ALIAS(write_only, count)                                                                           \
    WRITE_ALIAS(read_write, count)
ALIASES()
ALIASES(2)
ALIASES(4)
ALIASES(8)
