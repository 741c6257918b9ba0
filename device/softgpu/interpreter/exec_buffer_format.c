// buffer_load_format_x, tbuffer_load_format_x and their kin: buffers as images of one dimension, whose format
// the descriptor tells, or the instruction.
#include "components.h"
#include "exec_buffer.h"
#include "report.h"

struct typed_buffer {
    struct buffer buffer;
    const struct image_format *format;
    uint8_t selectors[COMPONENTS];
    struct component_form form;
    unsigned mask; // of components
};

// --- Opcodes: loads of 1 to 4 components, then stores of them; then the same as halves ---

enum { MUBUF_HALVES = 0x80, MTBUF_HALVES = 0x08, LOAD_HIGH_HALF = 0x26, STORE_HIGH_HALF = 0x27 };

static bool is_mtbuf(const struct instruction *in) { return in->opcode->encoding == ENCODING_MTBUF; }

// One component, to or from the high half.
static bool is_high_half(const struct instruction *in)
{
    unsigned number = in->opcode->number;
    return !is_mtbuf(in) && (number == LOAD_HIGH_HALF || number == STORE_HIGH_HALF);
}

static bool has_halves(const struct instruction *in)
{
    return is_high_half(in) || in->opcode->number >= (is_mtbuf(in) ? MTBUF_HALVES : MUBUF_HALVES);
}

static unsigned component_mask(const struct instruction *in)
{
    return is_high_half(in) ? 1 : (2u << in->opcode->number % 4) - 1;
}

// --- Descriptors ---

// Where the instruction tells the format, the descriptor selects nothing.
static bool format_decode(struct typed_buffer *t, const struct instruction *in, uint32_t word)
{
    const uint32_t identity = SELECT_X | (SELECT_X + 1) << 3 | (SELECT_X + 2) << 6 | SELECT_W << 9;
    t->format = image_format_find(is_mtbuf(in) ? in->format : word >> 12 & 0x7f);
    return selectors_decode(is_mtbuf(in) ? identity : word, t->selectors);
}

// What its last word has that no driver sets, or does not have that all do.
static const char *unknown_find(uint32_t word)
{
    const uint32_t reserved = 3u << 19 | 1u << 25, type = 3u << 30, resource_level = 1u << 24;
    if (word & type) return "type";
    if (word & reserved) return "reserved bits";
    return word & resource_level ? NULL : "RESOURCE_LEVEL";
}

// Returns NULL, or what about the descriptor this device lacks.
static const char *typed_buffer_decode(struct typed_buffer *t, const struct instruction *in,
                                       const uint32_t *words)
{
    *t = (struct typed_buffer){.buffer = buffer_decode(words), .mask = component_mask(in)};
    bool selects = format_decode(t, in, words[3]);
    if (t->buffer.swizzle || t->buffer.add_lane) return "swizzle";
    if (!t->format) return "format";
    if (!selects) return "component selector";
    const char *lacks = unknown_find(words[3]);
    if (lacks) return lacks;
    if (has_halves(in) && !halves_hold(t->format)) return "integers of 32 bits in halves";
    t->form = component_form(t->format, has_halves(in));
    t->form.first = is_high_half(in);
    return NULL;
}

// --- Accesses ---

// Out of range all components are 0, with what the selectors add. TFE's status tells of texels that are not
// resident: it is never written.
static void slice_load(struct wave *w, const struct instruction *in, const struct typed_buffer *t,
                       unsigned slice, uint16_t exec, uint16_t inside)
{
    u32x16 texel[COMPONENTS], components[COMPONENTS];
    texels_read(t->format, &w->lanes[slice].address, inside, texel);
    components_select(t->format, t->selectors, texel, components);
    components_put(w, slice, exec, in->dst.index, t->mask, t->form, components);
}

static void slice_store(struct wave *w, const struct instruction *in, const struct typed_buffer *t,
                        unsigned slice, uint16_t inside)
{
    u32x16 texel[COMPONENTS], components[COMPONENTS];
    components_get(w, slice, in->src[3].index, t->mask, t->form, components);
    components_deselect(t->selectors, components, texel);
    texels_write(t->format, &w->lanes[slice].address, inside, texel);
}

static void slice_run(struct wave *w, const struct op *op, const struct typed_buffer *t, unsigned slice,
                      uint16_t exec)
{
    uint16_t inside = buffer_addresses(w, op, &t->buffer, slice, exec, t->format->bytes);
    w->lanes[slice].exec = inside;
    w->slice = (uint8_t)slice;
    if (op->in->opcode->flags & OPCODE_LOAD)
        slice_load(w, op->in, t, slice, exec, inside);
    else
        slice_store(w, op->in, t, slice, inside);
}

static enum wave_state run_buffer_format(struct wave *w, const struct op *op)
{
    struct typed_buffer t;
    uint64_t exec = wave_exec(w);
    w->op = op;
    const char *lacks = typed_buffer_decode(&t, op->in, &w->sgpr[op->in->src[1].index]);
    if (lacks) return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "typed buffer not supported (%s)", lacks);
    arithmetic_begin(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16)
        if ((uint16_t)exec) slice_run(w, op, &t, slice, (uint16_t)exec);
    arithmetic_end(w);
    NEXT(w, op);
}

handler_fn *buffer_format_handler(const struct instruction *in) { return in->lds ? NULL : run_buffer_format; }
