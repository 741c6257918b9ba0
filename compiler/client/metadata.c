#include "metadata.h"

#include "note.h"
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

// --- names ---

struct name {
    const char *text;
    int value;
};

// clang-format off
static const struct name argument_kinds[] = {
    {"by_value", ARGUMENT_BY_VALUE}, {"global_buffer", ARGUMENT_GLOBAL_BUFFER},
    {"dynamic_shared_pointer", ARGUMENT_DYNAMIC_SHARED_POINTER}, {"sampler", ARGUMENT_SAMPLER},
    {"image", ARGUMENT_IMAGE}, {"pipe", ARGUMENT_PIPE}, {"queue", ARGUMENT_QUEUE},
    {"hidden_global_offset_x", ARGUMENT_HIDDEN_GLOBAL_OFFSET_X},
    {"hidden_global_offset_y", ARGUMENT_HIDDEN_GLOBAL_OFFSET_Y},
    {"hidden_global_offset_z", ARGUMENT_HIDDEN_GLOBAL_OFFSET_Z},
    {"hidden_none", ARGUMENT_HIDDEN_NONE}, {"hidden_printf_buffer", ARGUMENT_HIDDEN_PRINTF_BUFFER},
    {"hidden_hostcall_buffer", ARGUMENT_HIDDEN_HOSTCALL_BUFFER},
    {"hidden_default_queue", ARGUMENT_HIDDEN_DEFAULT_QUEUE},
    {"hidden_completion_action", ARGUMENT_HIDDEN_COMPLETION_ACTION},
    {"hidden_multigrid_sync_arg", ARGUMENT_HIDDEN_MULTIGRID_SYNC},
    {"hidden_block_count_x", ARGUMENT_HIDDEN_BLOCK_COUNT_X}, {"hidden_block_count_y", ARGUMENT_HIDDEN_BLOCK_COUNT_Y},
    {"hidden_block_count_z", ARGUMENT_HIDDEN_BLOCK_COUNT_Z}, {"hidden_group_size_x", ARGUMENT_HIDDEN_GROUP_SIZE_X},
    {"hidden_group_size_y", ARGUMENT_HIDDEN_GROUP_SIZE_Y}, {"hidden_group_size_z", ARGUMENT_HIDDEN_GROUP_SIZE_Z},
    {"hidden_remainder_x", ARGUMENT_HIDDEN_REMAINDER_X}, {"hidden_remainder_y", ARGUMENT_HIDDEN_REMAINDER_Y},
    {"hidden_remainder_z", ARGUMENT_HIDDEN_REMAINDER_Z}, {"hidden_grid_dims", ARGUMENT_HIDDEN_GRID_DIMS},
    {"hidden_heap_v1", ARGUMENT_HIDDEN_HEAP}, {"hidden_dynamic_lds_size", ARGUMENT_HIDDEN_DYNAMIC_LDS_SIZE},
    {"hidden_private_base", ARGUMENT_HIDDEN_PRIVATE_BASE}, {"hidden_shared_base", ARGUMENT_HIDDEN_SHARED_BASE},
    {"hidden_queue_ptr", ARGUMENT_HIDDEN_QUEUE_PTR}, {NULL, ARGUMENT_UNKNOWN},
};
static const struct name spaces[] = {
    {"private", SPACE_PRIVATE}, {"global", SPACE_GLOBAL}, {"constant", SPACE_CONSTANT}, {"local", SPACE_LOCAL},
    {"generic", SPACE_GENERIC}, {"region", SPACE_REGION}, {NULL, -1},
};
static const struct name accesses[] = {
    {"read_only", ACCESS_READ_ONLY}, {"write_only", ACCESS_WRITE_ONLY}, {"read_write", ACCESS_READ_WRITE}, {NULL, -1},
};
// clang-format on

// --- fields: each map of the note is described by a table of its keys ---

enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_BOOL, FIELD_TRIPLE, FIELD_NAME, FIELD_LIST };

struct field {
    const char *key;
    enum field_type type;
    size_t offset;                                 // in the structure
    const struct name *names;                      // FIELD_NAME: its values, as an enum
    int (*list)(struct unpack *, void *structure); // FIELD_LIST: reads the whole value; returns 0 or -2
    bool required;
};

