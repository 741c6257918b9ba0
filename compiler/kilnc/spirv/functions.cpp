// Functions, their blocks, and how control flows between them.
//
// A function begins with a block of the reader's own, the prologue, for stack slots and the values of
// built-in variables; after it come SPIR-V's blocks, one LLVM block each.
#include "lines.h"
#include "opcode.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/CFG.h>
#include <llvm/TargetParser/TargetParser.h>

#include <set>

namespace spirv
{

enum { DECORATION_LINKAGE = 41, LINKAGE_EXPORT = 0, LINKAGE_IMPORT = 1, LINKAGE_LINK_ONCE_ODR = 2 };

// ---- Declaring ------------------------------------------------------------------------------------------

static void linkage_apply(Reader &reader, uint32_t id, llvm::Function &function)
{
    const Decoration *linkage = reader.decoration(id, DECORATION_LINKAGE);
    if (!linkage) return;
    size_t first = 0;
    std::string name = string_read(linkage->words, first);
    require(first < linkage->words.size(), "a linkage without a kind");
    bool of_kernel = false;
    for (const EntryPoint &entry : reader.entry_points) {
        if (entry.function == id) return; // others see the kernel
        of_kernel |= entry.name == name;
    }
    // Khronos' translator makes a function of a kernel's body, and an entry point that calls it. Kernels that
    // call this one call it by the name that clang has for that.
    if (of_kernel) name = "__clang_ocl_kern_imp_" + name;
    unsigned kind = linkage->words[first];
    reader.name_free(name, "two things of this module have one linkage name");
    function.setName(name);
    function.setLinkage(kind == LINKAGE_LINK_ONCE_ODR ? llvm::GlobalValue::LinkOnceODRLinkage
                                                      : llvm::GlobalValue::ExternalLinkage);
    function.setVisibility(llvm::GlobalValue::HiddenVisibility);
}

static void parameter_attributes(Reader &reader, llvm::Function &function, unsigned index, uint32_t id,
                                 const Type *type)
{
    enum { FUNC_PARAM_ATTR = 38, ALIGNMENT = 44, ZEXT = 0, SEXT = 1, BY_VALUE = 2, NO_ALIAS = 4 };
    auto found = reader.decorations.find(id);
    if (found == reader.decorations.end()) return;
    for (const Decoration &decoration : found->second) {
        if (decoration.kind != FUNC_PARAM_ATTR || decoration.words.empty()) continue;
        if (decoration.words[0] == NO_ALIAS && type->kind == Kind::POINTER)
            function.addParamAttr(index, llvm::Attribute::NoAlias);
        if (decoration.words[0] == ZEXT && type->kind == Kind::INT)
            function.addParamAttr(index, llvm::Attribute::ZExt);
        if (decoration.words[0] == SEXT && type->kind == Kind::INT)
            function.addParamAttr(index, llvm::Attribute::SExt);
        if (decoration.words[0] == BY_VALUE && type->kind == Kind::POINTER) {
            pointee_resolve(reader, type);
            require(first_class(type->element) && type->storage == FUNCTION_STORAGE,
                    "a parameter by value does not point to a value");
            function.addParamAttr(index,
                                  llvm::Attribute::getWithByValType(reader.context, type->element->stored));
        }
    }
}

void function_attributes(Reader &reader, llvm::Function &function)
{
    llvm::StringMap<bool> features;
    llvm::AMDGPU::fillAMDGPUFeatureMap(reader.source.processor, reader.module.getTargetTriple(), features);
    std::vector<std::string> names;
    for (const auto &feature : features)
        if (feature.second) names.push_back("+" + feature.first().str());
    std::sort(names.begin(), names.end());
    std::string list;
    for (const std::string &name : names) list += (list.empty() ? "" : ",") + name;
    if (reader.source.features[0]) list += "," + std::string(reader.source.features);
    function.addFnAttr("target-cpu", reader.source.processor);
    function.addFnAttr("target-features", list);
    function.addFnAttr("no-trapping-math", "true");
    function.setConvergent();
    function.setDoesNotThrow();
}

static void control_apply(uint32_t control, llvm::Function &function)
{
    enum { INLINE = 1, DONT_INLINE = 2 };
    if (control & DONT_INLINE)
        function.addFnAttr(llvm::Attribute::NoInline);
    else if (control & INLINE)
        function.addFnAttr(llvm::Attribute::InlineHint);
}

static void function_declare(Reader &reader, const RawInstruction &instruction)
{
    llvm::ArrayRef<uint32_t> words = instruction.words;
    require(words.size() == 4, "it does not have 4 operands");
    const Type *type = reader.type(words[3]);
    require(type->kind == Kind::FUNCTION, "the type is not a function's");
    require(type->element == reader.type(words[0]), "the result's type is not the function type's");
    auto *llvm = llvm::cast<llvm::FunctionType>(type->llvm);
    llvm::Function *body =
        llvm::Function::Create(llvm, llvm::GlobalValue::InternalLinkage, "function", reader.module);
    Id &entry = reader.define(words[1], Id::FUNCTION);
    entry.type = type;
    entry.value = body;
    entry.number = reader.functions.size();
    function_attributes(reader, *body);
    linkage_apply(reader, words[1], *body);
    control_apply(words[2], *body);
    reader.functions.push_back({body, type, words[1], instruction.offset, {}, {}});
}

// A kernel without contraction has none in what it calls, either.
static void contraction_apply(Reader &reader)
{
    enum { CONTRACTION_OFF = 31 };
    std::vector<uint32_t> reached;
    for (const EntryPoint &entry : reader.entry_points)
        for (const Mode &mode : reader.modes[entry.function])
            if (mode.mode == CONTRACTION_OFF) reached.push_back(entry.function);
    while (!reached.empty()) {
        const Id &id = reader.id(reached.back());
        reached.pop_back();
        if (id.what != Id::FUNCTION) continue; // refused where it is called
        Function &function = reader.functions[id.number];
        if (function.contraction_off) continue;
        function.contraction_off = true;
        reached.insert(reached.end(), function.calls.begin(), function.calls.end());
    }
}

// All functions are known before the first body: they call each other in any order.
void functions_declare(Reader &reader)
{
    enum { OP_FUNCTION = 54, OP_FUNCTION_PARAMETER = 55, OP_FUNCTION_CALL = 57 };
    for (const RawInstruction &instruction : reader.words.instructions) {
        if (instruction.opcode == OP_FUNCTION) function_declare(reader, instruction);
        if (instruction.opcode == OP_FUNCTION_CALL && !reader.functions.empty() &&
            instruction.words.size() > 2)
            reader.functions.back().calls.push_back(instruction.words[2]);
        if (instruction.opcode != OP_FUNCTION_PARAMETER) continue;
        require(!reader.functions.empty() && instruction.words.size() == 2,
                "a parameter is not a function's");
        Function &function = reader.functions.back();
        unsigned index = function.parameters.size();
        reader.id(instruction.words[1]);
        require(index < function.type->members.size(), "a function has more parameters than its type");
        function.parameters.push_back(instruction.words[1]);
        parameter_attributes(reader, *function.body, index, instruction.words[1],
                             function.type->members[index]);
    }
    for (const Function &function : reader.functions)
        require(function.parameters.size() == function.type->members.size(),
                "a function has fewer parameters than its type");
    contraction_apply(reader);
}

// ---- A function's frame ---------------------------------------------------------------------------------

void function_begin(Reader &reader, const Operation &operation)
{
    require(!reader.function, "a function begins within another");
    reader.function = &reader.functions[reader.id(operation.result).number];
    reader.parameters_seen = 0;
    reader.first_block = nullptr;
    reader.prologue.ClearInsertionPoint();
    reader.lines->function_begin();
}

void function_parameter(Reader &reader, const Operation &operation)
{
    require(reader.function && !reader.first_block, "a parameter is not at a function's beginning");
    Function &function = *reader.function;
    require(reader.parameters_seen < function.parameters.size(), "a function has too many parameters");
    llvm::Argument *argument = function.body->getArg(reader.parameters_seen);
    require(operation.type == function.type->members[reader.parameters_seen],
            "a parameter's type is not the function type's");
    argument->setName(reader.name(operation.result));
    reader.parameters_seen++;
    reader.define(operation, argument);
}

// A phi's values are known only when the last block is read. LLVM wants one for each way into the block.
static void phi_complete(Reader &reader, const Phi &phi)
{
    llvm::DenseMap<llvm::BasicBlock *, llvm::Value *> values;
    llvm::ArrayRef<uint32_t> words = phi.operation.words;
    for (size_t i = 0; i + 1 < words.size(); i += 2) {
        const Id &parent = reader.id(words[i + 1]);
        llvm::Value *value = reader.value(words[i]).llvm;
        require(parent.what == Id::LABEL, "a parent is not a block");
        require(value->getType() == phi.node->getType(), "a value is not of the phi's type");
        values[llvm::cast<llvm::BasicBlock>(parent.value)] = value;
    }
    size_t used = 0;
    llvm::DenseSet<llvm::BasicBlock *> seen;
    for (llvm::BasicBlock *before : llvm::predecessors(phi.node->getParent())) {
        auto found = values.find(before);
        require(found != values.end(), "a block that comes before has no value");
        phi.node->addIncoming(found->second, before);
        used += seen.insert(before).second;
    }
    require(used == values.size(), "a parent does not come before the block");
}

static void phis_complete(Reader &reader)
{
    for (const Phi &phi : reader.phis) {
        try {
            phi_complete(reader, phi);
        } catch (const Refusal &refusal) {
            throw Refusal{"the OpPhi at word " + std::to_string(phi.operation.offset) + ": " +
                          refusal.reason};
        }
    }
    reader.phis.clear();
}

void function_end(Reader &reader, const Operation &)
{
    require(reader.function, "no function ends here");
    require(!reader.build.GetInsertBlock(), "the last block does not end");
    require(reader.parameters_seen == reader.function->parameters.size(), "a parameter is missing");
    for (uint32_t number : reader.labels)
        if (!reader.id(number).placed)
            throw Refusal{"there is no block " + std::to_string(number) + " in this function"};
    phis_complete(reader);
    if (reader.first_block) {
        reader.prologue.CreateBr(reader.first_block);
    } else {
        const Decoration *linkage = reader.decoration(reader.function->id, DECORATION_LINKAGE);
        require(linkage && linkage->words.back() == LINKAGE_IMPORT, "a function has no body");
        reader.function->body->setLinkage(llvm::GlobalValue::ExternalLinkage);
    }
    for (uint32_t number : reader.locals) reader.id(number) = Id();
    reader.locals.clear();
    reader.labels.clear();
    reader.prologue_values.clear();
    reader.lines->function_end();
    reader.function = nullptr;
}

// ---- Blocks ---------------------------------------------------------------------------------------------

static llvm::BasicBlock *block_of(Reader &reader, uint32_t number)
{
    Id &entry = reader.id(number);
    if (entry.what == Id::LABEL) return llvm::cast<llvm::BasicBlock>(entry.value);
    reader.define(number, Id::LABEL).value =
        llvm::BasicBlock::Create(reader.context, "", reader.function->body);
    reader.labels.push_back(number);
    return llvm::cast<llvm::BasicBlock>(reader.id(number).value);
}

static llvm::BasicBlock *target_of(Reader &reader, uint32_t number)
{
    llvm::BasicBlock *block = block_of(reader, number);
    require(block != reader.first_block, "a function's first block is branched to");
    return block;
}

void label(Reader &reader, const Operation &operation)
{
    require(reader.function, "a block is outside of functions");
    require(!reader.build.GetInsertBlock(), "the block before does not end");
    if (!reader.first_block)
        reader.prologue.SetInsertPoint(llvm::BasicBlock::Create(reader.context, "", reader.function->body));
    llvm::BasicBlock *block = block_of(reader, operation.result);
    Id &entry = reader.id(operation.result);
    require(!entry.placed, "the block is there twice");
    entry.placed = true;
    if (!reader.first_block) reader.first_block = block;
    block->moveAfter(&reader.function->body->back());
    reader.build.SetInsertPoint(block);
}

void phi(Reader &reader, const Operation &operation)
{
    require(first_class(operation.type), "no value can be of this type");
    require(operation.words.size() % 2 == 0, "a value has no parent");
    llvm::BasicBlock *block = reader.build.GetInsertBlock();
    require(block->empty() || llvm::isa<llvm::PHINode>(block->back()), "it is not at the block's beginning");
    llvm::PHINode *node = reader.build.CreatePHI(operation.type->llvm, operation.words.size() / 2);
    reader.define(operation, node);
    reader.phis.push_back({node, operation});
}

void branch(Reader &reader, const Operation &operation)
{
    reader.build.CreateBr(target_of(reader, operation.words[0]));
    reader.build.ClearInsertionPoint();
}

void branch_conditional(Reader &reader, const Operation &operation)
{
    llvm::Value *condition = reader.value(operation.words[0]).llvm;
    require(condition->getType()->isIntegerTy(1), "the condition is not boolean");
    reader.build.CreateCondBr(condition, target_of(reader, operation.words[1]),
                              target_of(reader, operation.words[2]));
    reader.build.ClearInsertionPoint();
}

void switch_to(Reader &reader, const Operation &operation)
{
    llvm::Value *selector = reader.value(operation.words[0]).llvm;
    auto *type = llvm::dyn_cast<llvm::IntegerType>(selector->getType());
    require(type && type->getBitWidth() > 1, "the selector is not an integer");
    size_t literal = type->getBitWidth() > 32 ? 2 : 1;
    llvm::ArrayRef<uint32_t> cases = operation.words.drop_front(2);
    require(cases.size() % (literal + 1) == 0, "a case is not complete");
    llvm::SwitchInst *node = reader.build.CreateSwitch(selector, target_of(reader, operation.words[1]),
                                                       cases.size() / (literal + 1));
    std::set<uint64_t> seen;
    for (; !cases.empty(); cases = cases.drop_front(literal + 1)) {
        uint64_t bits = cases[0] | (literal == 2 ? (uint64_t)cases[1] << 32 : 0);
        llvm::APInt number = llvm::APInt(64, bits).trunc(type->getBitWidth());
        require(seen.insert(number.getZExtValue()).second, "a case is there twice");
        node->addCase(llvm::ConstantInt::get(reader.context, number), target_of(reader, cases[literal]));
    }
    reader.build.ClearInsertionPoint();
}

void return_void(Reader &reader, const Operation &)
{
    require(reader.function->type->element->kind == Kind::VOID, "the function returns a value");
    reader.build.CreateRetVoid();
    reader.build.ClearInsertionPoint();
}

void return_value(Reader &reader, const Operation &operation)
{
    llvm::Value *value = reader.value(operation.words[0]).llvm;
    require(value->getType() == reader.function->type->element->llvm,
            "the value is not of the type that the function returns");
    reader.build.CreateRet(value);
    reader.build.ClearInsertionPoint();
}

void unreachable(Reader &reader, const Operation &)
{
    reader.build.CreateUnreachable();
    reader.build.ClearInsertionPoint();
}

// ---- Calls ----------------------------------------------------------------------------------------------

void function_call(Reader &reader, const Operation &operation)
{
    const Id &callee = reader.id(operation.words[0]);
    require(callee.what == Id::FUNCTION, "the callee is not a function");
    auto *body = llvm::cast<llvm::Function>(callee.value);
    llvm::SmallVector<llvm::Value *> arguments;
    for (uint32_t word : operation.words.drop_front()) arguments.push_back(reader.value(word).llvm);
    require(arguments.size() == body->arg_size(), "the number of arguments is not the function's");
    for (size_t i = 0; i < arguments.size(); i++)
        require(arguments[i]->getType() == body->getArg(i)->getType(), "an argument is not of its type");
    llvm::CallInst *call = reader.build.CreateCall(body, arguments);
    for (size_t i = 0; i < arguments.size(); i++)
        if (llvm::Type *by_value = body->getParamByValType(i))
            call->addParamAttr(i, llvm::Attribute::getWithByValType(reader.context, by_value));
    call->setConvergent();
    if (operation.type->kind == Kind::VOID)
        reader.define(operation.result, Id::NOTE);
    else
        reader.define(operation, call);
}

} // namespace spirv
