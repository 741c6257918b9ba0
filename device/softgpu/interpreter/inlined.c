#include "inlined.h"

#include "exec_vector.h"

#define DECLARE_PLAIN(name)             handler_fn run_##name, run_broadcast_##name;
#define DECLARE_FLOAT(name)             handler_fn run_##name, run_broadcast_##name, run_signs_##name;
#define DECLARE_MASK(name)              handler_fn run_##name;
#define DECLARE_COMPARE(name)           handler_fn run_##name;
#define ROW(file, encoding, name, kind) DECLARE_##kind(name)
#include "inlined.def"

#define HANDLERS_PLAIN(name) {[KIND_PLAIN] = run_##name, [KIND_BROADCAST] = run_broadcast_##name}
#define HANDLERS_FLOAT(name)                                                                                 \
    {[KIND_PLAIN] = run_##name, [KIND_BROADCAST] = run_broadcast_##name, [KIND_SIGNS] = run_signs_##name}
#define HANDLERS_MASK(name)    {[KIND_MASK] = run_##name}
#define HANDLERS_COMPARE(name) {[KIND_COMPARE] = run_##name}
static handler_fn *const handlers[OPCODE_ID_COUNT][KIND_COUNT] = {
#define ROW(file, encoding, name, kind) [OPCODE_ID_##name##__##encoding] = HANDLERS_##kind(name),
#include "inlined.def"
};

handler_fn *inlined_vector(unsigned id, unsigned kind) { return handlers[id][kind]; }
