// Reading, writing, copying, filling and mapping images of every type and format: random regions and pitches,
// against a plain model in C. Images where the host, a buffer or another image has the texels.
//
// usage: test_api_image_commands [seed]
#include "image_model.h"
#include "session.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct session session;

static const cl_mem_object_type types[] = {
    CL_MEM_OBJECT_IMAGE1D, CL_MEM_OBJECT_IMAGE1D_ARRAY, CL_MEM_OBJECT_IMAGE1D_BUFFER,
    CL_MEM_OBJECT_IMAGE2D, CL_MEM_OBJECT_IMAGE2D_ARRAY, CL_MEM_OBJECT_IMAGE3D,
};
enum { TYPES = sizeof types / sizeof *types };

static const size_t most[3] = {90, 20, 7}, start[4];

// An image beside its model.
struct subject {
    struct model model;
    cl_mem image, buffer; // `buffer`: what it lies in, or NULL
    uint8_t *host;        // CL_MEM_USE_HOST_PTR's, or NULL
    size_t row, slice;    // pitches of the host's texels
};

#define FAIL(subject, what, ...)                                                                             \
    fail_msg("%s: type %x, format %x %x: " what, __func__, (subject)->model.type,                            \
             (subject)->model.format.image_channel_order, (subject)->model.format.image_channel_data_type,   \
             __VA_ARGS__)

static bool has_rows(const struct model *model)
{
    return model->type == CL_MEM_OBJECT_IMAGE2D || model->type == CL_MEM_OBJECT_IMAGE2D_ARRAY ||
           model->type == CL_MEM_OBJECT_IMAGE3D;
}

static bool has_slices(const struct model *model)
{
    return model->type == CL_MEM_OBJECT_IMAGE1D_ARRAY || model->type == CL_MEM_OBJECT_IMAGE2D_ARRAY ||
           model->type == CL_MEM_OBJECT_IMAGE3D;
}

// Where in memory with these pitches a region's texel is.
static size_t place(const struct model *model, size_t x, size_t y, size_t z, size_t row, size_t slice)
{
    size_t y_pitch = model->type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? slice : row;
    return x * model->texel + y * y_pitch + z * slice;
}

// ---- Making -------------------------------------------------------------------------------------------

static void subject_create(struct subject *subject, cl_mem_object_type type, const cl_image_format *format,
                           cl_mem_flags flags, bool pitched)
{
    cl_int status;
    *subject = (struct subject){0};
    struct model *model = &subject->model;
    model_create(model, type, format, most);
    cl_image_desc description = model_description(model);
    if (type == CL_MEM_OBJECT_IMAGE1D_BUFFER) {
        subject->buffer =
            clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, model_bytes(model), model->texels, &status);
        assert_int_equal(status, CL_SUCCESS);
        description.mem_object = subject->buffer;
        subject->image = clCreateImage(session.context, 0, format, &description, NULL, &status);
        assert_int_equal(status, CL_SUCCESS);
        return;
    }
    subject->row = model->size[0] * model->texel;
    if (pitched) subject->row += random_number(4) * model->texel;
    size_t rows = has_rows(model) ? model->size[1] : 1;
    subject->slice = subject->row * (rows + (pitched ? random_number(3) : 0));
    subject->host = calloc(model->size[2] * model->size[1] + 4, subject->slice);
    for (size_t z = 0; z < model->size[2]; z++)
        for (size_t y = 0; y < model->size[1]; y++)
            memcpy(subject->host + place(model, 0, y, z, subject->row, subject->slice),
                   model_texel(model, 0, y, z), model->size[0] * model->texel);
    if (pitched) description.image_row_pitch = subject->row;
    if (pitched && has_slices(model)) description.image_slice_pitch = subject->slice;
    subject->image = clCreateImage(session.context, flags, format, &description, subject->host, &status);
    if (status) FAIL(subject, "%d", status);
    if (flags & CL_MEM_USE_HOST_PTR) return;
    free(subject->host); // nobody is to look there any more
    subject->host = NULL;
}

static void subject_destroy(struct subject *subject)
{
    assert_int_equal(clReleaseMemObject(subject->image), CL_SUCCESS);
    if (subject->buffer) assert_int_equal(clReleaseMemObject(subject->buffer), CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS); // it keeps what it uses
    free(subject->host);
    model_destroy(&subject->model);
}

