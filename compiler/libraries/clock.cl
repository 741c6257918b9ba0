// cl_khr_kernel_clock: the device's clock, and a compute unit's count of cycles.
//
// Source: OpenCL C 3.0 (unified), "Kernel Clock Functions".
#define BUILTIN __attribute__((overloadable, always_inline))

#define CLOCK(scope, now)                                                                                    \
    BUILTIN ulong clock_read_##scope(void) { return now; }                                                   \
    BUILTIN uint2 clock_read_hilo_##scope(void) { return as_uint2(clock_read_##scope()); }
CLOCK(device, __builtin_readsteadycounter())
CLOCK(work_group, __builtin_readcyclecounter())
CLOCK(sub_group, __builtin_readcyclecounter())
