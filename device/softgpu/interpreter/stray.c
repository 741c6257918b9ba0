#include "stray.h"

#include "device/softgpu/translator/translated.h"

static bool is_readable(uint64_t address)
{
    uint32_t dword;
    return guarded_read(&dword, address & ~UINT64_C(3), sizeof dword) == sizeof dword;
}

// The first byte of an access that cannot be read, or 0.
static uint64_t unreadable_find(uint64_t address, unsigned size)
{
    const uint64_t page = 4096;
    uint64_t last = address + size - 1;
    if (!is_readable(address)) return address;
    return last / page != address / page && !is_readable(last) ? last / page * page : 0;
}

// Lanes are accessed in order: what the first one finds missing, or 0.
static uint64_t lanes_find(const struct lanes *l, unsigned size)
{
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        uint64_t found = l->exec >> i & 1 ? unreadable_find(l->address[i], size) : 0;
        if (found) return found;
    }
    return 0;
}

// Whether an active lane has asked for the dwords that `address` is of.
static bool lanes_want(const struct lanes *l, uint64_t address, unsigned size)
{
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        uint64_t from = l->address[i] & ~UINT64_C(3), end = l->address[i] + size;
        if (l->exec >> i & 1 && address >= from && address < end) return true;
    }
    return false;
}

static bool is_global(const struct instruction *in)
{
    return in->opcode->encoding == ENCODING_GLOBAL || in->opcode->encoding == ENCODING_FLAT;
}

// Native code reads what all lanes of a slice want at once, bytes as parts of dwords.
static uint64_t told_find(const struct wave *w, const struct instruction *in, uint64_t address)
{
    const struct lanes *l = &w->lanes[w->slice];
    const unsigned size = access_size(in);
    bool gathers = w->native && is_global(in) && in->opcode->flags & OPCODE_LOAD;
    uint64_t found = gathers && lanes_want(l, address, size) ? lanes_find(l, size) : 0;
    return found ? found : address;
}

// Images cannot be at such addresses.
static uint64_t untold_find(const struct wave *w, const struct instruction *in)
{
    if (in->opcode->encoding == ENCODING_SMEM) return w->lanes[0].address[0];
    return lanes_find(&w->lanes[w->slice], access_size(in));
}

uint64_t stray_find(const struct wave *w, const struct op *op, const struct fault_trap *trap)
{
    if (!op->in || !op->in->opcode) return trap->address;
    return trap->told ? told_find(w, op->in, trap->address) : untold_find(w, op->in);
}