static void subject_check(const struct subject *subject, const char *after)
{
    const struct model *model = &subject->model;
    uint8_t *texels = malloc(model_bytes(model));
    size_t told[4];
    model_origin(model, start, told);
    assert_int_equal(clEnqueueReadImage(session.queue, subject->image, CL_TRUE, told, model->size, 0, 0,
                                        texels, 0, NULL, NULL),
                     CL_SUCCESS);
    for (size_t i = 0; i < model_bytes(model); i += model->texel)
        if (!texels_equal(&model->format, texels + i, model->texels + i))
            FAIL(subject, "after %s, texel %zu of %zu x %zu x %zu, level %u", after, i / model->texel,
                 model->size[0], model->size[1], model->size[2], model->level);
    free(texels);
}

// ---- Commands -----------------------------------------------------------------------------------------

// Memory of the host's for a region, with random pitches.
struct memory {
    uint8_t *bytes;
    size_t row, slice, size;
};

static struct memory memory_create(const struct model *model, const size_t region[3])
{
    struct memory memory = {.row = region[0] * model->texel + random_number(3) * model->texel};
    memory.slice = memory.row * (has_rows(model) ? region[1] : 1) + random_number(2) * memory.row;
    memory.size = memory.slice * region[1] * region[2] + memory.row * region[1];
    memory.bytes = malloc(memory.size);
    for (size_t i = 0; i < memory.size; i++) memory.bytes[i] = (uint8_t)random_number(256);
    return memory;
}

#define EACH_TEXEL(region)                                                                                   \
    for (size_t z = 0; z < (region)[2]; z++)                                                                 \
        for (size_t y = 0; y < (region)[1]; y++)                                                             \
            for (size_t x = 0; x < (region)[0]; x++)

static uint8_t *texel_of(const struct model *model, const size_t origin[3], size_t x, size_t y, size_t z)
{
    return model_texel(model, origin[0] + x, origin[1] + y, origin[2] + z);
}

// A region, and its origin as commands want to be told.
static void choose(const struct model *model, size_t origin[3], size_t region[3], size_t told[4])
{
    model_region(model, origin, region);
    model_origin(model, origin, told);
}

static void write_region(struct subject *subject)
{
    const struct model *model = &subject->model;
    size_t origin[3], region[3], told[4];
    choose(model, origin, region, told);
    struct memory from = memory_create(model, region);
    EACH_TEXEL(region)
    {
        uint8_t *texel = from.bytes + place(model, x, y, z, from.row, from.slice);
        texel_random(&model->format, texel);
        memcpy(texel_of(model, origin, x, y, z), texel, model->texel);
    }
    assert_int_equal(clEnqueueWriteImage(session.queue, subject->image, CL_TRUE, told, region, from.row,
                                         has_slices(model) ? from.slice : 0, from.bytes, 0, NULL, NULL),
                     CL_SUCCESS);
    free(from.bytes);
    subject_check(subject, "a write");
}

static void read_region(struct subject *subject)
{
    const struct model *model = &subject->model;
    size_t origin[3], region[3], told[4];
    choose(model, origin, region, told);
    struct memory to = memory_create(model, region);
    uint8_t *before = malloc(to.size);
    memcpy(before, to.bytes, to.size);
    assert_int_equal(clEnqueueReadImage(session.queue, subject->image, CL_TRUE, told, region, to.row,
                                        has_slices(model) ? to.slice : 0, to.bytes, 0, NULL, NULL),
                     CL_SUCCESS);
    EACH_TEXEL(region)
    memcpy(before + place(model, x, y, z, to.row, to.slice),
           to.bytes + place(model, x, y, z, to.row, to.slice), model->texel);
    assert_memory_equal(before, to.bytes, to.size); // between rows nothing is written
    EACH_TEXEL(region)
    if (!texels_equal(&model->format, to.bytes + place(model, x, y, z, to.row, to.slice),
                      texel_of(model, origin, x, y, z)))
        FAIL(subject, "texel %zu %zu %zu", x, y, z);
    free(before);
    free(to.bytes);
}

static void fill_region(struct subject *subject)
{
    const struct model *model = &subject->model;
    size_t origin[3], region[3], told[4];
    uint8_t texel[TEXEL_MAX];
    double exact[4];
    union {
        float f[4];
        int32_t i[4];
        uint32_t u[4];
    } color;
    choose(model, origin, region, told);
    texel_random(&model->format, texel);
    texel_decode(&model->format, texel, exact);
    for (unsigned i = 0; i < 4; i++) {
        char kind = format_kind(&model->format);
        if (kind == 'i') color.i[i] = (int32_t)exact[i];
        if (kind == 'u') color.u[i] = (uint32_t)exact[i];
        if (kind == 'f') color.f[i] = (float)exact[i];
    }
    assert_int_equal(clEnqueueFillImage(session.queue, subject->image, &color, told, region, 0, NULL, NULL),
                     CL_SUCCESS);
    EACH_TEXEL(region) memcpy(texel_of(model, origin, x, y, z), texel, model->texel);
    subject_check(subject, "a fill");
}

