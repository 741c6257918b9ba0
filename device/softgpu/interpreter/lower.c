// From decoded instructions to ops: which part of the interpreter runs what.
#include "region.h"

#include "control.h"
#include "exec_lanes.h"
#include "exec_memory.h"
#include "exec_scalar.h"
#include "exec_vector.h"

// What does nothing here: waits (everything is done when the next instruction runs), cache control (host
// memory is coherent), hints, and branches on debug flags that are never set. A message to the host's
// interrupt handler is such a hint too: whoever waits for one also looks at memory.
static const bool does_nothing[OPCODE_ID_COUNT] = {
    [OPCODE_ID_s_version__SOPK] = true,
    [OPCODE_ID_s_waitcnt_vscnt__SOPK] = true,
    [OPCODE_ID_s_waitcnt_vmcnt__SOPK] = true,
    [OPCODE_ID_s_waitcnt_expcnt__SOPK] = true,
    [OPCODE_ID_s_waitcnt_lgkmcnt__SOPK] = true,
    [OPCODE_ID_s_nop__SOPP] = true,
    [OPCODE_ID_s_wakeup__SOPP] = true,
    [OPCODE_ID_s_waitcnt__SOPP] = true,
    [OPCODE_ID_s_setprio__SOPP] = true,
    [OPCODE_ID_s_sendmsg__SOPP] = true,
    [OPCODE_ID_s_icache_inv__SOPP] = true,
    [OPCODE_ID_s_incperflevel__SOPP] = true,
    [OPCODE_ID_s_decperflevel__SOPP] = true,
    [OPCODE_ID_s_ttracedata__SOPP] = true,
    [OPCODE_ID_s_ttracedata_imm__SOPP] = true,
    [OPCODE_ID_s_cbranch_cdbgsys__SOPP] = true,
    [OPCODE_ID_s_cbranch_cdbguser__SOPP] = true,
    [OPCODE_ID_s_cbranch_cdbgsys_or_user__SOPP] = true,
    [OPCODE_ID_s_cbranch_cdbgsys_and_user__SOPP] = true,
    [OPCODE_ID_s_inst_prefetch__SOPP] = true,
    [OPCODE_ID_s_clause__SOPP] = true,
    [OPCODE_ID_s_wait_idle__SOPP] = true,
    [OPCODE_ID_s_waitcnt_depctr__SOPP] = true,
    [OPCODE_ID_s_gl1_inv__SMEM] = true,
    [OPCODE_ID_s_dcache_inv__SMEM] = true,
    [OPCODE_ID_s_atc_probe__SMEM] = true,
    [OPCODE_ID_s_atc_probe_buffer__SMEM] = true,
    [OPCODE_ID_v_nop__VOP1] = true,
    [OPCODE_ID_v_pipeflush__VOP1] = true,
    [OPCODE_ID_v_clrexcp__VOP1] = true,
    [OPCODE_ID_ds_nop__DS] = true,
    [OPCODE_ID_buffer_gl0_inv__MUBUF] = true,
    [OPCODE_ID_buffer_gl1_inv__MUBUF] = true,
};

unsigned lower_count(const struct instruction *in)
{
    return in->opcode && does_nothing[in->opcode->id] ? 0 : 1;
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
    if ((run = control_handler(in->opcode->id))) {
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
