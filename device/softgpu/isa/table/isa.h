// A gfx1030 instruction: the opcode table's row, and one decoded instruction.
//
// Source: AMD "RDNA 2" ISA guide (November 2020), chapters 4-13; LLVM's AMDGPU assembler syntax.
// The table itself is `opcodes.def`, one line per instruction. What an instruction does is in `semantics.h`.
#pragma once

#include "device/softgpu/isa/semantics/semantics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The instruction format as it stands in memory. A VOP1, VOP2 or VOPC opcode can also be encoded as VOP3,
// with an SDWA word, or with a DPP word: `struct instruction.form` says how this one was.
enum encoding {
    ENCODING_SOP1,
    ENCODING_SOP2,
    ENCODING_SOPK,
    ENCODING_SOPC,
    ENCODING_SOPP,
    ENCODING_SMEM,
    ENCODING_VOP1,
    ENCODING_VOP2,
    ENCODING_VOPC,
    ENCODING_VOP3,
    ENCODING_VOP3P,
    ENCODING_VINTRP,
    ENCODING_DS,
    ENCODING_FLAT,
    ENCODING_GLOBAL,
    ENCODING_SCRATCH,
    ENCODING_MUBUF,
    ENCODING_MTBUF,
    ENCODING_MIMG,
    ENCODING_EXP,
    ENCODING_COUNT
};

enum vector_form { FORM_NATIVE, FORM_VOP3, FORM_SDWA, FORM_DPP16, FORM_DPP8 };

// What a value is: decides the number of dwords, how neg/abs/clamp/omod act, how SDWA extends, how an inline
// constant is widened, and how the disassembler prints a literal.
enum value_type {
    TYPE_NONE,
    TYPE_B16,
    TYPE_U16,
    TYPE_I16,
    TYPE_F16,
    TYPE_B32,
    TYPE_U32,
    TYPE_I32,
    TYPE_F32,
    TYPE_B64,
    TYPE_U64,
    TYPE_I64,
    TYPE_F64,
    TYPE_PK_B16,
    TYPE_PK_U16,
    TYPE_PK_I16,
    TYPE_PK_F16,
    TYPE_B96,
    TYPE_B128,
    TYPE_B160,
    TYPE_B256,
    TYPE_B512,
    TYPE_LANE_MASK, // one bit a lane: one SGPR in wave32, a pair in wave64
    TYPE_COUNT
};

enum operand_file {
    FILE_NONE,
    FILE_VGPR,     // index: 0..255
    FILE_SGPR,     // index as encoded: SGPR_LAST is the last without a name
    FILE_NULL,     // reads 0, writes nowhere
    FILE_CONSTANT, // an inline constant or a literal: bits in `value`
    FILE_SPECIAL,  // index as encoded: the apertures, POPS, VCCZ, EXECZ, SCC, LDS_DIRECT
};

// Scalar registers that have names, by their number in the file and in operand fields.
enum {
    SGPR_LAST = 105,
    SGPR_VCC = 106,
    SGPR_TTMP = 108,
    SGPR_TTMP_LAST = 123,
    SGPR_M0 = 124,
    SGPR_EXEC = 126,
};

// What else the number in a source field means. ISA guide, sections 3.4, 5.1 and 6.2.
enum operand_code {
    CODE_NULL = 125,
    CODE_INTEGER = 128, // 0..64, then -1..-16
    CODE_INTEGER_NEGATIVE = 193,
    CODE_INTEGER_LAST = 208,
    CODE_SHARED_BASE = 235,
    CODE_SHARED_LIMIT = 236,
    CODE_PRIVATE_BASE = 237,
    CODE_PRIVATE_LIMIT = 238,
    CODE_POPS_EXITING_WAVE_ID = 239,
    CODE_FLOAT = 240, // 0.5, -0.5, 1, -1, 2, -2, 4, -4, 1/(2 pi)
    CODE_FLOAT_LAST = 248,
    CODE_VCCZ = 251,
    CODE_EXECZ = 252,
    CODE_SCC = 253,
    CODE_LDS_DIRECT = 254,
    CODE_LITERAL = 255,
    CODE_VGPR = 256,
};