// To a buffer and back to another place of the image.
static void copy_by_buffer(struct subject *subject)
{
    const struct model *model = &subject->model;
    size_t from[3], region[3], to[3], offset = random_number(8) * model->texel, bytes;
    size_t from_told[4], to_told[4];
    cl_int status;
    choose(model, from, region, from_told);
    for (unsigned i = 0; i < 3; i++) to[i] = random_number((uint32_t)(model->size[i] - region[i] + 1));
    model_origin(model, to, to_told);
    bytes = region[0] * region[1] * region[2] * model->texel;
    cl_mem buffer = clCreateBuffer(session.context, 0, offset + bytes, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clEnqueueCopyImageToBuffer(session.queue, subject->image, buffer, from_told, region,
                                                offset, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueCopyBufferToImage(session.queue, buffer, subject->image, offset, to_told,
                                                region, 0, NULL, NULL),
                     CL_SUCCESS);
    uint8_t *texels = malloc(bytes), *at = texels;
    EACH_TEXEL(region)
    {
        memcpy(at, texel_of(model, from, x, y, z), model->texel);
        at += model->texel;
    }
    at = texels;
    EACH_TEXEL(region)
    {
        memcpy(texel_of(model, to, x, y, z), at, model->texel);
        at += model->texel;
    }
    free(texels);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    subject_check(subject, "copies by a buffer");
}

// Changes a texel that is mapped for reading. Where that is the image's own it is put right again; a copy's
// change is to be dropped.
static void spoil(const struct subject *subject, const size_t told[4], uint8_t *mapped)
{
    const size_t one[3] = {1, 1, 1}, size = subject->model.texel;
    uint8_t before[16], there[16];
    memcpy(before, mapped, size);
    for (size_t i = 0; i < size; i++) mapped[i] ^= 0xff;
    assert_int_equal(
        clEnqueueReadImage(session.queue, subject->image, CL_TRUE, told, one, 0, 0, there, 0, NULL, NULL),
        CL_SUCCESS);
    if (memcmp(there, before, size) != 0) memcpy(mapped, before, size);
}

// Two mappings at a time, of which one reads and one writes; the second one ends first.
static void map_region(struct subject *subject)
{
    const struct model *model = &subject->model;
    size_t origin[3], region[3], told[4], row, slice;
    cl_int status;
    cl_map_flags writes = random_number(2) ? CL_MAP_WRITE : CL_MAP_WRITE_INVALIDATE_REGION;
    choose(model, origin, region, told);
    uint8_t *read = clEnqueueMapImage(session.queue, subject->image, CL_TRUE, CL_MAP_READ, told, region, &row,
                                      &slice, 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_true(has_slices(model) || !slice);
    if (subject->host) {
        assert_ptr_equal(read, subject->host + place(model, origin[0], origin[1], origin[2], subject->row,
                                                     subject->slice));
        assert_int_equal(row, subject->row);
    }
    EACH_TEXEL(region)
    if (!texels_equal(&model->format, read + place(model, x, y, z, row, slice),
                      texel_of(model, origin, x, y, z)))
        FAIL(subject, "texel %zu %zu %zu", x, y, z);
    spoil(subject, told, read);
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, subject->image, read, 0, NULL, NULL), CL_SUCCESS);
    subject_check(subject, "a map for reading");
    choose(model, origin, region, told);
    uint8_t *written = clEnqueueMapImage(session.queue, subject->image, CL_TRUE, writes, told, region, &row,
                                         &slice, 0, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    EACH_TEXEL(region)
    {
        texel_random(&model->format, texel_of(model, origin, x, y, z));
        memcpy(written + place(model, x, y, z, row, slice), texel_of(model, origin, x, y, z), model->texel);
    }
    assert_int_equal(clEnqueueUnmapMemObject(session.queue, subject->image, written, 0, NULL, NULL),
                     CL_SUCCESS);
    subject_check(subject, "a map");
}

// ---- Every type and format ----------------------------------------------------------------------------

static cl_uint formats_find(cl_mem_object_type type, cl_image_format formats[256])
{
    cl_uint count;
    assert_int_equal(
        clGetSupportedImageFormats(session.context, CL_MEM_READ_WRITE, type, 256, formats, &count),
        CL_SUCCESS);
    assert_in_range(count, 1, 256);
    return count;
}

static void (*const commands[])(struct subject *) = {write_region, read_region, fill_region, copy_by_buffer,
                                                     map_region};
enum { COMMANDS = sizeof commands / sizeof *commands };

// Each in some order, some twice.
static void commands_try(struct subject *subject)
{
    unsigned first = random_number(COMMANDS), more = random_number(COMMANDS);
    for (unsigned k = 0; k < COMMANDS + more; k++) commands[(first + k) % COMMANDS](subject);
}

static void every_format(cl_mem_flags flags, bool pitched)
{
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i], formats);
        for (cl_uint j = 0; j < count; j++) {
            struct subject subject;
            subject_create(&subject, types[i], &formats[j], flags, pitched);
            subject_check(&subject, "its creation");
            commands_try(&subject);
            subject_destroy(&subject);
        }
    }
}

