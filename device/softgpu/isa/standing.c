#include "standing.h"

static const struct standing standings[OPCODE_ID_COUNT] = {
#define BOUNDED(encoding, name, guide, own)                                                                  \
    [OPCODE_ID_##name##__##encoding] = {.kind = STANDING_BOUNDED, .bound = guide, .ulp = own},
#define OPEN(encoding, name, text) [OPCODE_ID_##name##__##encoding] = {.kind = STANDING_OPEN, .remark = text},
#include "standing.def"
#undef BOUNDED
#undef OPEN
};

const struct standing *opcode_standing(const struct opcode *opcode) { return &standings[opcode->id]; }