static bool text_equals(struct text text, const char *string)
{
    return strlen(string) == text.length && !memcmp(text.start, string, text.length);
}

// Returns 0, or -2 out of memory.
static int text_store(struct unpack *unpack, char **slot)
{
    struct text text = unpack_text(unpack);
    char *copy = strndup(text.start, text.length);
    if (!copy) return -2;
    free(*slot); // a key that comes twice
    *slot = copy;
    return 0;
}

static void triple_store(struct unpack *unpack, uint32_t triple[3])
{
    if (unpack_array(unpack) != 3 && !unpack->bad) unpack->bad = "an array of three numbers was expected";
    for (int i = 0; i < 3; i++) triple[i] = unpack_number(unpack);
}

static void name_store(struct unpack *unpack, const struct name *names, int *slot)
{
    struct text text = unpack_text(unpack);
    while (names->text && !text_equals(text, names->text)) names++;
    if (names->value < 0 && !unpack->bad) unpack->bad = "an unknown word for an address space or access";
    *slot = names->value;
}

static int field_read(struct unpack *unpack, const struct field *field, void *structure)
{
    void *slot = (char *)structure + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        return text_store(unpack, slot);
    case FIELD_NUMBER:
        *(uint32_t *)slot = unpack_number(unpack);
        return 0;
    case FIELD_BOOL:
        *(bool *)slot = unpack_bool(unpack);
        return 0;
    case FIELD_TRIPLE:
        triple_store(unpack, slot);
        return 0;
    case FIELD_NAME:
        name_store(unpack, field->names, slot);
        return 0;
    case FIELD_LIST:
        return field->list(unpack, structure);
    }
    return 0;
}

// Reads a map into a structure; keys that the table lacks are passed over, since newer LLVMs add some.
static int map_read(struct unpack *unpack, const struct field *fields, size_t field_count, void *structure)
{
    uint64_t seen = 0;
    uint32_t pairs = unpack_map(unpack);
    for (uint32_t i = 0; i < pairs && !unpack->bad; i++) {
        struct text key = unpack_text(unpack);
        size_t f = 0;
        while (f < field_count && !text_equals(key, fields[f].key)) f++;
        if (f == field_count) {
            unpack_skip(unpack);
            continue;
        }
        int status = field_read(unpack, &fields[f], structure);
        if (status) return status;
        seen |= (uint64_t)1 << f;
    }
    for (size_t f = 0; f < field_count; f++) {
        if (fields[f].required && !(seen >> f & 1) && !unpack->bad) unpack->bad = "a required key is missing";
    }
    return 0;
}

// Makes room for one more element behind `count` of them; doubles, so as not to trust the count that the note
// gives.
static void *array_grow(void *array, uint32_t count, size_t element)
{
    bool full = (count & (count - 1)) == 0; // 0 and the powers of two
    void *grown = full ? realloc(array, (count ? 2 * (size_t)count : 1) * element) : array;
    if (grown) memset((char *)grown + count * element, 0, element);
    return grown;
}

// --- arguments ---

#define NUMBER(type, key, member)   {key, FIELD_NUMBER, offsetof(struct type, member), NULL, NULL, false}
#define REQUIRED(type, key, member) {key, FIELD_NUMBER, offsetof(struct type, member), NULL, NULL, true}
#define BOOL(type, key, member)     {key, FIELD_BOOL, offsetof(struct type, member), NULL, NULL, false}
#define TEXT(type, key, member, required)                                                                    \
    {key, FIELD_TEXT, offsetof(struct type, member), NULL, NULL, required}
#define TRIPLE(type, key, member) {key, FIELD_TRIPLE, offsetof(struct type, member), NULL, NULL, false}
#define NAME(type, key, member, names, required)                                                             \
    {key, FIELD_NAME, offsetof(struct type, member), names, NULL, required}
#define LIST(key, function, required) {key, FIELD_LIST, 0, NULL, function, required}

