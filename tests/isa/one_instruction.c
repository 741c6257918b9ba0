#include "one_instruction.h"

#include "valu_operands.h"

enum { VOP3_VOP2 = 0x100, VOP3_VOP1 = 0x180, S_ENDPGM = (int)0xbf810000 };

bool instruction_is_native_only(const struct opcode *op)
{
    return op->encoding == ENCODING_VOP2 && op->flags & OPCODE_NO_VOP3;
}

unsigned instruction_literal(const struct opcode *op)
{
    if (strncmp(op->name, "v_fmamk_", 8) == 0) return 1;
    return strncmp(op->name, "v_fmaak_", 8) == 0 ? 2 : INSTRUCTION_SOURCES;
}

bool instruction_writes_vcc(const struct opcode *op) { return op->dst2 == TYPE_LANE_MASK; }

// Where the result goes: over the last source, where that is one register with it; comparisons' to EXEC or an
// SGPR.
static unsigned destination(const struct opcode *op)
{
    if (op->encoding == ENCODING_VOPC)
        return op->flags & OPCODE_WRITES_EXEC ? SGPR_EXEC : INSTRUCTION_DESTINATION;
    return op->flags & OPCODE_TIED ? 4 : INSTRUCTION_DESTINATION;
}

static unsigned sources(const struct opcode *op)
{
    unsigned count = 0;
    while (count < INSTRUCTION_SOURCES && op->src[count]) count++;
    return op->flags & OPCODE_TIED ? count - 1 : count;
}

static void encode_vop2(uint32_t words[INSTRUCTION_WORDS], const struct opcode *op, const struct form *form)
{
    unsigned literal = instruction_literal(op), second = literal == 1 ? 4 : 2;
    words[0] = (uint32_t)op->number << 25 | destination(op) << 17 | second << 9 | 256;
    words[1] = literal < INSTRUCTION_SOURCES ? form->literal : (uint32_t)S_ENDPGM;
    words[2] = (uint32_t)S_ENDPGM;
}

// neg_hi is the high half's sign, or abs.
static void encode_vop3p(uint32_t words[INSTRUCTION_WORDS], const struct opcode *op, const struct form *form)
{
    bool packed = op->src[0] == TYPE_PK_F16;
    uint32_t high = packed ? 7 : form->op_sel_hi;
    words[0] = 0xcc000000 | (uint32_t)op->number << 16 | (uint32_t)form->clamp << 15 | high >> 2 << 14 |
               (uint32_t)form->op_sel << 11 | (uint32_t)(packed ? form->neg : form->abs) << 8 |
               destination(op);
    words[1] |= (high & 3) << 27;
}

void instruction_encode(uint32_t words[INSTRUCTION_WORDS], const struct opcode *op, const struct form *form)
{
    uint32_t number = op->number;
    if (instruction_is_native_only(op)) {
        encode_vop2(words, op, form);
        return;
    }
    if (op->encoding == ENCODING_VOP1) number += VOP3_VOP1;
    if (op->encoding == ENCODING_VOP2) number += VOP3_VOP2;
    words[1] = (uint32_t)form->neg << 29;
    for (unsigned i = 0; i < sources(op); i++) words[1] |= (256 + 2 * i) << 9 * i;
    if (op->encoding == ENCODING_VOP3P) {
        encode_vop3p(words, op, form);
    } else {
        uint32_t abs = instruction_writes_vcc(op) ? SGPR_VCC : form->abs;
        words[0] = 0xd4000000 | number << 16 | (uint32_t)form->clamp << 15 | abs << 8 | destination(op);
        words[1] |= (uint32_t)form->omod << 27;
    }
    words[2] = (uint32_t)S_ENDPGM;
}

static uint64_t register_read(struct wave *wave, unsigned lane, unsigned index, unsigned type)
{
    uint64_t low = *wave_lane(wave, lane, index);
    return operand_dwords((int)type) == 2 ? low | (uint64_t)*wave_lane(wave, lane, index + 1) << 32 : low;
}

uint64_t instruction_source(struct wave *wave, unsigned lane, const struct opcode *op, unsigned i)
{
    return register_read(wave, lane, 2 * i, op->src[i]);
}

uint64_t instruction_result(struct wave *wave, unsigned lane, const struct opcode *op)
{
    if (op->encoding == ENCODING_VOPC) return wave->sgpr[destination(op)] >> lane & 1;
    return register_read(wave, lane, destination(op), op->dst);
}
