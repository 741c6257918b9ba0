// Control flow: what an instruction does to the program counter, and which code is reachable from an address.
//
// Source: AMD "RDNA 2" ISA guide, chapter 4 and section 12.5.
#pragma once

#include "device/softgpu/isa/table/isa.h"

static inline enum flow flow_of(const struct opcode *opcode) { return (enum flow)opcode->flow; }
// Whether `in` at `address` is a branch or call with a target known from its encoding.
bool flow_target(const struct instruction *in, uint64_t address, uint64_t *target);
// Whether execution never goes on behind `in`.
bool flow_stops(const struct instruction *in);

// Reads up to `size` bytes at `address`; returns how many there were.
typedef size_t code_reader(void *to, uint64_t address, size_t size, void *context);

#define CALL_UNKNOWN UINT64_MAX

// An instruction at an address. What cannot be decoded has no opcode, what cannot even be read no size.
struct reached {
    uint64_t address;
    uint64_t call; // where a call leads to, s_swappc_b64 by the instructions before it; else CALL_UNKNOWN
    struct instruction in;
};

// The address that s_getpc_b64 and the two additions behind it, of a literal, make together: `last` is the
// second of these. Returns false where it is anything else.
bool flow_pc_relative(const struct reached *last, uint64_t *address);

// All instructions that branches and calls of known targets reach from `entry`, in ascending order of
// address, for the caller to free; NULL when memory is short. Code of more than a million instructions is cut
// off.
struct reached *flow_reach(uint64_t entry, bool wave64, code_reader *read, void *context, size_t *count);
