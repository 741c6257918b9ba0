// A few instructions each, between a prologue that loads registers and an epilogue that stores them; snippets.c knows
// what they must compute.
//
// A snippet finds s[8:23] and v[1:8] loaded, s[28:29] = the address of a memory block, v9 = lane * 4, v10 = lane * 16,
// v[12:13] = s[28:29] + lane * 4, v14 = 0, all lanes active, SCC 0. It may use s[32:63] and v[16:31] besides. After it s[8:23], SCC, VCC,
// EXEC, M0 and v[1:8] are stored. WAVE64 says which width this is assembled for.
.amdgcn_target "amdgcn-amd-amdhsa--gfx1030"
.amdhsa_code_object_version 5
.text

.macro begin name
.rodata
.p2align 6
.amdhsa_kernel \name
    .amdhsa_user_sgpr_private_segment_buffer 0
    .amdhsa_user_sgpr_kernarg_segment_ptr 1
    .amdhsa_next_free_vgpr 64
    .amdhsa_next_free_sgpr 100
    .amdhsa_wavefront_size32 (1-WAVE64)
    .amdhsa_group_segment_fixed_size 8192
    .amdhsa_private_segment_fixed_size 256
.end_amdhsa_kernel
.text
.globl \name
.p2align 8
.type \name,@function
\name:
    s_load_dwordx8 s[0:7], s[0:1], 0x0 // scalars in, vectors in, out, memory
    s_waitcnt lgkmcnt(0)
    s_load_dwordx16 s[8:23], s[0:1], 0x0
    s_mov_b64 s[28:29], s[6:7]
    v_lshlrev_b32 v9, 2, v0
    v_lshlrev_b32 v10, 4, v0
    v_mov_b32 v14, 0
    v_mov_b32 v12, s28
    v_mov_b32 v13, s29
.if WAVE64
    v_add_co_u32 v12, vcc, v12, v9
    v_add_co_ci_u32 v13, vcc, 0, v13, vcc
.else
    v_add_co_u32 v12, vcc_lo, v12, v9
    v_add_co_ci_u32 v13, vcc_lo, 0, v13, vcc_lo
.endif
    .set at, 0
    .irp register, 1, 2, 3, 4, 5, 6, 7, 8
    global_load_dword v\register, v9, s[2:3] offset:at
    .set at, at + 256
    .endr
    s_mov_b64 vcc, 0
    s_waitcnt vmcnt(0) lgkmcnt(0)
    s_cmp_lg_u32 0, 0
.endm

.macro end
    s_cselect_b32 s24, 1, 0
    s_mov_b64 s[26:27], exec
    s_mov_b64 exec, -1
    s_waitcnt vmcnt(0) lgkmcnt(0)
    v_mov_b32 v14, 0
    v_lshlrev_b32 v9, 2, v0
    .set at, 0
    .irp register, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, vcc_lo, vcc_hi, s26, s27, m0
    v_mov_b32 v15, \register
    global_store_dword v14, v15, s[4:5] offset:at
    .set at, at + 4
    .endr
    .set at, 256
    .irp register, 1, 2, 3, 4, 5, 6, 7
    global_store_dword v9, v\register, s[4:5] offset:at
    .set at, at + 256
    .endr
    s_add_u32 s4, s4, 2048
    s_addc_u32 s5, s5, 0
    global_store_dword v9, v8, s[4:5]
    s_endpgm
.endm

.if WAVE64

begin exec_merge_64
    s_mov_b32 exec_lo, 0x0ff000f5
    s_mov_b32 exec_hi, 0x80000001
    v_lshlrev_b64 v[3:4], 7, v[1:2]
end
begin compare_sgpr_64
    v_cmp_lt_i32 s[10:11], v1, v2
end
begin bpermute_64
    v_lshlrev_b32 v20, 2, v4
    ds_bpermute_b32 v3, v20, v1
end
begin swizzles_64
    ds_swizzle_b32 v2, v1 offset:swizzle(FFT,0)
    ds_swizzle_b32 v3, v1 offset:swizzle(FFT,16)
    ds_swizzle_b32 v4, v1 offset:swizzle(FFT,31)
    ds_swizzle_b32 v5, v1 offset:swizzle(ROTATE,0,3)
    ds_swizzle_b32 v6, v1 offset:swizzle(ROTATE,1,3)
    s_andn2_b64 exec, exec, 2
    ds_swizzle_b32 v7, v1 offset:swizzle(ROTATE,0,1)
    v_permlane16_b32 v8, v1, s8, s9
