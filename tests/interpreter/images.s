// One image instruction each, for images.c and samplers.c. A kernel's arguments are a T# (or a V#) and an S# (12 dwords),
// then what each item brings and takes: 16 dwords each, of which v[40:51] are its address (the first of them v[1:4], too) and
// v[5:8] its data.
.amdgcn_target "amdgcn-amd-amdhsa--gfx1030"
.amdhsa_code_object_version 5
.text

.macro kernel name, instruction:vararg
.rodata
.p2align 6
.amdhsa_kernel \name
    .amdhsa_user_sgpr_private_segment_buffer 0
    .amdhsa_user_sgpr_kernarg_segment_ptr 1
    .amdhsa_system_sgpr_workgroup_id_x 1
    .amdhsa_next_free_vgpr 64
    .amdhsa_next_free_sgpr 100
    .amdhsa_wavefront_size32 1
.end_amdhsa_kernel
.text
.globl \name
.p2align 8
.type \name,@function
\name:
    s_load_dwordx4 s[4:7], s[0:1], 0x0
    s_lshl_b32 s3, s2, 5
    v_add_nc_u32 v0, s3, v0
    v_lshlrev_b32 v9, 6, v0
    s_waitcnt lgkmcnt(0)
    s_load_dwordx8 s[8:15], s[4:5], 0x0
    s_load_dwordx4 s[16:19], s[4:5], 0x20
    global_load_dwordx4 v[1:4], v9, s[6:7]
    global_load_dwordx4 v[40:43], v9, s[6:7]
    global_load_dwordx4 v[44:47], v9, s[6:7] offset:16
    global_load_dwordx4 v[48:51], v9, s[6:7] offset:32
    global_load_dwordx4 v[5:8], v9, s[6:7] offset:48
    s_waitcnt vmcnt(0) lgkmcnt(0)
    v_mov_b32 v20, v1
    v_mov_b32 v30, v2
    v_mov_b32 v25, v3
    \instruction
    s_waitcnt vmcnt(0)
    global_store_dwordx4 v9, v[5:8], s[6:7] offset:48
    s_endpgm
.L\name\()_end:
.size \name, .L\name\()_end-\name
.endm

