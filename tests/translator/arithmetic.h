// Random instructions that touch neither memory nor the program counter.
#pragma once

#include "tests/isa/generate.h"

// An instruction of this row and form, if one is found that is translated or that native code has
// interpreted, and whose result is the same whenever it runs. Returns its size in bytes, or 0.
size_t arithmetic_generate(struct generator *g, const struct opcode *row, enum vector_form form, bool wave64,
                           uint32_t mode, uint32_t words[GENERATED_WORDS]);
