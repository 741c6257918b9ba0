// Entry points: a kernel for each, which calls the function that it stands for. Its arguments are as the
// driver lays them out, and metadata says what they are.
//
// Source: LLVM AMDGPUUsage, "Kernel Argument"; SPIR-V Environment for OpenCL, "Kernels".
#include "lines.h"
#include "opcode.h"

#include "compiler/kilnc/sub_groups.h"

#include <llvm/IR/MDBuilder.h>

namespace spirv
{

// ---- Execution modes ------------------------------------------------------------------------------------

enum { SUB_GROUP_SIZE = 35, DENORM_PRESERVE = 4459, DENORM_FLUSH_TO_ZERO = 4460 };

static llvm::MDNode *three_numbers(Reader &reader, const Mode &mode)
{
    llvm::SmallVector<llvm::Metadata *> numbers;
    require(mode.words.size() >= 3, "a work-group's size does not have three numbers");
    for (unsigned i = 0; i < 3; i++) {
        uint64_t number = mode.ids ? reader.integer(mode.words[i]) : mode.words[i];
        numbers.push_back(llvm::ConstantAsMetadata::get(
            llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), (uint32_t)number)));
    }
    return llvm::MDNode::get(reader.context, numbers);
}

static void local_size_apply(Reader &reader, llvm::Function &kernel, const Mode &mode)
{
    uint64_t size = 1;
    for (unsigned i = 0; i < 3 && i < mode.words.size(); i++) {
        uint64_t number = mode.ids ? reader.integer(mode.words[i]) : mode.words[i];
        require(number > 0 && number <= 1024, "a work-group's size is not within 1 to 1024");
        size *= number;
    }
    require(size <= 1024, "a work-group of more than 1024 work-items");
    kernel.setMetadata("reqd_work_group_size", three_numbers(reader, mode));
    kernel.addFnAttr("amdgpu-flat-work-group-size", std::to_string(size) + "," + std::to_string(size));
}

// The type is a number: 0 to 6 a scalar's, and components times 65536.
static void vector_hint_apply(Reader &reader, llvm::Function &kernel, const Mode &mode)
{
    require(!mode.words.empty(), "a vector hint without a type");
    static llvm::Type *(*const scalars[])(llvm::LLVMContext &) = {
        [](llvm::LLVMContext &c) -> llvm::Type * { return llvm::Type::getInt8Ty(c); },
        [](llvm::LLVMContext &c) -> llvm::Type * { return llvm::Type::getInt16Ty(c); },
        [](llvm::LLVMContext &c) -> llvm::Type * { return llvm::Type::getInt32Ty(c); },
        [](llvm::LLVMContext &c) -> llvm::Type * { return llvm::Type::getInt64Ty(c); },
        llvm::Type::getHalfTy,
        llvm::Type::getFloatTy,
        llvm::Type::getDoubleTy,
    };
    unsigned count = mode.words[0] >> 16, scalar = mode.words[0] & 0xffff;
    require(scalar < 7 && count <= 16, "a vector hint's type is none");
    llvm::Type *type = scalars[scalar](reader.context);
    if (count > 1) type = llvm::FixedVectorType::get(type, count);
    llvm::Metadata *hint[] = {
        llvm::ConstantAsMetadata::get(llvm::UndefValue::get(type)),
        llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), 0))};
    kernel.setMetadata("vec_type_hint", llvm::MDNode::get(reader.context, hint));
}

static void sub_groups_apply(Reader &reader, llvm::Function &kernel, const char *what, uint32_t number)
{
    llvm::Metadata *constant =
        llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), number));
    kernel.setMetadata(what, llvm::MDNode::get(reader.context, constant));
}

static unsigned lanes_of(const Reader &reader, llvm::ArrayRef<Mode> modes)
{
    for (const Mode &mode : modes)
        if (mode.mode == SUB_GROUP_SIZE && !mode.words.empty() && mode.words[0]) return mode.words[0];
    return reader.source.lanes;
}

