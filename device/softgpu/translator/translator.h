// The translator: gfx1030 code to an x86-64 object file (translated.h says what is in it). Runs inside kilnc,
// for it stands on LLVM.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Instructions of a region. More would take LLVM many seconds, and much memory.
enum { TRANSLATION_INSTRUCTIONS_MOST = 5000 };

struct translation_request {
    const void *code;      // from the region's base on
    size_t size;           // bytes
    uint32_t entry;        // offset of the region's entry
    bool wave64;           // width of waves
    bool whole;            // to run whole work-groups, if the code can be run so, rather than single waves
    uint32_t mode;         // the MODE register that it holds for
    const char *semantics; // file: softgpu/<level>/semantics.bc, whose CPU level is the object's
};

struct translation {
    void *object; // the caller frees it
    size_t size;
    uint32_t instructions, untranslated; // of the region, and how many of them it leaves to the interpreter
    char kinds[200];                     // their mnemonics with how often each comes, the most frequent first
    char error[200];
};

// Before any thread generates code, for all of it, whatever it is for: code generation's first pass is to
// look again at the blocks that it has changed only. By default it looks at all of them until nothing
// changes, which is a quarter of the time that functions of a thousand blocks take.
void translator_prepare(void);

// Returns false with `error` filled where nothing could be translated.
bool translator_run(const struct translation_request *request, struct translation *result);

#ifdef __cplusplus
}
#endif
