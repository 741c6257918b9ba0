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

// ---- Specialization constants -------------------------------------------------------------------------

// What an instruction says of an id: a type's size in bytes, or a constant's type.
struct fact {
    uint32_t id, value;
};

struct facts {
    struct fact *all; // by id, once sorted
    size_t count;
};

static int facts_compare(const void *a, const void *b)
{
    const struct fact *one = a, *other = b;
    return (one->id > other->id) - (one->id < other->id);
}

// 0 where nothing is known of the id.
static uint32_t facts_find(const struct facts *facts, uint32_t id)
{
    const struct fact wanted = {.id = id};
    const struct fact *found = bsearch(&wanted, facts->all, facts->count, sizeof wanted, facts_compare);
    return found ? found->value : 0;
}

typedef bool fact_of(const struct walk *, struct fact *);

// Only numbers and booleans have a size.
static bool type_fact(const struct walk *walk, struct fact *fact)
{
    bool number = opcode(walk) == OP_TYPE_INT || opcode(walk) == OP_TYPE_FLOAT;
    if (length(walk) < (number ? 3 : 2) || (!number && opcode(walk) != OP_TYPE_BOOL)) return false;
    *fact = (struct fact){operand(walk, 0), number ? operand(walk, 1) / 8 : 1};
    return true;
}

static bool constant_fact(const struct walk *walk, struct fact *fact)
{
    bool constant = opcode(walk) == OP_SPEC_CONSTANT_TRUE || opcode(walk) == OP_SPEC_CONSTANT_FALSE ||
                    opcode(walk) == OP_SPEC_CONSTANT;
    if (!constant || length(walk) < 3) return false;
    *fact = (struct fact){operand(walk, 1), operand(walk, 0)};
    return true;
}

// The constant that an id is, and the number by which it is specialized.
static bool specialization_fact(const struct walk *walk, struct fact *fact)
{
    if (opcode(walk) != OP_DECORATE || length(walk) != 4 || operand(walk, 1) != DECORATION_SPEC_ID)
        return false;
    *fact = (struct fact){operand(walk, 0), operand(walk, 2)};
    return true;
}

// All such facts in the module's order; `all` is NULL when memory is short.
static struct facts facts_collect(const struct module *module, fact_of *of)
{
    struct facts facts = {0};
    struct fact fact;
    for (struct walk walk = walk_begin(module); walk.at < walk.count; walk.at += length(&walk))
        facts.count += of(&walk, &fact);
    facts.all = calloc(facts.count + 1, sizeof *facts.all);
    size_t filled = 0;
    if (!facts.all) return facts;
    for (struct walk walk = walk_begin(module); filled < facts.count; walk.at += length(&walk))
        if (of(&walk, &fact)) facts.all[filled++] = fact;
    return facts;
}

static void constants_fill(struct module *module, const struct facts *types, const struct facts *constants,
                           const struct facts *specializations)
{
    qsort(types->all, types->count, sizeof *types->all, facts_compare);
    qsort(constants->all, constants->count, sizeof *constants->all, facts_compare);
    for (size_t i = 0; i < specializations->count; i++) {
        const struct fact *named = &specializations->all[i];
        uint32_t type = facts_find(constants, named->id);
        uint32_t size = facts_find(types, type);
        if (size && size <= sizeof(uint64_t))
            module->constants[module->constant_count++] =
                (struct compiler_constant){.id = named->value, .size = size};
    }
}

static cl_int constants_find(struct module *module)
{
    struct facts types = facts_collect(module, type_fact), constants = facts_collect(module, constant_fact),
                 specializations = facts_collect(module, specialization_fact);
    module->constants = calloc(specializations.count + 1, sizeof *module->constants);
    module->set = calloc(specializations.count + 1, sizeof *module->set);
    bool complete = module->constants && module->set && types.all && constants.all && specializations.all;
    if (complete) constants_fill(module, &types, &constants, &specializations);
    free(types.all);
    free(constants.all);
    free(specializations.all);
    return complete ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
}

// ---- Modules ------------------------------------------------------------------------------------------

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