end
// Both halves, the first, the second, neither: s[12:15] count the rounds.
.macro subvectors counter, low, high
    s_mov_b32 exec_lo, \low
    s_mov_b32 exec_hi, \high
    s_subvector_loop_begin s40, .Lskip\@
.Lloop\@:
    s_add_u32 \counter, \counter, 1
    v_add_nc_u32 v3, v3, 1
    s_subvector_loop_end s40, .Lloop\@
.Lskip\@:
    v_add_nc_u32 v4, v4, 1
.endm
begin subvectors_64
    subvectors s12, 0x0ff000f5, 0x12345678
    subvectors s13, 0x0ff000f5, 0
    subvectors s14, 0, 0x80000001
    subvectors s15, 0, 0
end
begin lane_numbers_64
    global_load_dword_addtid v3, s[28:29] offset:8
end
begin mbcnt_64
    v_mbcnt_lo_u32_b32 v3, s8, 0
    v_mbcnt_hi_u32_b32 v3, s9, v3
end

.else

// --- EXEC and masks ---

begin exec_merge
    s_mov_b32 exec_lo, 0x0ff000f5
    v_add_nc_u32 v3, v1, v2
end
begin exec_merge_bits // of registers and memory, one of them over what is kept in other lanes
    s_mov_b32 exec_lo, 0x00f5a3c9
    global_load_dwordx3 v[16:18], v10, s[28:29]
    s_waitcnt vmcnt(0)
    v_bfi_b32 v1, 0x7fffffff, v1, v16
    v_bfi_b32 v2, 0x7fffffff, v17, v2
    v_bfi_b32 v8, v8, v18, 0x7fffffff
    v_add_co_u32 v16, vcc_lo, s8, v9
    v_add_co_ci_u32 v17, vcc_lo, s9, v9, vcc_lo
end

begin exec_empty
    s_mov_b32 exec_lo, 0
    v_add_nc_u32 v3, v1, v2
end
begin compare_inactive
    s_mov_b32 vcc_lo, -1
    s_mov_b32 exec_lo, 0x00ff00ff
    v_cmp_lt_u32 vcc_lo, v1, v2
end
begin cmpx
    v_cmpx_gt_u32 v1, v2
    v_mov_b32 v3, 7
end
begin carry_chain
    v_add_co_u32 v3, vcc_lo, v1, v2
    v_add_co_ci_u32 v4, vcc_lo, v2, v8, vcc_lo
end
begin select_sgpr
    s_mov_b32 s10, 0x5a5a1234
    v_cndmask_b32 v3, v1, v2, s10
end
begin mad_wide
    v_mad_u64_u32 v[3:4], s10, v1, v2, v[1:2]
end
begin saveexec
    s_mov_b32 s8, 0x00ffff00
    s_and_saveexec_b32 s9, s8
    v_mov_b32 v3, 1
    s_xor_b32 exec_lo, exec_lo, s9
    v_mov_b32 v3, 2
end

// --- Scalar sources ---

begin scalar_sources
    v_xad_u32 v3, s8, v1, s9
    v_add_nc_u32 v4, 0x12345678, v1
    s_cmp_eq_u32 s8, s8
    v_add_nc_u32 v5, src_scc, v1
    v_add_nc_u32 v6, src_execz, v1
    v_add_nc_u32 v7, src_vccz, v1
end
begin scalar_pair
    v_lshlrev_b64 v[3:4], v1, s[8:9]
    v_mad_u64_u32 v[5:6], vcc_lo, s10, s10, 1.0
end
begin zero_flags
    v_sub_nc_u32_e64 v3, src_vccz, src_execz
    v_sub_nc_u32_e64 v4, src_execz, src_vccz
    s_sub_u32 s8, src_vccz, src_execz
    s_sub_u32 s9, src_execz, src_vccz
end
begin apertures
    s_mov_b64 s[8:9], src_shared_base
    s_mov_b64 s[10:11], src_private_base
    s_mov_b64 s[12:13], src_shared_limit
end

// --- Modifiers ---

