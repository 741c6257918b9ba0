#include "region.h"

#include "control.h"
#include "device/softgpu/isa/flow/flow.h"
#include "fault.h"

#include <stdlib.h>
#include <string.h>

// Whether instruction i's successor in the region is not the one behind it in memory: code that jumps into
// the middle of an instruction decodes the bytes twice.
static bool needs_jump(const struct region *r, size_t i)
{
    const struct instruction *in = &r->code[i];
    if (!in->opcode || flow_stops(in)) return false;
    return i + 1 == r->count || r->address[i + 1] != r->address[i] + in->size;
}

static bool region_allocate(struct region *r, const struct reached *found, size_t count)
{
    r->count = count;
    r->code = malloc(count * sizeof *r->code);
    r->address = malloc(count * sizeof *r->address);
    r->first = malloc(count * sizeof *r->first);
    if (!r->code || !r->address || !r->first) return false;
    size_t op_count = 0;
    for (size_t i = 0; i < count; i++) {
        r->code[i] = found[i].in;
        r->address[i] = found[i].address;
        r->constants_size += lower_constants(&r->code[i]);
    }
    for (size_t i = 0; i < r->count; i++) op_count += lower_count(&r->code[i]) + needs_jump(r, i);
    r->ops = aligned_alloc(_Alignof(struct op), (op_count + 1) * sizeof *r->ops);
    r->constants = aligned_alloc(64, (r->constants_size + 1) * sizeof *r->constants);
    r->modified = malloc((op_count + 1) * sizeof *r->modified);
    if (!r->ops || !r->constants || !r->modified) return false;
    memset(r->ops, 0, (op_count + 1) * sizeof *r->ops);
    return true;
}

// Every instruction gets its place first, so that branches can be resolved while lowering.
static void region_lower(struct region *r)
{
    struct op *op = r->ops;
    for (size_t i = 0; i < r->count; i++) {
        r->first[i] = op;
        op += lower_count(&r->code[i]) + needs_jump(r, i);
    }
    control_end(op);
    for (size_t i = 0; i < r->count; i++) {
        op = (struct op *)r->first[i];
        op->in = &r->code[i];
        op->pc = r->address[i];
        unsigned count = lower_count(&r->code[i]);
        if (count) lower_instruction(r, op);
        if (needs_jump(r, i)) control_jump(op + count, r->address[i] + r->code[i].size, r);
    }
}

// --- Keeping the code ---

// Bytes of an instruction as they were when it was decoded, and of what is behind it.
struct words {
    uint64_t address;
    unsigned char bytes[20]; // as many as flow_reach reads
    uint32_t size;
};

struct record {
    struct words *all;
    size_t count, capacity;
};

static void record_add(struct record *record, const void *bytes, uint64_t address, size_t size)
{
    if (record->count == record->capacity) {
        size_t wanted = record->capacity ? 2 * record->capacity : 256;
        void *grown = realloc(record->all, wanted * sizeof *record->all);
        if (!grown) return; // what is not recorded whole is not translated
        record->all = grown;
        record->capacity = wanted;
    }
    struct words *words = &record->all[record->count++];
    *words = (struct words){.address = address, .size = (uint32_t)size};
    memcpy(words->bytes, bytes, size < sizeof words->bytes ? size : sizeof words->bytes);
}

static size_t code_read(void *to, uint64_t address, size_t size, void *context)
{
    size_t done = guarded_read(to, address, size);
    record_add(context, to, address, done);
    return done;
}

static size_t index_of(const struct region *r, uint64_t pc)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->address[middle] < pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// What no instruction begins with; also what fills the room between instructions.
static const unsigned char no_code = 0xff;

// Where an instruction ends; where none could be decoded, what there is in its place. 0: memory ends in its
// midst, and what else lies there would be taken for its rest.
static uint64_t end_of(const struct region *r, size_t i, const struct words *words)
{
    uint64_t at = r->address[i] - r->address[0];
    if (r->code[i].opcode) return at + r->code[i].size;
    return words->size == sizeof words->bytes || i + 1 == r->count ? at + words->size : 0;
}

// Returns the bytes from the lowest instruction to the end of the highest; NULL where they cannot be kept.
static unsigned char *code_copy(const struct region *r, const struct record *record, uint64_t *size)
{
    const uint64_t most = 16 << 20; // bytes
    *size = 0;
    for (size_t i = 0; i < record->count; i++) {
        uint64_t end = end_of(r, index_of(r, record->all[i].address), &record->all[i]);
        if (!end) return NULL;
        if (end > *size) *size = end;
    }
    unsigned char *bytes = record->count == r->count && *size <= most ? malloc(*size + 1) : NULL;
    if (bytes) memset(bytes, no_code, *size + 1);
    for (size_t i = 0; i < record->count && bytes; i++) {
        const struct words *words = &record->all[i];
        uint64_t at = words->address - r->address[0], length = *size - at;
        memcpy(bytes + at, words->bytes, length < words->size ? length : words->size);
    }
    return bytes;
}

static void code_keep(struct region *r, uint64_t entry, const struct record *record)
{
    uint64_t base = r->address[0], size;
    unsigned char *bytes = code_copy(r, record, &size);
    r->tier.code = (struct tier_code){
        bytes, bytes ? (uint32_t)size : 0, base, (uint32_t)(entry - base), (uint32_t)r->count, r->wave64};
}

// --- Has it changed? ---

static bool bytes_equal(const void *bytes, uint64_t address, size_t size)
{
    uint32_t now[256];
    for (size_t at = 0; at < size; at += sizeof now) {
        size_t length = size - at < sizeof now ? size - at : sizeof now;
        if (guarded_read(now, address + at, length) != length) return false;
        if (memcmp(now, (const char *)bytes + at, length) != 0) return false;
    }
    return true;
}

// Between instructions there may be anything. Where one could not be decoded, more memory may be there now.
bool region_unchanged(const struct region *r)
{
    const struct tier_code *code = &r->tier.code;
    for (size_t i = 0, next; i < r->count; i = next) {
        uint64_t start = r->address[i], end = start;
        for (next = i; next < r->count && r->address[next] == end; next++) {
            if (!r->code[next].opcode) return false;
            end += r->code[next].size;
        }
        const void *bytes = (const char *)code->bytes + (start - code->base);
        if (!code->size || !bytes_equal(bytes, start, end - start)) return false;
    }
    return true;
}

// --- The whole ---

static void region_free(struct region *r)
{
    tier_end(&r->tier);
    free(r->code);
    free(r->address);
    free(r->first);
    free(r->ops);
    free(r->constants);
    free(r->modified);
    free(r);
}

void region_hold(struct region *region) { atomic_fetch_add(&region->references, 1); }

void region_release(struct region *region)
{
    if (atomic_fetch_sub(&region->references, 1) == 1) region_free(region);
}

struct region *region_decode(uint64_t entry, bool wave64)
{
    size_t count;
    struct record record = {0};
    struct reached *found = flow_reach(entry, wave64, code_read, &record, &count);
    struct region *r = found ? calloc(1, sizeof *r) : NULL;
    if (r) {
        atomic_init(&r->references, 1);
        r->wave64 = wave64;
        tier_init(&r->tier);
        if (region_allocate(r, found, count)) {
            region_lower(r);
            code_keep(r, entry, &record);
        } else {
            region_free(r);
            r = NULL;
        }
    }
    free(found);
    free(record.all);
    return r;
}

const struct op *region_find(const struct region *r, uint64_t pc)
{
    size_t index = index_of(r, pc);
    return index < r->count && r->address[index] == pc ? r->first[index] : NULL;
}
