// Loops of one kind of instruction each, for benchmark.c. The kernels' only argument is the number of rounds.
.amdgcn_target "amdgcn-amd-amdhsa--gfx1030"
.amdhsa_code_object_version 5
.text

.set body, 64 // instructions a round, besides the three of the loop

.macro kernel name, instruction:vararg
.globl \name
.p2align 8
.type \name,@function
\name:
    s_load_dword s4, s[0:1], 0x0
    v_cvt_f32_u32 v1, v0
    v_mov_b32 v2, 1.0
    v_mov_b32 v3, 0.5
    v_lshlrev_b32 v4, 2, v0
    v_mov_b32 v5, 3
    s_mov_b32 s6, 3
    s_mov_b32 s7, 5
    s_mov_b32 s8, 0
    s_waitcnt lgkmcnt(0)
.L\name:
    .rept body
    \instruction
    .endr
    s_sub_u32 s4, s4, 1
    s_cmp_lg_u32 s4, 0
    s_cbranch_scc1 .L\name
    s_endpgm
.L\name\()_end:
.size \name, .L\name\()_end-\name

.rodata
.p2align 6
.amdhsa_kernel \name
    .amdhsa_user_sgpr_kernarg_segment_ptr 1
    .amdhsa_system_sgpr_workgroup_id_x 0
    .amdhsa_next_free_vgpr 32
    .amdhsa_next_free_sgpr 32
    .amdhsa_wavefront_size32 1
    .amdhsa_group_segment_fixed_size 4096
.end_amdhsa_kernel
.text
.endm

kernel vector_f32,        v_fma_f32 v1, v1, v2, v3
kernel vector_u32,        v_add_nc_u32 v1, v2, v3
kernel vector_constant,   v_add_nc_u32 v1, 17, v3
kernel vector_scalar,     v_xor_b32 v1, s6, v1
kernel vector_modified,   v_add_f32 v1, -v2, |v3|
kernel vector_carry,      v_add_co_u32 v1, vcc_lo, v2, v3
kernel vector_select,     v_cndmask_b32 v1, v2, v3, vcc_lo
kernel vector_compare,    v_cmp_lt_u32 vcc_lo, v2, v3
kernel vector_wide,       v_lshlrev_b64 v[6:7], 3, v[2:3]
kernel vector_dpp,        v_mov_b32_dpp v1, v2 row_shr:1 row_mask:0xf bank_mask:0xf
kernel scalar_u32,        s_add_u32 s6, s6, s7
kernel scalar_exec,       s_and_b32 s6, exec_lo, s7
kernel lds_read,          ds_read_b32 v1, v4
kernel lds_write,         ds_write_b32 v4, v1