begin signs
    v_fma_f32 v3, -v5, |v6|, -|v5|
    v_cmp_lt_f32 vcc_lo, -|v5|, v6
end
begin clamp_omod
    s_setreg_imm32_b32 hwreg(HW_REG_MODE, 9, 1), 0 // not in IEEE mode, and f32 denormals are flushed: omod acts
    v_mul_f32 v3, v5, v6 clamp
    v_mul_f32 v4, v5, v6 mul:4
    v_add_nc_u32 v7, v1, v2 clamp
end
begin denormals
    v_mov_b32 v20, 64
    v_mov_b32 v21, 0
    v_add_f32 v3, v20, 0 // flushed: the assembler's default mode flushes f32 denormals and keeps f64's
    v_add_f64 v[4:5], v[20:21], 0
    s_denorm_mode 0x3
    v_add_f32 v6, v20, 0
    v_add_f64 v[7:8], v[20:21], 0
end
begin sdwa
    v_add_nc_u32_sdwa v3, v1, v2 dst_sel:BYTE_1 dst_unused:UNUSED_PRESERVE src0_sel:BYTE_3 src1_sel:WORD_1
    v_add_nc_u32_sdwa v4, sext(v1), v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:BYTE_2 src1_sel:BYTE_0
    v_mov_b32_sdwa v5, v1 dst_sel:WORD_1 dst_unused:UNUSED_PAD src0_sel:WORD_0
    v_mov_b32_sdwa v6, v1 dst_sel:BYTE_2 dst_unused:UNUSED_SEXT src0_sel:BYTE_1
    v_cmp_eq_u32_sdwa vcc_lo, v1, v8 src0_sel:BYTE_0 src1_sel:BYTE_0
end
begin sdwa_scalar
    v_xor_b32_sdwa v3, s8, v2 dst_sel:DWORD dst_unused:UNUSED_PAD src0_sel:WORD_1 src1_sel:DWORD
end
begin short_halves
    v_add_f16 v3, v7, v7
    v_add_nc_u16 v4, v1, v2 op_sel:[1,0,1]
    v_mul_lo_u16 v5, v1, v2
end
begin packed
    v_pk_add_u16 v3, v1, v2
    v_pk_add_u16 v4, v1, v2 op_sel:[1,0] op_sel_hi:[0,1]
    v_pk_sub_i16 v5, v1, v2 clamp
    v_pk_lshlrev_b16 v6, 3, v1 op_sel_hi:[0,1]
end
begin fma_mix
    v_fma_mix_f32 v3, v7, v5, v6 op_sel:[1,0,0] op_sel_hi:[1,0,0]
    v_fma_mix_f32 v4, -v7, |v5|, v6 op_sel_hi:[1,0,0]
end

// --- DPP ---

begin dpp_shifts
    v_mov_b32_dpp v3, v1 row_shl:3 row_mask:0xf bank_mask:0xf bound_ctrl:0
    v_mov_b32_dpp v4, v1 row_shr:2 row_mask:0xf bank_mask:0xf
    v_mov_b32_dpp v5, v1 row_ror:5 row_mask:0xf bank_mask:0xf
    v_mov_b32_dpp v6, v1 quad_perm:[3,1,0,2] row_mask:0xf bank_mask:0xf
    v_mov_b32_dpp v7, v1 row_mirror row_mask:0x1 bank_mask:0xf
    v_mov_b32_dpp v8, v1 row_half_mirror row_mask:0xf bank_mask:0x5
end
begin dpp_share
    v_add_nc_u32_dpp v3, v1, v2 row_share:6 row_mask:0xf bank_mask:0xf
    v_add_nc_u32_dpp v4, v1, v2 row_xmask:9 row_mask:0xf bank_mask:0xf
    v_mov_b32_dpp v5, v1 dpp8:[7,6,5,4,3,2,1,0]
    v_max_f32_dpp v6, -v5, |v6| row_shr:1 row_mask:0xf bank_mask:0xf
end
begin dpp_inactive
    s_mov_b32 exec_lo, 0x0f0f7777
    v_mov_b32_dpp v3, v1 row_shl:1 row_mask:0xf bank_mask:0xf
    v_mov_b32_dpp v4, v1 row_shl:1 row_mask:0xf bank_mask:0xf bound_ctrl:0
    v_mov_b32_dpp v5, v1 row_shl:1 row_mask:0xf bank_mask:0xf fi:1
    v_mov_b32_dpp v6, v1 dpp8:[1,2,3,4,5,6,7,0]
