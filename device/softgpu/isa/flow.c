#include "flow.h"

// What does nothing here: waits (everything is done when the next instruction runs), cache control (host
// memory is coherent), hints, and branches on debug flags that are never set. A message to the host's
// interrupt handler is such a hint too: whoever waits for one also looks at memory.
static const uint8_t flows[OPCODE_ID_COUNT] = {
    [OPCODE_ID_s_version__SOPK] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt_vscnt__SOPK] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt_vmcnt__SOPK] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt_expcnt__SOPK] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt_lgkmcnt__SOPK] = FLOW_NOTHING,
    [OPCODE_ID_s_nop__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_wakeup__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_setprio__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_sendmsg__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_icache_inv__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_incperflevel__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_decperflevel__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_ttracedata__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_ttracedata_imm__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_cbranch_cdbgsys__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_cbranch_cdbguser__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_cbranch_cdbgsys_or_user__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_cbranch_cdbgsys_and_user__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_inst_prefetch__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_clause__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_wait_idle__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_waitcnt_depctr__SOPP] = FLOW_NOTHING,
    [OPCODE_ID_s_gl1_inv__SMEM] = FLOW_NOTHING,
    [OPCODE_ID_s_dcache_inv__SMEM] = FLOW_NOTHING,
    [OPCODE_ID_s_atc_probe__SMEM] = FLOW_NOTHING,
    [OPCODE_ID_s_atc_probe_buffer__SMEM] = FLOW_NOTHING,
    [OPCODE_ID_v_nop__VOP1] = FLOW_NOTHING,
    [OPCODE_ID_v_pipeflush__VOP1] = FLOW_NOTHING,
    [OPCODE_ID_v_clrexcp__VOP1] = FLOW_NOTHING,
    [OPCODE_ID_ds_nop__DS] = FLOW_NOTHING,
    [OPCODE_ID_buffer_gl0_inv__MUBUF] = FLOW_NOTHING,
    [OPCODE_ID_buffer_gl1_inv__MUBUF] = FLOW_NOTHING,

    [OPCODE_ID_s_branch__SOPP] = FLOW_BRANCH,
    [OPCODE_ID_s_cbranch_scc0__SOPP] = FLOW_BRANCH_SCC0,
    [OPCODE_ID_s_cbranch_scc1__SOPP] = FLOW_BRANCH_SCC1,
    [OPCODE_ID_s_cbranch_vccz__SOPP] = FLOW_BRANCH_VCCZ,
    [OPCODE_ID_s_cbranch_vccnz__SOPP] = FLOW_BRANCH_VCCNZ,
    [OPCODE_ID_s_cbranch_execz__SOPP] = FLOW_BRANCH_EXECZ,
    [OPCODE_ID_s_cbranch_execnz__SOPP] = FLOW_BRANCH_EXECNZ,
    [OPCODE_ID_s_subvector_loop_begin__SOPK] = FLOW_SUBVECTOR_BEGIN,
    [OPCODE_ID_s_subvector_loop_end__SOPK] = FLOW_SUBVECTOR_END,
    [OPCODE_ID_s_getpc_b64__SOP1] = FLOW_GETPC,
    [OPCODE_ID_s_setpc_b64__SOP1] = FLOW_SETPC,
    [OPCODE_ID_s_swappc_b64__SOP1] = FLOW_SWAPPC,
    [OPCODE_ID_s_call_b64__SOPK] = FLOW_CALL,
    [OPCODE_ID_s_endpgm__SOPP] = FLOW_END,
    [OPCODE_ID_s_endpgm_saved__SOPP] = FLOW_END,
    [OPCODE_ID_s_endpgm_ordered_ps_done__SOPP] = FLOW_END,
    [OPCODE_ID_s_code_end__SOPP] = FLOW_CODE_END,
    [OPCODE_ID_s_barrier__SOPP] = FLOW_BARRIER,
    [OPCODE_ID_s_sleep__SOPP] = FLOW_SLEEP,
    [OPCODE_ID_s_trap__SOPP] = FLOW_TRAP,
};

enum flow flow_of(const struct opcode *opcode) { return flows[opcode->id]; }

bool flow_target(const struct instruction *in, uint64_t address, uint64_t *target)
{
    enum flow flow = in->opcode ? flow_of(in->opcode) : FLOW_ON;
    if (flow < FLOW_BRANCH || flow > FLOW_CALL) return false;
    *target = address + in->size + (uint64_t)((int64_t)in->offset * 4);
    return true;
}

bool flow_stops(const struct instruction *in)
{
    switch (flow_of(in->opcode)) {
    case FLOW_BRANCH:
    case FLOW_SETPC:
    case FLOW_END:
    case FLOW_CODE_END:
        return true;
    default:
        return false;
    }
}
