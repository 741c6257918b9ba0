// DS, FLAT, GLOBAL, SCRATCH, MUBUF, MTBUF and EXP as text.
#include "print.h"

#include <string.h>

static void print_list(struct printer *p, const struct instruction *in, const struct operand *const *operands,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        print_text(p, "%s", i ? ", " : " ");
        print_operand(p, in, operands[i]);
    }
}

static void print_cache_policy(struct printer *p, const struct instruction *in)
{
    print_flag(p, in->glc, "glc");
    print_flag(p, in->slc, "slc");
    print_flag(p, in->dlc, "dlc");
}

// Two addresses, each with an 8-bit offset.
static bool has_two_offsets(const struct opcode *row)
{
    return strstr(row->name, "read2") || strstr(row->name, "write2") || strstr(row->name, "wrxchg2");
}

// ds_swizzle: ISA guide, 12.13.1.
static void print_swizzle(struct printer *p, unsigned offset)
{
    if (offset == 0) return;
    print_text(p, " offset:");
    if (offset >> 8 == 0x80) {
        print_text(p, "swizzle(QUAD_PERM,%u,%u,%u,%u)", offset & 3, offset >> 2 & 3, offset >> 4 & 3,
                   offset >> 6 & 3);
        return;
    }
    if (offset >= 0xe000) {
        print_text(p, "swizzle(FFT,%u)", offset & 31);
        return;
    }
    if (offset >= 0xc000) {
        print_text(p, "swizzle(ROTATE,%u,%u)", offset >> 10 & 1, offset >> 5 & 31);
        return;
    }
    if (offset & 0x8000) {
        print_text(p, "%u", offset);
        return;
    }
    unsigned and_mask = offset & 31, or_mask = offset >> 5 & 31, xor_mask = offset >> 10 & 31,
             group = 32 - and_mask;
    if (and_mask == 31 && or_mask == 0 && __builtin_popcount(xor_mask) == 1) {
        print_text(p, "swizzle(SWAP,%u)", xor_mask);
    } else if (and_mask == 31 && or_mask == 0 && xor_mask && (xor_mask & (xor_mask + 1)) == 0) {
        print_text(p, "swizzle(REVERSE,%u)", xor_mask + 1);
    } else if (group > 1 && (group & (group - 1)) == 0 && or_mask < group && xor_mask == 0) {
        print_text(p, "swizzle(BROADCAST,%u,%u)", group, or_mask);
    } else { // for each bit of the lane number: kept (p), inverted (i), or constant
        print_text(p, "swizzle(BITMASK_PERM,\"");
        for (unsigned bit = 16; bit; bit >>= 1) {
            bool of_0 = (or_mask ^ xor_mask) & bit, of_1 = ((and_mask | or_mask) ^ xor_mask) & bit;
            print_text(p, "%s", of_0 == of_1 ? (of_0 ? "1" : "0") : of_0 ? "i" : "p");
        }
        print_text(p, "\")");
    }
}

void print_ds(struct printer *p, const struct instruction *in)
{
    const struct operand *operands[4];
    unsigned count = 0, offset = (unsigned)in->offset;
    if (in->dst.file) operands[count++] = &in->dst;
    for (unsigned i = 0; i < 3; i++)
        if (in->src[i].file) operands[count++] = &in->src[i];
    print_list(p, in, operands, count);
    if (in->opcode->id == OPCODE_ID_ds_swizzle_b32__DS) {
        print_swizzle(p, offset);
    } else if (has_two_offsets(in->opcode)) {
        if (offset & 0xff) print_text(p, " offset0:%u", offset & 0xff);
        if (offset >> 8) print_text(p, " offset1:%u", offset >> 8);
    } else if (offset) {
        print_text(p, " offset:%u", offset);
    }
    print_flag(p, in->gds, "gds");
}

void print_flat(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    const struct operand *operands[4];
    unsigned count = 0;
    if (in->dst.file) operands[count++] = &in->dst;
    if (row->src[0]) operands[count++] = &in->src[0];
    if (in->src[1].file) operands[count++] = &in->src[1];
    if (row->encoding != ENCODING_FLAT) operands[count++] = &in->src[2];
    print_list(p, in, operands, count);
    if (in->offset) print_text(p, " offset:%d", (int)in->offset);
    print_cache_policy(p, in);
    print_flag(p, in->lds, "lds");
}

