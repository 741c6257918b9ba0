// Inline GCN assembly and clang's __builtin_amdgcn_* as applications for AMD's GPUs use them (hashcat,
// miners, lane exchange by DPP and ds_swizzle, clocks): each line computes what plain OpenCL C does, too.
#include "session.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS = 128, LOCAL = 64 };

// Statements that set `ok`. At hand: x, an item's arbitrary number; i, its id; lane, its place in a wave
// of 32.
static const struct snippet {
    const char *name, *text;
} snippets[] = {
    {"v_perm_b32",
     "uint r; __asm__ __volatile__(\"V_PERM_B32 %0, 0, %1, %2;\" : \"=v\"(r) : \"v\"(x), \"v\"(0x00010203));"
     "ok = r == as_uint(as_uchar4(x).wzyx);"},
    {"v_bfe", "uint r; int s; __asm__(\"v_bfe_u32 %0, %1, 3, 9\" : \"=v\"(r) : \"v\"(x));"
              "__asm__(\"v_bfe_i32 %0, %1, 3, %2\" : \"=v\"(s) : \"v\"(x), \"v\"(9));"
              "ok = r == (x >> 3 & 511) && s == (int)(x << 20) >> 23;"},
    {"v_bfi_b32",
     "uint r; __asm__(\"v_bfi_b32 %0, %1, %2, %3\" : \"=v\"(r) : \"v\"(0xff00ffu), \"v\"(x), \"v\"(~x));"
     "ok = r == ((x & 0xff00ff) | (~x & 0xff00ff00));"},
    {"v_alignbit_b32",
     "uint r; __asm__ volatile(\"v_alignbit_b32 %0, %1, %1, %2\" : \"=v\"(r) : \"v\"(x), \"v\"(7));"
     "ok = r == rotate(x, 25u);"},
    {"v_alignbyte_b32", "uint r; __asm__(\"v_alignbyte_b32 %0, %1, %2, 3\" : \"=v\"(r) : \"v\"(x), \"v\"(i));"
                        "ok = r == (x << 8 | i >> 24);"},
    {"v_add3_u32",
     "uint r; __asm__(\"v_add3_u32 %0, %1, %2, 5\" : \"=v\"(r) : \"v\"(x), \"v\"(i)); ok = r == x + i + 5;"},
    {"v_lshl_add_u32",
     "uint r; __asm__(\"v_lshl_add_u32 %0, %1, 4, %2\" : \"=v\"(r) : \"v\"(x), \"s\"(77)); ok "
     "= r == (x << 4) + 77;"},
    {"v_xor3_b32",
     "uint r; __asm__(\"v_xor3_b32 %0, %1, %2, %3\" : \"=v\"(r) : \"v\"(x), \"v\"(i), \"v\"(9u));"
     "ok = r == (x ^ i ^ 9);"},
    {"v_mad_u64_u32 and carry",
     "ulong r; uint lo, hi; __asm__(\"v_mad_u64_u32 %0, vcc_lo, %1, %2, %3\" : \"=v\"(r) : \"v\"(x), "
     "\"v\"(~i),"
     " \"v\"((ulong)x) : \"vcc\");"
     "__asm__(\"v_add_co_u32 %0, vcc_lo, %2, %3\\n\\tv_add_co_ci_u32 %1, vcc_lo, 0, 0, vcc_lo\""
     " : \"=&v\"(lo), \"=v\"(hi) : \"v\"(x), \"v\"(0xc0000000u) : \"vcc\");"
     "ok = r == (ulong)x * ~i + x && ((ulong)hi << 32 | lo) == (ulong)x + 0xc0000000u;"},
    {"v_mul_hi_u32 and v_mov_b32 to a tied operand",
     "uint r = x; __asm__(\"v_mul_hi_u32 %0, %0, %1\" : \"+v\"(r) : \"v\"(0x9e3779b9u)); ok = r == mul_hi(x, "
     "0x9e3779b9u);"},
    {"s_ instructions",
     "uint r, n = get_group_id(0) + 3; __asm__(\"s_bcnt1_i32_b32 %0, %1\" : \"=s\"(r) : \"s\"(n) : \"scc\");"
     "ok = r == popcount(n);"},
    {"DPP", "uint a = 0, b = 0; __asm__ volatile(\"s_nop 1\\n\\tv_mov_b32_dpp %0, %2 row_shr:1 row_mask:0xf "
            "bank_mask:0xf\\n\\t\""
            "\"v_mov_b32_dpp %1, %2 quad_perm:[3,2,1,0] row_mask:0xf bank_mask:0xf\" : \"+&v\"(a), "
            "\"+&v\"(b) : \"v\"(i));"
            "ok = a == (lane & 15 ? i - 1 : 0) && b == (i ^ 3);"},
    {"ds_swizzle_b32 in assembly",
     "uint r; __asm__ volatile(\"ds_swizzle_b32 %0, %1 offset:swizzle(SWAP,8)\\n\\ts_waitcnt lgkmcnt(0)\""
     " : \"=v\"(r) : \"v\"(i)); ok = r == (i ^ 8);"},
    {"global memory by assembly",
     "uint r; global const uint *p = in + i; __asm__ volatile(\"global_load_dword "
     "%0, %1, off\\n\\ts_waitcnt vmcnt(0)\""
     " : \"=v\"(r) : \"v\"(p) : \"memory\"); ok = r == in[i];"},
    {"s_memtime",
     "ulong a, b; __asm__ volatile(\"s_memtime %0\\n\\ts_waitcnt lgkmcnt(0)\" : \"=s\"(a) : : \"memory\");"
     "__asm__ volatile(\"s_memtime %0\\n\\ts_waitcnt lgkmcnt(0)\" : \"=s\"(b) : : \"memory\"); ok = b >= a "
     "&& "
     "a;"},
    {"ds_swizzle", "ok = __builtin_amdgcn_ds_swizzle(i, 0x401f) == (i ^ 16);"},
    {"mov_dpp and update_dpp",
     "ok = __builtin_amdgcn_mov_dpp(i, 0x140, 0xf, 0xf, true) == (i ^ 15) &&"
     "__builtin_amdgcn_update_dpp(7, i, 0x101, 0xf, 0xf, false) == (int)(~lane & 15 ? i + 1 : 7);"},
    {"ds_permute", "ok = __builtin_amdgcn_ds_bpermute((lane ^ 5) * 4, i) == (i ^ 5) &&"
                   "__builtin_amdgcn_ds_permute((lane ^ 6) * 4, i) == (i ^ 6);"},
    {"readlane", "ok = __builtin_amdgcn_readfirstlane(i) == (int)(i & ~31) &&"
                 "__builtin_amdgcn_readlane(i, 9) == (int)((i & ~31) + 9);"},
    {"permlane", "ok = __builtin_amdgcn_permlane16(0, i, 0x01234567, 0x89abcdef, false, false) == (i ^ 7) &&"
                 "__builtin_amdgcn_permlanex16(0, i, 0x76543210, 0xfedcba98, false, false) == (i ^ 16);"},
    {"integer builtins",
     "ok = __builtin_amdgcn_ubfe(x, 4, 8) == (x >> 4 & 255) && __builtin_amdgcn_alignbit(x, i, 8) == (x << "
     "24 | i >> 8) &&"
     "__builtin_amdgcn_perm(x, i, 0x03020100) == i && __builtin_amdgcn_sad_u8(x, x, 5) == 5 &&"
     "__builtin_amdgcn_mbcnt_hi(~0u, __builtin_amdgcn_mbcnt_lo(~0u, 0)) == lane;"},
    {"float builtins",
     "float f = i + 1; ok = __builtin_amdgcn_fmed3f(f, 9.0f, 3.0f) == clamp(f, 3.0f, 9.0f) &&"
     "fabs(__builtin_amdgcn_rcpf(f) * f - 1) < 1e-6f && fabs(__builtin_amdgcn_sqrtf(f) - sqrt(f)) < 1e-5f &&"
     "__builtin_amdgcn_ldexpf(f, 3) == f * 8 && __builtin_amdgcn_fractf(f + 0.25f) == 0.25f;"},
    {"ids", "ok = __builtin_amdgcn_workitem_id_x() == get_local_id(0) && __builtin_amdgcn_workgroup_id_x() =="
            " get_group_id(0) && __builtin_amdgcn_workgroup_size_x() == LOCAL && "
            "__builtin_amdgcn_grid_size_x() == ITEMS;"},
    {"clocks and waits", "ulong a = __builtin_readcyclecounter(), b = __builtin_amdgcn_s_memtime();"
                         "__builtin_amdgcn_s_sleep(1); __builtin_amdgcn_s_waitcnt(0);"
                         "ok = a && b && __builtin_amdgcn_s_memrealtime() > 0;"},
    {"barrier and fence",
     "local uint l[LOCAL]; l[get_local_id(0)] = i; __builtin_amdgcn_fence(__ATOMIC_RELEASE, \"workgroup\");"
     "__builtin_amdgcn_s_barrier(); __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, \"workgroup\");"
     "ok = l[get_local_id(0) ^ 63] == (i ^ 63);"},
};
enum { SNIPPETS = sizeof snippets / sizeof *snippets };