static void of_their_own(void **state)
{
    (void)state;
    every_format(CL_MEM_COPY_HOST_PTR, false);
}

static void copied_from_pitches(void **state)
{
    (void)state;
    every_format(CL_MEM_COPY_HOST_PTR | CL_MEM_ALLOC_HOST_PTR, true);
}

static void in_the_hosts_memory(void **state)
{
    (void)state;
    every_format(CL_MEM_USE_HOST_PTR, true);
}

static void subject_create_in_buffer(struct subject *subject, cl_mem_object_type type,
                                     const cl_image_format *format)
{
    size_t pitches[2];
    *subject = (struct subject){0};
    model_create(&subject->model, type, format, most);
    subject->image = model_in_buffer(&subject->model, session.context, 4096, pitches, &subject->buffer);
}

static void in_buffers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i], formats);
        for (cl_uint j = 0; j < count; j++) {
            struct subject subject;
            subject_create_in_buffer(&subject, types[i], &formats[j]);
            subject_check(&subject, "its creation");
            commands_try(&subject);
            subject_destroy(&subject);
        }
    }
}

// ---- Mipmaps ------------------------------------------------------------------------------------------

enum { LEVELS_MAX = 7 }; // of 90 texels

// Each level is a subject of its own, of the same image: what is done to one is not seen in another.
struct mipmap {
    cl_mem image;
    unsigned count;
    struct subject levels[LEVELS_MAX];
};

static void mipmap_create(struct mipmap *mipmap, cl_mem_object_type type, const cl_image_format *format,
                          cl_mem_flags flags)
{
    struct model first;
    cl_int status;
    size_t largest = 0;
    model_create(&first, type, format, most);
    cl_image_desc description = model_description(&first);
    if (description.image_width > largest) largest = description.image_width;
    if (description.image_height > largest) largest = description.image_height;
    if (description.image_depth > largest) largest = description.image_depth;
    for (mipmap->count = 1; largest >> mipmap->count;) mipmap->count++;
    if (mipmap->count > 2) mipmap->count -= random_number(mipmap->count - 1); // two at least
    description.num_mip_levels = mipmap->count;
    mipmap->image = clCreateImage(session.context, flags, format, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    for (unsigned i = 0; i < mipmap->count; i++) {
        struct subject *level = &mipmap->levels[i];
        size_t told[4];
        *level = (struct subject){.image = mipmap->image};
        model_create_level(&level->model, &first, i);
        level->model.mipmap = mipmap->count > 1;
        model_origin(&level->model, start, told);
        assert_int_equal(clEnqueueWriteImage(session.queue, mipmap->image, CL_TRUE, told, level->model.size,
                                             0, 0, level->model.texels, 0, NULL, NULL),
                         CL_SUCCESS);
    }
    model_destroy(&first);
}

static void mipmap_destroy(struct mipmap *mipmap)
{
    cl_uint levels;
    assert_int_equal(clGetImageInfo(mipmap->image, CL_IMAGE_NUM_MIP_LEVELS, sizeof levels, &levels, NULL),
                     CL_SUCCESS);
    assert_int_equal(levels, mipmap->count);
    for (unsigned i = 0; i < mipmap->count; i++) {
        subject_check(&mipmap->levels[i], "all that was done to the others");
        model_destroy(&mipmap->levels[i].model);
    }
    assert_int_equal(clReleaseMemObject(mipmap->image), CL_SUCCESS);
}

static void copy_between(struct subject *from, struct subject *to)
{
    size_t region[3], at[3], there[3], at_told[4], there_told[4];
    for (unsigned k = 0; k < 3; k++) {
        size_t a = from->model.size[k], b = to->model.size[k];
        region[k] = 1 + random_number((uint32_t)(a < b ? a : b));
        at[k] = random_number((uint32_t)(a - region[k] + 1));
        there[k] = random_number((uint32_t)(b - region[k] + 1));
    }
    model_origin(&from->model, at, at_told);
    model_origin(&to->model, there, there_told);
    assert_int_equal(
        clEnqueueCopyImage(session.queue, from->image, to->image, at_told, there_told, region, 0, NULL, NULL),
        CL_SUCCESS);
    EACH_TEXEL(region)
    memcpy(texel_of(&to->model, there, x, y, z), texel_of(&from->model, at, x, y, z), to->model.texel);
    subject_check(to, "a copy");
}

static void levels_of_every_format(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i], formats);
        for (cl_uint j = 0; j < count && types[i] != CL_MEM_OBJECT_IMAGE1D_BUFFER; j++) {
            struct mipmap mipmap;
            if (formats[j].image_channel_order == CL_DEPTH) continue;
            mipmap_create(&mipmap, types[i], &formats[j], random_number(2) ? CL_MEM_ALLOC_HOST_PTR : 0);
            for (unsigned k = 0; k < mipmap.count; k++) {
                commands_try(&mipmap.levels[k]);
                unsigned other = (k + 1 + random_number(mipmap.count)) % mipmap.count;
                if (other != k) copy_between(&mipmap.levels[k], &mipmap.levels[other]);
            }
            mipmap_destroy(&mipmap);
        }
    }
}