kernel load_1d,        image_load v[5:8], v1, s[8:15] dmask:0xf dim:SQ_RSRC_IMG_1D
kernel load_2d,        image_load v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel load_3d,        image_load v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel load_1d_array,  image_load v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_1D_ARRAY
kernel load_2d_array,  image_load v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D_ARRAY
kernel load_scattered, image_load v[5:8], [v20, v30, v25], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel load_masked,    image_load v[5:6], v[1:2], s[8:15] dmask:0xa dim:SQ_RSRC_IMG_2D
kernel load_half,      image_load v[5:6], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D d16
kernel load_a16,       image_load v[5:8], v1, s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D a16
kernel load_mip,       image_load_mip v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel store_1d,       image_store v[5:8], v1, s[8:15] dmask:0xf dim:SQ_RSRC_IMG_1D
kernel store_2d,       image_store v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel store_3d,       image_store v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel store_1d_array, image_store v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_1D_ARRAY
kernel store_2d_array, image_store v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D_ARRAY
kernel store_half,     image_store v[5:6], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D d16
kernel sample_1d,       image_sample_lz v[5:8], v1, s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_1D
kernel sample_2d,       image_sample_lz v[5:8], v[1:2], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel sample_3d,       image_sample_lz v[5:8], v[1:3], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel sample_1d_array, image_sample_lz v[5:8], v[1:2], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_1D_ARRAY
kernel sample_2d_array, image_sample_l v[5:8], v[1:4], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D_ARRAY
kernel resinfo,        image_get_resinfo v[5:8], v1, s[8:15] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel atomic_add,     image_atomic_add v5, v[1:2], s[8:15] dmask:0x1 dim:SQ_RSRC_IMG_2D glc
kernel atomic_cmpswap, image_atomic_cmpswap v[5:6], v[1:2], s[8:15] dmask:0x3 dim:SQ_RSRC_IMG_2D glc
kernel atomic_umax_wide, image_atomic_umax v[5:6], v[1:2], s[8:15] dmask:0x3 dim:SQ_RSRC_IMG_2D glc
kernel atomic_cmpswap_wide, image_atomic_cmpswap v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D glc
kernel buffer_load_x,    buffer_load_format_x v5, v1, s[8:11], 0 idxen
kernel buffer_load_xy,   buffer_load_format_xy v[5:6], v1, s[8:11], 0 idxen
kernel buffer_load_xyz,  buffer_load_format_xyz v[5:7], v1, s[8:11], 0 idxen
kernel buffer_load_xyzw, buffer_load_format_xyzw v[5:8], v1, s[8:11], 0 idxen
kernel buffer_load_beyond, buffer_load_format_x v5, v1, s[8:11], 0 idxen offset:2
kernel buffer_load_both,   buffer_load_format_xyzw v[5:8], v[1:2], s[8:11], 0 idxen offen offset:5
kernel buffer_store_both,  buffer_store_format_xyzw v[5:8], v[1:2], s[8:11], 0 idxen offen offset:5
kernel tbuffer_load_float, tbuffer_load_format_xyz v[5:7], v[1:2], s[8:11], 0 format:[BUF_FMT_10_11_11_FLOAT] idxen offen
kernel tbuffer_store_float, tbuffer_store_format_xyz v[5:7], v[1:2], s[8:11], 0 format:[BUF_FMT_11_11_10_FLOAT] idxen offen
kernel buffer_load_half, buffer_load_format_d16_xyzw v[5:6], v1, s[8:11], 0 idxen
kernel buffer_store_x,    buffer_store_format_x v5, v1, s[8:11], 0 idxen
kernel buffer_store_xyzw, buffer_store_format_xyzw v[5:8], v1, s[8:11], 0 idxen
kernel buffer_store_half, buffer_store_format_d16_xyzw v[5:6], v1, s[8:11], 0 idxen
kernel buffer_load_low,   buffer_load_format_d16_x v5, v1, s[8:11], 0 idxen
kernel buffer_load_high,  buffer_load_format_d16_hi_x v5, v1, s[8:11], 0 idxen
kernel buffer_store_low,  buffer_store_format_d16_x v5, v1, s[8:11], 0 idxen
kernel buffer_store_high, buffer_store_format_d16_hi_x v5, v1, s[8:11], 0 idxen
kernel buffer_load_status, buffer_load_format_xyz v[5:8], v1, s[8:11], 0 idxen tfe
kernel tbuffer_load,       tbuffer_load_format_xyzw v[5:8], v1, s[8:11], 0 format:[BUF_FMT_8_8_8_8_UNORM] idxen
kernel tbuffer_load_two,   tbuffer_load_format_xy v[5:6], v1, s[8:11], 0 format:[BUF_FMT_16_16_SSCALED] idxen
kernel tbuffer_load_half,  tbuffer_load_format_d16_xyzw v[5:6], v1, s[8:11], 0 format:[BUF_FMT_8_8_8_8_SINT] idxen
kernel tbuffer_store,      tbuffer_store_format_xyzw v[5:8], v1, s[8:11], 0 format:[BUF_FMT_8_8_8_8_UNORM] idxen
kernel tbuffer_store_half, tbuffer_store_format_d16_xyzw v[5:6], v1, s[8:11], 0 format:[BUF_FMT_8_8_8_8_SINT] idxen
kernel load_raw,         image_load_pck v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel load_raw_signed,  image_load_pck_sgn v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel load_mip_raw,     image_load_mip_pck v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel store_raw,        image_store_pck v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel store_mip,        image_store_mip v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel load_status,      image_load v[5:8], v[1:2], s[8:15] dmask:0x7 dim:SQ_RSRC_IMG_2D tfe
kernel load_warned,      image_load v[5:8], v[1:2], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D lwe
kernel load_1d_short,    image_load v[5:8], v1, s[8:15] dmask:0xf dim:SQ_RSRC_IMG_1D r128
kernel atomic_add_status, image_atomic_add v[5:6], v[1:2], s[8:15] dmask:0x1 dim:SQ_RSRC_IMG_2D glc tfe
kernel cube,             image_load v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_CUBE
kernel cube_sampled,     image_sample_lz v[5:8], v[1:3], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_CUBE
kernel samples,          image_load v[5:8], v[1:3], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D_MSAA
kernel samples_array,    image_load v[5:8], v[1:4], s[8:15] dmask:0xf dim:SQ_RSRC_IMG_2D_MSAA_ARRAY
kernel samples_loaded,   image_msaa_load v5, v[1:3], s[8:15] dmask:0x1 dim:SQ_RSRC_IMG_2D_MSAA
kernel texels_in_a_row,  image_gather4h v[5:8], v[1:2], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel ray,              image_bvh_intersect_ray v[5:8], v[40:50], s[8:11]
kernel long_ray,         image_bvh64_intersect_ray v[5:8], v[40:51], s[8:11]
kernel level,             image_sample_l v[5:8], v[40:42], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel level_array,       image_sample_l v[5:8], v[40:43], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D_ARRAY
kernel implicit,          image_sample v[5:8], v[40:41], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel clamped,           image_sample_cl v[5:8], v[40:42], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel biased,            image_sample_b v[5:8], v[40:42], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel biased_clamped,    image_sample_b_cl v[5:8], v[40:43], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel gradients,         image_sample_d v[5:8], v[40:45], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel gradients_clamped, image_sample_d_cl v[5:8], v[40:46], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel gradients_coarse,  image_sample_cd v[5:8], v[40:45], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel gradients_half,    image_sample_d_g16 v[5:8], v[40:43], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel level_zero,        image_sample_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel compared,          image_sample_c_lz v5, v[40:42], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel all_of_it,         image_sample_c_d_cl_o v5, v[40:48], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel biased_half,       image_sample_b v[5:8], v[40:41], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D a16
kernel shifted,           image_sample_lz_o v[5:8], v[40:42], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel shifted_3d,        image_sample_lz_o v[5:8], v[40:43], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_3D
kernel gather_x,          image_gather4_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel gather_y,          image_gather4_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0x2 dim:SQ_RSRC_IMG_2D
kernel gather_z,          image_gather4_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0x4 dim:SQ_RSRC_IMG_2D
kernel gather_w,          image_gather4_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0x8 dim:SQ_RSRC_IMG_2D
kernel gather_level,      image_gather4_l v[5:8], v[40:42], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel gather_compared,   image_gather4_c_lz v[5:8], v[40:42], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel gather_shifted,    image_gather4_lz_o v[5:8], v[40:42], s[8:15], s[16:19] dmask:0x1 dim:SQ_RSRC_IMG_2D
kernel lod,               image_get_lod v[5:6], v[40:41], s[8:15], s[16:19] dmask:0x3 dim:SQ_RSRC_IMG_2D
kernel packed,            image_sample_l v[5:8], v[40:41], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D a16
kernel half_data,         image_sample_lz v[5:6], v[40:41], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D d16
kernel scattered,         image_sample_l v[5:8], [v40, v44, v49], s[8:15], s[16:19] dmask:0xf dim:SQ_RSRC_IMG_2D
kernel status,            image_sample_lz v[5:8], v[40:41], s[8:15], s[16:19] dmask:0x7 dim:SQ_RSRC_IMG_2D tfe
