// Registers and constants as text.
#include "print.h"

static void print_registers(struct printer *p, const char *prefix, unsigned index, unsigned count)
{
    if (count == 1)
        print_text(p, "%s%u", prefix, index);
    else
        print_text(p, "%s[%u:%u]", prefix, index, index + count - 1);
}

enum { SGPR_VCC = 106, SGPR_TTMP = 108, SGPR_M0 = 124, SGPR_EXEC = 126 };

static void print_sgpr(struct printer *p, unsigned index, unsigned count)
{
    static const char *const halves[] = {"_lo", "_hi"};
    if (index < SGPR_VCC)
        print_registers(p, "s", index, count);
    else if (index >= SGPR_TTMP && index < SGPR_M0)
        print_registers(p, "ttmp", index - SGPR_TTMP, count);
    else if (index == SGPR_M0)
        print_text(p, "m0");
    else
        print_text(p, "%s%s", index < SGPR_TTMP ? "vcc" : "exec", count == 2 ? "" : halves[index & 1]);
}

static void print_special(struct printer *p, unsigned index)
{
    static const char *const names[] = {
        [235 - 235] = "src_shared_base",
        [236 - 235] = "src_shared_limit",
        [237 - 235] = "src_private_base",
        [238 - 235] = "src_private_limit",
        [239 - 235] = "src_pops_exiting_wave_id",
        [251 - 235] = "src_vccz",
        [252 - 235] = "src_execz",
        [253 - 235] = "src_scc",
        [254 - 235] = "src_lds_direct",
    };
    print_text(p, "%s", names[index - 235]);
}

// 0.5 to 1/(2 pi): the floats that have a name, in each width.
static const struct {
    uint16_t half;
    uint32_t single;
    uint64_t full;
    const char *text;
} named[] = {
    {0x3800, 0x3f000000, 0x3fe0000000000000, "0.5"}, {0xb800, 0xbf000000, 0xbfe0000000000000, "-0.5"},
    {0x3c00, 0x3f800000, 0x3ff0000000000000, "1.0"}, {0xbc00, 0xbf800000, 0xbff0000000000000, "-1.0"},
    {0x4000, 0x40000000, 0x4000000000000000, "2.0"}, {0xc000, 0xc0000000, 0xc000000000000000, "-2.0"},
    {0x4400, 0x40800000, 0x4010000000000000, "4.0"}, {0xc400, 0xc0800000, 0xc010000000000000, "-4.0"},
    {0x3118, 0x3e22f983, 0x3fc45f306dc9c882, "0.15915494"},
};

enum { NAMED_COUNT = sizeof named / sizeof *named, NAMED_PI = NAMED_COUNT - 1 };

// How constants of a type print: what they are compared to the named floats as.
enum constant_kind { CONSTANT_INTEGER16, CONSTANT_FLOAT16, CONSTANT_32, CONSTANT_64 };

static enum constant_kind constant_kind(enum value_type type)
{
    switch (type) {
    case TYPE_F16:
    case TYPE_PK_F16: return CONSTANT_FLOAT16;
    case TYPE_B16:
    case TYPE_U16:
    case TYPE_I16:
    case TYPE_PK_B16:
    case TYPE_PK_U16:
    case TYPE_PK_I16: return CONSTANT_INTEGER16;
    case TYPE_F64:
    case TYPE_B64:
    case TYPE_U64:
    case TYPE_I64: return CONSTANT_64;
    default: return CONSTANT_32;
    }
}

static int64_t sign_extended(enum constant_kind kind, uint64_t bits)
{
    if (kind == CONSTANT_64) return (int64_t)bits;
    return kind == CONSTANT_32 ? (int32_t)bits : (int16_t)bits;
}

// Index of the float with these bits; NAMED_COUNT: it has no name.
static unsigned named_find(enum constant_kind kind, uint64_t bits)
{
    unsigned i = 0;
    while (i < NAMED_COUNT && bits != (kind == CONSTANT_64   ? named[i].full
                                       : kind == CONSTANT_32 ? named[i].single
                                                             : named[i].half))
        i++;
    return kind == CONSTANT_INTEGER16 ? NAMED_COUNT : i;
}

// A literal that could have been an inline constant is marked as what it is.
static void print_constant(struct printer *p, const struct instruction *in, const struct operand *o)
{
    enum constant_kind kind = constant_kind((enum value_type)o->type);
    uint64_t bits = o->literal ? in->literal : o->value;
    int64_t integer = sign_extended(kind, bits);
    bool small = integer >= -16 && integer <= 64;
    unsigned float_index = named_find(kind, bits);
    if (o->literal && (small || float_index < NAMED_COUNT))
        print_text(p, "lit(0x%x)", in->literal);
    else if (small)
        print_text(p, "%d", (int)integer);
    else if (float_index < NAMED_COUNT)
        print_text(p, "%s%s", named[float_index].text, kind == CONSTANT_64 && float_index == NAMED_PI ? "309189532" : "");
    else
        print_text(p, "0x%llx", (unsigned long long)bits);
}

void print_operand(struct printer *p, const struct instruction *in, const struct operand *operand)
{
    switch (operand->file) {
    case FILE_VGPR: print_registers(p, "v", operand->index, operand->dwords); break;
    case FILE_SGPR: print_sgpr(p, operand->index, operand->dwords); break;
    case FILE_NULL: print_text(p, "null"); break;
    case FILE_SPECIAL: print_special(p, operand->index); break;
    case FILE_CONSTANT: print_constant(p, in, operand); break;
    default: print_text(p, "off"); break;
    }
}
