// MIMG as text.
#include "print.h"

void print_image(struct printer *p, const struct instruction *in)
{
    static const char *const dimensions[] = {"1D",       "2D",       "3D",      "CUBE",
                                             "1D_ARRAY", "2D_ARRAY", "2D_MSAA", "2D_MSAA_ARRAY"};
    const struct opcode *row = in->opcode;
    bool bvh = row->flags & OPCODE_BVH;
    // LLVM sets two spaces after samplers with scattered addresses.
    print_text(p, in->nsa_count && row->flags & OPCODE_SAMPLER ? "  " : " ");
    print_operand(p, in, row->src[3] ? &in->src[3] : &in->dst);
    print_text(p, in->nsa_count ? ", [" : ", ");
    print_operand(p, in, &in->src[0]);
    for (unsigned i = 0; i < in->nsa_count; i++) print_text(p, ", v%u", in->nsa[i]);
    print_text(p, in->nsa_count ? "], " : ", ");
    print_operand(p, in, &in->src[1]);
    if (row->src[2]) {
        print_text(p, ", ");
        print_operand(p, in, &in->src[2]);
    }
    if (!bvh) {
        if (in->dmask) print_text(p, " dmask:0x%x", in->dmask);
        print_text(p, " dim:SQ_RSRC_IMG_%s", dimensions[in->dim]);
        print_flag(p, in->unorm, "unorm");
        print_flag(p, in->glc, "glc");
        print_flag(p, in->slc, "slc");
        print_flag(p, in->dlc, "dlc");
        print_flag(p, in->r128, "r128");
    }
    print_flag(p, in->a16, "a16");
    if (bvh) return;
    print_flag(p, in->tfe, "tfe");
    print_flag(p, in->lwe, "lwe");
    print_flag(p, in->d16, "d16");
}
