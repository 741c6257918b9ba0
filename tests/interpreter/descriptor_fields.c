// Every bit of descriptors and of instructions that take them, alone, on a dozen images: it makes a
// difference, or stops the kernel with its name, or changes nothing, as descriptor_fields.def says. The code
// object is the program's argument.
#include "picture.h"

#include <string.h>

enum { ITEMS = 4 * GROUP, WORDS_MAX = 8, BITS = 32, TEXT = 240 };
enum part { IMAGE, SAMPLER, BUFFER, MIMG, MTBUF, PARTS };
enum kind { USED, REFUSED, IDLE, DECODED };

static const struct field {
    enum part of;
    unsigned word, high, low;
    const char *name;
    enum kind kind;
    const char *text;
} fields[] = {
#define FIELD(...) {__VA_ARGS__},
#include "descriptor_fields.def"
#undef FIELD
};
enum { FIELDS = sizeof fields / sizeof *fields };
static const unsigned words_of[PARTS] = {8, 4, 4, 2, 2};

static bool seen[PARTS][WORDS_MAX][BITS]; // to make a difference

// --- Images that differ in what of their descriptors matters ---

enum { POINT, LINEAR, ANISOTROPIC, CLAMP_WRAP = 0, CLAMP_BORDER = 6, MIP_LINEAR = 2, RATIO_2 = 1 };

static void sampler_set(uint32_t clamp, uint32_t filter)
{
    picture.sampler[0] = clamp * 0111;
    picture.sampler[1] = 0x00fff000;
    picture.sampler[2] = filter << 20 | filter << 22;
}

static void flat_make(unsigned format, unsigned filter)
{
    picture_make(format, TYPE_2D, 37, 13, 1);
    sampler_set(CLAMP_BORDER, filter);
}

static void make_linear(void) { flat_make(FORMAT_RGBA8, LINEAR); }
static void make_point(void) { flat_make(FORMAT_RGBA8, POINT); }
static void make_srgb(void) { flat_make(130, LINEAR); }

static void make_wrapping(void)
{
    flat_make(FORMAT_RGBA8, LINEAR);
    sampler_set(CLAMP_WRAP, LINEAR);
}

static void make_opaque(void)
{
    flat_make(FORMAT_RGBA8, POINT);
    picture.sampler[3] = 1u << 30;
    picture.border_swizzle = 1;
}

static void make_volume_linear(void)
{
    picture_make(FORMAT_RGBA8, TYPE_3D, 20, 10, 7);
    sampler_set(CLAMP_BORDER, LINEAR);
}

static void make_volume_point(void)
{
    picture_make(FORMAT_RGBA8, TYPE_3D, 20, 10, 7);
    sampler_set(CLAMP_BORDER, POINT);
}

static void make_layers(void)
{
    picture_make(FORMAT_RGBA8, TYPE_2D_ARRAY, 20, 10, 7);
    sampler_set(CLAMP_BORDER, LINEAR);
}

static void make_levels(void)
{
    picture_make_levels(FORMAT_RGBA8, TYPE_2D, 37, 21, 1, 6);
    sampler_set(CLAMP_WRAP, POINT);
    picture.sampler[1] = 0x123 | 0x3a5 << 12;
    picture.sampler[2] |= MIP_LINEAR << 26 | 0x2a;
}

static void make_all_levels(void)
{
    make_levels();
    picture.sampler[1] = 0x00fff000;
}

static void make_compared(void)
{
    flat_make(FORMAT_R32_FLOAT, POINT);
    for (float *t = (float *)picture.base; t < (float *)(memory + MEMORY_BYTES); t++) *t = 0.5f;
}

static void make_ratio(void)
{
    flat_make(FORMAT_RGBA8, POINT);
    picture.sampler[0] |= RATIO_2 << 9;
}

static void make_anisotropic(void) { flat_make(FORMAT_RGBA8, ANISOTROPIC); }

static void make_anisotropic_ratio(void)
{
    make_anisotropic();
    picture.sampler[0] |= RATIO_2 << 9;
}

