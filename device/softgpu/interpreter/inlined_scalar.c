// A handler for every scalar instruction of the opcode table.
#include "inlined.h"

#include <time.h>

INLINED_BEGIN
#include "device/softgpu/isa/semantics/salu_arithmetic.c" // NOLINT(bugprone-suspicious-include)
#include "device/softgpu/isa/semantics/salu_bits.c"       // NOLINT(bugprone-suspicious-include)
#include "device/softgpu/isa/semantics/salu_clock.c"      // NOLINT(bugprone-suspicious-include)
#include "device/softgpu/isa/semantics/salu_compare.c"    // NOLINT(bugprone-suspicious-include)
INLINED_END
#undef SCALAR

// What the meaning does not look at costs nothing once it is inlined.
static inline __attribute__((always_inline)) void scalar_run(struct wave *w, const struct op *op,
                                                             scalar_fn *meaning)
{
    uint32_t *d = (uint32_t *)((char *)w + op->d);
    const uint64_t exec = wave_read64(w, SGPR_EXEC);
    struct scalar s = {.scc = w->scc, .wave64 = w->wave64, .d_in = d[0] | (uint64_t)d[1] << 32, .exec = exec};
    uint64_t value = meaning(source_scalar(w, &op->s[0]), source_scalar(w, &op->s[1]), &s);
    w->scc = s.scc;
    d[0] = (uint32_t)value;
    if (op->d_dwords == 2) d[1] = (uint32_t)(value >> 32);
    if (s.exec == exec) return;
    w->sgpr[SGPR_EXEC] = (uint32_t)s.exec; // the 32-bit ones leave EXEC_HI alone
    if (op->d_dwords == 2) w->sgpr[SGPR_EXEC + 1] = (uint32_t)(s.exec >> 32);
}

#define OTHERWISE
#define SCALAR(function)                                                                                     \
    static enum wave_state run_##function(struct wave *w, const struct op *op)                               \
    {                                                                                                        \
        scalar_run(w, op, function);                                                                         \
        NEXT(w, op);                                                                                         \
    }
#define I(encoding, number, name, dst, dst2, src0, src1, src2, src3, flags, meaning) meaning
#include "device/softgpu/isa/table/opcodes.def"

static handler_fn *const handlers[OPCODE_ID_COUNT] = {
#define OTHERWISE        NULL
#define SCALAR(function) run_##function
#define I(encoding, number, name, dst, dst2, src0, src1, src2, src3, flags, meaning)                         \
    [OPCODE_ID_##name##__##encoding] = meaning,
#include "device/softgpu/isa/table/opcodes.def"
};

handler_fn *inlined_scalar(unsigned id) { return handlers[id]; }
