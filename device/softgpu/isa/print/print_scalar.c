// SOP1, SOP2, SOPK, SOPC, SOPP and SMEM as text, with the syntaxes of their immediates.
#include "print.h"

static void print_waitcnt(struct printer *p, uint16_t imm)
{
    unsigned vmcnt = (imm & 15) | (imm >> 14 & 3) << 4, expcnt = imm >> 4 & 7, lgkmcnt = imm >> 8 & 63;
    bool all = vmcnt == 63 && expcnt == 7 && lgkmcnt == 63;
    const char *separator = "";
    if (all || vmcnt != 63) {
        print_text(p, "vmcnt(%u)", vmcnt);
        separator = " ";
    }
    if (all || expcnt != 7) {
        print_text(p, "%sexpcnt(%u)", separator, expcnt);
        separator = " ";
    }
    if (all || lgkmcnt != 63) print_text(p, "%slgkmcnt(%u)", separator, lgkmcnt);
}

static void print_depctr(struct printer *p, uint16_t imm)
{
    static const struct {
        const char *name;
        uint8_t low, bits;
    } counters[] = {{"hold_cnt", 7, 1}, {"sa_sdst", 0, 1}, {"va_vdst", 12, 4}, {"va_sdst", 9, 3},
                    {"va_ssrc", 8, 1},  {"va_vcc", 1, 1},  {"vm_vsrc", 2, 3}};
    const unsigned count = sizeof counters / sizeof *counters;
    uint16_t used = 0;
    for (unsigned i = 0; i < count; i++)
        used |= (uint16_t)(((1u << counters[i].bits) - 1) << counters[i].low);
    if (imm & ~used) {
        print_text(p, "0x%x", imm);
        return;
    }
    const char *separator = "";
    for (unsigned i = 0; i < count; i++) {
        unsigned mask = (1u << counters[i].bits) - 1, value = imm >> counters[i].low & mask;
        if (imm != used && value == mask) continue; // waits for nothing
        print_text(p, "%sdepctr_%s(%u)", separator, counters[i].name, value);
        separator = " ";
    }
}

// SIMM16: message in 3:0, operation in 6:4, stream in 9:8.
static void print_sendmsg(struct printer *p, uint16_t imm)
{
    static const char *const messages[16] = {
        [1] = "MSG_INTERRUPT",       [2] = "MSG_GS",
        [3] = "MSG_GS_DONE",         [4] = "MSG_SAVEWAVE",
        [5] = "MSG_STALL_WAVE_GEN",  [6] = "MSG_HALT_WAVES",
        [7] = "MSG_ORDERED_PS_DONE", [8] = "MSG_EARLY_PRIM_DEALLOC",
        [9] = "MSG_GS_ALLOC_REQ",    [10] = "MSG_GET_DOORBELL",
        [11] = "MSG_GET_DDID",       [15] = "MSG_SYSMSG",
    };
    static const char *const gs_operations[] = {"GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"};
    static const char *const system_operations[] = {NULL, "SYSMSG_OP_ECC_ERR_INTERRUPT", "SYSMSG_OP_REG_RD",
                                                    NULL, "SYSMSG_OP_TTRACE_PC"};
    unsigned message = imm & 15, operation = imm >> 4 & 7, stream = imm >> 8 & 3;
    bool is_gs = message == 2 || message == 3;
    if (is_gs && operation < 4 && (operation ? true : message == 3 && stream == 0)) {
        print_text(p, "sendmsg(%s, %s", messages[message], gs_operations[operation]);
        if (operation != 0) print_text(p, ", %u", stream);
        print_text(p, ")");
    } else if (message == 15 && operation <= 4 && system_operations[operation] && stream == 0) {
        print_text(p, "sendmsg(%s, %s)", messages[message], system_operations[operation]);
    } else if (!is_gs && message != 15 && messages[message] && operation == 0 && stream == 0) {
        print_text(p, "sendmsg(%s)", messages[message]);
    } else if ((imm & ~0x37fu) == 0) {
        print_text(p, "sendmsg(%u, %u, %u)", message, operation, stream);
    } else {
        print_text(p, "%u", imm);
    }
}

// SIMM16: register in 5:0, offset in 10:6, size - 1 in 15:11.
static void print_hwreg(struct printer *p, uint16_t imm)
{
    static const char *const names[64] = {
        [1] = "HW_REG_MODE",          [2] = "HW_REG_STATUS",         [3] = "HW_REG_TRAPSTS",
        [5] = "HW_REG_GPR_ALLOC",     [6] = "HW_REG_LDS_ALLOC",      [7] = "HW_REG_IB_STS",
        [15] = "HW_REG_SH_MEM_BASES", [16] = "HW_REG_TBA_LO",        [17] = "HW_REG_TBA_HI",
        [18] = "HW_REG_TMA_LO",       [19] = "HW_REG_TMA_HI",        [20] = "HW_REG_FLAT_SCR_LO",
        [21] = "HW_REG_FLAT_SCR_HI",  [23] = "HW_REG_HW_ID1",        [24] = "HW_REG_HW_ID2",
        [25] = "HW_REG_POPS_PACKER",  [29] = "HW_REG_SHADER_CYCLES",
    };
    unsigned id = imm & 63, offset = imm >> 6 & 31, width = (imm >> 11) + 1u;
    if (names[id])
        print_text(p, "hwreg(%s", names[id]);
    else
        print_text(p, "hwreg(%u", id);
    if (offset != 0 || width != 32) print_text(p, ", %u, %u", offset, width);
    print_text(p, ")");
}

