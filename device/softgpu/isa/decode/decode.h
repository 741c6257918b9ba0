// What the decoder's files share: the words being decoded, and the decoding of operands.
#pragma once

#include "device/softgpu/isa/table/isa.h"

// One instruction being decoded. Every function returns false where the words are no instruction.
struct decoding {
    struct instruction *in;
    const uint8_t *code;
    size_t available; // bytes at `code`
    size_t size;      // bytes consumed so far
    uint32_t word[2]; // the first dwords; word[1] is 0 in 32-bit encodings
    bool wave64;
    bool has_literal; // `in->literal` has been read
};

// Bits high..low of a dword.
static inline uint32_t field(uint32_t word, unsigned high, unsigned low)
{
    return word >> low & (uint32_t)((2ull << (high - low)) - 1);
}
static inline bool bit(uint32_t word, unsigned index) { return word >> index & 1; }

// The row with this number in this encoding; NULL: there is none.
const struct opcode *opcode_find(enum encoding encoding, unsigned number);

// The next dword: a literal, or more of the instruction.
bool decoding_next(struct decoding *d, uint32_t *dword);

// Dwords of a value.
unsigned type_dwords(enum value_type type, bool wave64);
bool type_is_float(enum value_type type); // F16, F32, F64: takes neg and abs

// Which kinds of operand a source field may name.
enum allowed_sources {
    ALLOW_VGPR = 1u << 0,
    ALLOW_SCALAR = 1u << 1, // SGPRs and the special registers among them
    ALLOW_CONSTANT = 1u << 2,
    ALLOW_LDS_DIRECT = 1u << 3,
    ALLOW_EXEC = 1u << 4, // within ALLOW_SCALAR
    ALLOW_M0 = 1u << 5,   // likewise
    ALLOW_NULL = 1u << 6, // likewise
    ALLOW_LITERAL = 1u << 7,

    ALLOW_SGPR = ALLOW_SCALAR | ALLOW_EXEC | ALLOW_M0 | ALLOW_NULL,
    ALLOW_SALU = ALLOW_SGPR | ALLOW_CONSTANT | ALLOW_LITERAL,
    ALLOW_VALU = ALLOW_SALU | ALLOW_VGPR | ALLOW_LDS_DIRECT,
};

// What source `index` of this instruction may name, of what its encoding allows.
unsigned opcode_allowed_sources(const struct opcode *opcode, unsigned index, unsigned encoding_allows);

// A 9-bit source field (8-bit ones have bit 8 clear), as a value of `type`.
bool decode_source(struct decoding *d, struct operand *operand, unsigned code, enum value_type type,
                   unsigned allowed);
// VGPRs from `index` on.
bool decode_vgpr(struct decoding *d, struct operand *operand, unsigned index, enum value_type type);
// SGPRs by their 7-bit number: no constants.
bool decode_sgpr(struct decoding *d, struct operand *operand, unsigned code, enum value_type type,
                 unsigned allowed);
// VCC, for instructions that name it implicitly.
void decode_vcc(struct decoding *d, struct operand *operand);

// By encoding. `in->opcode` is not set yet.
bool decode_sop1(struct decoding *d);
bool decode_sop2(struct decoding *d);
bool decode_sopk(struct decoding *d);
bool decode_sopc(struct decoding *d);
bool decode_sopp(struct decoding *d);
bool decode_smem(struct decoding *d);
bool decode_vop1(struct decoding *d);
bool decode_vop2(struct decoding *d);
bool decode_vopc(struct decoding *d);
bool decode_vop3(struct decoding *d);
bool decode_vop3p(struct decoding *d);
bool decode_vintrp(struct decoding *d);
bool decode_ds(struct decoding *d);
bool decode_flat(struct decoding *d);
bool decode_mubuf(struct decoding *d);
bool decode_mtbuf(struct decoding *d);
bool decode_mimg(struct decoding *d);
bool decode_exp(struct decoding *d);
