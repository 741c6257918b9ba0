#include "writer.h"

struct generator generator;
bool wave64;
uint32_t words[WORDS];
size_t count;

static uint32_t number(unsigned id) { return opcodes[id].number; }

void sop1(unsigned id, uint32_t d, uint32_t s) { put(0xbe800000 | d << 16 | number(id) << 8 | s); }
void sop2(unsigned id, uint32_t d, uint32_t s0, uint32_t s1)
{
    put(0x80000000 | number(id) << 23 | d << 16 | s1 << 8 | s0);
}
void sopc(unsigned id, uint32_t s0, uint32_t s1) { put(0xbf000000 | number(id) << 16 | s1 << 8 | s0); }
void sopp(unsigned id, uint32_t immediate) { put(0xbf800000 | number(id) << 16 | (immediate & 0xffff)); }
void smem(unsigned id, uint32_t d, uint32_t base, uint32_t offset)
{
    put(0xf4000000 | number(id) << 18 | d << 6 | base / 2);
    put(offset | (uint32_t)S_NULL << 25);
}
void sopk(unsigned id, uint32_t d, uint32_t immediate)
{
    put(0xb0000000 | number(id) << 23 | d << 16 | immediate);
}
void vop1(unsigned id, uint32_t d, uint32_t s) { put(0x7e000000 | d << 17 | number(id) << 9 | s); }
void vop2(unsigned id, uint32_t d, uint32_t s0, uint32_t v1)
{
    put(number(id) << 25 | d << 17 | v1 << 9 | s0);
}
void vop3b(unsigned id, uint32_t d, uint32_t mask, uint32_t s0, uint32_t s1, uint32_t s2)
{
    put(0xd4000000 | number(id) << 16 | mask << 8 | d);
    put(s0 | s1 << 9 | s2 << 18);
}
void vop3(unsigned id, uint32_t d, uint32_t s0, uint32_t s1, uint32_t s2) { vop3b(id, d, 0, s0, s1, s2); }
void vopc(unsigned id, uint32_t s0, uint32_t v1) { put(0x7c000000 | number(id) << 17 | v1 << 9 | s0); }
void flat(unsigned id, uint32_t d, uint32_t address, uint32_t data, uint32_t base, uint32_t offset)
{
    uint32_t segment = opcodes[id].encoding == ENCODING_GLOBAL ? 2 : 0;
    put(0xdc000000 | segment << 14 | number(id) << 18 | offset);
    put(address | data << 8 | base << 16 | d << 24);
}
void ds(unsigned id, uint32_t d, uint32_t address, uint32_t data0, uint32_t data1, uint32_t offset)
{
    put(0xd8000000 | number(id) << 18 | offset);
    put(address | data0 << 8 | data1 << 16 | d << 24);
}

size_t branch_begin(unsigned id)
{
    sopp(id, 0);
    return count;
}
void branch_end(size_t from) { words[from - 1] |= (uint32_t)(count - from) & 0xffff; }
void branch_back(unsigned id, size_t to) { sopp(id, (uint32_t)(to - count - 1)); }
