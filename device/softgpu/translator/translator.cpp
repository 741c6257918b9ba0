#include "translator.h"

#include "emitter.h"
#include "pipeline.h"

#include <llvm/Support/CommandLine.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

static bool is_left(const code &guest, uint32_t index)
{
    treatment treatment = treatment_at(&guest, index);
    return treatment == TREAT_UNTRANSLATED || treatment == TREAT_INTERPRETED;
}

// What is left to the interpreter.
static void left_count(const code &guest, translation *result)
{
    std::map<std::string, uint32_t> counts;
    for (uint32_t i = 0; i < guest.count; i++)
        if (is_left(guest, i)) {
            counts[guest.at[i].in.opcode ? guest.at[i].in.opcode->name : "undecodable"]++;
            result->untranslated++;
        }
    std::vector<std::pair<uint32_t, std::string>> kinds;
    kinds.reserve(counts.size());
    for (const auto &[name, count] : counts) kinds.emplace_back(count, name);
    std::sort(kinds.rbegin(), kinds.rend());
    std::string text;
    for (const auto &[count, name] : kinds)
        text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
    snprintf(result->kinds, sizeof result->kinds, "%s", text.c_str());
}

static bool failed(translation *result, const std::string &message)
{
    snprintf(result->error, sizeof result->error, "%s", message.c_str());
    return false;
}

static bool translate(const translation_request &request, const code &guest, translation *result)
{
    llvm::LLVMContext context;
    Semantics semantics;
    std::string error;
    if (!semantics.open(request.semantics, context, error)) return failed(result, error);
    Emitter(guest, semantics).run();
    llvm::SmallVector<char, 0> object;
    if (!pipeline_run(semantics, object, error)) return failed(result, error);
    result->object = malloc(object.size());
    if (!result->object) return failed(result, "out of memory");
    memcpy(result->object, object.data(), object.size());
    result->size = object.size();
    return true;
}

bool translator_run(const translation_request *request, translation *result)
{
    *result = {};
    code *guest = code_create(request->code, request->size, request->entry, request->wave64, request->mode,
                              request->whole);
    if (!guest) return failed(result, "out of memory");
    bool any = false, fits = guest->count <= TRANSLATION_INSTRUCTIONS_MOST;
    for (uint32_t i = 0; i < guest->block_count; i++) any |= guest->blocks[i].entry;
    result->instructions = guest->count;
    left_count(*guest, result);
    bool done = !fits ? failed(result, "too many instructions")
                : any ? translate(*request, *guest, result)
                      : failed(result, "nothing that can be translated");
    code_free(guest);
    return done;
}

void translator_prepare()
{
    auto &options = llvm::cl::getRegisteredOptions();
    auto found = options.find("cgpp-huge-func");
    if (found != options.end()) static_cast<llvm::cl::opt<unsigned> *>(found->second)->setValue(1);
}
