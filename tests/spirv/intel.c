// cl_intel_subgroups and its kin, from OpenCL C of several versions, with sub-groups of each size, and from a
// module made of it: each function on each type and width, against plain C.
//
// usage: test_spirv_intel intel.cl intel.spv
#include "file.h"
#include "group.h"

#include <stdlib.h>
#include <string.h>

static const char *paths[2];

// The ways to a program: its text with these options, or the module.
static const struct way {
    const char *options; // NULL: the module
    unsigned size;       // of its sub-groups
    bool both;           // images are read and written by one kernel
    bool names;          // all of the functions
} ways[] = {
    {"-cl-std=CL1.2", 32, false, true},
    {"-cl-std=CL3.0 -Werror", 32, true, true},
    {"-cl-std=CL3.0 -DSIZE=64", 64, true, true},
    {NULL, 32, true, false},
};
enum { WAYS = sizeof ways / sizeof *ways };
static cl_program programs[WAYS];

static cl_program program_of(const struct way *way)
{
    struct file file = file_read(paths[!way->options]);
    const char *text = (const char *)file.words;
    cl_int error;
    cl_program program = way->options
                             ? clCreateProgramWithSource(session.context, 1, &text, &file.size, &error)
                             : clCreateProgramWithIL(session.context, file.words, file.size, &error);
    assert_int_equal(error, CL_SUCCESS);
    free(file.words);
    if (clBuildProgram(program, 1, &session.device, way->options, NULL, NULL)) {
        char log[4096] = "";
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    return program;
}

static void random_fill(uint8_t *bytes, size_t count)
{
    static uint32_t state = 1;
    for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)((state = state * 1664525 + 1013904223) >> 24);
}

static cl_mem buffer_of(size_t size, void *bytes)
{
    cl_int error;
    cl_mem buffer = clCreateBuffer(session.context, CL_MEM_COPY_HOST_PTR, size, bytes, &error);
    assert_int_equal(error, CL_SUCCESS);
    return buffer;
}

static void argument_set(cl_kernel kernel, cl_uint index, size_t size, const void *value)
{
    assert_int_equal(clSetKernelArg(kernel, index, size, value), CL_SUCCESS);
}

