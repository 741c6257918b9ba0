// The metadata parser against damaged and hand-made code objects. Under AddressSanitizer this is where an
// overrun shows.
#include "support.h"

#include <elf.h>

static const char source[] =
    "kernel __attribute__((reqd_work_group_size(8, 4, 2)))\n"
    "void k(global const int *restrict a, constant float *b, local double *c, volatile global int *d, int4 "
    "e,\n"
    "       read_only image2d_t f, write_only image3d_t g, sampler_t h)\n"
    "{ c[get_local_id(0)] = a[0]; barrier(1); d[0] = c[1] + b[0] + e.x; printf(\"%d\\n\", d[1]);\n"
    "  write_imagef(g, (int4)(0), read_imagef(f, h, (float2)(0))); }\n"
    "kernel __attribute__((work_group_size_hint(64, 1, 1))) __attribute__((vec_type_hint(float4)))\n"
    "void hinted(global int *a) { a[get_global_id(0)] = 1; }\n";

static struct compiler_result object;

static int object_build(void **state)
{
    (void)state;
    object = build_expect_ok("", source);
    return 0;
}

static int object_release(void **state)
{
    (void)state;
    compiler_result_free(&object);
    return 0;
}

static void argument_check(const struct argument_metadata *argument, const char *name, const char *type,
                           enum argument_kind kind, enum address_space space)
{
    assert_string_equal(argument->name, name);
    assert_string_equal(argument->type_name, type);
    assert_int_equal(argument->kind, kind);
    assert_int_equal(argument->space, space);
}

static void every_kind_of_argument(void **state)
{
    (void)state;
    struct program_metadata metadata;
    const char *why;
    assert_int_equal(metadata_parse(object.binary, object.binary_size, &metadata, &why), 0);
    assert_int_equal(metadata.kernel_count, 2);
    const struct kernel_metadata *kernel = &metadata.kernels[0];
    const struct argument_metadata *arguments = kernel->arguments;
    assert_int_equal(kernel->explicit_count, 8);
    assert_true(kernel->argument_count > 8);
    argument_check(&arguments[0], "a", "int*", ARGUMENT_GLOBAL_BUFFER, SPACE_GLOBAL);
    assert_true(arguments[0].is_const && arguments[0].is_restrict && !arguments[0].is_volatile);
    argument_check(&arguments[1], "b", "float*", ARGUMENT_GLOBAL_BUFFER, SPACE_CONSTANT);
    argument_check(&arguments[2], "c", "double*", ARGUMENT_DYNAMIC_SHARED_POINTER, SPACE_LOCAL);
    assert_int_equal(arguments[2].align, 8);
    argument_check(&arguments[3], "d", "int*", ARGUMENT_GLOBAL_BUFFER, SPACE_GLOBAL);
    assert_true(arguments[3].is_volatile);
    argument_check(&arguments[4], "e", "int4", ARGUMENT_BY_VALUE, SPACE_PRIVATE);
    assert_int_equal(arguments[4].size, 16);
    assert_int_equal(arguments[4].offset % 16, 0);
    argument_check(&arguments[5], "f", "image2d_t", ARGUMENT_IMAGE, SPACE_GLOBAL);
    assert_int_equal(arguments[5].access, ACCESS_READ_ONLY);
    argument_check(&arguments[6], "g", "image3d_t", ARGUMENT_IMAGE, SPACE_GLOBAL);
    assert_int_equal(arguments[6].access, ACCESS_WRITE_ONLY);
    argument_check(&arguments[7], "h", "sampler_t", ARGUMENT_SAMPLER, SPACE_PRIVATE);
    assert_int_equal(kernel->reqd_workgroup_size[0], 8);
    assert_int_equal(kernel->reqd_workgroup_size[2], 2);
    assert_int_equal(metadata.printf_count, 1);
    assert_non_null(strstr(metadata.printf_formats[0], "%d\\n"));
    assert_string_equal(metadata.kernels[1].vec_type_hint, "float4");
    assert_int_equal(metadata.kernels[1].workgroup_size_hint[0], 64);
    metadata_free(&metadata);
}

