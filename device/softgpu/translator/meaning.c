#include "meaning.h"

#include "device/softgpu/interpreter/special.h"
#include "device/softgpu/interpreter/wave.h"
#include "states.h"
#include "translated.h"

#define OTHERWISE        NULL
#define SCALAR(function) #function
#define VECTOR(function) #function
#define LANES(function)  #function
#define I(encoding, number, name, dst, dst2, src0, src1, src2, src3, flags, meaning)                         \
    [OPCODE_ID_##name##__##encoding] = meaning,
static const char *const names[OPCODE_ID_COUNT] = {
#include "device/softgpu/isa/table/opcodes.def"
};

const char *meaning_name(unsigned id) { return names[id]; }

uint64_t special_value(unsigned index) { return special_constant(index); }

#define WAVE(field)   .wave_##field = offsetof(struct wave, field)
#define LANES(field)  .field = offsetof(struct lanes, field)
#define LAUNCH(field) .launch_##field = offsetof(struct translated_launch, field)
#define WHOLE(field)  .whole_##field = offsetof(struct wave_lanes, field)
#define PART(field)   .scalar_##field = offsetof(struct scalar, field)

const struct layout layout = {
    WAVE(group),
    WAVE(scc),
    WAVE(budget),
    WAVE(slice),
    WAVE(place),
    WAVE(lds),
    WAVE(flat_scratch),
    WAVE(sgpr),
    WAVE(vgpr),
    WAVE(lanes),
    WAVE(result),
    .vgpr_slice = VGPR_SLICE_BYTES,
    .lanes_bytes = sizeof(struct lanes),
    LANES(exec),
    LANES(mask_in),
    LANES(mask_out),
    LANES(first_lane),
    .is_wave64 = offsetof(struct lanes, wave64),
    LANES(clamp),
    LANES(mode),
    LANES(m0),
    LANES(address),
    LANES(lds),
    LANES(lds_size),
    LANES(offset),
    .whole_bytes = sizeof(struct wave_lanes),
    WHOLE(exec),
    WHOLE(slices),
    WHOLE(fetch_inactive),
    WHOLE(bound_zero),
    WHOLE(offset),
    WHOLE(m0),
    WHOLE(lds),
    WHOLE(lds_size),
    .scalar_bytes = sizeof(struct scalar),
    PART(scc),
    PART(wave64),
    PART(d_in),
    PART(exec),
    PART(m0),
    .shared_aperture = APERTURE_SHARED >> 32,
    .private_aperture = APERTURE_PRIVATE >> 32,
    .group_wave_count = offsetof(struct group, wave_count),
    .group_scratch_wave_bytes = offsetof(struct group, scratch_wave_bytes),
    .wave_bytes = sizeof(struct wave),
    LAUNCH(waves),
    LAUNCH(sgpr),
    LAUNCH(id),
    LAUNCH(cancel),
    LAUNCH(scratch),
    LAUNCH(scratch_wave_bytes),
    LAUNCH(scratch_sgpr),
    LAUNCH(wave_count),
    LAUNCH(budget),
    LAUNCH(rounds),
    LAUNCH(stopped),
    LAUNCH(launched),
    LAUNCH(resume),
};

// They say the same as wave.h.
#define SAME(state, other) _Static_assert((state) == (enum translated_state)(other), "")
SAME(STATE_YIELDED, WAVE_YIELDED);
SAME(STATE_AT_BARRIER, WAVE_AT_BARRIER);
SAME(STATE_ENDED, WAVE_ENDED);
SAME(STATE_STOPPED, WAVE_STOPPED);
SAME(STATE_UNTRANSLATED, WAVE_UNTRANSLATED);