static void kernel_run(cl_program program, const char *name, size_t items, cl_uint count,
                       const cl_mem *memory, const cl_int *at)
{
    cl_int error;
    cl_kernel kernel = clCreateKernel(program, name, &error);
    if (error) fail_msg("%s: %d", name, error);
    for (cl_uint i = 0; i < count; i++) argument_set(kernel, i, sizeof memory[i], &memory[i]);
    if (at) argument_set(kernel, count, 2 * sizeof *at, at);
    assert_int_equal(clEnqueueNDRangeKernel(session.queue, kernel, 1, NULL, &items, &items, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinish(session.queue), CL_SUCCESS);
    clReleaseKernel(kernel);
}

// ---- Blocks -----------------------------------------------------------------------------------------------

enum { ITEMS_MAX = 64, WIDTH_MAX = 16, BLOCK_MAX = ITEMS_MAX * 8 * WIDTH_MAX };

static const struct kind {
    const char *name;
    unsigned size, width_max;
} kinds[] = {{"", 4, 8}, {"_ui", 4, 8}, {"_uc", 1, 16}, {"_us", 2, 16}, {"_ul", 8, 8}};

static const unsigned widths[] = {1, 2, 4, 8, 16};

// A block in the items' hands: component `c` of item `i`.
static size_t held(const struct kind *kind, unsigned width, unsigned i, unsigned c)
{
    return ((size_t)i * width + c) * kind->size;
}

static void name_make(char name[64], const char *verb, const struct kind *kind, unsigned width)
{
    char count[8] = "";
    if (width > 1) snprintf(count, sizeof count, "%u", width);
    snprintf(name, 64, "%s%s%s", verb, kind->name, count);
}

static void read_back(cl_mem buffer, size_t size, void *to)
{
    assert_int_equal(clEnqueueReadBuffer(session.queue, buffer, CL_TRUE, 0, size, to, 0, NULL, NULL),
                     CL_SUCCESS);
}

static void buffer_check(cl_program program, const struct way *way, const struct kind *kind, unsigned width)
{
    static uint8_t memory[BLOCK_MAX], items[BLOCK_MAX], got[BLOCK_MAX], expected[BLOCK_MAX];
    size_t size = (size_t)way->size * width * kind->size;
    char name[64];
    random_fill(memory, size);
    random_fill(items, size);
    const cl_mem reads[] = {buffer_of(size, memory), buffer_of(size, items)};
    const cl_mem writes[] = {reads[1], reads[0]};

    name_make(name, "read", kind, width);
    kernel_run(program, name, way->size, 2, reads, NULL);
    read_back(reads[1], size, got);
    for (unsigned i = 0; i < way->size; i++)
        for (unsigned c = 0; c < width; c++)
            memcpy(expected + held(kind, width, i, c), memory + (size_t)(i + c * way->size) * kind->size,
                   kind->size);
    if (memcmp(got, expected, size) != 0) fail_msg("%s, sub-groups of %u", name, way->size);

    random_fill(items, size);
    assert_int_equal(clEnqueueWriteBuffer(session.queue, reads[1], CL_TRUE, 0, size, items, 0, NULL, NULL),
                     CL_SUCCESS);
    name_make(name, "write", kind, width);
    kernel_run(program, name, way->size, 2, writes, NULL);
    read_back(reads[0], size, got);
    for (unsigned i = 0; i < way->size; i++)
        for (unsigned c = 0; c < width; c++)
            memcpy(expected + (size_t)(i + c * way->size) * kind->size, items + held(kind, width, i, c),
                   kind->size);
    if (memcmp(got, expected, size) != 0) fail_msg("%s, sub-groups of %u", name, way->size);
    clReleaseMemObject(reads[0]);
    clReleaseMemObject(reads[1]);
}

// ---- Blocks of images -------------------------------------------------------------------------------------

enum { ROW = 608, ROWS = 20 }; // bytes; wider than the widest block

static const struct texel {
    cl_image_format format;
    int size;
} texels[] = {
    {{CL_R, CL_UNSIGNED_INT8}, 1},  {{CL_RG, CL_SNORM_INT8}, 2},   {{CL_R, CL_HALF_FLOAT}, 2},
    {{CL_RGBA, CL_UNORM_INT8}, 4},  {{CL_BGRA, CL_UNORM_INT8}, 4}, {{CL_R, CL_FLOAT}, 4},
    {{CL_sRGBA, CL_UNORM_INT8}, 4},
};

// Within the image, at its edges and beyond them. Writes begin at multiples of 4.
static const cl_int places[][2] = {{0, 0}, {4, 2}, {-8, -2}, {ROW - 20, ROWS - 3}, {3, 1}, {18, 5}, {-5, 0}};
enum { PLACES = sizeof places / sizeof *places, PLACES_TO_WRITE = 4 };

static uint8_t image_bytes[ROWS][ROW];

static int clamped(int x, int most) { return x < 0 ? 0 : x > most ? most : x; }

static uint8_t byte_read(const struct texel *texel, int x, int y)
{
    int column = x >= 0 ? x / texel->size : -1, within = x & (texel->size - 1);
    return image_bytes[clamped(y, ROWS - 1)][clamped(column, ROW / texel->size - 1) * texel->size + within];
}

static cl_mem image_of(const struct texel *texel)
{
    const cl_image_desc description = {.image_type = CL_MEM_OBJECT_IMAGE2D,
                                       .image_width = (size_t)(ROW / texel->size),
                                       .image_height = ROWS};
    cl_int error;
    cl_mem image = clCreateImage(session.context, CL_MEM_COPY_HOST_PTR, &texel->format, &description,
                                 image_bytes, &error);
    assert_int_equal(error, CL_SUCCESS);
    return image;
}

static void image_read_check(cl_program program, const struct way *way, const struct kind *kind,
                             unsigned width, const char *verb, cl_mem image, const struct texel *texel)
{
    static uint8_t got[BLOCK_MAX];
    size_t size = (size_t)way->size * width * kind->size;
    char name[64];
    const cl_mem memory[] = {image, buffer_of(size, got)};
    name_make(name, verb, kind, width);
    for (int place = 0; place < PLACES; place++) {
        const cl_int *at = places[place];
        kernel_run(program, name, way->size, 2, memory, at);
        read_back(memory[1], size, got);
        for (unsigned i = 0; i < way->size; i++)
            for (unsigned c = 0; c < width; c++)
                for (unsigned b = 0; b < kind->size; b++) {
                    int x = at[0] + (int)(i * kind->size + b), y = at[1] + (int)c;
                    uint8_t expected = byte_read(texel, x, y);
                    if (got[held(kind, width, i, c) + b] != expected)
                        fail_msg("%s of texels of %d bytes at %d %d: item %u, component %u, byte %u", name,
                                 texel->size, at[0], at[1], i, c, b);
                }
    }
    clReleaseMemObject(memory[1]);
}

static void image_write_check(cl_program program, const struct way *way, const struct kind *kind,
                              unsigned width, const char *verb, cl_mem image, const struct texel *texel)
{
    static const size_t origin[3] = {0};
    static uint8_t items[BLOCK_MAX], got[ROWS][ROW];
    const size_t region[] = {(size_t)(ROW / texel->size), ROWS, 1};
    size_t size = (size_t)way->size * width * kind->size;
    char name[64];
    name_make(name, verb, kind, width);
    for (int place = 0; place < PLACES_TO_WRITE; place++) {
        const cl_int *at = places[place];
        random_fill(items, size);
        const cl_mem memory[] = {buffer_of(size, items), image};
        kernel_run(program, name, way->size, 2, memory, at);
        clReleaseMemObject(memory[0]);
        for (unsigned i = 0; i < way->size; i++)
            for (unsigned c = 0; c < width; c++)
                for (unsigned b = 0; b < kind->size; b++) {
                    int x = at[0] + (int)(i * kind->size + b), y = at[1] + (int)c;
                    if (x >= 0 && x < ROW && y >= 0 && y < ROWS)
                        image_bytes[y][x] = items[held(kind, width, i, c) + b];
                }
        assert_int_equal(
            clEnqueueReadImage(session.queue, image, CL_TRUE, origin, region, 0, 0, got, 0, NULL, NULL),
            CL_SUCCESS);
        if (memcmp(got, image_bytes, sizeof got) != 0)
            fail_msg("%s of texels of %d bytes at %d %d", name, texel->size, at[0], at[1]);
    }
}

static void images_check(cl_program program, const struct way *way, const struct kind *kind, unsigned width)
{
    for (size_t i = 0; i < sizeof texels / sizeof *texels; i++) {
        const struct texel *texel = &texels[i];
        bool both = way->both && texel->format.image_channel_order == CL_RGBA;
        random_fill(image_bytes[0], sizeof image_bytes);
        cl_mem image = image_of(texel);
        image_read_check(program, way, kind, width, "image_read", image, texel);
        image_write_check(program, way, kind, width, "image_write", image, texel);
        if (both) {
            image_read_check(program, way, kind, width, "both_read", image, texel);
            image_write_check(program, way, kind, width, "both_write", image, texel);
        }
        clReleaseMemObject(image);
    }
}

static void blocks(void **state)
{
    (void)state;
    for (size_t w = 0; w < WAYS; w++) {
        cl_program program = programs[w];
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            for (size_t n = 0; n < sizeof widths / sizeof *widths && widths[n] <= kinds[k].width_max; n++) {
                bool there = ways[w].names || (widths[n] < 16 && strcmp(kinds[k].name, "_ui") != 0);
                if (!there) continue;
                buffer_check(program, &ways[w], &kinds[k], widths[n]);
                images_check(program, &ways[w], &kinds[k], widths[n]);
            }
    }
}

// ---- Shuffles ---------------------------------------------------------------------------------------------

static const struct type {
    const char *name;
    unsigned size;
    bool vectors;
} types[] = {
    {"char", 1, true},   {"uchar", 1, true}, {"short", 2, true},   {"ushort", 2, true},
    {"int", 4, true},    {"uint", 4, true},  {"float", 4, true},   {"long", 8, false},
    {"ulong", 8, false}, {"half", 2, false}, {"double", 8, false},
};
static const unsigned counts[] = {1, 2, 3, 4, 8, 16};

enum { RESULTS = 4, SHUFFLED_MAX = ITEMS_MAX * 4 * WIDTH_MAX, XOR = 5 };

static uint8_t first[SHUFFLED_MAX], second[SHUFFLED_MAX];

// Where an item's result comes from; NULL where that is undefined.
static const uint8_t *source_of(unsigned result, unsigned lane, unsigned lanes, unsigned number,
                                size_t element)
{
    switch (result) {
    case 0:
        return first + number * element;
    case 1:
        return (lane ^ XOR) < lanes ? first + (lane ^ XOR) * element : NULL;
    case 2:
        return lane + number < lanes ? first + (lane + number) * element
                                     : second + (lane + number - lanes) * element;
    default:
        return lane >= number ? second + (lane - number) * element
                              : first + (lane + lanes - number) * element;
    }
}

static void shuffle_check(cl_program program, const struct type *type, unsigned count, unsigned lanes)
{
    static uint8_t got[RESULTS * SHUFFLED_MAX];
    size_t element = type->size * (count == 3 ? 4 : count), size = lanes * element;
    uint8_t random[ITEMS_MAX];
    cl_uint numbers[ITEMS_MAX];
    char name[64], digits[8] = "";
    if (count > 1) snprintf(digits, sizeof digits, "%u", count);
    snprintf(name, sizeof name, "shuffle_%s%s", type->name, digits);
    random_fill(first, size);
    random_fill(second, size);
    random_fill(random, lanes);
    for (unsigned i = 0; i < lanes; i++) numbers[i] = random[i] % lanes;
    const cl_mem memory[] = {buffer_of(size, first), buffer_of(size, second), buffer_of(RESULTS * size, got),
                             buffer_of(lanes * sizeof *numbers, numbers)};
    kernel_run(program, name, lanes, 4, memory, NULL);
    read_back(memory[2], RESULTS * size, got);
    for (unsigned i = 0; i < lanes; i++)
        for (unsigned result = 0; result < RESULTS; result++) {
            const uint8_t *from = source_of(result, i, lanes, numbers[i], element);
            if (from && memcmp(got + (i * RESULTS + result) * element, from, (size_t)type->size * count) != 0)
                fail_msg("%s, %u items: result %u of item %u", name, lanes, result, i);
        }
    for (int i = 0; i < 4; i++) clReleaseMemObject(memory[i]);
}

static void names_check(cl_program program, const char *type, unsigned size)
{
    uint8_t bytes[2 * ITEMS_MAX];
    cl_int right[ITEMS_MAX] = {0};
    char name[64];
    snprintf(name, sizeof name, "names_%s", type);
    random_fill(bytes, sizeof bytes);
    const cl_mem memory[] = {buffer_of(sizeof bytes, bytes), buffer_of(sizeof right, right)};
    kernel_run(program, name, size, 2, memory, NULL);
    read_back(memory[1], sizeof right, right);
    for (unsigned i = 0; i < size; i++)
        if (!right[i]) fail_msg("%s, item %u", name, i);
    clReleaseMemObject(memory[0]);
    clReleaseMemObject(memory[1]);
}

static void shuffles(void **state)
{
    (void)state;
    for (size_t w = 0; w < WAYS; w++) {
        cl_program program = programs[w];
        for (size_t t = 0; t < sizeof types / sizeof *types; t++)
            for (size_t n = 0; n < (types[t].vectors ? sizeof counts / sizeof *counts : 1); n++) {
                shuffle_check(program, &types[t], counts[n], ways[w].size);
                shuffle_check(program, &types[t], counts[n], 20); // a sub-group smaller than a wave
            }
        if (ways[w].options && ways[w].both)
            for (int t = 0; t < 4; t++) names_check(program, types[t].name, ways[w].size);
    }
}

// Of the functions' names a program's own may be one, as long as it compiles without the extension's.
static void own_functions_go_first(void **state)
{
    static const char text[] = "int intel_sub_group_shuffle(int x, uint i) { return x + (int)i; }\n"
                               "uint get_sub_group_local_id(void) { return 40; }\n"
                               "kernel void k(global int *out) { out[0] = intel_sub_group_shuffle(2, "
                               "get_sub_group_local_id()); }";
    (void)state;
    cl_int out = 0;
    const cl_mem memory[] = {buffer_of(sizeof out, &out)};
    cl_program program = session_program(&session, text, "-cl-std=CL1.2");
    kernel_run(program, "k", 1, 1, memory, NULL);
    read_back(memory[0], sizeof out, &out);
    assert_int_equal(out, 42);
    clReleaseMemObject(memory[0]);
    clReleaseProgram(program);
}

// An error is told as it is without them: once, and of the program's text.
static void errors_stay_what_they_are(void **state)
{
    static const char *const text = "kernel void k(global int *out) { out[0] = sub_group_nonsense(1); }";
    char log[1024] = "";
    (void)state;
    cl_program program = clCreateProgramWithSource(session.context, 1, (const char **)&text, NULL, NULL);
    assert_int_equal(clBuildProgram(program, 1, &session.device, "", NULL, NULL), CL_BUILD_PROGRAM_FAILURE);
    clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    const char *found = strstr(log, "sub_group_nonsense");
    if (!found || strstr(found, "error: ")) fail_msg("the log is: %s", log);
    clReleaseProgram(program);
}

static int open(void **state)
{
    int error = session_group_open(state);
    for (size_t i = 0; i < WAYS && !error; i++) programs[i] = program_of(&ways[i]);
    return error;
}

static int close(void **state)
{
    for (size_t i = 0; i < WAYS; i++) clReleaseProgram(programs[i]);
    return session_group_close(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks),
        cmocka_unit_test(shuffles),
        cmocka_unit_test(own_functions_go_first),
        cmocka_unit_test(errors_stay_what_they_are),
    };
    if (argc != 3) return 2;
    paths[0] = argv[1];
    paths[1] = argv[2];
    return cmocka_run_group_tests(tests, open, close);
}