// ---- Between images -----------------------------------------------------------------------------------

// Wherever the texels may lie.
static void subject_create_anywhere(struct subject *subject, cl_mem_object_type type,
                                    const cl_image_format *format)
{
    switch (random_number(4)) {
    case 0:
        return subject_create(subject, type, format, CL_MEM_USE_HOST_PTR, true);
    case 1:
        return subject_create_in_buffer(subject, type, format);
    default:
        return subject_create(subject, type, format, CL_MEM_COPY_HOST_PTR, random_number(2));
    }
}

static bool is_format_of(cl_mem_object_type type, const cl_image_format *format)
{
    cl_image_format formats[256];
    cl_uint count = formats_find(type, formats);
    for (cl_uint i = 0; i < count; i++)
        if (!memcmp(&formats[i], format, sizeof *format)) return true;
    return false;
}

// Every format of each type to some type that has it, too, and back.
static void copies_between_types(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i], formats);
        for (cl_uint j = 0; j < count; j++) {
            struct subject from, to;
            cl_mem_object_type other = types[random_number(TYPES)];
            if (!is_format_of(other, &formats[j])) other = types[i];
            subject_create_anywhere(&from, types[i], &formats[j]);
            subject_create_anywhere(&to, other, &formats[j]);
            for (unsigned n = 1 + random_number(3); n; n--) {
                copy_between(&from, &to);
                copy_between(&to, &from);
            }
            subject_destroy(&from);
            subject_destroy(&to);
        }
    }
}

// ---- In buffers and of images -------------------------------------------------------------------------

