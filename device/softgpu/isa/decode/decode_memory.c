// DS, FLAT, GLOBAL, SCRATCH, MUBUF, MTBUF and EXP. ISA guide, chapters 8 to 10 and 12, encodings in 13.5
// to 13.8.
#include "decode.h"

enum { SADDR_NULL = CODE_NULL, SADDR_OFF = SGPR_EXEC + 1 };

// A VGPR operand in its field; a field that the instruction lacks must be 0.
static bool decode_vgpr_field(struct decoding *d, struct operand *operand, unsigned index,
                              enum value_type type)
{
    return type ? decode_vgpr(d, operand, index, type) : index == 0;
}

bool decode_ds(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0], high = d->word[1];
    const struct opcode *row = in->opcode = opcode_find(ENCODING_DS, field(low, 25, 18));
    if (!row) return false;
    in->offset = (int32_t)field(low, 15, 0);
    in->gds = bit(low, 17);
    if (row->flags & OPCODE_GDS && !in->gds) return false;
    if (in->gds && (row->id == OPCODE_ID_ds_permute_b32__DS || row->id == OPCODE_ID_ds_bpermute_b32__DS))
        return false;
    if (row->id == OPCODE_ID_ds_nop__DS) return !in->gds && in->offset == 0 && high == 0;
    return decode_vgpr_field(d, &in->dst, field(high, 31, 24), row->dst) &&
           decode_vgpr_field(d, &in->src[0], field(high, 7, 0), row->src[0]) &&
           decode_vgpr_field(d, &in->src[1], field(high, 15, 8), row->src[1]) &&
           decode_vgpr_field(d, &in->src[2], field(high, 23, 16), row->src[2]);
}

// GLOBAL: with SADDR the VGPR is a 32-bit offset. SCRATCH: an address is the VGPR or SADDR or neither.
static bool decode_flat_address(struct decoding *d, unsigned saddr, unsigned vaddr)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    enum value_type type = row->src[0];
    bool has_saddr = saddr != SADDR_NULL, has_vaddr = type != TYPE_NONE;
    if (row->encoding == ENCODING_SCRATCH) {
        has_vaddr = !has_saddr;
        has_saddr = has_saddr && saddr != SADDR_OFF;
    } else if (has_saddr) {
        type = TYPE_U32;
    }
    unsigned allowed = ALLOW_SCALAR;
    if (row->encoding == ENCODING_SCRATCH) allowed |= ALLOW_M0 | ALLOW_EXEC;
    if (!row->src[0] || in->lds) allowed |= ALLOW_EXEC;
    if (has_vaddr && !decode_vgpr(d, &in->src[0], vaddr, type)) return false;
    return !has_saddr || decode_sgpr(d, &in->src[2], saddr, row->src[2], allowed);
}

bool decode_flat(struct decoding *d)
{
    static const uint8_t segments[] = {ENCODING_FLAT, ENCODING_SCRATCH, ENCODING_GLOBAL};
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0], high = d->word[1];
    unsigned segment = field(low, 15, 14);
    const struct opcode *row = in->opcode =
        segment < sizeof segments ? opcode_find(segments[segment], field(low, 24, 18)) : NULL;
    if (!row || bit(high, 23)) return false;
    in->lds = bit(low, 13);
    if (in->lds && !(row->flags & OPCODE_LDS)) return false;
    in->glc = bit(low, 16);
    in->slc = bit(low, 17);
    in->dlc = bit(low, 12);
    in->offset = (int32_t)field(low, 11, 0);
    bool returns = row->dst && (row->flags & OPCODE_ATOMIC ? in->glc : !in->lds);
    if (returns && !decode_vgpr(d, &in->dst, field(high, 31, 24), row->dst)) return false;
    if (row->src[1] && !decode_vgpr(d, &in->src[1], field(high, 15, 8), row->src[1])) return false;
    if (row->encoding == ENCODING_FLAT)
        return field(high, 22, 16) == SADDR_NULL &&
               decode_vgpr(d, &in->src[0], field(high, 7, 0), row->src[0]);
    in->offset = (int32_t)(low << 20) >> 20;
    return decode_flat_address(d, field(high, 22, 16), field(high, 7, 0));
}

// VADDR, SRSRC and SOFFSET. VADDR holds an index, an offset, or the index followed by the offset.
static bool decode_buffer_address(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    uint32_t low = d->word[0], high = d->word[1];
    in->offset = (int32_t)field(low, 11, 0);
    in->offen = bit(low, 12);
    in->idxen = bit(low, 13);
    in->glc = bit(low, 14);
    in->dlc = bit(low, 15);
    in->slc = bit(high, 22);
    in->tfe = bit(high, 23);
    enum value_type vaddr = in->offen && in->idxen ? TYPE_U64 : TYPE_U32;
    if ((in->offen || in->idxen) && !decode_vgpr(d, &in->src[0], field(high, 7, 0), vaddr)) return false;
    return decode_sgpr(d, &in->src[1], field(high, 20, 16) * 4, row->src[1], ALLOW_SCALAR) &&
           decode_source(d, &in->src[2], field(high, 31, 24), row->src[2], ALLOW_SALU);
}

// VDATA: the destination of loads, the data of stores, both of atomics. TFE appends a dword for the status.
static bool decode_buffer_data(struct decoding *d)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    unsigned vdata = field(d->word[1], 15, 8);
    if (row->src[3] && !decode_vgpr(d, &in->src[3], vdata, row->src[3])) return false;
    bool returns = row->dst && (row->flags & OPCODE_ATOMIC ? in->glc : !in->lds);
    if (returns && !decode_vgpr(d, &in->dst, vdata, row->dst)) return false;
    if (!in->tfe) return true;
    struct operand *data = row->src[3] ? &in->src[3] : &in->dst;
    data->dwords++;
    return vdata + data->dwords <= 256;
}

bool decode_mubuf(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    const struct opcode *row = in->opcode = opcode_find(ENCODING_MUBUF, field(d->word[0], 25, 18));
    if (!row) return false;
    in->lds = bit(d->word[0], 16);
    if (in->lds && !(row->flags & OPCODE_LDS)) return false;
    if (!row->src[1]) return field(d->word[0], 16, 12) == 0 && !bit(d->word[1], 23); // cache invalidation
    if (row->flags & OPCODE_ATOMIC && (bit(d->word[0], 15) || bit(d->word[1], 23))) return false; // DLC, TFE
    if (in->lds && bit(d->word[1], 23)) return false;
    return decode_buffer_address(d) && decode_buffer_data(d);
}

bool decode_mtbuf(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0], high = d->word[1];
    in->opcode = opcode_find(ENCODING_MTBUF, field(low, 18, 16) | (uint32_t)bit(high, 21) << 3);
    in->format = (uint8_t)field(low, 25, 19);
    return in->opcode && !bit(high, 23) && decode_buffer_address(d) && decode_buffer_data(d);
}

bool decode_exp(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0];
    const struct opcode *row = in->opcode = opcode_find(ENCODING_EXP, 0);
    in->exp_enable = (uint8_t)field(low, 3, 0);
    in->exp_target = (uint8_t)field(low, 9, 4);
    in->exp_compressed = bit(low, 10);
    in->exp_done = bit(low, 11);
    in->exp_valid_mask = bit(low, 12);
    for (unsigned i = 0; i < 4; i++)
        if (!decode_vgpr(d, &in->src[i], field(d->word[1], 8 * i + 7, 8 * i), row->src[i])) return false;
    return true;
}
