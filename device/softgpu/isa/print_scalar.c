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
    if ((imm | used) != 0xffff || (imm & ~used) != (0xffff & ~used)) {
        if (imm & ~used) {
            print_text(p, "0x%x", imm);
            return;
        }
    }
    bool all = (imm & used) == used;
    const char *separator = "";
    for (unsigned i = 0; i < count; i++) {
        unsigned mask = (1u << counters[i].bits) - 1, value = imm >> counters[i].low & mask;
        if (!all && value == mask) continue;
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
        [7] = "MSG_ORDERED_PS_DONE", [9] = "MSG_GS_ALLOC_REQ",
        [10] = "MSG_GET_DOORBELL",   [11] = "MSG_GET_DDID",
        [15] = "MSG_SYSMSG",
    };
    static const char *const gs_operations[] = {"GS_OP_NOP", "GS_OP_CUT", "GS_OP_EMIT", "GS_OP_EMIT_CUT"};
    static const char *const system_operations[] = {NULL, "SYSMSG_OP_ECC_ERR_INTERRUPT", "SYSMSG_OP_REG_RD",
                                                    "SYSMSG_OP_HOST_TRAP_ACK", "SYSMSG_OP_TTRACE_PC"};
    unsigned message = imm & 15, operation = imm >> 4 & 7, stream = imm >> 8 & 3;
    bool known_bits = (imm & ~0x37fu) == 0, is_gs = message == 2 || message == 3;
    if (!known_bits) {
        print_text(p, "%u", imm);
    } else if (is_gs && operation < 4 && (operation != 0 || (message == 3 && stream == 0))) {
        print_text(p, "sendmsg(%s, %s", messages[message], gs_operations[operation]);
        if (operation != 0) print_text(p, ", %u", stream);
        print_text(p, ")");
    } else if (message == 15 && operation >= 1 && operation <= 4 && stream == 0) {
        print_text(p, "sendmsg(%s, %s)", messages[message], system_operations[operation]);
    } else if (!is_gs && message != 15 && messages[message] && operation == 0 && stream == 0) {
        print_text(p, "sendmsg(%s)", messages[message]);
    } else {
        print_text(p, "sendmsg(%u, %u, %u)", message, operation, stream);
    }
}

// SIMM16: register in 5:0, offset in 10:6, size - 1 in 15:11.
static void print_hwreg(struct printer *p, uint16_t imm)
{
    static const char *const names[64] = {
        [1] = "HW_REG_MODE",          [2] = "HW_REG_STATUS",       [3] = "HW_REG_TRAPSTS",
        [5] = "HW_REG_GPR_ALLOC",     [6] = "HW_REG_LDS_ALLOC",    [7] = "HW_REG_IB_STS",
        [15] = "HW_REG_SH_MEM_BASES", [16] = "HW_REG_TBA_LO",      [17] = "HW_REG_TBA_HI",
        [18] = "HW_REG_TMA_LO",       [19] = "HW_REG_TMA_HI",      [20] = "HW_REG_FLAT_SCR_LO",
        [21] = "HW_REG_FLAT_SCR_HI",  [22] = "HW_REG_XNACK_MASK",  [23] = "HW_REG_HW_ID1",
        [24] = "HW_REG_HW_ID2",       [25] = "HW_REG_POPS_PACKER", [29] = "HW_REG_SHADER_CYCLES",
    };
    unsigned id = imm & 63, offset = imm >> 6 & 31, width = (imm >> 11) + 1u;
    if (names[id])
        print_text(p, "hwreg(%s", names[id]);
    else
        print_text(p, "hwreg(%u", id);
    if (offset != 0 || width != 32) print_text(p, ", %u, %u", offset, width);
    print_text(p, ")");
}

static void print_version(struct printer *p, uint16_t imm)
{
    static const struct {
        uint16_t value;
        const char *name;
    } versions[] = {{0, "UC_VERSION_GFX7"},         {4, "UC_VERSION_GFX10"},
                    {6, "UC_VERSION_GFX11"},        {0x2000, "UC_VERSION_W64_BIT"},
                    {0x4000, "UC_VERSION_W32_BIT"}, {0x8000, "UC_VERSION_MDP_BIT"}};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        if (versions[i].value == imm) {
            print_text(p, "%s", versions[i].name);
            return;
        }
    print_text(p, "0x%x", imm);
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
    if (row->flags & OPCODE_BRANCH || row->src[0] == TYPE_U16)
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
        if (!in->opcode->src[0]) return;
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
    print_operand(p, in, row->dst ? &in->dst : &in->src[2]);
    if (!row->src[0]) return;
    print_text(p, ", ");
    print_operand(p, in, &in->src[0]);
    print_text(p, ", ");
    if (in->src[1].file == FILE_NULL) {
        print_text(p, "0x%x", (unsigned)in->offset);
    } else {
        print_operand(p, in, &in->src[1]);
        if (in->offset) print_text(p, " offset:0x%x", (unsigned)in->offset);
    }
    print_flag(p, in->glc, "glc");
    print_flag(p, in->dlc, "dlc");
}