static void planes_in_buffers(void **state)
{
    enum { WIDE = 256, HIGH = 5, PITCH = 2 * WIDE * 4, OFFSET = 1024 };
    cl_int status;
    cl_uint pitch, base;
    cl_mem parent;
    const cl_image_format format = {CL_RGBA, CL_UNORM_INT8};
    const uint8_t letters[4] = {'a', 'b', 'c', 'd'};
    static uint8_t bytes[OFFSET + HIGH * PITCH], texels[HIGH][WIDE * 4], back[sizeof bytes];
    (void)state;
    clGetDeviceInfo(session.device, CL_DEVICE_IMAGE_PITCH_ALIGNMENT, sizeof pitch, &pitch, NULL);
    clGetDeviceInfo(session.device, CL_DEVICE_IMAGE_BASE_ADDRESS_ALIGNMENT, sizeof base, &base, NULL);
    assert_true(pitch && base && WIDE % pitch == 0 && OFFSET % (base * 4) == 0);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (uint8_t)random_number(256);
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, sizeof bytes, bytes, &status);
    const cl_buffer_region region = {OFFSET, HIGH * PITCH};
    cl_mem part = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    const cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE2D,
                                       .image_width = WIDE,
                                       .image_height = HIGH,
                                       .image_row_pitch = PITCH,
                                       .mem_object = part};
    cl_mem image = clCreateImage(session.context, 0, &format, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetImageInfo(image, CL_IMAGE_BUFFER, sizeof(cl_mem), &parent, NULL), CL_SUCCESS);
    assert_ptr_equal(parent, part);
    assert_int_equal(clReleaseMemObject(part), CL_SUCCESS); // the image keeps it
    const size_t all[3] = {WIDE, HIGH, 1}, one[3] = {1, 1, 1}, at[3] = {7, 3, 0};
    assert_int_equal(
        clEnqueueReadImage(session.queue, image, CL_TRUE, start, all, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    for (size_t y = 0; y < HIGH; y++)
        assert_memory_equal(texels[y], bytes + OFFSET + y * PITCH, sizeof texels[y]);
    assert_int_equal(
        clEnqueueWriteImage(session.queue, image, CL_TRUE, at, one, 0, 0, letters, 0, NULL, NULL),
        CL_SUCCESS);
    memcpy(bytes + OFFSET + 3 * PITCH + 7 * 4, letters, sizeof letters);
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, sizeof back, back, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_memory_equal(back, bytes, sizeof bytes);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
}

// An image's bytes read as sRGB: what a kernel gets is linear.
static void views_of_images(void **state)
{
    cl_int status;
    const cl_image_format plain = {CL_RGBA, CL_UNORM_INT8}, srgb = {CL_sRGBA, CL_UNORM_INT8};
    const size_t global = 256, sizes[3] = {256, 1, 1};
    uint8_t texels[256][4];
    static float colors[256][4];
    (void)state;
    for (int i = 0; i < 256; i++) memset(texels[i], i, 4);
    cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 256, .image_height = 1};
    cl_mem image = clCreateImage(session.context, 0, &plain, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    description.mem_object = image;
    cl_mem view = clCreateImage(session.context, CL_MEM_READ_ONLY, &srgb, &description, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS); // the view keeps it
    assert_int_equal(
        clEnqueueWriteImage(session.queue, view, CL_TRUE, start, sizes, 0, 0, texels, 0, NULL, NULL),
        CL_SUCCESS);
    cl_kernel kernel = session_kernel(&session,
                                      "kernel void read(read_only image2d_t from, global float4 *to) {"
                                      " int x = get_global_id(0); to[x] = read_imagef(from, (int2)(x, 0)); }",
                                      "read", "");
    cl_mem out = clCreateBuffer(session.context, 0, sizeof colors, NULL, &status);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof view, &view), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof out, &out), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &global, NULL, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(
        clEnqueueReadBuffer(session.queue, out, CL_TRUE, 0, sizeof colors, colors, 0, NULL, NULL),
        CL_SUCCESS);
    for (int i = 0; i < 256; i++) {
        double exact[4];
        texel_decode(&srgb, texels[i], exact);
        for (int c = 0; c < 4; c++) assert_float_equal(colors[i][c], exact[c], 1e-6);
    }
    assert_int_equal(clReleaseMemObject(out), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(view), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
}

// ---- What images in buffers require -------------------------------------------------------------------

static size_t required(const struct model *model, cl_image_requirements_info_ext name)
{
    const cl_image_desc description = model_description(model);
    size_t value = 0;
    assert_int_equal(
        image_requirement(session.context, &model->format, &description, name, sizeof value, &value),
        CL_SUCCESS);
    return value;
}

static cl_mem in_buffer_of(const struct model *model, size_t size, size_t row, size_t slice, cl_int *status)
{
    cl_image_desc description = model_description(model);
    description.image_row_pitch = row;
    description.image_slice_pitch = slice;
    description.mem_object = clCreateBuffer(session.context, 0, size, NULL, status);
    assert_int_equal(*status, CL_SUCCESS);
    cl_mem image = clCreateImage(session.context, 0, &model->format, &description, NULL, status);
    assert_int_equal(clReleaseMemObject(description.mem_object), CL_SUCCESS);
    return image;
}

// A buffer of just the size that is told is enough, one byte less is not.
static void size_is_enough(const struct model *model)
{
    cl_int status;
    size_t size = required(model, CL_IMAGE_REQUIREMENTS_SIZE_EXT), told;
    cl_mem image = in_buffer_of(model, size, 0, 0, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clGetMemObjectInfo(image, CL_MEM_SIZE, sizeof told, &told, NULL), CL_SUCCESS);
    assert_int_equal(told, size);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    if (size == 1) return;
    assert_null(in_buffer_of(model, size - 1, 0, 0, &status));
    assert_int_equal(status, CL_INVALID_IMAGE_SIZE);
}

