// What the disassembler's files share: a bounded buffer, and the printing of operands.
#pragma once

#include "device/softgpu/isa/table/isa.h"

struct printer {
    char *buffer;
    size_t size;
    size_t length; // of the whole text, as snprintf counts
};

void print_text(struct printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
// " name" if `set`.
void print_flag(struct printer *p, bool set, const char *name);

// The literal could have been an inline constant: it is marked as what it is, "lit(...)".
bool print_is_marked(const struct instruction *in, const struct operand *o);
// A number where no register could be.
void print_number(struct printer *p, uint32_t value);
void print_operand(struct printer *p, const struct instruction *in, const struct operand *operand);
// By encoding: everything after the mnemonic (print_vector: its suffix, too).
void print_scalar(struct printer *p, const struct instruction *in);
void print_smem(struct printer *p, const struct instruction *in);
void print_vector(struct printer *p, const struct instruction *in);
void print_ds(struct printer *p, const struct instruction *in);
void print_flat(struct printer *p, const struct instruction *in);
void print_buffer(struct printer *p, const struct instruction *in);
void print_image(struct printer *p, const struct instruction *in);
void print_export(struct printer *p, const struct instruction *in);
