#include "standing.h"

static const struct standing standings[OPCODE_ID_COUNT] = {
#define BOUNDED(encoding, name, guide, own)                                                                  \
    [OPCODE_ID_##name##__##encoding] = {.kind = STANDING_BOUNDED, .bound = guide, .ulp = own},
#define OPEN(encoding, name, text) [OPCODE_ID_##name##__##encoding] = {.kind = STANDING_OPEN, .remark = text},
#define OPEN_OF(flag, text)
#include "standing.def"
#undef BOUNDED
#undef OPEN
#undef OPEN_OF
};

// What all instructions of a kind have open.
static const struct {
    uint32_t flag; // enum opcode_flags
    struct standing standing;
} kinds[] = {
#define BOUNDED(encoding, name, guide, own)
#define OPEN(encoding, name, text)
#define OPEN_OF(flag, text) {OPCODE_##flag, {.kind = STANDING_OPEN, .remark = text}},
#include "standing.def"
#undef BOUNDED
#undef OPEN
#undef OPEN_OF
};

const struct standing *opcode_standing(const struct opcode *opcode)
{
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (opcode->flags & kinds[i].flag) return &kinds[i].standing;
    return &standings[opcode->id];
}
