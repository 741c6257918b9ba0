// Registers and constants as text.
#include "print.h"

static void print_registers(struct printer *p, const char *prefix, unsigned index, unsigned count)
{
    if (count == 1)
        print_text(p, "%s%u", prefix, index);
    else
        print_text(p, "%s[%u:%u]", prefix, index, index + count - 1);
}

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
        [CODE_SHARED_BASE] = "src_shared_base",
        [CODE_SHARED_LIMIT] = "src_shared_limit",
        [CODE_PRIVATE_BASE] = "src_private_base",
        [CODE_PRIVATE_LIMIT] = "src_private_limit",
        [CODE_POPS_EXITING_WAVE_ID] = "src_pops_exiting_wave_id",
        [CODE_VCCZ] = "src_vccz",
        [CODE_EXECZ] = "src_execz",
        [CODE_SCC] = "src_scc",
        [CODE_LDS_DIRECT] = "src_lds_direct",
    };
    print_text(p, "%s", names[index]);
}

// 0.5 to 1/(2 pi): the floats that are inline constants, by code from CODE_FLOAT on.
static const struct {
    uint16_t half;
    uint32_t single;
    uint64_t full;
    const char *text;
} floats[] = {
    {0x3800, 0x3f000000, 0x3fe0000000000000, "0.5"},        {0xb800, 0xbf000000, 0xbfe0000000000000, "-0.5"},
    {0x3c00, 0x3f800000, 0x3ff0000000000000, "1.0"},        {0xbc00, 0xbf800000, 0xbff0000000000000, "-1.0"},
    {0x4000, 0x40000000, 0x4000000000000000, "2.0"},        {0xc000, 0xc0000000, 0xc000000000000000, "-2.0"},
    {0x4400, 0x40800000, 0x4010000000000000, "4.0"},        {0xc400, 0xc0800000, 0xc010000000000000, "-4.0"},
    {0x3118, 0x3e22f983, 0x3fc45f306dc9c882, "0.15915494"},
};

enum { FLOAT_COUNT = sizeof floats / sizeof *floats, FLOAT_PI = FLOAT_COUNT - 1 };

// How constants of a type print.
enum constant_kind {
    CONSTANT_INTEGER16,
    CONSTANT_FLOAT16,
    CONSTANT_PACKED_FLOAT16,
    CONSTANT_32,
    CONSTANT_64,
    CONSTANT_DOUBLE
};

static enum constant_kind constant_kind(const struct instruction *in, const struct operand *o)
{
    switch (opcode_is_mixed_precision(in->opcode) ? TYPE_F16 : o->type) {
    case TYPE_B16:
    case TYPE_U16:
    case TYPE_I16:
        return CONSTANT_INTEGER16;
    case TYPE_F16:
        return CONSTANT_FLOAT16;
    case TYPE_PK_F16:
        return CONSTANT_PACKED_FLOAT16;
    case TYPE_B64:
    case TYPE_U64:
    case TYPE_I64:
        return CONSTANT_64;
    case TYPE_F64:
        return CONSTANT_DOUBLE;
    default:
        return CONSTANT_32;
    }
}

static bool is_small(int64_t value) { return value >= -16 && value <= 64; }

// Index of the float that a literal is; FLOAT_COUNT: it is none of these.
static unsigned float_find(enum constant_kind kind, uint32_t literal)
{
    for (unsigned i = 0; i < FLOAT_COUNT; i++) {
        switch (kind) {
        case CONSTANT_FLOAT16:
            if ((uint16_t)literal == floats[i].half) return i;
            break;
        case CONSTANT_PACKED_FLOAT16:
            if (literal == floats[i].half) return i;
            break;
        case CONSTANT_DOUBLE:
            if ((uint64_t)literal << 32 == floats[i].full) return i;
            break;
        case CONSTANT_64:
            break;
        default:
            if (literal == floats[i].single) return i;
        }
    }
    return FLOAT_COUNT;
}

bool print_is_marked(const struct instruction *in, const struct operand *o)
{
    enum constant_kind kind = constant_kind(in, o);
    if (!o->literal || kind == CONSTANT_DOUBLE) return false;
    int64_t integer = kind == CONSTANT_FLOAT16 ? (int16_t)in->literal : (int32_t)in->literal;
    if (kind == CONSTANT_64) integer = in->literal;
    return is_small(integer) || float_find(kind, in->literal) < FLOAT_COUNT;
}

static void print_literal(struct printer *p, const struct instruction *in, const struct operand *o)
{
    enum constant_kind kind = constant_kind(in, o);
    unsigned index = kind == CONSTANT_DOUBLE ? float_find(kind, in->literal) : FLOAT_COUNT;
    if (o->code == 0) // v_fmamk's and v_fmaak's
        print_text(p, "0x%x", in->literal);
    else if (print_is_marked(in, o))
        print_text(p, "lit(0x%x)", in->literal);
    else if (index < FLOAT_COUNT)
        print_text(p, "%s", floats[index].text);
    else if (kind == CONSTANT_DOUBLE && in->literal == 0)
        print_text(p, "0");
    else
        print_text(p, "0x%x", kind <= CONSTANT_FLOAT16 ? in->literal & 0xffff : in->literal);
}

void print_number(struct printer *p, uint32_t value)
{
    unsigned index = float_find(CONSTANT_32, value);
    if (index < FLOAT_COUNT)
        print_text(p, "%s", floats[index].text);
    else if (is_small((int32_t)value))
        print_text(p, "%d", (int)value);
    else
        print_text(p, "0x%x", value);
}

static void print_constant(struct printer *p, const struct instruction *in, const struct operand *o)
{
    enum constant_kind kind = constant_kind(in, o);
    if (o->literal)
        print_literal(p, in, o);
    else if (o->code < CODE_FLOAT)
        print_text(p, "%d", (int8_t)o->value); // -16 to 64, in any type
    else if (kind == CONSTANT_INTEGER16)
        print_text(p, "0x%x", floats[o->code - CODE_FLOAT].half);
    else if (kind >= CONSTANT_64 && o->code - CODE_FLOAT == FLOAT_PI)
        print_text(p, "0.15915494309189532");
    else
        print_text(p, "%s", floats[o->code - CODE_FLOAT].text);
}

void print_operand(struct printer *p, const struct instruction *in, const struct operand *operand)
{
    switch (operand->file) {
    case FILE_VGPR:
        print_registers(p, "v", operand->index, operand->dwords);
        break;
    case FILE_SGPR:
        print_sgpr(p, operand->index, operand->dwords);
        break;
    case FILE_NULL:
        print_text(p, "null");
        break;
    case FILE_SPECIAL:
        print_special(p, operand->index);
        break;
    case FILE_CONSTANT:
        print_constant(p, in, operand);
        break;
    default:
        print_text(p, "off");
        break;
    }
}