static void make_buffer(void) { picture_make(FORMAT_RGBA8, TYPE_BUFFER, 301, 1, 1); }

// With kernels whose instruction has a sampler, or not, or is of a buffer.
static const struct base {
    void (*make)(void);
    const char *kernels[3];
    bool sampled;
} bases[] = {
    {make_linear, {"load_2d", "load_mip", "load_warned"}, false},
    {make_point, {"load_2d"}, false},
    {make_volume_point, {"load_3d"}, false},
    {make_layers, {"load_2d_array"}, false},
    {make_all_levels, {"load_mip", "resinfo"}, false},
    {make_linear, {"sample_2d", "shifted", "scattered"}, true},
    {make_point, {"sample_2d", "gather_x"}, true},
    {make_wrapping, {"sample_2d"}, true},
    {make_opaque, {"sample_2d"}, true},
    {make_srgb, {"sample_2d"}, true},
    {make_volume_linear, {"sample_3d"}, true},
    {make_volume_point, {"sample_3d"}, true},
    {make_layers, {"sample_2d_array"}, true},
    {make_levels, {"level", "lod"}, true},
    {make_all_levels, {"level", "gradients"}, true},
    {make_compared, {"compared"}, true},
    {make_ratio, {"implicit"}, true},
    {make_anisotropic, {"implicit"}, true},
    {make_anisotropic_ratio, {"implicit"}, true},
    {make_buffer, {"buffer_load_xyzw", "buffer_load_beyond", "tbuffer_load"}, false},
};

// --- What comes of a kernel ---

static uint8_t contents[MEMORY_BYTES];

struct outcome {
    char text[TEXT]; // empty: it ran to its end
    uint32_t data[ITEMS][4];
};

static bool same(const struct outcome *a, const struct outcome *b)
{
    return !strcmp(a->text, b->text) && !memcmp(a->data, b->data, sizeof a->data);
}

// Near and far outside, and exactly on texels; as integers or floats, as the kernel takes them.
static void items_fill(const char *kernel, bool sampled)
{
    static const float references[] = {0.25f, 0.5f, 0.75f};
    memset(items, 0, sizeof items);
    for (unsigned i = 0; i < ITEMS; i++) {
        uint32_t *a = items[i].address, n = 0;
        memset(items[i].data, 0xee, sizeof items[i].data);
        if (!strcmp(kernel, "shifted")) a[n++] = 0x010203;
        if (!strcmp(kernel, "compared")) a[n++] = as_bits(references[i % 3]);
        if (!strcmp(kernel, "resinfo")) {
            a[0] = i % 8;
            continue;
        }
        for (unsigned k = n; k < ADDRESS_DWORDS; k++) {
            uint32_t any = (i * 2654435761u + k * 40503u * (i + 7)) >> 7;
            float coordinate = (float)(int)(any % 4096) / 32 - 32;
            a[k] = sampled ? as_bits(coordinate / (i % 2 ? 1 : 40)) : any % 48;
        }
        if (!strcmp(kernel, "level")) a[2] = as_bits((float)i / 20 - 0.5f);
        if (!strcmp(kernel, "load_mip")) a[2] = i % 7;
        if (picture.type == TYPE_BUFFER && i < 2) a[0] = picture.width - i; // the last one, and the next
    }
}

static void outcome_find(const struct base *base, const char *kernel, const uint32_t *words,
                         struct outcome *outcome)
{
    struct fault fault = {0};
    memset(outcome, 0, sizeof *outcome);
    items_fill(kernel, base->sampled);
    if (!try_words(kernel, words, ITEMS, &fault)) { // what it says before it names the instruction
        const char *end = strstr(fault.text, "): ");
        memcpy(outcome->text, fault.text, end ? (size_t)(end - fault.text) : strnlen(fault.text, TEXT - 1));
        return;
    }
    for (unsigned i = 0; i < ITEMS; i++) memcpy(outcome->data[i], items[i].data, sizeof items[i].data);
}

// --- One bit ---

