#include "inlined.h"

#define DECLARE_PLAIN(name)             handler_fn run_##name, run_broadcast_##name;
#define DECLARE_MASK(name)              handler_fn run_##name;
#define DECLARE_COMPARE(name)           handler_fn run_##name;
#define ROW(file, encoding, name, kind) DECLARE_##kind(name)
#include "inlined.def"

// Without and with scalar sources.
#define HANDLERS_PLAIN(name)   {run_##name, run_broadcast_##name}
#define HANDLERS_MASK(name)    {run_##name, run_##name}
#define HANDLERS_COMPARE(name) {run_##name, run_##name}
static handler_fn *const handlers[OPCODE_ID_COUNT][2] = {
#define ROW(file, encoding, name, kind) [OPCODE_ID_##name##__##encoding] = HANDLERS_##kind(name),
#include "inlined.def"
};

handler_fn *inlined_vector(unsigned id, bool broadcast) { return handlers[id][broadcast]; }