end

// --- Across lanes ---

begin lanes
    s_mov_b32 exec_lo, 0xfff0
    v_readfirstlane_b32 s8, v1
    s_mov_b32 s20, 37
    v_readlane_b32 s9, v1, 3
    v_readlane_b32 s10, v1, s20
    v_writelane_b32 v3, s11, 2
    s_mov_b32 exec_lo, 0
    v_readfirstlane_b32 s12, v1
end
begin permlane
    s_mov_b32 s8, 0x76543210
    s_mov_b32 s9, 0x01234567
    v_permlane16_b32 v3, v1, s9, s8
    v_permlanex16_b32 v4, v1, s9, s8
    s_mov_b32 exec_lo, 0xffff7fff
    v_permlane16_b32 v5, v1, -1, -1
    v_permlane16_b32 v6, v1, -1, -1 op_sel:[1,0]
    v_permlane16_b32 v7, v1, -1, -1 op_sel:[0,1]
end
begin permutes
    v_lshlrev_b32 v20, 2, v4
    ds_bpermute_b32 v3, v20, v1
    v_xor_b32 v21, 0x1c, v9
    ds_permute_b32 v5, v21, v1 offset:4
    ds_swizzle_b32 v6, v1 offset:swizzle(BITMASK_PERM,"00p11")
    ds_swizzle_b32 v7, v1 offset:swizzle(QUAD_PERM,1,0,3,2)
    s_mov_b32 exec_lo, 0xfffffffe
    ds_bpermute_b32 v8, v20, v1
end
begin movrel
    s_mov_b32 m0, 2
    v_movrels_b32 v3, v1
    v_movreld_b32 v4, v1
    s_movrels_b32 s10, s8
    s_movreld_b64 s[12:13], s[8:9]
    v_swap_b32 v7, v8
end
begin movrel_2
    s_mov_b32 m0, 3 << 16 | 2
    s_movrelsd_2_b32 s17, s8
    s_movrelsd_2_b32 s18, 0x1234567
    v_movrelsd_2_b32 v3, v1
end
begin movrel_outside
    s_mov_b32 m0, 100 << 16
    s_movrelsd_2_b32 s17, s8
end

// --- Scalar memory and hardware registers ---

begin scalar_loads
    s_load_dword s8, s[28:29], 0x10
    s_load_dwordx2 s[10:11], s[28:29], 0x20
    s_mov_b32 s40, 0x30
    s_load_dwordx4 s[12:15], s[28:29], s40
    s_add_u32 s42, s28, 0x100
    s_addc_u32 s43, s29, 0
    s_load_dword s9, s[42:43], -0x8
    s_load_dwordx4 s[16:19], s[28:29], s40 offset:0x10
end
begin buffer_loads
    s_mov_b32 s40, s28
    s_mov_b32 s41, s29
    s_mov_b32 s42, 24
    s_mov_b32 s43, 0x31014000
    s_buffer_load_dwordx4 s[8:11], s[40:43], 0x10
    s_buffer_load_dword s12, s[40:43], 0x4
    buffer_load_dword v3, v9, s[40:43], 0 offen
    buffer_load_dwordx2 v[4:5], v9, s[40:43], 0 offen offset:4
    buffer_store_dword v1, v9, s[40:43], 0 offen
end
begin hardware_registers
    s_getreg_b32 s8, hwreg(HW_REG_MODE)
    s_setreg_imm32_b32 hwreg(HW_REG_MODE, 0, 4), 3
    s_getreg_b32 s9, hwreg(HW_REG_MODE, 0, 4)
    v_add_f32 v3, v5, v6
    s_round_mode 0x1
    v_add_f32 v4, v5, v6
    s_denorm_mode 0xf
    s_getreg_b32 s10, hwreg(HW_REG_MODE, 0, 8)
    s_getreg_b32 s11, hwreg(HW_REG_SH_MEM_BASES)
end

// --- Calls ---

begin calls
    s_mov_b32 s8, 1
    s_getpc_b64 s[40:41]
