// What the translator knows of the interpreter and of the semantics' bitcode: names and layouts.
#pragma once

#include "device/softgpu/isa/table/isa.h"

#ifdef __cplusplus
extern "C" {
#endif

// The function in semantics.bc that computes the instruction; NULL where it has none.
const char *meaning_name(unsigned opcode_id);

// What a special operand reads that is a constant (interpreter/special.h).
uint64_t special_value(unsigned index);

// Offsets in bytes.
struct layout {
    uint32_t wave_group, wave_scc, wave_budget, wave_slice, wave_place, wave_lds, wave_flat_scratch,
        wave_sgpr, wave_vgpr, wave_lanes, wave_result;
    uint32_t vgpr_slice;  // from one slice's registers to the next's
    uint32_t lanes_bytes; // of struct lanes
    uint32_t exec, mask_in, mask_out, first_lane, is_wave64, clamp, mode, m0, address, lds, lds_size, offset;
    uint32_t whole_bytes; // of struct wave_lanes
    uint32_t whole_exec, whole_slices, whole_fetch_inactive, whole_bound_zero, whole_offset, whole_m0,
        whole_lds, whole_lds_size;
    uint32_t scalar_bytes; // of struct scalar
    uint32_t scalar_scc, scalar_wave64, scalar_d_in, scalar_exec, scalar_m0;
    uint32_t group_wave_count, group_scratch_wave_bytes;
    uint32_t wave_bytes; // of struct wave
    uint32_t launch_waves, launch_sgpr, launch_id, launch_cancel, launch_scratch, launch_scratch_wave_bytes,
        launch_scratch_sgpr, launch_wave_count, launch_budget, launch_rounds, launch_stopped, launch_launched,
        launch_resume;
    uint32_t shared_aperture, private_aperture; // high halves of the addresses in them
};
extern const struct layout layout;

#ifdef __cplusplus
}
#endif
