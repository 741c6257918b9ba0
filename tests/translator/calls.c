// What stays native code: calls of functions whose address the code before the call makes, and private
// memory, in work-groups that are run whole.
#include "writer.h"

#include "device/softgpu/translator/code.h"

#include <stdio.h>

enum { S_PC = 8, S_LINK = 30 };

// Calls the function at `target`, in words; the code before it is made as compilers make it.
static void call_write(size_t target)
{
    sop1(ID(s_getpc_b64__SOP1), S_PC, 0);
    const size_t behind = count;
    sop2(ID(s_add_u32__SOP2), S_PC, S_PC, LITERAL);
    put((uint32_t)(4 * (target - behind)));
    sop2(ID(s_addc_u32__SOP2), S_PC + 1, S_PC + 1, LITERAL);
    put(target < behind ? UINT32_MAX : 0);
    sop1(ID(s_swappc_b64__SOP1), S_LINK, S_PC);
}

static void function_write(void)
{
    vop2(ID(v_add_nc_u32__VOP2), 0, small(1), 0);
    sop1(ID(s_setpc_b64__SOP1), 0, S_LINK);
}

static int check(const char *what, size_t entry, uint32_t calls, bool scratch)
{
    struct code *c = code_create(words, 4 * count, (uint32_t)(4 * entry), false, 0, true);
    bool same = c && c->whole && c->closed && c->call_count == calls && c->has_scratch == scratch;
    if (!same) fprintf(stderr, "%s: not native\n", what);
    if (c) code_free(c);
    return !same;
}

// `before`: the function lies before what calls it, which it does in a loop or not.
static int calls_check(bool before, bool loops)
{
    count = 0;
    if (before) function_write();
    const size_t entry = count, length = 7 + loops + 1;
    vop1(ID(v_mov_b32__VOP1), 0, small(3));
    const size_t loop = count;
    call_write(before ? 0 : entry + length);
    if (loops) branch_back(ID(s_cbranch_scc1__SOPP), loop);
    sopp(ID(s_endpgm__SOPP), 0);
    if (!before) function_write();
    return check("a call", entry, 1, false);
}

static int scratch_check(void)
{
    count = 0;
    sopk(ID(s_setreg_b32__SOPK), S_PC, HWREG_FLAT_SCR_LO | HWREG_ALL_BITS);
    put(0xe0000000 | opcodes[ID(buffer_store_dword__MUBUF)].number << 18);
    put(1 << 8 | small(0) << 24);
    sopp(ID(s_endpgm__SOPP), 0);
    return check("private memory", 0, 0, true);
}

int main(void)
{
    int failed = scratch_check();
    for (int i = 0; i < 4; i++) failed += calls_check(i & 1, i & 2);
    return failed != 0;
}
