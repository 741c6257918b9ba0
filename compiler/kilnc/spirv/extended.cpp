// OpenCL.std: calls of the device library's functions.
#include "lines.h"
#include "mangling.h"
#include "opcode.h"

#include <algorithm>
#include <cmath>

namespace spirv
{

namespace
{

struct Extended {
    unsigned number;
    const char *name;
    void (*handler)(Reader &, const Operation &, const Extended &);
    const char *function, *signature;
    double error; // at most, in ULP, that OpenCL allows
};

unsigned lanes_of(const llvm::Type *type)
{
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    return vector ? vector->getNumElements() : 1;
}

bool is_number(const llvm::Type *type)
{
    return type->isFPOrFPVectorTy() || (type->isIntOrIntVectorTy() && !type->getScalarType()->isIntegerTy(1));
}

// ---- Signatures -----------------------------------------------------------------------------------------

void operand_check(const Reader &reader, char letter, const llvm::Type *type)
{
    if (type->isFPOrFPVectorTy()) require_arithmetic(reader, type);
    bool pointer = letter == 'F' || letter == 'I';
    bool fits = pointer         ? type->isPointerTy()
                : letter == 'f' ? type->isFPOrFPVectorTy()
                : letter == 'g' ? is_number(type)
                                : type->isIntOrIntVectorTy() && is_number(type);
    require(fits, "an operand is not of the instruction's kind");
}

void operand_mangle(Mangling &name, char letter, llvm::Value *value, llvm::Type *first)
{
    llvm::Type *type = value->getType();
    if (letter == 'F') {
        name.pointer(space_of(value), false, first, false);
    } else if (letter == 'I') {
        llvm::Type *integer = llvm::Type::getInt32Ty(type->getContext());
        llvm::Type *pointee =
            lanes_of(first) > 1 ? llvm::FixedVectorType::get(integer, lanes_of(first)) : integer;
        name.pointer(space_of(value), false, pointee, true);
    } else {
        name.value(type, letter == 'i');
    }
}

void result_check(char letter, const Type *result, llvm::ArrayRef<llvm::Value *> operands)
{
    llvm::Type *first = operands[0]->getType(), *type = result->llvm;
    require(type && is_number(type), "the result is not a number");
    bool one_kind = type->isFPOrFPVectorTy() == first->isFPOrFPVectorTy();
    bool fits = false;
    switch (letter) {
    case 'e':
        fits = type == first->getScalarType();
        break;
    case 'w':
        fits = one_kind && lanes_of(type) == lanes_of(first) &&
               type->getScalarSizeInBits() == 2 * first->getScalarSizeInBits();
        break;
    case 'x':
        fits = type->getScalarType() == first->getScalarType() &&
               lanes_of(type) == lanes_of(operands.back()->getType());
        break;
    default:
        fits = one_kind ? type == first : lanes_of(type) == lanes_of(first);
    }
    require(fits, "the result is not of the type that the operands give");
}

// A vector of one component is none: lanes that differ go to no function of the library.
void library_call(Reader &reader, const Operation &operation, const Extended &row)
{
    llvm::StringRef letters(row.signature);
    require(operation.words.size() == letters.size() - 1, "it does not have as many operands");
    Mangling name(row.function);
    llvm::SmallVector<llvm::Value *> operands;
    for (size_t i = 0; i < operation.words.size(); i++) {
        llvm::Value *value = reader.value(operation.words[i]).llvm;
        operand_check(reader, letters[i + 1], value->getType());
        operands.push_back(value);
        operand_mangle(name, letters[i + 1], value, operands[0]->getType());
    }
    result_check(letters[0], operation.type, operands);
    reader.define(operation, reader.call(name.text(), operation.type->llvm, operands));
}

// ---- Vectors in memory ----------------------------------------------------------------------------------

llvm::Value *offset_of(Reader &reader, uint32_t id)
{
    llvm::Value *offset = reader.value(id).llvm;
    require(offset->getType()->isIntegerTy(), "the offset is not an integer");
    return reader.build.CreateZExtOrTrunc(offset, llvm::Type::getInt64Ty(reader.context));
}

llvm::Type *element_in_memory(Reader &reader, const Extended &row, llvm::Type *value)
{
    bool half = llvm::StringRef(row.function).ends_with("half");
    return half ? llvm::Type::getHalfTy(reader.context) : value->getScalarType();
}

std::string count_text(const llvm::Type *type)
{
    return lanes_of(type) > 1 ? std::to_string(lanes_of(type)) : "";
}

// offset, pointer, and with n the count
void vector_load(Reader &reader, const Operation &operation, const Extended &row)
{
    bool counted = row.signature[0] == 'n';
    require(operation.words.size() == (counted ? 3 : 2), "it does not have as many operands");
    llvm::Type *type = operation.type->llvm;
    require(type && is_number(type), "the result is not a number");
    require(!counted || lanes_of(type) == operation.words[2], "the count is not the result's");
    llvm::Value *offset = offset_of(reader, operation.words[0]);
    llvm::Value *pointer = reader.value(operation.words[1]).llvm;
    Mangling name(row.function + count_text(type));
    name.value(offset->getType(), false)
        .pointer(space_of(pointer), true, element_in_memory(reader, row, type), true);
    reader.define(operation, reader.call(name.text(), type, {offset, pointer}));
}

// data, offset, pointer, and with r the rounding mode
void vector_store(Reader &reader, const Operation &operation, const Extended &row)
{
    static const char *const modes[] = {"_rte", "_rtz", "_rtp", "_rtn"};
    bool rounded = row.signature[0] == 'r';
    require(operation.words.size() == (rounded ? 4 : 3), "it does not have as many operands");
    llvm::Value *data = reader.value(operation.words[0]).llvm;
    llvm::Type *type = data->getType();
    require(is_number(type), "the data are not numbers");
    llvm::Value *offset = offset_of(reader, operation.words[1]);
    llvm::Value *pointer = reader.value(operation.words[2]).llvm;
    std::string function = row.function + count_text(type);
    if (rounded) {
        require(operation.words[3] < 4, "there is no such rounding mode");
        function += modes[operation.words[3]];
    }
    Mangling name(function);
    name.value(type, true)
        .value(offset->getType(), false)
        .pointer(space_of(pointer), false, element_in_memory(reader, row, type), true);
    reader.call(name.text(), llvm::Type::getVoidTy(reader.context), {data, offset, pointer});
    reader.define(operation.result, Id::NOTE);
}

void prefetch(Reader &reader, const Operation &operation, const Extended &)
{
    require(operation.words.size() == 2, "it does not have two operands");
    for (uint32_t word : operation.words) reader.value(word);
    reader.define(operation.result, Id::NOTE); // a hint, of which AMD's GPUs make nothing
}

// ---- printf ---------------------------------------------------------------------------------------------

void print(Reader &reader, const Operation &operation, const Extended &)
{
    require(!operation.words.empty(), "there is no format");
    llvm::SmallVector<llvm::Value *> arguments;
    for (uint32_t word : operation.words) {
        arguments.push_back(reader.value(word).llvm);
        require(arguments.back()->getType()->isPointerTy() || is_number(arguments.back()->getType()),
                "an argument cannot be printed");
    }
    require(space_of(arguments[0]) == SPACE_CONSTANT, "the format is not in constant memory");
    llvm::Type *result = llvm::Type::getInt32Ty(reader.context);
    auto *type = llvm::FunctionType::get(result, {arguments[0]->getType()}, /*isVarArg=*/true);
    auto *callee =
        llvm::dyn_cast<llvm::Function>(reader.module.getOrInsertFunction("printf", type).getCallee());
    require(callee && callee->getFunctionType() == type, "printf is something else here");
    reader.define(operation, reader.build.CreateCall(callee, arguments));
}

// ---- The table ------------------------------------------------------------------------------------------

constexpr Extended instructions[] = {
#define EXTENDED(number, name, handler, function, signature, error)                                          \
    {number, #name, handler, function, signature, error},
#include "extended.def"
#undef EXTENDED
};

} // namespace

void extended_run(Reader &reader, const Operation &operation)
{
    const Id &set = reader.id(operation.words[0]);
    require(set.what == Id::SET, "the instruction set is not imported");
    if (set.number != SET_OPENCL) {
        reader.define(operation.result, Id::NOTE);
        if (set.number != SET_IGNORED) reader.lines->run(operation, set.number == SET_DEBUG_SHADER);
        return;
    }
    require(reader.build.GetInsertBlock(), "this can only be in a block");
    auto found = std::find_if(std::begin(instructions), std::end(instructions),
                              [&](const Extended &row) { return row.number == operation.words[1]; });
    if (found == std::end(instructions))
        throw Refusal{"OpenCL.std has no instruction " + std::to_string(operation.words[1])};
    Operation inner = operation;
    inner.words = operation.words.drop_front(2);
    try {
        error_check(reader, operation.result, std::max(found->error, 0.5));
        found->handler(reader, inner, *found);
    } catch (const Refusal &refusal) {
        throw Refusal{std::string(found->name) + ": " + refusal.reason};
    }
}

} // namespace spirv
