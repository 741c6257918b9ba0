#include "inlined.h"
#include "vector_run.h"

INLINED_BEGIN
#include "device/softgpu/isa/semantics/valu_convert.c" // NOLINT(bugprone-suspicious-include)
INLINED_END

#define ROW_CONVERT(name, kind) INLINED_##kind(name)
#define ROW_INTEGER(name, kind)
#define ROW_BITS(name, kind)
#define ROW_F32(name, kind)
#define ROW_COMPARE(name, kind)
#define ROW(file, encoding, name, kind) ROW_##file(name, kind)
#include "inlined.def"
