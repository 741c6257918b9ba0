#include "api/machinery/module.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_WORDS = 5, DECORATION_SPEC_ID = 1 };

enum {
    OP_TYPE_BOOL = 20,
    OP_TYPE_INT = 21,
    OP_TYPE_FLOAT = 22,
    OP_SPEC_CONSTANT_TRUE = 48,
    OP_SPEC_CONSTANT_FALSE = 49,
    OP_SPEC_CONSTANT = 50,
    OP_DECORATE = 71,
};

static const uint32_t magic = 0x07230203;

// A walk over the instructions of a module that was checked.
struct walk {
    const uint32_t *words;
    size_t count, at; // in words; `at` is the current instruction
    bool swapped;
};

static uint32_t word_at(const struct walk *walk, size_t index)
{
    return walk->swapped ? bswap_32(walk->words[index]) : walk->words[index];
}

static uint32_t operand(const struct walk *walk, unsigned index)
{
    return word_at(walk, walk->at + 1 + index);
}
static unsigned opcode(const struct walk *walk) { return word_at(walk, walk->at) & 0xffff; }
static unsigned length(const struct walk *walk) { return word_at(walk, walk->at) >> 16; }

static struct walk walk_begin(const struct module *module)
{
    struct walk walk = {module->words, module->size / sizeof(uint32_t), HEADER_WORDS, false};
    walk.swapped = walk.words[0] != magic;
    return walk;
}

static bool well_formed(const struct module *module)
{
    if (module->size % sizeof(uint32_t) || module->size < HEADER_WORDS * sizeof(uint32_t)) return false;
    struct walk walk = walk_begin(module);
    if (word_at(&walk, 0) != magic) return false;
    for (; walk.at < walk.count; walk.at += length(&walk))
        if (!length(&walk) || length(&walk) > walk.count - walk.at) return false;
    return true;
}

// Bytes of the numbers of a type; 0 where it is none of numbers or booleans.
static uint32_t type_size(const struct module *module, uint32_t type)
{
    for (struct walk walk = walk_begin(module); walk.at < walk.count; walk.at += length(&walk)) {
        if (length(&walk) < 2 || operand(&walk, 0) != type) continue;
        if (opcode(&walk) == OP_TYPE_BOOL) return 1;
        if (length(&walk) > 2 && (opcode(&walk) == OP_TYPE_INT || opcode(&walk) == OP_TYPE_FLOAT))
            return operand(&walk, 1) / 8;
    }
    return 0;
}

// The size of the constant that an id is, 0 where it is none that can be specialized.
static uint32_t constant_size(const struct module *module, uint32_t id)
{
    for (struct walk walk = walk_begin(module); walk.at < walk.count; walk.at += length(&walk)) {
        bool constant = opcode(&walk) == OP_SPEC_CONSTANT_TRUE || opcode(&walk) == OP_SPEC_CONSTANT_FALSE ||
                        opcode(&walk) == OP_SPEC_CONSTANT;
        if (constant && length(&walk) > 2 && operand(&walk, 1) == id)
            return type_size(module, operand(&walk, 0));
    }
    return 0;
}

static bool names_constant(const struct walk *walk)
{
    return opcode(walk) == OP_DECORATE && length(walk) == 4 && operand(walk, 1) == DECORATION_SPEC_ID;
}

static cl_int constants_find(struct module *module)
{
    size_t most = 0;
    for (struct walk walk = walk_begin(module); walk.at < walk.count; walk.at += length(&walk))
        most += names_constant(&walk);
    module->constants = calloc(most + 1, sizeof *module->constants);
    module->set = calloc(most + 1, sizeof *module->set);
    if (!module->constants || !module->set) return CL_OUT_OF_HOST_MEMORY;
    for (struct walk walk = walk_begin(module); walk.at < walk.count; walk.at += length(&walk)) {
        uint32_t size = names_constant(&walk) ? constant_size(module, operand(&walk, 0)) : 0;
        if (size && size <= sizeof(uint64_t))
            module->constants[module->constant_count++] =
                (struct compiler_constant){.id = operand(&walk, 2), .size = size};
    }
    return CL_SUCCESS;
}

cl_int module_create(const void *words, size_t size, struct module **result)
{
    struct module *module = calloc(1, sizeof *module);
    if (!module) return CL_OUT_OF_HOST_MEMORY;
    module->words = malloc(size);
    module->size = size;
    cl_int error = module->words ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    if (!error) memcpy(module->words, words, size);
    if (!error && !well_formed(module)) error = CL_INVALID_VALUE;
    if (!error) error = constants_find(module);
    if (error)
        module_destroy(module);
    else
        *result = module;
    return error;
}

void module_destroy(struct module *module)
{
    if (!module) return;
    free(module->words);
    free(module->constants);
    free(module->set);
    free(module);
}

cl_int module_constant_set(struct module *module, cl_uint id, size_t size, const void *value)
{
    bool found = false;
    for (size_t i = 0; i < module->constant_count; i++) {
        struct compiler_constant *constant = &module->constants[i];
        if (constant->id != id) continue;
        if (constant->size != size) return CL_INVALID_VALUE;
        constant->value = 0;
        memcpy(&constant->value, value, size);
        module->set[i] = found = true;
    }
    return found ? CL_SUCCESS : CL_INVALID_SPEC_ID;
}

struct compiler_constant *module_constants_copy(const struct module *module, size_t *count)
{
    struct compiler_constant *copy = calloc(module->constant_count + 1, sizeof *copy);
    *count = 0;
    for (size_t i = 0; copy && i < module->constant_count; i++)
        if (module->set[i]) copy[(*count)++] = module->constants[i];
    return copy;
}
