#include "vector_state.h"

#include "device/softgpu/isa/table/standing.h"

// Converting f32 to f64 is exact, so f32's flushing of what comes in is all that matters there.
enum arithmetic arithmetic_of(const struct opcode *opcode)
{
    bool from_f64 = opcode->src[0] == TYPE_F64 || opcode->src[1] == TYPE_F64;
    bool bounded = opcode_standing(opcode)->kind == STANDING_BOUNDED;
    if (bounded) return from_f64 ? ARITHMETIC_F64_NEAREST : ARITHMETIC_NEAREST;
    if (from_f64) return opcode->dst == TYPE_F32 ? ARITHMETIC_F64_TO_F32 : ARITHMETIC_F64;
    return opcode->dst == TYPE_F16 || opcode->dst == TYPE_PK_F16 ? ARITHMETIC_F16 : ARITHMETIC_F32;
}

bool arithmetic_is_usual(enum arithmetic arithmetic, uint32_t mode)
{
    unsigned f32_rounding = mode & 3, f64_rounding = mode >> 2 & 3;
    bool same_in = !(mode & MODE_F32_DENORM_IN) == !(mode & MODE_F16_F64_DENORM_IN);
    bool same_out = !(mode & MODE_F32_DENORM_OUT) == !(mode & MODE_F16_F64_DENORM_OUT);
    switch (arithmetic) {
    case ARITHMETIC_F16:
        return f32_rounding == f64_rounding;
    case ARITHMETIC_F64:
        return f32_rounding == f64_rounding && same_in && same_out;
    case ARITHMETIC_F64_TO_F32:
        return f32_rounding == f64_rounding && same_in;
    case ARITHMETIC_NEAREST:
        return f32_rounding == 0;
    case ARITHMETIC_F64_NEAREST:
        return f32_rounding == 0 && same_in && same_out;
    default:
        return true;
    }
}

static uint8_t mask_register(const struct operand *in)
{
    return in->file == FILE_SGPR ? (uint8_t)in->index : MASK_NULL;
}

struct lane_masks lane_masks_of(const struct instruction *in)
{
    struct lane_masks masks = {MASK_NONE, MASK_NONE};
    if (in->opcode->flags & OPCODE_READS_VCC) masks.in = SGPR_VCC;
    for (unsigned i = 0; i < 3; i++) {
        bool mask = in->src[i].type == TYPE_LANE_MASK && in->src[i].file != FILE_NONE;
        if (mask) masks.in = mask_register(&in->src[i]);
    }
    if (in->dst.type == TYPE_LANE_MASK) masks.out = mask_register(&in->dst);
    if (in->dst2.type == TYPE_LANE_MASK) masks.out = mask_register(&in->dst2);
    return masks;
}