// One operand, decoded.
struct operand {
    uint8_t file;   // enum operand_file
    uint8_t type;   // enum value_type
    uint8_t dwords; // registers it covers: 1..16
    bool literal;   // FILE_CONSTANT from the literal dword, not an inline constant
    bool neg, abs;  // VOP3/SDWA/DPP input modifiers for float types
    bool neg_hi;    // VOP3P: neg of the high half, and `neg` of the low one; v_fma_mix: abs, as in `abs`
    uint8_t op_sel; // VOP3: bit 0 = use the high half; VOP3P: bit 0 = op_sel, bit 1 = op_sel_hi
    uint8_t sdwa;   // enum sdwa_select
    bool sext;      // SDWA: sign-extend
    uint16_t index; // register number within its file
    uint16_t code;  // as encoded (9-bit source field where there is one, else 0), for the disassembler
    uint64_t value; // FILE_CONSTANT: the bits as this operand's type sees them
};

enum sdwa_select { SDWA_BYTE_0, SDWA_BYTE_1, SDWA_BYTE_2, SDWA_BYTE_3, SDWA_WORD_0, SDWA_WORD_1, SDWA_DWORD };
enum sdwa_unused { SDWA_UNUSED_PAD, SDWA_UNUSED_SEXT, SDWA_UNUSED_PRESERVE };

// Row flags.
enum opcode_flags {
    OPCODE_BRANCH = 1u << 0,      // may set the PC
    OPCODE_END = 1u << 1,         // s_endpgm and its kin
    OPCODE_READS_VCC = 1u << 2,   // implicitly: v_div_fmas; the VOP2 forms of v_cndmask, v_*_co_ci
    OPCODE_WRITES_EXEC = 1u << 3, // saveexec, v_cmpx
    OPCODE_TIED = 1u << 4,        // the destination is also the last source (v_fmac, v_mac, v_dot*c)
    OPCODE_WAVE = 1u << 5,        // of the whole wave, not lane by lane (readlane, permlane, bpermute, …)
    OPCODE_LOAD = 1u << 6,
    OPCODE_STORE = 1u << 7,
    OPCODE_ATOMIC = 1u << 8,     // returns the old value only with GLC (FLAT, MUBUF) or by opcode (DS _rtn_)
    OPCODE_D16 = 1u << 9,        // a 16-bit load into one half, the other is kept; MIMG: has a D16 bit
    OPCODE_MODIFIERS = 1u << 10, // integer sources have neg and abs bits, too, which act on B types only
    OPCODE_NO_SDWA = 1u << 11,
    OPCODE_NO_DPP = 1u << 12,
    OPCODE_NO_VOP3 = 1u << 13,
    OPCODE_CLAMP = 1u << 14,  // the VOP3 form takes clamp
    OPCODE_OMOD = 1u << 15,   // the VOP3 form takes omod
    OPCODE_OP_SEL = 1u << 16, // VOP3: halves of 16-bit operands; v_permlane16: fetch-inactive, bound-control
    OPCODE_LDS = 1u << 17,    // MUBUF, GLOBAL, SCRATCH: can load straight into LDS
    OPCODE_GDS = 1u << 18,    // DS: exists for GDS only
    // MIMG: what the address is made of besides the coordinates
    OPCODE_SAMPLER = 1u << 19,
    OPCODE_GATHER4 = 1u << 20,
    OPCODE_OFFSET = 1u << 21,
    OPCODE_BIAS = 1u << 22,
    OPCODE_COMPARE = 1u << 23,
    OPCODE_GRADIENTS = 1u << 24,
    OPCODE_LOD = 1u << 25, // level of detail, its clamp, or the mip level
    OPCODE_G16 = 1u << 26, // 16-bit gradients
    OPCODE_BVH = 1u << 27,
};