static void sub_group_count_apply(Reader &reader, llvm::Function &kernel, const Mode &mode,
                                  llvm::ArrayRef<Mode> modes)
{
    uint64_t count = mode.ids ? reader.integer(mode.words[0]) : mode.words[0],
             lanes = lanes_of(reader, modes);
    require(count > 0 && count <= 1024 / lanes, "no work-group has this number of sub-groups");
    sub_groups_apply(reader, kernel, sub_group_count_metadata, (uint32_t)count);
    kernel.addFnAttr("amdgpu-flat-work-group-size", "1," + std::to_string(count * lanes));
}

// AMD's GPUs have one setting for float, and one for half and double. link.cpp sees to what kernels call.
static void denormals_apply(llvm::Function &kernel, llvm::ArrayRef<Mode> modes)
{
    static const char preserve[] = "ieee,ieee", flush[] = "preserve-sign,preserve-sign";
    const char *of_float = nullptr, *of_others = nullptr;
    for (const Mode &mode : modes) {
        if (mode.mode != DENORM_PRESERVE && mode.mode != DENORM_FLUSH_TO_ZERO) continue;
        unsigned width = mode.words.empty() ? 0 : mode.words[0];
        require(width == 16 || width == 32 || width == 64, "no floating-point number has this width");
        const char *&setting = width == 32 ? of_float : of_others;
        const char *wanted = mode.mode == DENORM_PRESERVE ? preserve : flush;
        require(!setting || setting == wanted,
                width == 32 ? "denormal floats are to be flushed and to be preserved"
                            : "denormal halves and doubles are flushed or preserved together");
        setting = wanted;
    }
    if (of_others) kernel.addFnAttr("denormal-fp-math", of_others);
    if (of_others || of_float) kernel.addFnAttr("denormal-fp-math-f32", of_float ? of_float : preserve);
}

static void mode_apply(Reader &reader, llvm::Function &kernel, const Mode &mode, llvm::ArrayRef<Mode> modes)
{
    switch (mode.mode) {
    case 17: // LocalSize
    case 38: // LocalSizeId
        return local_size_apply(reader, kernel, mode);
    case 18: // LocalSizeHint
    case 39: // LocalSizeHintId
        kernel.setMetadata("work_group_size_hint", three_numbers(reader, mode));
        return;
    case 30:
        return vector_hint_apply(reader, kernel, mode);
    case SUB_GROUP_SIZE:
        require(!mode.words.empty(), "the sub-group size is missing");
        return sub_groups_apply(reader, kernel, sub_group_size_metadata, mode.words[0]);
    case 36: // SubgroupsPerWorkgroup
    case 37: // SubgroupsPerWorkgroupId
        require(!mode.words.empty(), "the number of sub-groups is missing");
        return sub_group_count_apply(reader, kernel, mode, modes);
    case DENORM_PRESERVE:
    case DENORM_FLUSH_TO_ZERO: // denormals_apply
    case 31:                   // ContractionOff: contraction_apply
    case 4461:                 // SignedZeroInfNanPreserve: so it is
    case 4462:                 // RoundingModeRTE: so it is
    case 6028:                 // FPFastMathDefault: fast_math.cpp
    case 5893:                 // MaxWorkgroupSizeINTEL
    case 5894:                 // MaxWorkDimINTEL
    case 5895:                 // NoGlobalOffsetINTEL
        return;
    default:
        throw Refusal{"execution mode " + std::to_string(mode.mode) + " is not supported"};
    }
}

// ---- Argument information -------------------------------------------------------------------------------

// What a source's writer called the types: modules of OpenCL C hold it as a string, since SPIR-V's integers
// have no sign. "kernel_arg_type.NAME.float*,uint,"
static std::vector<std::string> type_names(const Reader &reader, llvm::StringRef kernel, size_t count)
{
    std::vector<std::string> names;
    for (llvm::StringRef text : reader.strings) {
        if (!text.consume_front("kernel_arg_type.") || !text.consume_front(kernel) ||
            !text.consume_front("."))
            continue;
        llvm::SmallVector<llvm::StringRef> parts;
        text.split(parts, ',', -1, /*KeepEmpty=*/false);
        if (parts.size() == count)
            for (llvm::StringRef part : parts) names.push_back(part.str());
    }
    return names;
}