static const struct field argument_fields[] = {
    TEXT(argument_metadata, ".name", name, false),
    TEXT(argument_metadata, ".type_name", type_name, false),
    REQUIRED(argument_metadata, ".offset", offset),
    REQUIRED(argument_metadata, ".size", size),
    NUMBER(argument_metadata, ".pointee_align", align),
    NAME(argument_metadata, ".value_kind", kind, argument_kinds, true),
    NAME(argument_metadata, ".address_space", space, spaces, false),
    NAME(argument_metadata, ".access", access, accesses, false),
    BOOL(argument_metadata, ".is_const", is_const),
    BOOL(argument_metadata, ".is_restrict", is_restrict),
    BOOL(argument_metadata, ".is_volatile", is_volatile),
    BOOL(argument_metadata, ".is_pipe", is_pipe),
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

// Strings that the code object does not give are empty, not NULL.
static int text_default(char **slot)
{
    if (!*slot) *slot = strdup("");
    return *slot ? 0 : -2;
}

static bool argument_hidden(const struct argument_metadata *argument)
{
    return argument->kind >= ARGUMENT_HIDDEN_GLOBAL_OFFSET_X && argument->kind <= ARGUMENT_HIDDEN_QUEUE_PTR;
}

static int arguments_read(struct unpack *unpack, void *structure)
{
    struct kernel_metadata *kernel = structure;
    uint32_t count = unpack_array(unpack);
    if (kernel->argument_count) unpack->bad = "two lists of arguments";
    for (uint32_t i = 0; i < count && !unpack->bad; i++) {
        void *grown = array_grow(kernel->arguments, kernel->argument_count, sizeof *kernel->arguments);
        if (!grown) return -2;
        kernel->arguments = grown;
        struct argument_metadata *argument = &kernel->arguments[kernel->argument_count++];
        int status = map_read(unpack, argument_fields, COUNT(argument_fields), argument);
        if (status || text_default(&argument->name) || text_default(&argument->type_name)) return -2;
        if (argument->kind == ARGUMENT_IMAGE) argument->space = SPACE_GLOBAL; // the note does not say
        if (argument_hidden(argument)) continue;
        if (kernel->explicit_count != i && !unpack->bad)
            unpack->bad = "an explicit argument after hidden ones";
        kernel->explicit_count++;
    }
    return 0;
}

// --- kernels ---

static const struct field kernel_fields[] = {
    TEXT(kernel_metadata, ".name", name, true),
    TEXT(kernel_metadata, ".symbol", symbol, true),
    TEXT(kernel_metadata, ".vec_type_hint", vec_type_hint, false),
    LIST(".args", arguments_read, false),
    REQUIRED(kernel_metadata, ".kernarg_segment_size", kernarg_size),
    REQUIRED(kernel_metadata, ".kernarg_segment_align", kernarg_align),
    REQUIRED(kernel_metadata, ".group_segment_fixed_size", group_size),
    REQUIRED(kernel_metadata, ".private_segment_fixed_size", private_size),
    REQUIRED(kernel_metadata, ".wavefront_size", wavefront_size),
    REQUIRED(kernel_metadata, ".max_flat_workgroup_size", max_flat_workgroup_size),
    NUMBER(kernel_metadata, ".sgpr_count", sgpr_count),
    NUMBER(kernel_metadata, ".vgpr_count", vgpr_count),
    NUMBER(kernel_metadata, ".sgpr_spill_count", sgpr_spills),
    NUMBER(kernel_metadata, ".vgpr_spill_count", vgpr_spills),
    NUMBER(kernel_metadata, ".reqd_sub_group_size", reqd_sub_group_size),
    NUMBER(kernel_metadata, ".reqd_sub_group_count", reqd_sub_group_count),
    TRIPLE(kernel_metadata, ".reqd_workgroup_size", reqd_workgroup_size),
    TRIPLE(kernel_metadata, ".workgroup_size_hint", workgroup_size_hint),
    BOOL(kernel_metadata, ".uses_dynamic_stack", uses_dynamic_stack),
    BOOL(kernel_metadata, ".uniform_work_group_size", uniform_work_group_size),
};

// Of one argument: what the driver relies on when it fills the segment. Hidden ones are written as 64 bits at
// the most.
static const char *argument_check(const struct kernel_metadata *kernel, uint32_t index)
{
    const struct argument_metadata *argument = &kernel->arguments[index];
    if ((uint64_t)argument->offset + argument->size > kernel->kernarg_size)
        return "an argument outside the argument segment";
    if (argument->align & (argument->align - 1)) return "an alignment that is no power of two";
    if (index < kernel->explicit_count && argument->kind > ARGUMENT_QUEUE)
        return "an argument of unknown kind";
    if (index >= kernel->explicit_count && argument->size > sizeof(uint64_t))
        return "a hidden argument of more than 64 bits";
    if (argument->kind == ARGUMENT_GLOBAL_BUFFER && argument->size != sizeof(uint64_t))
        return "a buffer's address that is not 64 bits";
    if ((argument->kind == ARGUMENT_IMAGE || argument->kind == ARGUMENT_SAMPLER) &&
        argument->size != sizeof(uint64_t))
        return "an image's or sampler's address that is not 64 bits";
    if (argument->kind == ARGUMENT_DYNAMIC_SHARED_POINTER && argument->size != sizeof(uint32_t))
        return "a local address that is not 32 bits";
    return NULL;
}

static const char *kernel_check(const struct kernel_metadata *kernel)
{
    if (!*kernel->name || !*kernel->symbol) return "a kernel without a name";
    if (kernel->wavefront_size != 32 && kernel->wavefront_size != 64) return "an impossible wavefront size";
    if (!kernel->kernarg_align || kernel->kernarg_align & (kernel->kernarg_align - 1) ||
        kernel->kernarg_align > 4096)
        return "an impossible alignment of the argument segment";
    if (kernel->kernarg_size > KERNARG_SIZE_MAX) return "an argument segment of more than 1 MiB";
    const char *why = NULL;
    for (uint32_t i = 0; !why && i < kernel->argument_count; i++) why = argument_check(kernel, i);
    return why;
}

static int kernels_read(struct unpack *unpack, void *structure)
{
    struct program_metadata *program = structure;
    uint32_t count = unpack_array(unpack);
    for (uint32_t i = 0; i < count && !unpack->bad; i++) {
        void *grown = array_grow(program->kernels, program->kernel_count, sizeof *program->kernels);
        if (!grown) return -2;
        program->kernels = grown;
        struct kernel_metadata *kernel = &program->kernels[program->kernel_count++];
        int status = map_read(unpack, kernel_fields, COUNT(kernel_fields), kernel);
        if (status || text_default(&kernel->vec_type_hint)) return -2;
        if (!unpack->bad) unpack->bad = kernel_check(kernel);
    }
    return 0;
}

// --- the program ---

static int printf_read(struct unpack *unpack, void *structure)
{
    struct program_metadata *program = structure;
    uint32_t count = unpack_array(unpack);
    for (uint32_t i = 0; i < count && !unpack->bad; i++) {
        void *grown =
            array_grow(program->printf_formats, program->printf_count, sizeof *program->printf_formats);
        if (!grown) return -2;
        program->printf_formats = grown;
        int status = text_store(unpack, &program->printf_formats[program->printf_count++]);
        if (status) return status;
    }
    return 0;
}

static const struct field program_fields[] = {
    LIST("amdhsa.kernels", kernels_read, true),
    LIST("amdhsa.printf", printf_read, false),
};

int metadata_parse(const void *code_object, size_t size, struct program_metadata *out, const char **why)
{
    struct unpack unpack = {0};
    *out = (struct program_metadata){0};
    if (note_find(code_object, size, &unpack.next, &unpack.left, why)) return -1;
    int status = map_read(&unpack, program_fields, COUNT(program_fields), out);
    if (!status && !unpack.bad && unpack.left) unpack.bad = "bytes after the end of the metadata";
    if (!status && !unpack.bad) return 0;
    *why = status ? "out of memory" : unpack.bad;
    metadata_free(out);
    return status ? status : -1;
}

static void kernel_free(struct kernel_metadata *kernel)
{
    for (uint32_t i = 0; i < kernel->argument_count; i++) {
        free(kernel->arguments[i].name);
        free(kernel->arguments[i].type_name);
    }
    free(kernel->arguments);
    free(kernel->name);
    free(kernel->symbol);
    free(kernel->vec_type_hint);
}

void metadata_free(struct program_metadata *program)
{
    for (uint32_t i = 0; i < program->kernel_count; i++) kernel_free(&program->kernels[i]);
    for (uint32_t i = 0; i < program->printf_count; i++) free(program->printf_formats[i]);
    free(program->kernels);
    free(program->printf_formats);
    *program = (struct program_metadata){0};
}