// Whatever the answer, it must not read outside the bytes nor leak; a copy of the exact size lets the
// sanitizer see.
static int parse_copy(const unsigned char *bytes, size_t size)
{
    struct program_metadata metadata;
    const char *why = NULL;
    unsigned char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    int status = metadata_parse(copy, size, &metadata, &why);
    if (status == 0) metadata_free(&metadata);
    if (status) assert_non_null(why);
    free(copy);
    return status;
}

static void every_byte_damaged(void **state)
{
    (void)state;
    size_t refused = 0;
    unsigned char *bytes = malloc(object.binary_size);
    memcpy(bytes, object.binary, object.binary_size);
    for (size_t i = 0; i < object.binary_size; i++) {
        static const unsigned char flips[] = {0xff, 0x01};
        for (size_t f = 0; f < sizeof flips; f++) {
            bytes[i] ^= flips[f];
            refused += parse_copy(bytes, object.binary_size) != 0;
            bytes[i] ^= flips[f];
        }
    }
    assert_true(refused > 100);
    assert_int_equal(parse_copy(bytes, object.binary_size), 0);
    free(bytes);
}

static void every_truncation(void **state)
{
    (void)state;
    for (size_t size = 0; size < object.binary_size; size++) parse_copy(object.binary, size);
    assert_int_equal(parse_copy(object.binary, 64), -1);
}

// --- notes written by hand ---

struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    Elf64_Nhdr note;
    char owner[8];
    unsigned char description[2048];
};

static const char *parse_note(const char *description, size_t size)
{
    static struct program_metadata metadata;
    struct image image = {0};
    const char *why;
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_machine = 224;
    image.header.e_type = ET_DYN;
    image.header.e_phentsize = sizeof image.segment;
    image.header.e_phnum = 1;
    image.header.e_phoff = offsetof(struct image, segment);
    image.segment.p_type = PT_NOTE;
    image.segment.p_offset = offsetof(struct image, note);
    image.segment.p_filesz = sizeof image.note + sizeof image.owner + ((size + 3) & ~(size_t)3);
    image.note = (Elf64_Nhdr){.n_namesz = 7, .n_descsz = (Elf64_Word)size, .n_type = 32};
    memcpy(image.owner, "AMDGPU", 7);
    memcpy(image.description, description, size);
    if (metadata_parse(&image, sizeof image, &metadata, &why)) return why;
    metadata_free(&metadata);
    return "accepted";
}

// MessagePack, for string literals: \x8n a map of n, \x9n an array of n, \xan a string of n.
#define KERNELS                                                                                              \
    "\xae"                                                                                                   \
    "amdhsa.kernels"
#define NAMED(n)                                                                                             \
    "\xa5"                                                                                                   \
    ".name" n "\xa7"                                                                                         \
    ".symbol"                                                                                                \
    "\xa4"                                                                                                   \
    "k.kd"
#define SIZES_OF(kernarg, align, wave)                                                                       \
    "\xb5"                                                                                                   \
    ".kernarg_segment_size" kernarg "\xb6"                                                                   \
    ".kernarg_segment_align" align "\xb9"                                                                    \
    ".group_segment_fixed_size"                                                                              \
    "\x00"                                                                                                   \
    "\xbb"                                                                                                   \
    ".private_segment_fixed_size"                                                                            \
    "\x00"                                                                                                   \
    "\xaf"                                                                                                   \
    ".wavefront_size" wave "\xb8"                                                                            \
    ".max_flat_workgroup_size"                                                                               \
    "\x40"
#define SIZES(align, wave) SIZES_OF("\x10", align, wave)
#define KERNEL(pairs, rest)                                                                                  \
    "\x81" KERNELS "\x91" pairs NAMED("\xa1"                                                                 \
                                      "k") SIZES("\x08", "\x20") rest
#define ARGUMENT(offset, size, kind)                                                                         \
    "\x83"                                                                                                   \
    "\xa7"                                                                                                   \
    ".offset" offset "\xa5"                                                                                  \
    ".size" size "\xab"                                                                                      \
    ".value_kind" kind

struct note_case {
    const char *description;
    size_t size;
    const char *why;
};

#define CASE(description, why) {description, sizeof(description) - 1, why}

