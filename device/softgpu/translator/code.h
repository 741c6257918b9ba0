// A region as the translator sees it: blocks of instructions, and which registers are live between them.
#pragma once

#include "device/softgpu/isa/flow/flow.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { VGPR_COUNT = 256, SGPR_COUNT = 128, CALLS_MOST = 64, BLOCK_NONE = UINT32_MAX };

// Of VGPRs twice: `vector` for what their active lanes hold, `inactive` for the others.
struct registers {
    uint64_t vector[VGPR_COUNT / 64], inactive[VGPR_COUNT / 64];
    uint64_t scalar[SGPR_COUNT / 64];
    bool scc;
};

static inline bool registers_have_vector(const struct registers *r, unsigned index)
{
    return (r->vector[index / 64] | r->inactive[index / 64]) >> index % 64 & 1;
}
static inline bool registers_have_scalar(const struct registers *r, unsigned index)
{
    return r->scalar[index / 64] >> index % 64 & 1;
}

static inline struct registers registers_all(void)
{
    struct registers all;
    memset(&all, 0xff, offsetof(struct registers, scc));
    all.scc = true;
    return all;
}

// How an instruction is translated.
enum treatment {
    TREAT_UNTRANSLATED, // left to the interpreter: waves leave for it and come back
    TREAT_INTERPRETED,  // the interpreter is called for it
    TREAT_NOTHING,
    TREAT_FLOW,
    TREAT_SCALAR,
    TREAT_SCALAR_LOAD,
    TREAT_VECTOR,
    TREAT_LANE,     // single lanes, and whole registers
    TREAT_EXCHANGE, // between lanes
    TREAT_GLOBAL,   // FLAT, too: the interpreter is called where addresses lie in an aperture
    TREAT_LDS,
    TREAT_SCRATCH,      // MUBUF: the interpreter is called where the descriptor is not scratch's
    TREAT_FLAT_SCRATCH, // s_setreg_b32 of half of it
};

struct block {
    uint32_t first, end; // instructions
    uint32_t next;       // the block behind it, BLOCK_NONE where it never gets there or that is not known
    uint32_t target;     // the one that its last instruction branches to
    bool backward;       // that lies at or before the branch
    uint64_t returns;    // of s_setpc_b64: the calls that it may go back to, a bit each
    bool entry;          // waves may come in here
    bool untranslated;   // one instruction, which the interpreter runs
    bool exec_whole;     // at its beginning EXEC is what the wave was launched with
    struct registers live;
    struct registers held; // lie in the wave as they are: held_find
};

struct code {
    struct reached *at; // instructions
    uint32_t count;
    struct block *blocks;
    uint32_t block_count;
    uint32_t entry_block;       // where the region's code begins
    uint32_t calls[CALLS_MOST]; // of each call of known code, the block behind it
    uint32_t call_count;
    bool closed;      // control goes nowhere but to blocks: every s_setpc_b64 returns from one of the calls
    bool whole;       // for whole work-groups, of waves that are launched with all lanes
    bool has_scratch; // private memory is accessed
    bool wave64;
    uint32_t mode;
    struct registers written; // by any translated instruction
    bool *merges; // of each instruction: inactive lanes of the VGPRs that it writes must keep what they hold
    bool *exec_whole;       // behind each instruction EXEC is what the wave was launched with
    struct registers *live; // before each instruction
};

// NULL when memory is short. `whole`: for whole work-groups, if that can be.
struct code *code_create(const void *bytes, size_t size, uint32_t entry, bool wave64, uint32_t mode,
                         bool whole);
void code_free(struct code *code);

// What the block's last instruction does to the program counter; FLOW_ON where it cannot be decoded.
static inline enum flow block_flow(const struct code *code, const struct block *block)
{
    const struct opcode *last = code->at[block->end - 1].in.opcode;
    return last ? flow_of(last) : FLOW_ON;
}

// The blocks that control may go to from one; returns how many.
enum { SUCCESSORS_MOST = 2 + CALLS_MOST };
uint32_t block_successors(const struct code *code, const struct block *block, uint32_t *successors);

enum treatment treatment_of(const struct code *code, const struct instruction *in);
// Of instruction `index`: a call of unknown code is left to the interpreter.
enum treatment treatment_at(const struct code *code, uint32_t index);

// Finds where s_setpc_b64 returns to, and whether `closed`. A call is taken to lead where the instructions
// before it say; *doubted says that one does not do so surely, and is no call of known code any more: blocks
// are to be found again. Returns false when memory is short.
bool returns_find(struct code *code, bool *doubted);

void registers_unite(struct registers *a, const struct registers *b);
void registers_subtract(struct registers *a, const struct registers *b);

// What an instruction reads, and what it surely overwrites; of VGPRs that are written, the active lanes.
void reads_find(const struct code *code, const struct instruction *in, struct registers *reads);
void writes_find(const struct code *code, const struct instruction *in, struct registers *writes);

// What it may overwrite, in any lane.
void may_write_find(const struct code *code, const struct instruction *in, struct registers *writes);

// Whether it reads lanes other than those that it writes.
bool is_crossing(const struct instruction *in);

// Whether it changes EXEC; and then, whether the lanes that are active behind it were so before it.
bool writes_exec(const struct instruction *in);
bool narrows_exec(const struct instruction *in);

// Fills every block's and instruction's `live`, `merges` and `exec_whole`. Returns false when memory is
// short.
bool liveness_find(struct code *code);

// For whole work-groups: which registers lie in the wave as they are, for at a barrier all that are live do,
// and they have not been written since. Fills every block's `held`.
void held_find(struct code *code);
// What is live behind the barrier at a block's end, and has to be stored for that.
struct registers barrier_stores(const struct code *code, const struct block *block);

// Fills `exec_whole`, of blocks and of instructions: lanes that are inactive there will never be active.
// Returns false when memory is short.
bool exec_whole_find(struct code *code);

#ifdef __cplusplus
}
#endif