// What an instruction does to the program counter.
enum flow {
    FLOW_ON, // goes on behind it, and does something else
    // Waits (everything is done when the next instruction runs), cache control (host memory is coherent),
    // hints, and branches on debug flags that are never set. A message to the host's interrupt handler is
    // such a hint, too: whoever waits for one also looks at memory.
    FLOW_NOTHING,
    FLOW_BRANCH, // to a target known from the encoding; these in this order
    FLOW_BRANCH_SCC0,
    FLOW_BRANCH_SCC1,
    FLOW_BRANCH_VCCZ,
    FLOW_BRANCH_VCCNZ,
    FLOW_BRANCH_EXECZ,
    FLOW_BRANCH_EXECNZ,
    FLOW_SUBVECTOR_BEGIN, // halves of a wave by turns
    FLOW_SUBVECTOR_END,
    FLOW_CALL,
    FLOW_GETPC,
    FLOW_SETPC,
    FLOW_SWAPPC,
    FLOW_END,
    FLOW_CODE_END, // padding behind code, never to be executed
    FLOW_BARRIER,
    FLOW_SLEEP,
    FLOW_TRAP,
    FLOW_COUNT
};

// What it does with registers as such: of numbers that M0 adds to, hardware's, single lanes, whole ones.
enum register_act {
    REGISTERS_NONE,
    REGISTERS_S_MOVRELS,
    REGISTERS_S_MOVRELD,
    REGISTERS_S_MOVRELSD_2,
    REGISTERS_V_MOVRELS,
    REGISTERS_V_MOVRELD,
    REGISTERS_V_MOVRELSD,
    REGISTERS_V_MOVRELSD_2,
    REGISTERS_SWAPREL,
    REGISTERS_SWAP,
    REGISTERS_GETREG,
    REGISTERS_SETREG,
    REGISTERS_ROUND_MODE,
    REGISTERS_DENORM_MODE,
    REGISTERS_READFIRSTLANE,
    REGISTERS_READLANE,
    REGISTERS_WRITELANE,
    REGISTERS_COUNT
};

enum smem_act { SMEM_NONE, SMEM_LOAD, SMEM_BUFFER_LOAD };

// RAW: as the bits lie in memory. Atomics have a VECTOR meaning.
enum image_act {
    IMAGE_NONE,
    IMAGE_LOAD,
    IMAGE_LOAD_MIP,
    IMAGE_LOAD_RAW,
    IMAGE_LOAD_RAW_SIGNED,
    IMAGE_STORE,
    IMAGE_STORE_MIP,
    IMAGE_STORE_RAW,
    IMAGE_RESINFO,
    IMAGE_SAMPLE,
    IMAGE_GATHER4,
    IMAGE_GET_LOD
};

// One row of opcodes.def. From `flow` on, its meaning: one of them is not 0, but for what is ABSENT.
struct opcode {
    const char *name;          // mnemonic without _e32/_e64/_sdwa/_dpp
    uint8_t encoding;          // enum encoding
    uint16_t number;           // opcode field
    uint16_t id;               // enum opcode_id: position in opcodes.def
    uint8_t dst, dst2, src[4]; // enum value_type; dst2: SDST of VOP3B, or carry-out
    uint32_t flags;
    uint8_t flow;      // enum flow
    uint8_t registers; // enum register_act
    uint8_t smem;      // enum smem_act
    uint8_t image;     // enum image_act
    bool formatted;
    scalar_fn *scalar;
    vector_fn *vector;
    lanes_fn *lanes;
};

// OPCODE_ID_<name>__<ENCODING>, in the table's order.
enum opcode_id {
#define I(encoding, number, name, ...) OPCODE_ID_##name##__##encoding,
#include "opcodes.def"
    OPCODE_ID_COUNT
};

extern const struct opcode opcodes[OPCODE_ID_COUNT];

// v_fma_mix_f32, v_fma_mixlo_f16, v_fma_mixhi_f16: each source is f32, or, with op_sel_hi, the half of it
// that op_sel names.
bool opcode_is_mixed_precision(const struct opcode *opcode);
// v_interp_*: source 0 is a VGPR or a parameter's number, the rest is in vintrp_attribute and vintrp_channel.
bool opcode_is_interpolation(const struct opcode *opcode);

