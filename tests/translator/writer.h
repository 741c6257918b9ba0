// Random programs are written word by word; instructions by their names.
#pragma once

#include "tests/isa/generate.h"

enum {
    WORDS = 8192,

    // Registers that random instructions leave alone.
    S_KEPT = 64,
    S_DESCRIPTOR = 68,
    S_MEMORY = 72,
    S_SOFFSET = 74, // the wave's scratch, in bytes
    S_COUNTER = 76, // of loops, by depth
    S_SAVED = 80,   // EXEC, by depth
    S_LAUNCH = 88,  // EXEC that the wave was launched with
    S_GROUP = 90,   // the work-group's ids
    S_OUT = 94,     // address of what registers hold in the end
    S_TARGET = 96,
    S_RETURN = 98,
    V_ROWS = 224, // random rows
    V_KEPT = 240,
    V_ADDRESS = 240, // a pair
    V_SAME = 242,
    V_COUNTER = 244, // of divergent loops, by depth
    V_ID = 248,      // the item's ids
};

enum { LITERAL = 255, EXEC = 126, VCC = 106, S_NULL = 125 };

extern struct generator generator;
extern bool wave64;
extern uint32_t words[WORDS];
extern size_t count; // words

#define ID(name)             OPCODE_ID_##name
#define BY_WIDTH(name, kind) (wave64 ? ID(name##_b64__##kind) : ID(name##_b32__##kind))

static inline unsigned below(unsigned limit) { return generate_u32(&generator) % limit; }
static inline void put(uint32_t word) { words[count++] = word; }

static inline uint32_t vgpr(unsigned index) { return 256 + index; }
static inline uint32_t small(int value) { return value < 0 ? 192 - (uint32_t)value : 128 + (uint32_t)value; }

void sop1(unsigned id, uint32_t d, uint32_t s);
void sop2(unsigned id, uint32_t d, uint32_t s0, uint32_t s1);
void sopc(unsigned id, uint32_t s0, uint32_t s1);
void sopp(unsigned id, uint32_t immediate);
void sopk(unsigned id, uint32_t d, uint32_t immediate);
void smem(unsigned id, uint32_t d, uint32_t base, uint32_t offset);
void vop1(unsigned id, uint32_t d, uint32_t s);
void vop2(unsigned id, uint32_t d, uint32_t s0, uint32_t v1);
void vop3(unsigned id, uint32_t d, uint32_t s0, uint32_t s1, uint32_t s2);
// With a lane mask as its second result.
void vop3b(unsigned id, uint32_t d, uint32_t mask, uint32_t s0, uint32_t s1, uint32_t s2);
void vopc(unsigned id, uint32_t s0, uint32_t v1);
void flat(unsigned id, uint32_t d, uint32_t address, uint32_t data, uint32_t base, uint32_t offset);
void ds(unsigned id, uint32_t d, uint32_t address, uint32_t data0, uint32_t data1, uint32_t offset);

// A branch whose target comes later, or came earlier.
size_t branch_begin(unsigned id);
void branch_end(size_t from);
void branch_back(unsigned id, size_t to);