static void print_format(struct printer *p, unsigned format)
{
    static const char *const names[] = {
        "INVALID",
        "8_UNORM",
        "8_SNORM",
        "8_USCALED",
        "8_SSCALED",
        "8_UINT",
        "8_SINT",
        "16_UNORM",
        "16_SNORM",
        "16_USCALED",
        "16_SSCALED",
        "16_UINT",
        "16_SINT",
        "16_FLOAT",
        "8_8_UNORM",
        "8_8_SNORM",
        "8_8_USCALED",
        "8_8_SSCALED",
        "8_8_UINT",
        "8_8_SINT",
        "32_UINT",
        "32_SINT",
        "32_FLOAT",
        "16_16_UNORM",
        "16_16_SNORM",
        "16_16_USCALED",
        "16_16_SSCALED",
        "16_16_UINT",
        "16_16_SINT",
        "16_16_FLOAT",
        "10_11_11_UNORM",
        "10_11_11_SNORM",
        "10_11_11_USCALED",
        "10_11_11_SSCALED",
        "10_11_11_UINT",
        "10_11_11_SINT",
        "10_11_11_FLOAT",
        "11_11_10_UNORM",
        "11_11_10_SNORM",
        "11_11_10_USCALED",
        "11_11_10_SSCALED",
        "11_11_10_UINT",
        "11_11_10_SINT",
        "11_11_10_FLOAT",
        "10_10_10_2_UNORM",
        "10_10_10_2_SNORM",
        "10_10_10_2_USCALED",
        "10_10_10_2_SSCALED",
        "10_10_10_2_UINT",
        "10_10_10_2_SINT",
        "2_10_10_10_UNORM",
        "2_10_10_10_SNORM",
        "2_10_10_10_USCALED",
        "2_10_10_10_SSCALED",
        "2_10_10_10_UINT",
        "2_10_10_10_SINT",
        "8_8_8_8_UNORM",
        "8_8_8_8_SNORM",
        "8_8_8_8_USCALED",
        "8_8_8_8_SSCALED",
        "8_8_8_8_UINT",
        "8_8_8_8_SINT",
        "32_32_UINT",
        "32_32_SINT",
        "32_32_FLOAT",
        "16_16_16_16_UNORM",
        "16_16_16_16_SNORM",
        "16_16_16_16_USCALED",
        "16_16_16_16_SSCALED",
        "16_16_16_16_UINT",
        "16_16_16_16_SINT",
        "16_16_16_16_FLOAT",
        "32_32_32_UINT",
        "32_32_32_SINT",
        "32_32_32_FLOAT",
        "32_32_32_32_UINT",
        "32_32_32_32_SINT",
        "32_32_32_32_FLOAT",
    };
    if (format == 1) return; // 8_UNORM is the default
    if (format < sizeof names / sizeof *names)
        print_text(p, " format:[BUF_FMT_%s]", names[format]);
    else
        print_text(p, " format:%u", format);
}

void print_buffer(struct printer *p, const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    const struct operand *operands[4];
    unsigned count = 0;
    if (!row->src[1]) return;
    if (!in->lds) operands[count++] = row->src[3] ? &in->src[3] : &in->dst;
    for (unsigned i = 0; i < 3; i++) operands[count++] = &in->src[i];
    print_list(p, in, operands, count);
    if (row->encoding == ENCODING_MTBUF) print_format(p, in->format);
    print_flag(p, in->idxen, "idxen");
    print_flag(p, in->offen, "offen");
    if (in->offset) print_text(p, " offset:%d", (int)in->offset);
    print_cache_policy(p, in);
    print_flag(p, in->lds, "lds");
    print_flag(p, in->tfe, "tfe");
}

static void print_export_target(struct printer *p, unsigned target)
{
    if (target < 8)
        print_text(p, " mrt%u", target);
    else if (target == 8)
        print_text(p, " mrtz");
    else if (target == 9)
        print_text(p, " null");
    else if (target >= 12 && target < 17)
        print_text(p, " pos%u", target - 12);
    else if (target == 20)
        print_text(p, " prim");
    else if (target >= 32)
        print_text(p, " param%u", target - 32);
    else
        print_text(p, " invalid_target_%u", target);
}

void print_export(struct printer *p, const struct instruction *in)
{
    print_export_target(p, in->exp_target);
    for (unsigned i = 0; i < 4; i++) {
        print_text(p, "%s", i ? ", " : " ");
        if (in->exp_enable >> i & 1)
            print_operand(p, in, &in->src[in->exp_compressed ? i / 2 : i]);
        else
            print_text(p, "off");
    }
    print_flag(p, in->exp_done, "done");
    print_flag(p, in->exp_compressed, "compr");
    print_flag(p, in->exp_valid_mask, "vm");
}
