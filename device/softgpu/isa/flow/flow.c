#include "flow.h"

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