static void pitch_is_refused(const struct model *model, size_t size, size_t row, size_t slice)
{
    cl_int status;
    assert_null(in_buffer_of(model, size, row, slice, &status));
    assert_int_equal(status, CL_INVALID_IMAGE_FORMAT_DESCRIPTOR);
}

static void pitches_are_checked(const struct model *model)
{
    cl_int status;
    size_t align = required(model, CL_IMAGE_REQUIREMENTS_ROW_PITCH_ALIGNMENT_EXT),
           row = (model->size[0] * model->texel + align - 1) / align * align, slice = row, told,
           bytes = (row + align) * (model->size[1] + 1) * (model->size[2] + 1);
    if (model->type != CL_MEM_OBJECT_IMAGE1D_ARRAY) slice *= model->size[1];
    bool planes = has_slices(model);
    cl_mem image = in_buffer_of(model, bytes, row, planes ? slice : 0, &status);
    assert_int_equal(status, CL_SUCCESS);
    clGetImageInfo(image, CL_IMAGE_ROW_PITCH, sizeof told, &told, NULL);
    assert_int_equal(told, row);
    clGetImageInfo(image, CL_IMAGE_SLICE_PITCH, sizeof told, &told, NULL);
    assert_int_equal(told, planes ? slice : 0);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    if (align == 1) return;
    pitch_is_refused(model, bytes, row + 1, 0);
    if (!planes) return;
    pitch_is_refused(model, bytes, row, slice + 1);
    pitch_is_refused(model, bytes, row, slice + row); // README, Limits
}

static void base_is_checked(const struct model *model)
{
    static uint8_t bytes[1 << 20] __attribute__((aligned(4096)));
    cl_int status;
    cl_image_desc description = model_description(model);
    size_t align = required(model, CL_IMAGE_REQUIREMENTS_BASE_ADDRESS_ALIGNMENT_EXT), most_of_all;
    assert_int_equal(align & (align - 1), 0);
    assert_int_equal(image_requirement(session.context, NULL, NULL,
                                       CL_IMAGE_REQUIREMENTS_BASE_ADDRESS_ALIGNMENT_EXT, sizeof most_of_all,
                                       &most_of_all),
                     CL_SUCCESS);
    assert_true(most_of_all >= align);
    description.mem_object = clCreateBuffer(session.context, CL_MEM_USE_HOST_PTR, sizeof bytes - align,
                                            bytes + (align + 1) / 2, &status);
    cl_mem image = clCreateImage(session.context, 0, &model->format, &description, NULL, &status);
    assert_int_equal(status, align == 1 ? CL_SUCCESS : CL_INVALID_IMAGE_FORMAT_DESCRIPTOR);
    if (image) assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(description.mem_object), CL_SUCCESS);
}

static void requirements_are_met(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++) {
        cl_image_format formats[256];
        cl_uint count = formats_find(types[i], formats);
        for (cl_uint j = 0; j < count; j++) {
            struct model model;
            model_create(&model, types[i], &formats[j], most);
            size_is_enough(&model);
            pitches_are_checked(&model);
            base_is_checked(&model);
            model_destroy(&model);
        }
    }
}

