// Atomic arithmetic on floating point, and all atomics on half: cl_ext_float_atomics. Order and scope are constants
// where it is called, and LLVM chooses between the processor's instructions and a loop that compares and exchanges.
//
// Source: OpenCL C 3.0 (unified), "Atomic Functions".
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_fp16 : enable

#define BUILTIN __attribute__((overloadable, always_inline))

#define FETCH(op, T, OBJECT, SPACE)                                                                          \
    BUILTIN T atomic_fetch_##op##_explicit(volatile SPACE OBJECT *object, T operand, memory_order order,     \
                                           memory_scope scope)                                               \
    {                                                                                                        \
        return __opencl_atomic_fetch_##op(object, operand, order, scope);                                    \
    }                                                                                                        \
    BUILTIN T atomic_fetch_##op##_explicit(volatile SPACE OBJECT *object, T operand, memory_order order)     \
    {                                                                                                        \
        return atomic_fetch_##op##_explicit(object, operand, order, memory_scope_device);                    \
    }                                                                                                        \
    BUILTIN T atomic_fetch_##op(volatile SPACE OBJECT *object, T operand)                                    \
    {                                                                                                        \
        return atomic_fetch_##op##_explicit(object, operand, memory_order_seq_cst, memory_scope_device);     \
    }

#define FETCHES(T, OBJECT, SPACE)                                                                            \
    FETCH(add, T, OBJECT, SPACE)                                                                             \
    FETCH(sub, T, OBJECT, SPACE)                                                                             \
    FETCH(min, T, OBJECT, SPACE)                                                                             \
    FETCH(max, T, OBJECT, SPACE)

#define SPACES(F, ...)                                                                                       \
    F(__VA_ARGS__, global)                                                                                   \
    F(__VA_ARGS__, local)                                                                                    \
    F(__VA_ARGS__, generic)
SPACES(FETCHES, float, atomic_float)
SPACES(FETCHES, double, atomic_double)
SPACES(FETCHES, half, atomic_half)

// ---- half: what ROCm's library has of the others --------------------------------------------------------

#define LOADS(SPACE)                                                                                         \
    BUILTIN void atomic_init(volatile SPACE atomic_half *object, half x)                                     \
    {                                                                                                        \
        __opencl_atomic_init(object, x);                                                                     \
    }                                                                                                        \
    BUILTIN half atomic_load_explicit(volatile SPACE atomic_half *object, memory_order order,                \
                                      memory_scope scope)                                                    \
    {                                                                                                        \
        return __opencl_atomic_load(object, order, scope);                                                   \
    }                                                                                                        \
    BUILTIN half atomic_load_explicit(volatile SPACE atomic_half *object, memory_order order)                \
    {                                                                                                        \
        return atomic_load_explicit(object, order, memory_scope_device);                                     \
    }                                                                                                        \
    BUILTIN half atomic_load(volatile SPACE atomic_half *object)                                             \
    {                                                                                                        \
        return atomic_load_explicit(object, memory_order_seq_cst, memory_scope_device);                      \
    }                                                                                                        \
    BUILTIN half atomic_exchange_explicit(volatile SPACE atomic_half *object, half x, memory_order order,    \
                                          memory_scope scope)                                                \
    {                                                                                                        \
        return __opencl_atomic_exchange(object, x, order, scope);                                            \
    }                                                                                                        \
    BUILTIN half atomic_exchange_explicit(volatile SPACE atomic_half *object, half x, memory_order order)    \
    {                                                                                                        \
        return atomic_exchange_explicit(object, x, order, memory_scope_device);                              \
    }                                                                                                        \
    BUILTIN half atomic_exchange(volatile SPACE atomic_half *object, half x)                                 \
    {                                                                                                        \
        return atomic_exchange_explicit(object, x, memory_order_seq_cst, memory_scope_device);               \
    }
LOADS(global)
LOADS(local)
LOADS(generic)

// To clang, what is stored is an atomic half, too: S_ in the name. A label is for a declaration only.
#define STORES(SPACE, code)                                                                                  \
    BUILTIN void store(volatile SPACE atomic_half *, half, memory_order, memory_scope)                       \
        __asm("_Z21atomic_store_explicitP" code "VU7_AtomicDhS_12memory_order12memory_scope");               \
    BUILTIN void store(volatile SPACE atomic_half *, half, memory_order)                                     \
        __asm("_Z21atomic_store_explicitP" code "VU7_AtomicDhS_12memory_order");                             \
    BUILTIN void store(volatile SPACE atomic_half *, half) __asm("_Z12atomic_storeP" code "VU7_AtomicDhS_"); \
    BUILTIN void store(volatile SPACE atomic_half *object, half x, memory_order order, memory_scope scope)   \
    {                                                                                                        \
        __opencl_atomic_store(object, x, order, scope);                                                      \
    }                                                                                                        \
    BUILTIN void store(volatile SPACE atomic_half *object, half x, memory_order order)                       \
    {                                                                                                        \
        store(object, x, order, memory_scope_device);                                                        \
    }                                                                                                        \
    BUILTIN void store(volatile SPACE atomic_half *object, half x)                                           \
    {                                                                                                        \
        store(object, x, memory_order_seq_cst, memory_scope_device);                                         \
    }
STORES(global, "U3AS1")
STORES(local, "U3AS3")
STORES(generic, "")
