// 16-bit integers. "RDNA 2" ISA guide, section 12.11. Shift counts come first.
#include "valu.h"

SATURATING2(v_add_nc_u16, u16, u16, u16, a + b)
SATURATING2(v_sub_nc_u16, u16, u16, u16, a - b)
SATURATING2(v_add_nc_i16, i16, i16, i16, a + b)
SATURATING2(v_sub_nc_i16, i16, i16, i16, a - b)
SATURATING2(v_mul_lo_u16, u16, u16, u16, a * b)
SATURATING3(v_mad_u16, u16, u16, u16, u16, a * b + c)
SATURATING3(v_mad_i16, i16, i16, i16, i16, a * b + c)

BINARY(v_lshlrev_b16, u16, b << (a & 15))
BINARY(v_lshrrev_b16, u16, b >> (a & 15))
BINARY(v_ashrrev_i16, i16, b >> (a & 15))

BINARY(v_min_u16, u16, MIN(a, b))
BINARY(v_max_u16, u16, MAX(a, b))
BINARY(v_min_i16, i16, MIN(a, b))
BINARY(v_max_i16, i16, MAX(a, b))
TERNARY(v_min3_u16, u16, MIN(MIN(a, b), c))
TERNARY(v_max3_u16, u16, MAX(MAX(a, b), c))
TERNARY(v_med3_u16, u16, MEDIAN(a, b, c))
TERNARY(v_min3_i16, i16, MIN(MIN(a, b), c))
TERNARY(v_max3_i16, i16, MAX(MAX(a, b), c))
TERNARY(v_med3_i16, i16, MEDIAN(a, b, c))