.Lhere:
    s_add_u32 s40, s40, .Lfunction-.Lhere
    s_addc_u32 s41, s41, 0
    s_swappc_b64 s[42:43], s[40:41]
    s_add_u32 s8, s8, 100
    s_call_b64 s[42:43], .Lfunction
    s_branch .Lover
.Lfunction:
    s_mulk_i32 s8, 3
    s_setpc_b64 s[42:43]
.Lover:
end

// --- LDS ---

begin lds_widths
    ds_write_b8 v9, v1
    ds_write_b8_d16_hi v9, v1 offset:1
    ds_write_b16 v9, v1 offset:2
    ds_read_b32 v3, v9
    ds_read_u8 v4, v9
    ds_read_i8 v5, v9 offset:1
    ds_read_u16 v6, v9 offset:2
    ds_read_i16 v7, v9 offset:2
    ds_read_u16_d16_hi v8, v9 offset:2
end
begin lds_wide
    v_mov_b32 v20, v1
    v_mov_b32 v21, v2
    v_mov_b32 v22, v4
    v_mov_b32 v23, v8
    ds_write_b128 v10, v[20:23]
    ds_read_b64 v[3:4], v10 offset:8
    ds_read_b96 v[5:7], v10 offset:4
    ds_read_b32 v8, v10 offset:4
end
begin lds_two
    ds_write2_b32 v9, v1, v2 offset0:1 offset1:70
    ds_write2st64_b32 v9, v8, v4 offset0:4 offset1:6
    ds_read2_b32 v[3:4], v9 offset0:70 offset1:1
    ds_read2st64_b32 v[5:6], v9 offset0:6 offset1:4
end
begin lds_outside
    v_mov_b32 v20, 0x7ffc
    v_mov_b32 v21, -4
    ds_write_b32 v20, v1
    ds_read_b32 v3, v20
    ds_write_b32 v9, v2
    ds_read_b32 v4, v21 offset:8
end
begin lds_atomics
    v_mov_b32 v20, 64
    v_mov_b32 v21, 5
    v_mov_b32 v22, 1
    ds_write_b32 v20, v21
    ds_add_rtn_u32 v3, v20, v22
    ds_max_rtn_u32 v4, v20, v9
    ds_write_b32 v9, v1 offset:256
    ds_cmpst_rtn_b32 v5, v9, v1, v2 offset:256
    ds_read_b32 v6, v9 offset:256
    ds_wrxchg_rtn_b32 v7, v9, v8 offset:256
    ds_sub_u32 v9, v1 offset:256
    ds_read_b32 v8, v9 offset:256
end
begin lds_append
    s_mov_b32 m0, 0x80
    s_mov_b32 exec_lo, 0x00ff0f0f
    ds_append v3 offset:4
    ds_append v4 offset:4
    ds_consume v5 offset:4
end

// --- Global and flat memory ---

begin global_widths
    global_load_ubyte v1, v9, s[28:29] offset:1
    global_load_sbyte v2, v9, s[28:29] offset:2
    global_load_ushort v3, v9, s[28:29] offset:1
    global_load_sshort v4, v[12:13], off offset:2
    global_load_short_d16 v5, v9, s[28:29] offset:2
    global_load_ubyte_d16_hi v6, v9, s[28:29] offset:3
    global_load_dwordx2 v[7:8], v10, s[28:29] offset:8
end
begin global_wide
    global_load_dwordx4 v[20:23], v10, s[28:29]
    global_load_dwordx3 v[3:5], v10, s[28:29] offset:4
    s_mov_b32 exec_lo, 0x55555555
    global_load_dwordx4 v[20:23], v9, s[28:29] offset:-8
    s_mov_b32 exec_lo, -1
    v_mov_b32 v6, v20
    v_mov_b32 v7, v22
    v_mov_b32 v8, v23
end
begin global_stores
    s_mov_b32 exec_lo, 0x3fffffff
    global_store_dwordx2 v10, v[1:2], s[28:29]
    global_store_byte v10, v8, s[28:29] offset:9
    global_store_short_d16_hi v10, v8, s[28:29] offset:12
    flat_store_byte_d16_hi v[12:13], v8 offset:2047
end
begin global_store4
    v_mov_b32 v20, v1
    v_mov_b32 v21, v2
    v_mov_b32 v22, v4
    v_mov_b32 v23, v8
    global_store_dwordx4 v10, v[20:23], s[28:29]
