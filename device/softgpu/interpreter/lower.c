// From decoded instructions to ops: which part of the interpreter runs what.
#include "region.h"

#include "control.h"
#include "device/softgpu/isa/flow/flow.h"
#include "exec_lanes.h"
#include "exec_memory.h"
#include "exec_scalar.h"
#include "exec_vector.h"

unsigned lower_count(const struct instruction *in)
{
    return in->opcode && flow_of(in->opcode) == FLOW_NOTHING ? 0 : 1;
}

unsigned lower_constants(const struct instruction *in)
{
    bool vector = in->opcode && in->opcode->encoding >= ENCODING_VOP1;
    return vector && lower_count(in) ? vector_constants(in) : 0;
}

void lower_instruction(struct region *region, struct op *op)
{
    const struct instruction *in = op->in;
    op->run = run_illegal;
    if (!in->opcode) return;
    handler_fn *run;
    if ((run = control_handler(in))) {
        op->run = run;
        scalar_lower(op);
        control_lower(region, op);
    } else if ((run = scalar_handler(in))) {
        op->run = run;
        scalar_lower(op);
    } else if ((run = lanes_handler(in))) {
        op->run = run;
        lanes_lower(region, op);
    } else if ((run = memory_handler(in))) {
        op->run = run;
        memory_lower(region, op);
    } else if (vector_executes(in)) {
        vector_lower(region, op);
    }
}