// What s_getreg and s_setreg name; SIMM16 is { size - 1 [15:11], offset [10:6], id [5:0] }.
enum hardware_register {
    HWREG_MODE = 1,
    HWREG_SH_MEM_BASES = 15,
    HWREG_FLAT_SCR_LO = 20,
    HWREG_FLAT_SCR_HI = 21,
    HWREG_SHADER_CYCLES = 29,
};
enum {
    HWREG_ID = 63,             // mask
    HWREG_ALL_BITS = 31 << 11, // with the id: the whole register
};

// One decoded instruction. Fields that an encoding lacks are 0.
//
// Sources, by encoding:
//   SALU, VALU        src0 to src2. src[2] is the old destination where OPCODE_TIED. Carry-in and selecting
//                     masks are the source of type TYPE_LANE_MASK, VCC where implicit: src[2], but src[3] of
//                     v_div_fmas. v_fmamk: src[1] is the constant, as printed.
//   SOPK              the destination's old value, SIMM16
//   SMEM              SBASE, SOFFSET
//   DS                ADDR, DATA0, DATA1
//   FLAT and its kin  ADDR (a VGPR), DATA, SADDR
//   MUBUF, MTBUF      VADDR, SRSRC, SOFFSET, VDATA (stores, atomics)
//   MIMG              VADDR, SRSRC, SSAMP, VDATA (stores, atomics)
//   VINTRP            the VGPR, or v_interp_mov's parameter; src[2] of v_interp_p2 the old destination
struct instruction {
    const struct opcode *opcode;
    struct operand dst;    // VDST, SDST; VOPC: the lane mask, VCC or EXEC where implicit; none in stores
    struct operand dst2;   // VOP3B SDST, carry-out; v_swap: the other VGPR
    struct operand src[4]; // see above; FILE_NONE where absent
    uint32_t literal;      // the literal dword, if an operand uses one
    int32_t offset;        // memory: bytes, signed; DS: OFFSET0 | OFFSET1 << 8; SOPP, SOPK: SIMM16, signed
    uint8_t form;          // enum vector_form
    uint8_t size;          // bytes: 4..20
    bool glc, slc, dlc, tfe, lds, gds, offen, idxen, lwe, r128, a16, d16, unorm, clamp;
    uint8_t omod;       // 0 none, 1 *2, 2 *4, 3 /2
    uint8_t dst_op_sel; // VOP3 op_sel[3]: write the high half; set of v_fma_mixhi, too
    uint8_t dst_sdwa;   // enum sdwa_select
    uint8_t dst_unused; // enum sdwa_unused
    uint16_t dpp_ctrl;  // DPP16 control
    uint8_t row_mask, bank_mask;
    bool bound_ctrl, fetch_inactive; // DPP; v_permlane16's, too
    uint32_t dpp8;                   // 8 x 3 bits
    uint8_t dmask, dim;              // MIMG
    uint8_t format;                  // MTBUF
    uint8_t nsa_count;               // MIMG: address registers besides VADDR
    uint8_t nsa[12];                 //   and their numbers
    uint8_t exp_target, exp_enable;
    bool exp_done, exp_compressed, exp_valid_mask;
    uint8_t vintrp_attribute, vintrp_channel;
};

// Bytes that a FLAT, GLOBAL, SCRATCH or MUBUF instruction accesses for each lane.
unsigned access_size(const struct instruction *in);

// Of an image instruction's address: offset, bias, reference value and gradients come before the coordinates,
// the level of detail after them. ISA guide, section 8.2.4.
struct image_address {
    uint8_t dwords;
    uint8_t first_coordinate; // dword
    uint8_t coordinates;      // without the level of detail; two a dword with A16
};
struct image_address image_address_of(const struct instruction *in);

// Decodes the instruction at `code`, of which `available` bytes may be read. `wave64` selects the width of
// lane masks. Returns its size in bytes; 0 where the words are no gfx1030 instruction (or it is cut off).
size_t instruction_decode(struct instruction *out, const void *code, size_t available, bool wave64);

// Prints `in` as LLVM's disassembler does for gfx1030. Returns the whole text's length, like snprintf.
int instruction_print(char *buffer, size_t size, const struct instruction *in, bool wave64);