end
// Five lanes of four dwords, and six of two, below the end of memory.
begin store4_over_end
    s_add_u32 s28, s28, 16384 - 80
    s_addc_u32 s29, s29, 0
    v_mov_b32 v20, v1
    v_mov_b32 v21, v2
    v_mov_b32 v22, v4
    v_mov_b32 v23, v8
    global_store_dwordx4 v10, v[20:23], s[28:29]
end
begin store2_over_end
    s_add_u32 s28, s28, 16384 - 48
    s_addc_u32 s29, s29, 0
    v_lshlrev_b32 v20, 1, v9
    global_store_dwordx2 v20, v[1:2], s[28:29]
end
begin flat_apertures
    s_mov_b64 s[40:41], src_shared_base
    ds_write_b32 v9, v1
    v_mov_b32 v17, s41
    v_cmp_gt_u32 vcc_lo, 16, v0
    v_cndmask_b32 v18, v12, v9, vcc_lo
    v_cndmask_b32 v19, v13, v17, vcc_lo
    flat_load_dword v3, v[18:19]
    flat_atomic_add v4, v[18:19], v2 glc
    flat_load_dword v5, v[18:19]
end
begin scratch_private
    s_mov_b64 s[40:41], src_private_base
    v_mov_b32 v17, s41
    v_mov_b32 v16, 21
    scratch_store_dword v16, v1, off offset:3
    flat_load_dword v3, v[16:17] offset:3
    flat_store_dwordx2 v[16:17], v[1:2] offset:8
    scratch_load_dword v4, v16, off offset:8
    scratch_load_dword v5, v16, off offset:12
    s_mov_b32 s42, 33
    scratch_load_ushort v6, off, s42
    flat_store_byte v[16:17], v8 offset:4
    scratch_load_sbyte v7, v16, off offset:4
end

// Bytes and 16-bit values side by side, of all lanes and of some.
.macro small_rows exec
    s_mov_b32 exec_lo, \exec
    global_load_ubyte v3, v20, s[28:29] offset:1
    global_load_sbyte v4, v20, s[28:29] offset:2
    global_load_ushort v5, v21, s[28:29] offset:3
    global_load_sshort v6, v21, s[28:29] offset:4
    global_load_short_d16 v7, v21, s[28:29] offset:5
    global_load_sbyte_d16_hi v8, v20, s[28:29] offset:6
    global_store_byte v20, v1, s[28:29] offset:512
    global_store_byte_d16_hi v20, v1, s[28:29] offset:768
    global_store_short v21, v2, s[28:29] offset:1024
    global_store_short_d16_hi v21, v2, s[28:29] offset:1537
.endm
begin small_rows_whole
    v_lshrrev_b32 v20, 2, v9
    v_lshrrev_b32 v21, 1, v9
    small_rows -1
end
begin small_rows_part
    v_lshrrev_b32 v20, 2, v9
    v_lshrrev_b32 v21, 1, v9
    small_rows 0xfff07ffe
end
begin lane_numbers
    global_load_dword_addtid v3, s[28:29] offset:8
    s_mov_b32 exec_lo, 0x00ff3333
    global_load_dword_addtid v6, s[28:29] offset:1024
    global_store_dword_addtid v1, s[28:29] offset:512
end

begin global_atomics
    global_atomic_add v3, v9, v2, s[28:29] glc
    global_atomic_smax v9, v1, s[28:29] offset:256
    global_atomic_umin v4, v9, v1, s[28:29] offset:512 glc
    global_atomic_cmpswap v5, v9, v[1:2], s[28:29] offset:768 glc
    global_atomic_inc v6, v9, v8, s[28:29] offset:1024 glc
    global_atomic_add_x2 v10, v[1:2], s[28:29] offset:1280
    global_atomic_swap v7, v14, v9, s[28:29] offset:2044 glc
end

// --- Stopping ---

begin unsupported
    s_sethalt 1
end
begin undecodable
    .long 0xffffffff
end
begin jump_nowhere
    s_mov_b64 s[8:9], 0x1000
    s_setpc_b64 s[8:9]
end
begin scratch_outside
    v_mov_b32 v16, 256
    scratch_load_dword v3, v16, off
end

.endif
