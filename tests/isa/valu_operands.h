// Operands for testing the vector ALU: edge values and random ones of each type, and how results compare.
#pragma once

#include "device/softgpu/isa/table/isa.h"
#include "valu_reference.h"

// A number of a fixed sequence.
uint32_t operand_random(void);

// Up to four registers of an operand of type `type` (enum value_type). What a type does not use is noise.
void operand_pick(uint32_t v[4], int type);

// Replaces denormals by zeros of their sign, for types that have any.
void operand_flush(uint32_t v[4], int type);

int operand_dwords(int type);
bool operand_is_integer(int type);
bool operand_is_float(int type);

bool result_matches(enum compare compare, int type, const uint32_t got[4], const uint32_t want[4]);
