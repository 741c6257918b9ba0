// SPIR-V by hand: words of a module for what clang does not write.
#pragma once

#include <stdint.h>

// An instruction of `words` words, itself counted.
#define OP(opcode, words) ((uint32_t)(words) << 16 | (opcode))

enum { SPEC_NUMBER = 7, SPEC_TRUTH = 8, SPEC_LONG = 9 };

// kernel void k(global uint *out): the constants SPEC_NUMBER (5), twice SPEC_NUMBER as an OpSpecConstantOp,
// SPEC_TRUTH (true), SPEC_LONG's (11) low half.
static const uint32_t constants_module[] = {
    0x07230203, 0x00010000, 0,  40,          0,      // version 1.0, ids below 40
    OP(17, 2),  4,                                   // Capability Addresses
    OP(17, 2),  6,                                   // Capability Kernel
    OP(17, 2),  11,                                  // Capability Int64
    OP(14, 3),  2,          2,                       // MemoryModel Physical64 OpenCL
    OP(15, 4),  6,          20, 'k',                 // EntryPoint Kernel %20 "k"
    OP(71, 4),  7,          1,  SPEC_NUMBER,         // Decorate %7 SpecId
    OP(71, 4),  8,          1,  SPEC_TRUTH,          //
    OP(71, 4),  9,          1,  SPEC_LONG,           //
    OP(19, 2),  1,                                   // %1 = TypeVoid
    OP(21, 4),  2,          32, 0,                   // %2 = TypeInt 32
    OP(21, 4),  3,          64, 0,                   // %3 = TypeInt 64
    OP(20, 2),  4,                                   // %4 = TypeBool
    OP(32, 4),  5,          5,  2,                   // %5 = TypePointer CrossWorkgroup %2
    OP(33, 4),  6,          1,  5,                   // %6 = TypeFunction %1 %5
    OP(50, 4),  2,          7,  5,                   // %7 = SpecConstant %2 5
    OP(48, 3),  4,          8,                       // %8 = SpecConstantTrue
    OP(50, 5),  3,          9,  11,          0,      // %9 = SpecConstant %3 11
    OP(52, 6),  2,          10, 128,         7,  7,  // %10 = SpecConstantOp IAdd %7 %7
    OP(43, 4),  2,          11, 0,                   // %11 = Constant 0
    OP(43, 4),  2,          12, 1,                   // %12 = Constant 1
    OP(43, 4),  2,          13, 2,                   // %13 = Constant 2
    OP(43, 4),  2,          14, 3,                   // %14 = Constant 3
    OP(54, 5),  1,          20, 0,           6,      // %20 = Function
    OP(55, 3),  5,          21,                      // %21 = FunctionParameter
    OP(248, 2), 22,                                  // %22 = Label
    OP(169, 6), 2,          23, 8,           12, 11, // %23 = Select %8 %12 %11
    OP(113, 4), 2,          24, 9,                   // %24 = UConvert %9
    OP(70, 5),  5,          25, 21,          12,     // %25 = InBoundsPtrAccessChain %21 %12
    OP(70, 5),  5,          26, 21,          13,     //
    OP(70, 5),  5,          27, 21,          14,     //
    OP(62, 3),  21,         7,                       // Store %21 %7
    OP(62, 3),  25,         10,                      //
    OP(62, 3),  26,         23,                      //
    OP(62, 3),  27,         24,                      //
    OP(253, 1),                                      // Return
    OP(56, 1),                                       // FunctionEnd
};
