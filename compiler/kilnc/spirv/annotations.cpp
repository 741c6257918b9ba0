// What comes before types: capabilities, names, decorations, entry points and their modes.
#include "opcode.h"

#include "compiler/extensions.h"
#include "compiler/spirv.h"

#include <llvm/ADT/StringRef.h>

namespace spirv
{

// ---- Capabilities ---------------------------------------------------------------------------------------

static bool device_has(const Reader &reader, const char *extension)
{
    return extensions_name(reader.source.extensions, extension);
}

void require_arithmetic(const Reader &reader, const llvm::Type *type)
{
    require(type->isFPOrFPVectorTy(), "the operands are not floating-point numbers");
    if (type->getScalarType()->isHalfTy())
        require(device_has(reader, "cl_khr_fp16"),
                "arithmetic on half needs cl_khr_fp16, which the device does not have");
}

void capability(Reader &reader, const Operation &operation)
{
    enum { FLOAT_CONTROLS_2 = 6029 };
    const spirv_capability *found = spirv_capability_find(operation.words[0]);
    if (!found) throw Refusal{"capability " + std::to_string(operation.words[0]) + " is not supported"};
    std::string name = "capability " + std::string(found->name);
    if (found->state == SPIRV_REFUSED) throw Refusal{name + " is not supported"};
    if (found->extension[0] && !device_has(reader, found->extension))
        throw Refusal{name + " needs " + found->extension + ", which the device does not have"};
    reader.float_controls |= found->number == FLOAT_CONTROLS_2;
}

void memory_model(Reader &, const Operation &operation)
{
    enum { LOGICAL = 0, PHYSICAL_64 = 2, OPENCL = 2 };
    require(operation.words[0] == LOGICAL || operation.words[0] == PHYSICAL_64,
            "the device's addresses have 64 bits");
    require(operation.words[1] == OPENCL, "the memory model is not OpenCL's");
}

// ---- Names ----------------------------------------------------------------------------------------------

void name_note(Reader &reader, const Operation &operation)
{
    size_t first = 1;
    reader.names[operation.words[0]] = string_read(operation.words, first);
}

void string_note(Reader &reader, const Operation &operation)
{
    size_t first = 0;
    reader.define(operation.result, Id::STRING).number = reader.strings.size();
    reader.strings.push_back(string_read(operation.words, first));
}

void set_import(Reader &reader, const Operation &operation)
{
    size_t first = 0;
    std::string name = string_read(operation.words, first);
    llvm::StringRef set(name);
    InstructionSet kind = set == "OpenCL.std"                                ? SET_OPENCL
                          : set == "OpenCL.DebugInfo.100"                    ? SET_DEBUG_OPENCL
                          : set.starts_with("NonSemantic.Shader.DebugInfo.") ? SET_DEBUG_SHADER
                                                                             : SET_IGNORED;
    if (kind == SET_IGNORED && !set.starts_with("NonSemantic.") && !set.contains("Debug") &&
        !set.starts_with("SPIRV.debug"))
        throw Refusal{"the instruction set " + name + " is not supported"};
    reader.define(operation.result, Id::SET).number = kind;
}

// ---- Decorations ----------------------------------------------------------------------------------------

// Those that are not looked for anywhere change no result.
static void decoration_add(Reader &reader, uint32_t target, int member, llvm::ArrayRef<uint32_t> words)
{
    reader.decorations[target].push_back({words[0], member, words.drop_front()});
}

void decorate(Reader &reader, const Operation &operation)
{
    decoration_add(reader, operation.words[0], -1, operation.words.drop_front());
}

void member_decorate(Reader &reader, const Operation &operation)
{
    require(operation.words[1] < 16384, "no structure has so many members");
    decoration_add(reader, operation.words[0], (int)operation.words[1], operation.words.drop_front(2));
}

static void group_apply(Reader &reader, uint32_t group, uint32_t target, int member)
{
    std::vector<Decoration> copied = reader.decorations[group];
    require(copied.size() <= 64, "a group has too many decorations");
    for (const Decoration &decoration : copied)
        reader.decorations[target].push_back({decoration.kind, member, decoration.words});
}

void group_decorate(Reader &reader, const Operation &operation)
{
    for (uint32_t target : operation.words.drop_front()) {
        require(target != operation.words[0], "a group is decorated with itself");
        group_apply(reader, operation.words[0], target, -1);
    }
}

void group_member_decorate(Reader &reader, const Operation &operation)
{
    llvm::ArrayRef<uint32_t> targets = operation.words.drop_front();
    require(targets.size() % 2 == 0, "a target has no member");
    for (size_t i = 0; i < targets.size(); i += 2) {
        reader.id(targets[i]);
        require(targets[i + 1] < 16384, "no structure has so many members");
        require(targets[i] != operation.words[0], "a group is decorated with itself");
        group_apply(reader, operation.words[0], targets[i], (int)targets[i + 1]);
    }
}

// ---- Entry points ---------------------------------------------------------------------------------------

void entry_point(Reader &reader, const Operation &operation)
{
    enum { KERNEL = 6 };
    size_t first = 2;
    require(operation.words[0] == KERNEL, "the entry point is not a kernel");
    reader.entry_points.push_back({operation.words[1], string_read(operation.words, first)});
    require(!reader.entry_points.back().name.empty(), "the entry point has no name");
}

void execution_mode(Reader &reader, const Operation &operation)
{
    enum { FAST_MATH_DEFAULT = 6028 };
    reader.modes[operation.words[0]].push_back(
        {operation.words[1], operation.words.drop_front(2), operation.row->code != 0});
    reader.float_controls |= operation.words[1] == FAST_MATH_DEFAULT;
}

} // namespace spirv