static void snippet_run(const struct session *session, cl_program program, unsigned index)
{
    const size_t global = ITEMS, local = LOCAL;
    cl_uint in[ITEMS], out[ITEMS] = {0};
    char name[16];
    cl_int status;
    for (cl_uint i = 0; i < ITEMS; i++) in[i] = i * 2654435761U + 12345;
    snprintf(name, sizeof name, "use_%u", index);
    cl_kernel kernel = clCreateKernel(program, name, &status);
    assert_int_equal(status, CL_SUCCESS);
    cl_mem from = clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof in, in, NULL);
    cl_mem to = clCreateBuffer(session->context, CL_MEM_COPY_HOST_PTR, sizeof out, out, NULL);
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_mem), &from), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof(cl_mem), &to), CL_SUCCESS);
    assert_int_equal(clEnqueueNDRangeKernel(session->queue, kernel, 1, NULL, &global, &local, 0, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clEnqueueReadBuffer(session->queue, to, CL_TRUE, 0, sizeof out, out, 0, NULL, NULL),
                     CL_SUCCESS);
    for (int i = 0; i < ITEMS; i++)
        if (out[i] != 1) fail_msg("%s: work-item %d", snippets[index].name, i);
    clReleaseMemObject(from);
    clReleaseMemObject(to);
    clReleaseKernel(kernel);
}