static std::string qualifiers_of(const Reader &reader, uint32_t id, bool pointer)
{
    enum { RESTRICT = 19, VOLATILE = 21, CONSTANT = 22, FUNC_PARAM_ATTR = 38, NO_ALIAS = 4, NO_WRITE = 6 };
    std::string text;
    auto found = reader.decorations.find(id);
    if (found == reader.decorations.end() || !pointer) return text;
    bool restricted = false, read_only = false, changing = false;
    for (const Decoration &decoration : found->second) {
        unsigned attribute = decoration.words.empty() ? 0 : decoration.words[0];
        bool parameter = decoration.kind == FUNC_PARAM_ATTR;
        restricted |= decoration.kind == RESTRICT || (parameter && attribute == NO_ALIAS);
        read_only |= decoration.kind == CONSTANT || (parameter && attribute == NO_WRITE);
        changing |= decoration.kind == VOLATILE;
    }
    if (restricted) text += "restrict";
    if (read_only) text += text.empty() ? "const" : " const";
    if (changing) text += text.empty() ? "volatile" : " volatile";
    return text;
}

struct ArgumentLists {
    llvm::SmallVector<llvm::Metadata *> spaces, accesses, types, qualifiers, names;
};

static void argument_describe(Reader &reader, const Type *type, uint32_t id, bool by_value,
                              const std::string &type_name, ArgumentLists &lists)
{
    static const char *const accesses[] = {"read_only", "write_only", "read_write"};
    bool pointer = type->kind == Kind::POINTER && !by_value;
    unsigned space = pointer                     ? type->llvm->getPointerAddressSpace()
                     : type->kind == Kind::IMAGE ? SPACE_GLOBAL
                                                 : 0;
    if (space == SPACE_CONSTANT) space = 2; // as clang numbers them here: the language's constant
    auto text = [&](llvm::StringRef string) { return llvm::MDString::get(reader.context, string); };
    lists.spaces.push_back(
        llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(llvm::Type::getInt32Ty(reader.context), space)));
    lists.accesses.push_back(text(type->kind == Kind::IMAGE ? accesses[type->access] : "none"));
    lists.types.push_back(text(type_name));
    lists.qualifiers.push_back(text(qualifiers_of(reader, id, pointer)));
    lists.names.push_back(text(reader.name(id)));
}

static void arguments_describe(Reader &reader, const Function &function, llvm::Function &kernel)
{
    ArgumentLists lists;
    size_t count = function.parameters.size();
    std::vector<std::string> names = type_names(reader, kernel.getName(), count);
    for (size_t i = 0; i < count; i++) {
        const Type *type = function.type->members[i];
        bool by_value = function.body->hasParamAttribute(i, llvm::Attribute::ByVal);
        std::string name = names.empty() ? (by_value ? type->element->name : type->name) : names[i];
        argument_describe(reader, type, function.parameters[i], by_value, name, lists);
    }
    auto list = [&](const char *kind, llvm::ArrayRef<llvm::Metadata *> nodes) {
        kernel.setMetadata(kind, llvm::MDNode::get(reader.context, nodes));
    };
    list("kernel_arg_addr_space", lists.spaces);
    list("kernel_arg_access_qual", lists.accesses);
    list("kernel_arg_type", lists.types);
    list("kernel_arg_base_type", lists.types);
    list("kernel_arg_type_qual", lists.qualifiers);
    list("kernel_arg_name", lists.names);
}

// ---- The kernel -----------------------------------------------------------------------------------------

// What a pointer to local memory points to is laid out by the driver, which must know how it is aligned.
static void local_pointer_align(Reader &reader, const Function &function, llvm::Function &kernel, unsigned i)
{
    enum { ALIGNMENT = 44 };
    const Type *type = function.type->members[i];
    if (type->kind != Kind::POINTER || space_of_storage(type->storage) != SPACE_LOCAL) return;
    uint64_t alignment = 1;
    if (const Decoration *decoration = reader.decoration(function.parameters[i], ALIGNMENT))
        if (!decoration->words.empty() && llvm::isPowerOf2_32(decoration->words[0]))
            alignment = std::min<uint64_t>(decoration->words[0], 128);
    if (type->element && first_class(type->element))
        alignment = std::max(alignment, reader.layout.getABITypeAlign(type->element->stored).value());
    kernel.addParamAttr(i, llvm::Attribute::getWithAlignment(reader.context, llvm::Align(alignment)));
}

