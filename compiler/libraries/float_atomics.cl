// Atomic arithmetic on float: cl_ext_float_atomics. Order and scope are constants where it is called, and
// LLVM chooses between the processor's instructions and a loop that compares and exchanges.
//
// Source: OpenCL C 3.0 (unified), "Atomic Functions".
#define BUILTIN __attribute__((overloadable, always_inline))

#define FETCH(op, SPACE)                                                                                     \
    BUILTIN float atomic_fetch_##op##_explicit(volatile SPACE atomic_float *object, float operand,           \
                                               memory_order order, memory_scope scope)                       \
    {                                                                                                        \
        return __opencl_atomic_fetch_##op(object, operand, order, scope);                                    \
    }                                                                                                        \
    BUILTIN float atomic_fetch_##op##_explicit(volatile SPACE atomic_float *object, float operand,           \
                                               memory_order order)                                           \
    {                                                                                                        \
        return atomic_fetch_##op##_explicit(object, operand, order, memory_scope_device);                    \
    }                                                                                                        \
    BUILTIN float atomic_fetch_##op(volatile SPACE atomic_float *object, float operand)                      \
    {                                                                                                        \
        return atomic_fetch_##op##_explicit(object, operand, memory_order_seq_cst, memory_scope_device);     \
    }
#define FETCHES(SPACE)                                                                                       \
    FETCH(add, SPACE)                                                                                        \
    FETCH(sub, SPACE)                                                                                        \
    FETCH(min, SPACE)                                                                                        \
    FETCH(max, SPACE)
FETCHES(global)
FETCHES(local)
FETCHES(generic)