static void snippets_run(const char *options)
{
    static char source[SNIPPETS * 1024];
    const char *text = source;
    struct session session;
    cl_int status;
    session_open(&session);
    size_t used =
        (size_t)snprintf(source, sizeof source, "#define ITEMS %d\n#define LOCAL %d\n", ITEMS, LOCAL);
    for (unsigned i = 0; i < SNIPPETS; i++)
        used += (size_t)snprintf(source + used, sizeof source - used,
                                 "kernel void use_%u(global const uint *in, global uint *out) { uint i ="
                                 " get_global_id(0), lane = i & 31, x = in[i]; bool ok; %s out[i] = ok; }\n",
                                 i, snippets[i].text);
    cl_program program = clCreateProgramWithSource(session.context, 1, &text, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    if (clBuildProgram(program, 1, &session.device, options, NULL, NULL)) {
        static char log[1 << 16];
        clGetProgramBuildInfo(program, session.device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
        fail_msg("%s", log);
    }
    for (unsigned i = 0; i < SNIPPETS; i++) snippet_run(&session, program, i);
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    session_close(&session);
}

static void default_language(void **state)
{
    (void)state;
    snippets_run("");
}

static void newer_language(void **state)
{
    (void)state;
    snippets_run("-cl-std=CL3.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(default_language), cmocka_unit_test(newer_language)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
