// Finding an instruction's encoding and row.
//
// The decoder accepts what LLVM's gfx1030 disassembler accepts without complaint and rejects the rest:
// reserved opcodes, forms that an instruction lacks, registers that do not exist or that an operand cannot
// be.
#include "decode.h"

#include <string.h>

// Row id + 1 by encoding and number. A number given twice in opcodes.def does not compile.
static const uint16_t rows[ENCODING_COUNT][0x400] = {
#define I(encoding, number, name, ...) [ENCODING_##encoding][number] = 1 + OPCODE_ID_##name##__##encoding,
#include "device/softgpu/isa/table/opcodes.def"
};

// Encodings by their leading bits; where two match, the first counts. Section 13 of the ISA guide.
static const struct {
    uint32_t mask, value;
    bool (*decode)(struct decoding *d);
} encodings[] = {
    {0xfe000000, 0x7e000000, decode_vop1},   {0xfe000000, 0x7c000000, decode_vopc},
    {0x80000000, 0x00000000, decode_vop2},   {0xff800000, 0xbe800000, decode_sop1},
    {0xff800000, 0xbf000000, decode_sopc},   {0xff800000, 0xbf800000, decode_sopp},
    {0xf0000000, 0xb0000000, decode_sopk},   {0xc0000000, 0x80000000, decode_sop2},
    {0xfc000000, 0xc8000000, decode_vintrp}, {0xff800000, 0xcc000000, decode_vop3p},
    {0xfc000000, 0xd4000000, decode_vop3},   {0xfc000000, 0xd8000000, decode_ds},
    {0xfc000000, 0xdc000000, decode_flat},   {0xfc000000, 0xe0000000, decode_mubuf},
    {0xfc000000, 0xe8000000, decode_mtbuf},  {0xfc000000, 0xf0000000, decode_mimg},
    {0xfc000000, 0xf4000000, decode_smem},   {0xfc000000, 0xf8000000, decode_exp},
};

const struct opcode *opcode_find(enum encoding encoding, unsigned number)
{
    unsigned row = number < 0x400 ? rows[encoding][number] : 0;
    return row ? &opcodes[row - 1] : NULL;
}

bool decoding_next(struct decoding *d, uint32_t *dword)
{
    if (d->available - d->size < sizeof *dword) return false;
    memcpy(dword, d->code + d->size, sizeof *dword);
    d->size += sizeof *dword;
    return true;
}

size_t instruction_decode(struct instruction *out, const void *code, size_t available, bool wave64)
{
    memset(out, 0, sizeof *out);
    struct decoding d = {.in = out, .code = code, .available = available, .wave64 = wave64};
    if (!decoding_next(&d, &d.word[0])) return 0;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        if ((d.word[0] & encodings[i].mask) != encodings[i].value) continue;
        if (!encodings[i].decode(&d)) return 0;
        out->size = (uint8_t)d.size;
        return d.size;
    }
    return 0;
}