// The largest sizes are those that the device reports.
static void limits_are_told(void **state)
{
    enum { WIDTH, HEIGHT, DEPTH, LAYERS, QUERIES };
    static const cl_image_requirements_info_ext names[QUERIES] = {
        CL_IMAGE_REQUIREMENTS_MAX_WIDTH_EXT, CL_IMAGE_REQUIREMENTS_MAX_HEIGHT_EXT,
        CL_IMAGE_REQUIREMENTS_MAX_DEPTH_EXT, CL_IMAGE_REQUIREMENTS_MAX_ARRAY_SIZE_EXT};
    static const struct {
        cl_mem_object_type type;
        cl_device_info reported[QUERIES]; // 0: the type has no such size
    } rows[] = {
        {CL_MEM_OBJECT_IMAGE1D, {CL_DEVICE_IMAGE2D_MAX_WIDTH, 0, 0, 0}},
        {CL_MEM_OBJECT_IMAGE1D_BUFFER, {CL_DEVICE_IMAGE_MAX_BUFFER_SIZE, 0, 0, 0}},
        {CL_MEM_OBJECT_IMAGE1D_ARRAY, {CL_DEVICE_IMAGE2D_MAX_WIDTH, 0, 0, CL_DEVICE_IMAGE_MAX_ARRAY_SIZE}},
        {CL_MEM_OBJECT_IMAGE2D, {CL_DEVICE_IMAGE2D_MAX_WIDTH, CL_DEVICE_IMAGE2D_MAX_HEIGHT, 0, 0}},
        {CL_MEM_OBJECT_IMAGE2D_ARRAY,
         {CL_DEVICE_IMAGE2D_MAX_WIDTH, CL_DEVICE_IMAGE2D_MAX_HEIGHT, 0, CL_DEVICE_IMAGE_MAX_ARRAY_SIZE}},
        {CL_MEM_OBJECT_IMAGE3D,
         {CL_DEVICE_IMAGE3D_MAX_WIDTH, CL_DEVICE_IMAGE3D_MAX_HEIGHT, CL_DEVICE_IMAGE3D_MAX_DEPTH, 0}},
    };
    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        for (unsigned j = 0; j < QUERIES; j++) {
            const cl_image_desc description = {.image_type = rows[i].type}, any = {0};
            cl_uint most_of_type = 0, most_of_any = 0;
            size_t reported = 0;
            cl_int status = image_requirement(session.context, NULL, &description, names[j],
                                              sizeof most_of_type, &most_of_type);
            assert_int_equal(status, rows[i].reported[j] ? CL_SUCCESS : CL_INVALID_IMAGE_DESCRIPTOR);
            assert_int_equal(image_requirement(session.context, NULL, i % 2 ? NULL : &any, names[j],
                                               sizeof most_of_any, &most_of_any),
                             CL_SUCCESS);
            if (!rows[i].reported[j]) continue;
            clGetDeviceInfo(session.device, rows[i].reported[j], sizeof reported, &reported, NULL);
            assert_int_equal(most_of_type, reported);
            assert_in_range(most_of_any, 1, reported);
        }
}

// ---- Asking -------------------------------------------------------------------------------------------

static size_t size_of(cl_mem image, cl_image_info query)
{
    size_t value;
    assert_int_equal(clGetImageInfo(image, query, sizeof value, &value, NULL), CL_SUCCESS);
    return value;
}

static void images_are_asked(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TYPES; i++)
        for (int pitched = 0; pitched < 2; pitched++) {
            const cl_image_format format = {CL_RG, CL_UNORM_INT16};
            struct subject subject;
            cl_image_format told;
            cl_mem_object_type type;
            subject_create(&subject, types[i], &format, CL_MEM_USE_HOST_PTR, pitched);
            const struct model *model = &subject.model;
            const cl_image_desc description = model_description(model);
            clGetImageInfo(subject.image, CL_IMAGE_FORMAT, sizeof told, &told, NULL);
            assert_memory_equal(&told, &format, sizeof told);
            clGetMemObjectInfo(subject.image, CL_MEM_TYPE, sizeof type, &type, NULL);
            assert_int_equal(type, types[i]);
            assert_int_equal(size_of(subject.image, CL_IMAGE_ELEMENT_SIZE), 4);
            assert_int_equal(size_of(subject.image, CL_IMAGE_WIDTH), description.image_width);
            assert_int_equal(size_of(subject.image, CL_IMAGE_HEIGHT), description.image_height);
            assert_int_equal(size_of(subject.image, CL_IMAGE_DEPTH), description.image_depth);
            assert_int_equal(size_of(subject.image, CL_IMAGE_ARRAY_SIZE), description.image_array_size);
            if (subject.host) {
                assert_int_equal(size_of(subject.image, CL_IMAGE_ROW_PITCH), subject.row);
                assert_int_equal(size_of(subject.image, CL_IMAGE_SLICE_PITCH),
                                 has_slices(model) ? subject.slice : 0);
            }
            subject_destroy(&subject);
        }
}

static int open_session(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

static int close_session(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) random_seed(strtoull(argv[1], NULL, 10));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_their_own),        cmocka_unit_test(copied_from_pitches),
        cmocka_unit_test(in_the_hosts_memory), cmocka_unit_test(copies_between_types),
        cmocka_unit_test(planes_in_buffers),   cmocka_unit_test(views_of_images),
        cmocka_unit_test(images_are_asked),    cmocka_unit_test(levels_of_every_format),
        cmocka_unit_test(in_buffers),          cmocka_unit_test(requirements_are_met),
        cmocka_unit_test(limits_are_told),
    };
    return cmocka_run_group_tests(tests, open_session, close_session);
}