// SIMM16: GPU generation in 7:0, flags in 15:13.
static void print_version(struct printer *p, uint16_t imm)
{
    static const char *const generations[] = {[0] = "GFX7", [4] = "GFX10", [6] = "GFX11", [9] = "GFX12"};
    static const char *const flags[] = {"W64_BIT", "W32_BIT", "MDP_BIT"};
    unsigned generation = imm & 0xff, flag_count = (unsigned)__builtin_popcount(imm >> 13);
    if (imm & 0x1f00) {
        print_text(p, "0x%x", imm);
        return;
    }
    for (unsigned i = 1; i < flag_count; i++) print_text(p, "(");
    if (generation < sizeof generations / sizeof *generations && generations[generation])
        print_text(p, "UC_VERSION_%s", generations[generation]);
    else
        print_text(p, "%u", generation);
    for (unsigned i = 0, printed = 0; i < 3; i++)
        if (imm >> (13 + i) & 1)
            print_text(p, "|UC_VERSION_%s%s", flags[i], ++printed < flag_count ? ")" : "");
}

static const struct {
    uint16_t id;
    void (*print)(struct printer *p, uint16_t imm);
} immediates[] = {
    {OPCODE_ID_s_waitcnt__SOPP, print_waitcnt},        {OPCODE_ID_s_waitcnt_depctr__SOPP, print_depctr},
    {OPCODE_ID_s_sendmsg__SOPP, print_sendmsg},        {OPCODE_ID_s_sendmsghalt__SOPP, print_sendmsg},
    {OPCODE_ID_s_getreg_b32__SOPK, print_hwreg},       {OPCODE_ID_s_setreg_b32__SOPK, print_hwreg},
    {OPCODE_ID_s_setreg_imm32_b32__SOPK, print_hwreg}, {OPCODE_ID_s_version__SOPK, print_version},
};

static void print_immediate(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    uint16_t imm = (uint16_t)in->offset;
    for (size_t i = 0; i < sizeof immediates / sizeof *immediates; i++)
        if (immediates[i].id == row->id) {
            immediates[i].print(p, imm);
            return;
        }
    bool decimal = row->flags & (OPCODE_BRANCH | OPCODE_END) || (row->src[0] == TYPE_U16 && imm <= 64);
    if (decimal)
        print_text(p, "%u", imm);
    else
        print_text(p, "0x%x", imm);
}

static void print_sopk(struct printer *p, const struct instruction *in)
{
    bool setreg = in->opcode->id == OPCODE_ID_s_setreg_b32__SOPK ||
                  in->opcode->id == OPCODE_ID_s_setreg_imm32_b32__SOPK;
    const struct operand *reg = in->dst.file ? &in->dst : &in->src[0];
    print_text(p, " ");
    if (reg->file && !setreg) {
        print_operand(p, in, reg);
        print_text(p, ", ");
    }
    print_immediate(p, in);
    if (setreg) {
        print_text(p, ", ");
        if (reg->file == FILE_CONSTANT)
            print_number(p, in->literal);
        else
            print_operand(p, in, reg);
    }
}

void print_scalar(struct printer *p, const struct instruction *in)
{
    if (in->opcode->encoding == ENCODING_SOPK) {
        print_sopk(p, in);
        return;
    }
    if (in->opcode->encoding == ENCODING_SOPP) {
        if (!in->opcode->src[0] || (in->opcode->flags & OPCODE_END && !in->offset)) return;
        print_text(p, " ");
        print_immediate(p, in);
        return;
    }
    const char *separator = " ";
    const struct operand *const operands[] = {&in->dst, &in->src[0], &in->src[1]};
    for (unsigned i = 0; i < 3; i++) {
        if (operands[i]->file == FILE_NONE) continue;
        print_text(p, "%s", separator);
        print_operand(p, in, operands[i]);
        separator = ", ";
    }
}

void print_smem(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    if (!row->dst && !row->src[0]) return;
    print_text(p, " ");
    if (row->dst)
        print_operand(p, in, &in->dst);
    else
        print_number(p, (uint32_t)in->src[2].value);
    if (!row->src[0]) return;
    print_text(p, ", ");
    print_operand(p, in, &in->src[0]);
    print_text(p, ", ");
    bool has_register = in->src[1].file != FILE_NULL, has_offset = in->offset != 0;
    if (has_register || !has_offset) print_operand(p, in, &in->src[1]);
    if (has_offset)
        print_text(p, "%s%s0x%x", has_register ? " offset:" : "", in->offset < 0 ? "-" : "",
                   (unsigned)(in->offset < 0 ? -in->offset : in->offset));
    print_flag(p, in->glc, "glc");
    print_flag(p, in->dlc, "dlc");
}
