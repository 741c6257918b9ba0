// A kernel of a few words, and a dispatch of it.
#pragma once

#include "device/softgpu/interpreter/interpreter.h"

// out[id] = id * rounds
static const uint32_t multiply[] = {
    0xf4040080, 0xfa000000, //       s_load_dwordx2 s[2:3], s[0:1], null
    0xf4000100, 0xfa000008, //       s_load_dword s4, s[0:1], 0x8
    0xbf8cc07f,             //       s_waitcnt lgkmcnt(0)
    0x7e020280,             //       v_mov_b32 v1, 0
    0x4a020300,             // loop: v_add_nc_u32 v1, v0, v1
    0x8104c104,             //       s_add_i32 s4, s4, -1
    0xbf078004,             //       s_cmp_lg_u32 s4, 0
    0xbf85fffc,             //       s_cbranch_scc1 loop
    0x34040082,             //       v_lshlrev_b32 v2, 2, v0
    0xdc708000, 0x00020102, //       global_store_dword v2, v1, s[2:3]
    0xbf810000,             //       s_endpgm
};

enum { START = 0, LOOP = 0x18, BEHIND_LOOP = 0x28, STORE = 0x2c, ITEMS = 64, FLOAT_MODE = 0xf0 };

struct arguments {
    uint32_t *out;
    uint32_t rounds;
};

struct run {
    struct dispatch dispatch;
    struct arguments arguments;
    uint32_t out[ITEMS];
    bool cancel;
    struct fault fault;
};

static inline void run_prepare(struct run *run, const uint32_t *code, uint32_t rounds)
{
    enum { USER_SGPRS = 2 << 1, KERNARG_POINTER = 1 << 3 };
    *run = (struct run){.arguments = {run->out, rounds}};
    run->dispatch = (struct dispatch){
        .entry = (uintptr_t)code,
        .kernarg = (uintptr_t)&run->arguments,
        .rsrc1 = FLOAT_MODE << 12,
        .rsrc2 = USER_SGPRS,
        .properties = KERNARG_POINTER,
        .local = {ITEMS, 1, 1},
        .global = {ITEMS, 1, 1},
        .groups = {1, 1, 1},
    };
}

// False: it stopped.
static inline bool run_dispatch(struct run *run)
{
    struct compute_unit *cu = compute_unit_create();
    bool finished = cu && work_groups_run(cu, &run->dispatch, 0, 1, &run->cancel, &run->fault);
    compute_unit_destroy(cu);
    return finished;
}

static inline bool run_is_right(const struct run *run)
{
    bool right = true;
    for (uint32_t i = 0; i < ITEMS; i++) right &= run->out[i] == i * run->arguments.rounds;
    return right;
}
