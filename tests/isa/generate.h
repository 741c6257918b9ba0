// Random instruction words.
#pragma once

#include "device/softgpu/isa/table/isa.h"

enum { GENERATED_WORDS = 6 };

struct generator {
    uint64_t state;
};

uint32_t generate_u32(struct generator *g);

// Whether an instruction can be encoded so.
bool form_exists(const struct opcode *row, enum vector_form form);

// Words that are this instruction, or close to it: fields are random, but likely to be such as are valid.
void generate_instruction(struct generator *g, const struct opcode *row, enum vector_form form,
                          uint32_t words[GENERATED_WORDS]);
// Words that begin as some encoding does, and are random otherwise.
void generate_words(struct generator *g, uint32_t words[GENERATED_WORDS]);
