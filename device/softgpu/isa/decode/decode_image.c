// MIMG. ISA guide, section 8.2, encoding in 13.8.
#include "decode.h"

// Address components of SQ_RSRC_IMG_1D, 2D, 3D, CUBE, 1D_ARRAY, 2D_ARRAY, 2D_MSAA, 2D_MSAA_ARRAY.
static const struct {
    uint8_t coordinates, gradients;
} dimensions[] = {{1, 2}, {2, 4}, {3, 6}, {3, 4}, {2, 2}, {3, 4}, {3, 4}, {4, 4}};

static unsigned flag(const struct opcode *row, uint32_t flag) { return !!(row->flags & flag); }

static unsigned gradient_dwords(const struct instruction *in)
{
    unsigned gradients = dimensions[in->dim].gradients;
    if (in->opcode->flags & OPCODE_G16)
        return (gradients / 2 + 1) / 2 * 2; // each derivative is packed by itself
    return in->opcode->flags & OPCODE_GRADIENTS ? gradients : 0;
}

struct image_address image_address_of(const struct instruction *in)
{
    const struct opcode *row = in->opcode;
    unsigned first = flag(row, OPCODE_OFFSET) + flag(row, OPCODE_BIAS) + flag(row, OPCODE_COMPARE);
    unsigned coordinates = dimensions[in->dim].coordinates, after = flag(row, OPCODE_LOD);
    if (row->flags & OPCODE_BVH)
        return (struct image_address){
            .dwords = (uint8_t)((in->a16 ? 8 : 11) + (row->id == OPCODE_ID_image_bvh64_intersect_ray__MIMG))};
    if (row->id == OPCODE_ID_image_get_resinfo__MIMG) coordinates = 0, after = 1; // the mip level
    first += gradient_dwords(in);
    unsigned packed = in->a16 ? (coordinates + after + 1) / 2 : coordinates + after;
    return (struct image_address){(uint8_t)(first + packed), (uint8_t)first, (uint8_t)coordinates};
}

// Dwords of VDATA: a component each, or half of one, and a status with TFE.
static unsigned data_dwords(const struct instruction *in)
{
    unsigned components = in->opcode->flags & OPCODE_GATHER4 ? 4 : (unsigned)__builtin_popcount(in->dmask);
    if (components == 0) components = 1;
    return (in->d16 ? (components + 1) / 2 : components) + in->tfe;
}

// Whether an address of this many dwords exists for an instruction: some dimensions ask for more than any of
// its forms has. Consecutive registers come in groups of 1 to 4, 8, and (with gradients) whatever is needed;
// scattered ones need at least two and no more NSA dwords than the largest address fills.
static bool address_fits(const struct opcode *row, unsigned dwords, unsigned nsa_dwords)
{
    bool gradients = row->flags & OPCODE_GRADIENTS;
    if (row->flags & OPCODE_BVH) return nsa_dwords == 0 || nsa_dwords == (dwords + 2) / 4;
    unsigned smallest = gradients ? 2 : 1, largest = 4;
    if (row->flags & OPCODE_SAMPLER) {
        unsigned extra = flag(row, OPCODE_OFFSET) + flag(row, OPCODE_BIAS) + flag(row, OPCODE_COMPARE);
        largest = (row->flags & OPCODE_G16 ? 7 : gradients ? 9 : 3) + flag(row, OPCODE_LOD) + extra;
        smallest += extra;
    }
    if (dwords < smallest) return false;
    if (nsa_dwords == 0)
        return dwords <= largest || (largest == 3 && dwords == 4) || (largest > 4 && dwords == 8);
    return dwords >= 2 && dwords <= largest && dwords <= 1 + 4 * nsa_dwords && largest > 4 * nsa_dwords - 3;
}

