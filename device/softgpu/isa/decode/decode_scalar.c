// SOP1, SOP2, SOPK, SOPC, SOPP and SMEM. ISA guide, chapters 5 and 7, encodings in 13.1 and 13.2.
#include "decode.h"

static bool decode_destination(struct decoding *d, unsigned code)
{
    enum value_type type = d->in->opcode->dst;
    return !type || decode_sgpr(d, &d->in->dst, code, type, ALLOW_SGPR);
}

static bool decode_sources(struct decoding *d, unsigned code0, unsigned code1)
{
    const struct opcode *row = d->in->opcode;
    const unsigned codes[] = {code0, code1};
    for (unsigned i = 0; i < 2; i++) {
        if (!row->src[i]) continue;
        unsigned allowed = opcode_allowed_sources(row, i, ALLOW_SALU);
        if (!decode_source(d, &d->in->src[i], codes[i], row->src[i], allowed)) return false;
    }
    return true;
}

bool decode_sop1(struct decoding *d)
{
    uint32_t word = d->word[0];
    d->in->opcode = opcode_find(ENCODING_SOP1, field(word, 15, 8));
    return d->in->opcode && decode_destination(d, field(word, 22, 16)) &&
           decode_sources(d, field(word, 7, 0), 0);
}

bool decode_sop2(struct decoding *d)
{
    uint32_t word = d->word[0];
    d->in->opcode = opcode_find(ENCODING_SOP2, field(word, 29, 23));
    return d->in->opcode && decode_destination(d, field(word, 22, 16)) &&
           decode_sources(d, field(word, 7, 0), field(word, 15, 8));
}

bool decode_sopc(struct decoding *d)
{
    uint32_t word = d->word[0];
    d->in->opcode = opcode_find(ENCODING_SOPC, field(word, 22, 16));
    return d->in->opcode && decode_sources(d, field(word, 7, 0), field(word, 15, 8));
}

bool decode_sopk(struct decoding *d)
{
    uint32_t word = d->word[0];
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode = opcode_find(ENCODING_SOPK, field(word, 27, 23));
    if (!row) return false;
    in->offset = (int16_t)field(word, 15, 0);
    if (!decode_destination(d, field(word, 22, 16))) return false;
    if (row->id == OPCODE_ID_s_setreg_imm32_b32__SOPK)
        return decode_source(d, &in->src[0], CODE_LITERAL, TYPE_B32, ALLOW_LITERAL);
    if (row->src[0] && !decode_sgpr(d, &in->src[0], field(word, 22, 16), row->src[0], ALLOW_SGPR))
        return false;
    if (row->src[1]) {
        in->src[1] = (struct operand){.file = FILE_CONSTANT, .type = row->src[1], .dwords = 1};
        in->src[1].value = (uint64_t)(int64_t)in->offset;
    }
    return true;
}

bool decode_sopp(struct decoding *d)
{
    d->in->opcode = opcode_find(ENCODING_SOPP, field(d->word[0], 22, 16));
    d->in->offset = (int16_t)field(d->word[0], 15, 0);
    return d->in->opcode && (d->in->opcode->src[0] || d->in->offset == 0);
}

bool decode_smem(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0], high = d->word[1];
    const struct opcode *row = in->opcode = opcode_find(ENCODING_SMEM, field(low, 25, 18));
    if (!row) return false;
    if (row->dst && !decode_sgpr(d, &in->dst, field(low, 12, 6), row->dst, ALLOW_SCALAR | ALLOW_NULL))
        return false;
    if (!row->src[0]) return true;
    if (!row->dst) { // s_atc_probe: SDATA is a number
        in->src[2] = (struct operand){.file = FILE_CONSTANT, .type = TYPE_B32, .dwords = 1};
        in->src[2].value = field(low, 12, 6);
    } else {
        in->glc = bit(low, 16);
        in->dlc = bit(low, 14);
    }
    in->offset = (int32_t)(high << 11) >> 11;
    return decode_sgpr(d, &in->src[0], field(low, 5, 0) * 2, row->src[0], ALLOW_SGPR) &&
           decode_sgpr(d, &in->src[1], field(high, 31, 25), row->src[1], ALLOW_SGPR);
}