// clang-format off
static const struct note_case cases[] = {
    CASE("", "malformed or truncated MessagePack"),
    CASE("\xc1", "malformed or truncated MessagePack"),
    CASE("\x93\x01\x02\x03", "a map was expected"),
    CASE("\x80", "a required key is missing"),
    CASE("\x81" KERNELS "\xc0", "an array was expected"),
    CASE("\x81" KERNELS "\xdd\xff\xff\xff\xff", "malformed or truncated MessagePack"),
    CASE("\x81" KERNELS "\x91\x80", "a required key is missing"),
    CASE("\x81" KERNELS "\x91\x81\xa5" ".name" "\xdb\xff\xff\xff\xff" "k", "a string beyond the end"),
    CASE("\x81" KERNELS "\x91\x81\xa5" ".name" "\xa2" "k\0", "a string with a NUL"),
    CASE("\x81" KERNELS "\x91\x81\xa5" ".name" "\x07", "a string was expected"),
    CASE("\x81" "\x01\x02", "a string was expected"),
    CASE("\x82" KERNELS "\x90" "\xa1" "x" "\xdf\xff\xff\xff\xff", "more elements than bytes"),
    CASE("\x81" KERNELS "\x90" "x", "bytes after the end of the metadata"),
    CASE(KERNEL("\x88", ""), "accepted"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa0") SIZES("\x08", "\x20"), "a kernel without a name"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES("\x08", "\x21"), "an impossible wavefront size"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES("\x07", "\x20"),
         "an impossible alignment of the argument segment"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES("\xff", "\x20"),
         "a number of at most 32 bits was expected"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES("\xcf\0\0\0\1\0\0\0\0", "\x20"),
         "a number of at most 32 bits was expected"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\x0c", "\x04", "\xa8" "by_value")), "accepted"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\x0d", "\x04", "\xa8" "by_value")),
         "an argument outside the argument segment"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\xce\xff\xff\xff\xff", "\x04", "\xa8" "by_value")),
         "an argument outside the argument segment"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x92" ARGUMENT("\0", "\4", "\xab" "hidden_none") ARGUMENT("\4", "\4", "\xa8" "by_value")),
         "an explicit argument after hidden ones"),
    CASE(KERNEL("\x8a", "\xa5" ".args" "\x91" ARGUMENT("\0", "\4", "\xa8" "by_value") "\xa5" ".args" "\x90"),
         "two lists of arguments"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\0", "\x09", "\xab" "hidden_none")),
         "a hidden argument of more than 64 bits"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\0", "\4", "\xad" "global_buffer")),
         "a buffer's address that is not 64 bits"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\0", "\x08", "\xb6" "dynamic_shared_pointer")),
         "a local address that is not 32 bits"),
    CASE(KERNEL("\x89", "\xa5" ".args" "\x91" ARGUMENT("\0", "\4", "\xa3" "odd")), "an argument of unknown kind"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES_OF("\xce\0\x10\0\0", "\x08", "\x20"), "accepted"),
    CASE("\x81" KERNELS "\x91\x88" NAMED("\xa1" "k") SIZES_OF("\xce\0\x10\0\1", "\x08", "\x20"),
         "an argument segment of more than 1 MiB"),
    CASE("\x81" KERNELS "\x91\x89" NAMED("\xa1" "k") SIZES_OF("\xce\xff\xff\xff\xff", "\x08", "\x20")
         "\xa5" ".args" "\x91" ARGUMENT("\xce\xff\xff\xff\x80", "\4", "\xb4" "hidden_block_count_x"),
         "an argument segment of more than 1 MiB"),
    CASE(KERNEL("\x89", "\xb4" ".reqd_workgroup_size" "\x92\1\1"), "an array of three numbers was expected"),
    CASE(KERNEL("\x89", "\xb3" ".uses_dynamic_stack" "\x02"), "a boolean was expected"),
    CASE(KERNEL("\x8a", "\xa5" ".name" "\xa1" "j" "\xa5" ".name" "\xa1" "i"), "accepted"),
};
// clang-format on

static void notes_by_hand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *why = parse_note(cases[i].description, cases[i].size);
        if (strcmp(why, cases[i].why) != 0)
            fail_msg("case %zu: \"%s\" instead of \"%s\"", i, why, cases[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_argument),
        cmocka_unit_test(every_byte_damaged),
        cmocka_unit_test(every_truncation),
        cmocka_unit_test(notes_by_hand),
    };
    return cmocka_run_group_tests(tests, object_build, object_release);
}
