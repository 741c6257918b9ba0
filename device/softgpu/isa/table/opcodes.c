// The opcode table: opcodes.def as data. An instruction's meaning is found by name at link time; a name that
// is nowhere does not link.
#include "isa.h"

#define OTHERWISE
#define SCALAR(function) extern scalar_fn function __attribute__((visibility("hidden")));
#define VECTOR(function) extern vector_fn function __attribute__((visibility("hidden")));
#define LANES(function)  extern lanes_fn function __attribute__((visibility("hidden")));
#define I(encoding, number, name, dst, dst2, src0, src1, src2, src3, flags, meaning) meaning
#include "opcodes.def"

// The flags as opcodes.def abbreviates them.
enum {
    BRANCH = OPCODE_BRANCH,
    END = OPCODE_END,
    READS_VCC = OPCODE_READS_VCC,
    WRITES_EXEC = OPCODE_WRITES_EXEC,
    TIED = OPCODE_TIED,
    WAVE = OPCODE_WAVE,
    LOAD = OPCODE_LOAD,
    STORE = OPCODE_STORE,
    ATOMIC = OPCODE_ATOMIC,
    D16 = OPCODE_D16,
    MODIFIERS = OPCODE_MODIFIERS,
    NO_SDWA = OPCODE_NO_SDWA,
    NO_DPP = OPCODE_NO_DPP,
    NO_VOP3 = OPCODE_NO_VOP3,
    CLAMP = OPCODE_CLAMP,
    OMOD = OPCODE_OMOD,
    OP_SEL = OPCODE_OP_SEL,
    LDS = OPCODE_LDS,
    GDS = OPCODE_GDS,
    SAMPLER = OPCODE_SAMPLER,
    GATHER4 = OPCODE_GATHER4,
    OFFSET = OPCODE_OFFSET,
    BIAS = OPCODE_BIAS,
    COMPARE = OPCODE_COMPARE,
    GRADIENTS = OPCODE_GRADIENTS,
    LOD = OPCODE_LOD,
    G16 = OPCODE_G16,
    BVH = OPCODE_BVH,
};
#define TYPE_0 TYPE_NONE

#define SCALAR(function) .scalar = function,
#define VECTOR(function) .vector = function,
#define LANES(function)  .lanes = function,
#define FLOW(kind)       .flow = FLOW_##kind,
#define REGISTERS(kind)  .registers = REGISTERS_##kind,
#define SMEM(kind)       .smem = SMEM_##kind,
#define IMAGE(kind)      .image = IMAGE_##kind,
#define FORMATTED        .formatted = true,
#define ABSENT
#define I(encoding_, number_, name_, dst_, dst2_, src0_, src1_, src2_, src3_, flags_, meaning)               \
    [OPCODE_ID_##name_##__##encoding_] = {.name = #name_,                                                    \
                                          .encoding = ENCODING_##encoding_,                                  \
                                          .number = number_,                                                 \
                                          .id = OPCODE_ID_##name_##__##encoding_,                            \
                                          .dst = TYPE_##dst_,                                                \
                                          .dst2 = TYPE_##dst2_,                                              \
                                          .src = {TYPE_##src0_, TYPE_##src1_, TYPE_##src2_, TYPE_##src3_},   \
                                          .flags = flags_,                                                   \
                                          meaning},

const struct opcode opcodes[OPCODE_ID_COUNT] = {
#include "opcodes.def"
};

bool opcode_is_mixed_precision(const struct opcode *opcode)
{
    switch (opcode->id) {
    case OPCODE_ID_v_fma_mix_f32__VOP3P:
    case OPCODE_ID_v_fma_mixlo_f16__VOP3P:
    case OPCODE_ID_v_fma_mixhi_f16__VOP3P:
        return true;
    default:
        return false;
    }
}

bool opcode_is_interpolation(const struct opcode *opcode)
{
    switch (opcode->id) {
    case OPCODE_ID_v_interp_p1ll_f16__VOP3:
    case OPCODE_ID_v_interp_p1lv_f16__VOP3:
    case OPCODE_ID_v_interp_p2_f16__VOP3:
        return true;
    default:
        return opcode->encoding == ENCODING_VINTRP;
    }
}
