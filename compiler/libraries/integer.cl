// Integers: cl_khr_integer_dot_product and cl_khr_extended_bit_ops.
//
// Source: OpenCL C 3.0 (unified), "Integer Functions".
#define BUILTIN __attribute__((overloadable, const, always_inline))

BUILTIN int add_sat(int, int);
BUILTIN uint add_sat(uint, uint);

// ---- Dot products -------------------------------------------------------------------------------------

// LLVM makes one v_dot4 of these where the processor has it.
#define DOT(T, A, B)                                                                                         \
    BUILTIN T dot(A a, B b)                                                                                  \
    {                                                                                                        \
        return (T)a.x * (T)b.x + (T)a.y * (T)b.y + (T)a.z * (T)b.z + (T)a.w * (T)b.w;                        \
    }                                                                                                        \
    BUILTIN T dot_acc_sat(A a, B b, T sum) { return add_sat(dot(a, b), sum); }
#define DOT_PACKED(name, T, A, B)                                                                            \
    BUILTIN T dot_4x8packed_##name(uint a, uint b) { return dot(as_##A(a), as_##B(b)); }                     \
    BUILTIN T dot_acc_sat_4x8packed_##name(uint a, uint b, T sum)                                            \
    {                                                                                                        \
        return dot_acc_sat(as_##A(a), as_##B(b), sum);                                                       \
    }
DOT(uint, uchar4, uchar4)
DOT(int, char4, char4)
DOT(int, uchar4, char4)
DOT(int, char4, uchar4)
DOT_PACKED(uu_uint, uint, uchar4, uchar4)
DOT_PACKED(ss_int, int, char4, char4)
DOT_PACKED(us_int, int, uchar4, char4)
DOT_PACKED(su_int, int, char4, uchar4)

// ---- Fields of bits -----------------------------------------------------------------------------------

// S and U are a type and its unsigned counterpart; offset + count is at most the number of bits. No shift is
// by all bits, which has no meaning in C.
#define BITFIELD(S, U, bits)                                                                                 \
    BUILTIN S bitfield_extract_signed(S x, uint offset, uint count)                                          \
    {                                                                                                        \
        return count ? (S)(as_##S((U)(as_##U(x) << (U)(bits - offset - count))) >> (S)(bits - count))        \
                     : (S)0;                                                                                 \
    }                                                                                                        \
    BUILTIN U bitfield_extract_unsigned(U x, uint offset, uint count)                                        \
    {                                                                                                        \
        return count ? (U)((U)(x << (U)(bits - offset - count)) >> (U)(bits - count)) : (U)0;                \
    }                                                                                                        \
    BUILTIN S bitfield_extract_signed(U x, uint offset, uint count)                                          \
    {                                                                                                        \
        return bitfield_extract_signed(as_##S(x), offset, count);                                            \
    }                                                                                                        \
    BUILTIN U bitfield_extract_unsigned(S x, uint offset, uint count)                                        \
    {                                                                                                        \
        return bitfield_extract_unsigned(as_##U(x), offset, count);                                          \
    }                                                                                                        \
    BUILTIN U bitfield_insert(U base, U insert, uint offset, uint count)                                     \
    {                                                                                                        \
        U mask = count ? (U)((U)(~(U)0) >> (U)(bits - count)) << (U)offset : (U)0;                           \
        return (base & ~mask) | (insert << (U)offset & mask);                                                \
    }                                                                                                        \
    BUILTIN S bitfield_insert(S base, S insert, uint offset, uint count)                                     \
    {                                                                                                        \
        return as_##S(bitfield_insert(as_##U(base), as_##U(insert), offset, count));                         \
    }                                                                                                        \
    BUILTIN U bit_reverse(U x) { return __builtin_elementwise_bitreverse(x); }                               \
    BUILTIN S bit_reverse(S x) { return as_##S(bit_reverse(as_##U(x))); }
#define BITFIELDS(S, U, bits)                                                                                \
    BITFIELD(S, U, bits)                                                                                     \
    BITFIELD(S##2, U##2, bits)                                                                               \
    BITFIELD(S##3, U##3, bits)                                                                               \
    BITFIELD(S##4, U##4, bits)                                                                               \
    BITFIELD(S##8, U##8, bits)                                                                               \
    BITFIELD(S##16, U##16, bits)
BITFIELDS(char, uchar, 8)
BITFIELDS(short, ushort, 16)
BITFIELDS(int, uint, 32)
BITFIELDS(long, ulong, 64)
