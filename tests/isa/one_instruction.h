// Programs of one vector ALU instruction for one_wave.h: source i in v[2i], v[2i + 1], or where it has to be.
#pragma once

#include "device/softgpu/interpreter/wave.h"
#include "device/softgpu/isa/table/isa.h"

enum { INSTRUCTION_WORDS = 4, INSTRUCTION_SOURCES = 3, INSTRUCTION_DESTINATION = 8 };

// How an instruction is encoded: as VOP3, where it can be.
struct form {
    bool clamp;
    uint8_t omod;
    uint8_t neg, abs;          // a bit a source
    uint8_t op_sel, op_sel_hi; // likewise, of v_fma_mix; what is packed takes each half from its own
    uint32_t literal;
};

void instruction_encode(uint32_t words[INSTRUCTION_WORDS], const struct opcode *op, const struct form *);

// Whether there is no VOP3 form of it.
bool instruction_is_native_only(const struct opcode *op);
// The source that is a literal; none: INSTRUCTION_SOURCES.
unsigned instruction_literal(const struct opcode *op);
bool instruction_writes_vcc(const struct opcode *op);

// A lane's source as it lies there, and its result, which is a bit for comparisons.
uint64_t instruction_source(struct wave *wave, unsigned lane, const struct opcode *op, unsigned i);
uint64_t instruction_result(struct wave *wave, unsigned lane, const struct opcode *op);