static llvm::Function *kernel_declare(Reader &reader, const Function &function, const std::string &name)
{
    llvm::SmallVector<llvm::Type *> types;
    for (size_t i = 0; i < function.parameters.size(); i++) {
        bool by_value = function.body->hasParamAttribute(i, llvm::Attribute::ByVal);
        types.push_back(by_value ? llvm::PointerType::get(reader.context, SPACE_CONSTANT)
                                 : function.type->members[i]->llvm);
    }
    auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(reader.context), types, /*isVarArg=*/false);
    reader.name_free(name, "two things of this module have the kernel's name");
    auto *kernel = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, reader.module);
    kernel->setCallingConv(llvm::CallingConv::AMDGPU_KERNEL);
    kernel->setVisibility(llvm::GlobalValue::ProtectedVisibility);
    kernel->addFnAttr("amdgpu-flat-work-group-size", "1,256");
    kernel->addFnAttr("uniform-work-group-size", "false");
    function_attributes(reader, *kernel);
    return kernel;
}

static llvm::Value *by_value_copy(Reader &reader, llvm::Function &kernel, unsigned index, llvm::Type *type)
{
    llvm::Align alignment = reader.layout.getABITypeAlign(type);
    kernel.addParamAttr(index, llvm::Attribute::getWithByRefType(reader.context, type));
    kernel.addParamAttr(index, llvm::Attribute::getWithAlignment(reader.context, alignment));
    llvm::AllocaInst *copy = reader.build.CreateAlloca(type, SPACE_PRIVATE);
    reader.build.CreateMemCpy(copy, alignment, kernel.getArg(index), alignment,
                              reader.layout.getTypeAllocSize(type));
    return copy;
}

static void kernel_make(Reader &reader, const Function &function, const std::string &name)
{
    require(function.type->element->kind == Kind::VOID, "a kernel returns a value");
    require(!function.body->isDeclaration(), "a kernel has no body");
    llvm::Function *kernel = kernel_declare(reader, function, name);
    reader.build.SetInsertPoint(llvm::BasicBlock::Create(reader.context, "", kernel));
    reader.lines->kernel_begin(function, *kernel);
    llvm::SmallVector<llvm::Value *> arguments;
    for (unsigned i = 0; i < function.parameters.size(); i++) {
        llvm::Argument *argument = kernel->getArg(i);
        llvm::Type *by_value = function.body->getParamByValType(i);
        if (function.body->hasParamAttribute(i, llvm::Attribute::NoAlias))
            kernel->addParamAttr(i, llvm::Attribute::NoAlias);
        local_pointer_align(reader, function, *kernel, i);
        arguments.push_back(by_value ? by_value_copy(reader, *kernel, i, by_value) : argument);
    }
    llvm::CallInst *call = reader.build.CreateCall(function.body, arguments);
    for (unsigned i = 0; i < arguments.size(); i++)
        if (llvm::Type *by_value = function.body->getParamByValType(i))
            call->addParamAttr(i, llvm::Attribute::getWithByValType(reader.context, by_value));
    reader.build.CreateRetVoid();
    reader.build.ClearInsertionPoint();
    reader.lines->kernel_end();
    function.body->removeFnAttr(llvm::Attribute::NoInline);
    function.body->removeFnAttr(llvm::Attribute::InlineHint);
    function.body->addFnAttr(llvm::Attribute::AlwaysInline);
    arguments_describe(reader, function, *kernel);
    const std::vector<Mode> &modes = reader.modes[function.id];
    for (const Mode &mode : modes) mode_apply(reader, *kernel, mode, modes);
    denormals_apply(*kernel, modes);
}

void entry_points_make(Reader &reader)
{
    for (const EntryPoint &entry : reader.entry_points) {
        try {
            const Id &id = reader.id(entry.function);
            require(id.what == Id::FUNCTION, "it is not a function");
            kernel_make(reader, reader.functions[id.number], entry.name);
        } catch (const Refusal &refusal) {
            throw Refusal{"entry point " + entry.name + ": " + refusal.reason};
        }
    }
}

} // namespace spirv
