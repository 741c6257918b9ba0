// Scalar reference: conversions.
#include "valu_reference.h"

#define TO_F32(name, value)                                                                                  \
    DEFINE(name, COMPARE_VALUE) { set_f32(x, (float)(value)); }
#define TO_F64(name, value)                                                                                  \
    DEFINE(name, COMPARE_VALUE) { set_f64(x, (double)(value)); }
#define TO_F16(name, value)                                                                                  \
    DEFINE(name, COMPARE_VALUE) { set_f16(x, (double)(value)); }
#define TO_INTEGER(name, result, value)                                                                      \
    DEFINE(name, COMPARE_BITS) { set_u32(x, (result)(value)); }

TO_F32(v_cvt_f32_f64, f64(x, 0))
TO_F64(v_cvt_f64_f32, f32(x, 0))
TO_F16(v_cvt_f16_f32, f32(x, 0))
TO_F32(v_cvt_f32_f16, f16(x, 0))
TO_F32(v_cvt_f32_i32, i32(x, 0))
TO_F32(v_cvt_f32_u32, u32(x, 0))
TO_F64(v_cvt_f64_i32, i32(x, 0))
TO_F64(v_cvt_f64_u32, u32(x, 0))
TO_F16(v_cvt_f16_i16, i16(x, 0))
TO_F16(v_cvt_f16_u16, u16(x, 0))
TO_F32(v_cvt_f32_ubyte0, u32(x, 0) & 255)
TO_F32(v_cvt_f32_ubyte1, u32(x, 0) >> 8 & 255)
TO_F32(v_cvt_f32_ubyte2, u32(x, 0) >> 16 & 255)
TO_F32(v_cvt_f32_ubyte3, u32(x, 0) >> 24)
TO_F32(v_cvt_off_f32_i4, ((int)(u32(x, 0) & 15) - (u32(x, 0) & 8 ? 16 : 0)) / 16.0)

// A whole number within bounds; NaN becomes 0.
static int64_t bounded(double v, int64_t low, int64_t high)
{
    if (isnan(v)) return 0;
    return v <= (double)low ? low : v >= (double)high ? high : (int64_t)v;
}

TO_INTEGER(v_cvt_i32_f32, uint32_t, bounded(f32(x, 0), INT32_MIN, INT32_MAX))
TO_INTEGER(v_cvt_u32_f32, uint32_t, bounded(f32(x, 0), 0, UINT32_MAX))
TO_INTEGER(v_cvt_i32_f64, uint32_t, bounded(f64(x, 0), INT32_MIN, INT32_MAX))
TO_INTEGER(v_cvt_u32_f64, uint32_t, bounded(f64(x, 0), 0, UINT32_MAX))
TO_INTEGER(v_cvt_i16_f16, uint16_t, bounded(f16(x, 0), INT16_MIN, INT16_MAX))
TO_INTEGER(v_cvt_u16_f16, uint16_t, bounded(f16(x, 0), 0, UINT16_MAX))
TO_INTEGER(v_cvt_flr_i32_f32, uint32_t, bounded(floorf(f32(x, 0)), INT32_MIN, INT32_MAX))
TO_INTEGER(v_cvt_rpi_i32_f32, uint32_t, bounded(floor(f32(x, 0) + 0.5), INT32_MIN, INT32_MAX))

TO_INTEGER(v_cvt_pk_u8_f32, uint32_t,
           (u32(x, 2) & ~(255u << u32(x, 1) % 4 * 8)) | (uint32_t)bounded(nearbyintf(f32(x, 0)), 0, 255)
                                                            << u32(x, 1) % 4 * 8)

// --- Pairs ---

static uint32_t snorm(double v) { return (uint16_t)bounded(nearbyint(v * 32767), -32767, 32767); }
static uint32_t unorm(double v) { return (uint16_t)bounded(nearbyint(v * 65535), 0, 65535); }
static uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }
static uint32_t to_short(int32_t v) { return (uint16_t)(v < -32768 ? -32768 : v > 32767 ? 32767 : v); }
static uint32_t to_byte(int16_t v) { return v < 0 ? 0 : v > 255 ? 255 : (uint32_t)v; }

#define TO_PAIR(name, convert, type)                                                                         \
    DEFINE(name, COMPARE_BITS) { set_u32(x, convert(type(x, 0)) | convert(type(x, 1)) << 16); }
TO_INTEGER(v_cvt_norm_i16_f16, uint32_t, snorm(f16(x, 0)))
TO_INTEGER(v_cvt_norm_u16_f16, uint32_t, unorm(f16(x, 0)))
TO_PAIR(v_cvt_pknorm_i16_f16, snorm, f16)
TO_PAIR(v_cvt_pknorm_u16_f16, unorm, f16)
TO_PAIR(v_cvt_pknorm_i16_f32, snorm, f32)
TO_PAIR(v_cvt_pknorm_u16_f32, unorm, f32)
TO_PAIR(v_cvt_pk_i16_i32, to_short, i32)
TO_INTEGER(v_cvt_pk_u16_u32, uint32_t, least(u32(x, 0), 65535) | least(u32(x, 1), 65535) << 16)
TO_INTEGER(v_pack_b32_f16, uint32_t, u16(x, 0) | (uint32_t)u16(x, 1) << 16)
TO_INTEGER(v_sat_pk_u8_i16, uint32_t, to_byte(i16(x, 0)) | to_byte((int16_t)(u32(x, 0) >> 16)) << 8)

// The f16 nearest to zero of those next to v: the rounded one, or the one below it in magnitude.
static uint32_t truncated(float v)
{
    uint16_t nearest = f16_round(v);
    bool beyond = fabs(f16_value(nearest)) > fabsf(v) && !isinf(v) && !isnan(v);
    return beyond ? nearest - 1u : nearest;
}
DEFINE(v_cvt_pkrtz_f16_f32, COMPARE_VALUE) { set_u32(x, truncated(f32(x, 0)) | truncated(f32(x, 1)) << 16); }
