// Tier 0: runs work-groups of a kernel dispatch by interpreting gfx1030 code, decoded once.
//
// Source: LLVM's AMDGPUUsage, "Kernel Descriptor", "Initial Kernel Execution State" (GFX10); HSA PRM for AQL.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// A kernel dispatch, resolved by the command processor from its AQL packet and kernel descriptor. Stays
// constant while its work-groups run, on several threads at once.
struct dispatch {
    const void *packet; // hsa_kernel_dispatch_packet_t, for the dispatch pointer
    const void *queue;  // amd_queue_t, for the queue pointer
    uint64_t dispatch_id;
    uint64_t kernarg;             // address of the kernel arguments
    uint64_t kernel_object;       // address of the descriptor; names the kernel in fault reports
    uint64_t entry;               // address of the first instruction
    uint32_t rsrc1, rsrc2, rsrc3; // COMPUTE_PGM_RSRC1..3
    uint16_t properties;          // kernel_code_properties: which SGPRs are set up; bit 10: wave32
    bool legacy_descriptor;       // amd_kernel_code_t (ROCr's own kernels), else llvm's kernel_descriptor_t
    bool wave64;
    uint16_t local[3];      // work-group size in items
    uint32_t global[3];     // grid size in items
    uint32_t groups[3];     // work-groups, the partial ones included
    uint32_t lds_bytes;     // static plus dynamic, from the packet; at most 64 KiB
    uint32_t scratch_bytes; // per work-item, from the packet (or descriptor if larger)
};

enum fault_kind {
    FAULT_NONE,
    FAULT_ILLEGAL_INSTRUCTION, // not a gfx1030 instruction, or one this device does not execute
    FAULT_MEMORY,              // an access to memory that is not there
    FAULT_TRAP,                // s_trap
    FAULT_INVALID_DISPATCH,    // sizes or a descriptor that no gfx1030 runs
};

// Why a work-group stopped.
struct fault {
    enum fault_kind kind;
    uint64_t pc;      // address of the instruction
    uint64_t address; // FAULT_MEMORY: the address it touched
    bool write;
    char text[200]; // one line: what, the disassembly, its address and offset from the kernel's entry
};

// One thread's execution resources: LDS, registers, scratch. Used by one thread at a time.
struct compute_unit;
struct compute_unit *compute_unit_create(void); // NULL when memory is short
void compute_unit_destroy(struct compute_unit *);

enum work_state {
    WORK_DONE,
    WORK_STOPPED,   // *fault is filled; work-groups behind the one that stopped have not run
    WORK_UNDER_WAY, // a work-group has run for a while: others may have their turn, on other compute units
};

// Runs `count` work-groups in the order of their numbers from `first` on: x + groups[0] * (y + groups[1] *
// z).
// `*cancel` becoming true (set by another thread: another work-group faulted, or the queue is being
// destroyed) ends them early with FAULT_NONE. Memory faults are caught with SIGSEGV/SIGBUS handlers that pass
// on what is not theirs.
enum work_state work_groups_begin(struct compute_unit *, const struct dispatch *, uint64_t first,
                                  uint64_t count, const bool *cancel, struct fault *fault);
// The same, with those that are under way; on any thread.
enum work_state work_groups_go_on(struct compute_unit *, struct fault *fault);
// Of those under way: leaves those that have not begun to the caller, and returns how many there are.
uint64_t work_groups_split(struct compute_unit *);
// All of them, to their end. Returns false where they stopped.
bool work_groups_run(struct compute_unit *, const struct dispatch *, uint64_t first, uint64_t count,
                     const bool *cancel, struct fault *fault);

// Forgets the decoded code that is not in memory any more as it was decoded: the packet processor saw an
// instruction-cache invalidation (new code may have been loaded at old addresses). Work-groups that are
// running keep what they decoded.
void interpreter_invalidate_code(void);
// Forgets all of it, with what has been learnt of it: nothing is to be run any more.
void interpreter_forget_code(void);
