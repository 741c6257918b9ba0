// What the tables of the reader call refused is refused by its name, and what they do not know by its number.
#include "file.h"
#include "read.h"

#include "assembly.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

static void refused_with(uint32_t instruction, uint32_t operand, const char *wanted)
{
    const uint32_t words[] = {0x07230203, 0x00010000, 0, 8, 0, instruction, operand, 0};
    struct buffer log = {0};
    bool read = module_reads(words, (5 + (instruction >> 16)) * sizeof *words, &log);
    buffer_append(&log, "", 1);
    if (read || !strstr((const char *)log.data, wanted))
        fail_msg("%s expected: %s", wanted, (const char *)log.data);
    buffer_clear(&log);
}

static const struct row {
    unsigned number;
    const char *name;
} capabilities[] =
    {
#define CAPABILITY_REFUSED(number, name) {number, #name},
#define CAPABILITY_TAKEN(number, name)
#define CAPABILITY_READ(number, name)
#define CAPABILITY(number, name, state, extension) CAPABILITY_##state(number, name)
#include "compiler/spirv.def"
},
  opcodes[] = {
#define OPCODE(...)
#define REFUSED(number, name) {number, #name},
#include "compiler/kilnc/spirv/opcodes.def"
#undef OPCODE
};

static void capabilities_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof capabilities / sizeof *capabilities; i++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted, "capability %s is not supported", capabilities[i].name);
        refused_with(OP(17, 2), capabilities[i].number, wanted);
    }
}

static void opcodes_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof opcodes / sizeof *opcodes; i++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted, "word 5: Op%s (%u): this is not supported", opcodes[i].name,
                 opcodes[i].number);
        refused_with(OP(opcodes[i].number, 1), 0, wanted);
        refused_with(OP(opcodes[i].number, 2), 1, wanted);
    }
}

// By the names of the specification, not the tables'.
static void names_are_the_specifications(void **state)
{
    (void)state;
    refused_with(OP(327, 2), 1, "OpTypeNamedBarrier (327)");
    refused_with(OP(38, 3), 1, "OpTypePipe (38)");
    refused_with(OP(5600, 1), 0, "OpConstantFunctionPointerINTEL (5600)");
    refused_with(OP(17, 2), 59, "capability NamedBarrier is");
    refused_with(OP(17, 2), 5603, "capability FunctionPointersINTEL is");
    refused_with(OP(17, 2), 6022, "capability CooperativeMatrixKHR is");
    refused_with(OP(17, 2), 5606, "capability AsmINTEL is");
}

static void what_is_not_known_is_numbered(void **state)
{
    (void)state;
    refused_with(OP(17, 2), 2, "capability 2 is not supported");
    refused_with(OP(252, 1), 0, "opcode (252): the opcode is not supported");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capabilities_are_named),
        cmocka_unit_test(opcodes_are_named),
        cmocka_unit_test(names_are_the_specifications),
        cmocka_unit_test(what_is_not_known_is_numbered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
