#include "device/softgpu/isa/table/isa.h"

// What compare-and-swap is recognised by: its data holds two values.
vector_fn mem_atomic_cmpswap, mem_atomic_cmpswap_x2, mem_atomic_fcmpswap, mem_atomic_fcmpswap_x2;

unsigned access_size(const struct instruction *in)
{
    enum { LOAD_UBYTE = 8, LOAD_SSHORT = 11, STORE_BYTE = 24, STORE_SHORT_HI = 27, LOAD_UBYTE_D16 = 32 };
    enum { LOAD_SHORT_D16 = 36, LOAD_SHORT_D16_HI = 37 };
    unsigned number = in->opcode->number; // the same in FLAT, GLOBAL, SCRATCH and MUBUF
    if (number >= LOAD_UBYTE && number <= LOAD_SSHORT) return number < LOAD_UBYTE + 2 ? 1 : 2;
    if (number >= STORE_BYTE && number <= STORE_SHORT_HI) return number < STORE_BYTE + 2 ? 1 : 2;
    if (number >= LOAD_UBYTE_D16 && number <= LOAD_SHORT_D16_HI) return number < LOAD_SHORT_D16 ? 1 : 2;
    const struct operand *data = &in->src[in->opcode->encoding == ENCODING_MUBUF ? 3 : 1];
    unsigned dwords = in->opcode->flags & OPCODE_LOAD ? in->dst.dwords : data->dwords;
    bool compares = in->opcode->vector == mem_atomic_cmpswap || in->opcode->vector == mem_atomic_cmpswap_x2 ||
                    in->opcode->vector == mem_atomic_fcmpswap || in->opcode->vector == mem_atomic_fcmpswap_x2;
    return 4 * (compares ? dwords / 2 : dwords);
}