static bool data_fits(const struct opcode *row, unsigned dwords)
{
    bool compare_and_swap =
        row->id == OPCODE_ID_image_atomic_cmpswap__MIMG || row->id == OPCODE_ID_image_atomic_fcmpswap__MIMG;
    if (compare_and_swap) return dwords >= 2;
    if (row->flags & OPCODE_ATOMIC) return dwords <= 3;
    return !(row->flags & OPCODE_GATHER4) || dwords != 3;
}

static bool decode_vgprs(struct decoding *d, struct operand *operand, unsigned index, enum value_type type,
                         unsigned dwords)
{
    if (!decode_vgpr(d, operand, index, type)) return false;
    operand->dwords = (uint8_t)dwords;
    return index + dwords <= 256;
}

static bool decode_image_address(struct decoding *d, unsigned vaddr, unsigned nsa_dwords)
{
    struct instruction *in = d->in;
    unsigned dwords = image_address_of(in).dwords;
    if (!address_fits(in->opcode, dwords, nsa_dwords)) return false;
    if (nsa_dwords == 0) return decode_vgprs(d, &in->src[0], vaddr, in->opcode->src[0], dwords);
    if (!decode_vgpr(d, &in->src[0], vaddr, in->opcode->src[0])) return false;
    in->nsa_count = (uint8_t)(dwords - 1);
    for (unsigned i = 0; i < nsa_dwords; i++) {
        uint32_t word;
        if (!decoding_next(d, &word)) return false;
        for (unsigned j = 0; j < 4; j++)
            if (4 * i + j < in->nsa_count) in->nsa[4 * i + j] = (uint8_t)field(word, 8 * j + 7, 8 * j);
    }
    return true;
}

static bool decode_image_data(struct decoding *d, unsigned vdata)
{
    struct instruction *in = d->in;
    const struct opcode *row = in->opcode;
    if (row->flags & OPCODE_BVH) return decode_vgpr(d, &in->dst, vdata, row->dst);
    unsigned dwords = data_dwords(in);
    if (!data_fits(row, dwords)) return false;
    if (row->src[3] && !decode_vgprs(d, &in->src[3], vdata, row->src[3], dwords)) return false;
    bool returns = row->dst && (!(row->flags & OPCODE_ATOMIC) || in->glc);
    return !returns || decode_vgprs(d, &in->dst, vdata, row->dst, dwords);
}

// What image_bvh_intersect_ray must look like.
static bool is_bvh(const struct instruction *in)
{
    return in->dim == 0 && in->dmask == 15 && in->unorm && in->r128 && !in->glc && !in->slc && !in->dlc &&
           !in->tfe && !in->lwe && !in->d16;
}

bool decode_mimg(struct decoding *d)
{
    struct instruction *in = d->in;
    if (!decoding_next(d, &d->word[1])) return false;
    uint32_t low = d->word[0], high = d->word[1];
    const struct opcode *row = in->opcode =
        opcode_find(ENCODING_MIMG, field(low, 24, 18) | (uint32_t)bit(low, 0) << 7);
    if (!row) return false;
    in->dim = (uint8_t)field(low, 5, 3);
    in->dlc = bit(low, 7);
    in->dmask = (uint8_t)field(low, 11, 8);
    in->unorm = bit(low, 12);
    in->glc = bit(low, 13);
    in->r128 = bit(low, 15);
    in->tfe = bit(low, 16);
    in->lwe = bit(low, 17);
    in->slc = bit(low, 25);
    in->a16 = bit(high, 30);
    in->d16 = bit(high, 31);
    if (!decode_sgpr(d, &in->src[1], field(high, 20, 16) * 4, row->src[1], ALLOW_SCALAR)) return false;
    unsigned ssamp = field(high, 25, 21);
    if (row->src[2] ? !decode_sgpr(d, &in->src[2], ssamp * 4, row->src[2], ALLOW_SCALAR) : ssamp != 0)
        return false;
    if (row->flags & OPCODE_BVH ? !is_bvh(in) : in->d16 && !(row->flags & OPCODE_D16)) return false;
    return decode_image_data(d, field(high, 15, 8)) &&
           decode_image_address(d, field(high, 7, 0), field(low, 2, 1));
}
