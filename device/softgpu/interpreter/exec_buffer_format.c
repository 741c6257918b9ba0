// buffer_load_format_x and its kin: buffers as images of one dimension, whose format the descriptor tells.
#include "components.h"
#include "exec_buffer.h"
#include "report.h"

// Opcodes of MUBUF: loads of 1 to 4 components, then stores of them; then the same as f16.
enum { LOAD_FORMAT_X = 0x00, LOAD_FORMAT_D16_X = 0x80, FORMS = 8 };

struct typed_buffer {
    struct buffer buffer;
    const struct image_format *format;
    uint8_t selectors[COMPONENTS];
};

static bool has_halves(const struct instruction *in) { return in->opcode->number >= LOAD_FORMAT_D16_X; }

static unsigned component_mask(const struct instruction *in) { return (2u << in->opcode->number % 4) - 1; }

// Returns NULL, or what about the descriptor this device lacks.
static const char *typed_buffer_decode(struct typed_buffer *t, const struct instruction *in,
                                       const uint32_t *words)
{
    *t = (struct typed_buffer){.buffer = buffer_decode(words),
                               .format = image_format_find(words[3] >> 12 & 0x7f)};
    if (t->buffer.swizzle || t->buffer.add_lane) return "swizzle";
    if (!t->format) return "format";
    if (!selectors_decode(words[3], t->selectors)) return "component selector";
    return has_halves(in) && image_format_is_integer(t->format) ? "integers of 16 bits in registers" : NULL;
}

// Out of range all components are 0, with what the selectors add.
static void lane_load(struct wave *w, const struct instruction *in, const struct typed_buffer *t,
                      unsigned lane, const uint64_t *address)
{
    uint32_t texel[COMPONENTS] = {0}, components[COMPONENTS];
    if (address) texel_read(t->format, *address, texel);
    components_select(t->format, t->selectors, texel, components);
    components_put(w, lane, in->dst.index, component_mask(in), has_halves(in), components);
}

static void lane_store(struct wave *w, const struct instruction *in, const struct typed_buffer *t,
                       unsigned lane, uint64_t address)
{
    uint32_t texel[COMPONENTS], components[COMPONENTS];
    components_get(w, lane, in->src[3].index, component_mask(in), has_halves(in), components);
    components_deselect(t->selectors, components, texel);
    texel_write(t->format, address, texel);
}

static void slice_run(struct wave *w, const struct op *op, const struct typed_buffer *t, unsigned slice,
                      uint16_t exec)
{
    struct lanes *l = &w->lanes[slice];
    uint16_t inside = buffer_addresses(w, op, &t->buffer, slice, exec, t->format->bytes);
    bool loads = op->in->opcode->flags & OPCODE_LOAD;
    l->exec = inside;
    for (unsigned i = 0; i < SLICE_LANES; i++) {
        if (!(exec >> i & 1)) continue;
        const uint64_t address = l->address[i];
        bool is_inside = inside >> i & 1;
        if (loads)
            lane_load(w, op->in, t, l->first_lane + i, is_inside ? &address : NULL);
        else if (is_inside)
            lane_store(w, op->in, t, l->first_lane + i, address);
    }
}

static enum wave_state run_buffer_format(struct wave *w, const struct op *op)
{
    struct typed_buffer t;
    uint64_t exec = wave_exec(w);
    w->op = op;
    const char *lacks = typed_buffer_decode(&t, op->in, &w->sgpr[op->in->src[1].index]);
    if (lacks) return wave_stop(w, op, FAULT_ILLEGAL_INSTRUCTION, "typed buffer not supported (%s)", lacks);
    arithmetic_begin(w);
    for (unsigned slice = 0; slice < w->slices; slice++, exec >>= 16) {
        w->lanes[slice].exec = 0;
        if ((uint16_t)exec) slice_run(w, op, &t, slice, (uint16_t)exec);
    }
    arithmetic_end(w);
    NEXT(w, op);
}

// A half alone keeps what lies above it, which is not done here.
handler_fn *buffer_format_handler(const struct instruction *in)
{
    unsigned number = in->opcode->number;
    bool typed =
        number < LOAD_FORMAT_X + FORMS || (number >= LOAD_FORMAT_D16_X && number < LOAD_FORMAT_D16_X + FORMS);
    return typed && !in->lds && !in->tfe && number != LOAD_FORMAT_D16_X ? run_buffer_format : NULL;
}