static void bit_check(const struct field *f, unsigned bit, const char *kernel, const struct outcome *before,
                      const struct outcome *after)
{
    bool differs = !same(before, after);
    if (f->kind == IDLE && differs)
        fail_msg("%s bit %u of word %u, %s: makes a difference: %s", f->name, bit, f->word, kernel,
                 after->text);
    if (f->kind == REFUSED && !before->text[0] && (!after->text[0] || !strstr(after->text, f->text)))
        fail_msg("%s bit %u of word %u, %s: \"%s\", expected \"%s\"", f->name, bit, f->word, kernel,
                 after->text, f->text);
    seen[f->of][f->word][bit] |= differs;
}

static void fields_try(const struct base *base, const char *kernel, enum part part, uint32_t *changed,
                       uint32_t *words)
{
    static struct outcome before, after;
    outcome_find(base, kernel, words, &before);
    for (const struct field *f = fields; f < fields + FIELDS; f++)
        for (unsigned bit = f->low; f->of == part && f->kind != DECODED && bit <= f->high; bit++) {
            changed[f->word] ^= 1u << bit;
            if (part >= MIMG) interpreter_forget_code();
            outcome_find(base, kernel, words, &after);
            changed[f->word] ^= 1u << bit;
            bit_check(f, bit, kernel, &before, &after);
        }
    if (part >= MIMG) interpreter_forget_code();
}

// The image instruction, or that of the typed buffer, in a kernel's code.
static uint32_t *instruction_find(const char *kernel)
{
    enum { ENCODING_MIMG_TOP = 0x3c, ENCODING_MTBUF_TOP = 0x3a };
    uint32_t *word = picture_code(kernel);
    while (*word >> 26 != ENCODING_MIMG_TOP && *word >> 26 != ENCODING_MTBUF_TOP) word++;
    return word;
}

static void base_check(const struct base *base, const char *kernel)
{
    uint32_t words[DESCRIPTOR_WORDS];
    bool buffer = !strncmp(kernel, "buffer", 6), typed = !strncmp(kernel, "tbuffer", 7);
    base->make();
    descriptor_fill(words);
    memcpy(contents, memory, MEMORY_BYTES);
    if (buffer) {
        fields_try(base, kernel, BUFFER, words, words);
        return;
    }
    if (!typed) fields_try(base, kernel, IMAGE, words, words);
    if (base->sampled) fields_try(base, kernel, SAMPLER, words + 8, words);
    if (!strcmp(kernel, "load_warned")) words[5] |= 1 << 8; // MIN_LOD_WARN
    fields_try(base, kernel, typed ? MTBUF : MIMG, instruction_find(kernel), words);
    assert_memory_equal(contents, memory, MEMORY_BYTES);
}

// --- The table ---

static void test_table(void **state)
{
    (void)state;
    static uint32_t covered[PARTS][WORDS_MAX];
    for (const struct field *f = fields; f < fields + FIELDS; f++)
        for (unsigned bit = f->low; bit <= f->high; bit++) {
            if (covered[f->of][f->word] >> bit & 1) fail_msg("%s: twice", f->name);
            covered[f->of][f->word] |= 1u << bit;
        }
    for (unsigned part = 0; part < PARTS; part++)
        for (unsigned word = 0; word < words_of[part]; word++)
            if (covered[part][word] != UINT32_MAX) fail_msg("part %u word %u has gaps", part, word);
}

static void test_bits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof bases / sizeof *bases; i++)
        for (unsigned k = 0; k < 3 && bases[i].kernels[k]; k++) base_check(&bases[i], bases[i].kernels[k]);
    for (const struct field *f = fields; f < fields + FIELDS; f++)
        for (unsigned bit = f->low; f->kind == USED && bit <= f->high; bit++)
            if (!seen[f->of][f->word][bit])
                fail_msg("%s bit %u of word %u: never makes a difference", f->name, bit, f->word);
}

int main(int argc, char **argv)
{
    if (argc != 2 || !picture_setup(argv[1])) return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_bits),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    picture_teardown();
    return failed;
}
