// LLVM's gfx1030 disassembler.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORACLE_TEXT_SIZE = 1024 };

// Text of the instruction at `code` without leading white space and comments; returns its size, 0: LLVM
// rejects the words, or prints a complaint about them in the text. Words in which a field that is ignored
// does not hold what LLVM would write there are taken.
#ifdef __cplusplus
extern "C"
#endif
    size_t oracle_disassemble(const void *code, size_t available, bool wave64, char text[ORACLE_TEXT_SIZE]);
