// What the work-items of a work-group or sub-group do together: the device library's functions.
#include "mangling.h"
#include "opcode.h"

namespace spirv
{

enum Scope { WORK_GROUP = 2, SUB_GROUP = 3 };

static llvm::Type *integer_type(Reader &reader) { return llvm::Type::getInt32Ty(reader.context); }

static const char *group_prefix(Reader &reader, uint32_t id)
{
    unsigned scope = constant_scope(reader, id);
    require(scope == WORK_GROUP || scope == SUB_GROUP, "the scope is neither a work-group nor a sub-group");
    return scope == WORK_GROUP ? "work_group_" : "sub_group_";
}

static void require_sub_group(Reader &reader, uint32_t id)
{
    require(constant_scope(reader, id) == SUB_GROUP, "the scope is not a sub-group");
}

static void require_number(const llvm::Type *type)
{
    require(type->isIntOrIntVectorTy() || type->isFPOrFPVectorTy(), "the operand is not a number");
}

// The library's functions take and give booleans as ints.
static llvm::Value *as_integer(Reader &reader, llvm::Value *boolean)
{
    require(boolean->getType()->isIntegerTy(1), "the predicate is not boolean");
    return reader.build.CreateZExt(boolean, integer_type(reader));
}

static llvm::Value *as_boolean(Reader &reader, llvm::Value *integer)
{
    return reader.build.CreateICmpNE(integer, reader.build.getInt32(0));
}

static llvm::Value *number_resized(Reader &reader, uint32_t id, llvm::Type *to)
{
    llvm::Value *value = reader.value(id).llvm;
    require(value->getType()->isIntegerTy(), "a number of a work-item is not an integer");
    return reader.build.CreateZExtOrTrunc(value, to);
}

// ---- Votes, broadcasts, folds ---------------------------------------------------------------------------

static void vote(Reader &reader, const Operation &operation, const std::string &name)
{
    llvm::Value *predicate = as_integer(reader, reader.value(operation.words[1]).llvm);
    llvm::Value *result = reader.call(Mangling(name).value(predicate->getType(), true).text(),
                                      integer_type(reader), {predicate});
    reader.define(operation, as_boolean(reader, result));
}

void group_vote(Reader &reader, const Operation &operation)
{
    vote(reader, operation, std::string(group_prefix(reader, operation.words[0])) + operation.row->text);
}

void sub_group_vote(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    vote(reader, operation, std::string("sub_group_non_uniform_") + operation.row->text);
}

// Scope, value, the work-item's number: in a work-group one to three.
void group_broadcast(Reader &reader, const Operation &operation)
{
    bool sub_group = constant_scope(reader, operation.words[0]) == SUB_GROUP;
    llvm::Value *value = reader.value(operation.words[1]).llvm, *item = reader.value(operation.words[2]).llvm;
    require_number(value->getType());
    Mangling name(std::string(group_prefix(reader, operation.words[0])) + "broadcast");
    name.value(value->getType(), true);
    llvm::Type *number = llvm::Type::getIntNTy(reader.context, sub_group ? 32 : 64);
    llvm::SmallVector<llvm::Value *> arguments = {value};
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(item->getType());
    require(item->getType()->isIntOrIntVectorTy() && (!vector || vector->getNumElements() <= 3),
            "the work-item's number is not one to three integers");
    for (unsigned i = 0; i < (vector ? vector->getNumElements() : 1); i++) {
        llvm::Value *part = vector ? reader.build.CreateExtractElement(item, (uint64_t)i) : item;
        arguments.push_back(reader.build.CreateZExtOrTrunc(part, number));
        name.value(number, false);
    }
    reader.define(operation, reader.call(name.text(), value->getType(), arguments));
}

static const char *fold_kind(uint32_t kind)
{
    static const char *const names[] = {"reduce_", "scan_inclusive_", "scan_exclusive_"};
    require(kind < 3, "there is no such group operation");
    return names[kind];
}

static void fold_operand_check(const Operation &operation, const llvm::Type *type)
{
    unsigned code = operation.row->code;
    bool fits = code == 'f'   ? type->isFloatingPointTy()
                : code == 'b' ? type->isIntegerTy(1)
                              : type->isIntegerTy() && !type->isIntegerTy(1);
    require(fits, "the operand is not of the instruction's kind");
}

// The library folds integers of a work-group from 32 bits on.
static llvm::Value *fold(Reader &reader, const Operation &operation, const std::string &function,
                         llvm::Value *value, llvm::ArrayRef<llvm::Value *> more, bool narrow)
{
    bool boolean = operation.row->code == 'b', is_signed = operation.row->code != 'u';
    llvm::Type *type = value->getType();
    bool widened = boolean || (!narrow && type->isIntegerTy() && type->getIntegerBitWidth() < 32);
    if (widened) value = reader.build.CreateIntCast(value, integer_type(reader), is_signed && !boolean);
    Mangling name(function);
    name.value(value->getType(), is_signed);
    llvm::SmallVector<llvm::Value *> arguments = {value};
    for (llvm::Value *argument : more) {
        name.value(argument->getType(), false);
        arguments.push_back(argument);
    }
    llvm::Value *result = reader.call(name.text(), value->getType(), arguments);
    if (boolean) return as_boolean(reader, result);
    return widened ? reader.build.CreateTrunc(result, type) : result;
}

void group_fold(Reader &reader, const Operation &operation)
{
    bool sub_group = constant_scope(reader, operation.words[0]) == SUB_GROUP;
    llvm::Value *value = reader.value(operation.words[2]).llvm;
    fold_operand_check(operation, value->getType());
    llvm::StringRef text(operation.row->text);
    bool plain = !sub_group || text == "add" || text == "min" || text == "max";
    std::string name = std::string(group_prefix(reader, operation.words[0])) + (plain ? "" : "non_uniform_") +
                       fold_kind(operation.words[1]) + text.str();
    reader.define(operation, fold(reader, operation, name, value, {}, sub_group));
}

void sub_group_fold(Reader &reader, const Operation &operation)
{
    enum { CLUSTERED = 3 };
    require_sub_group(reader, operation.words[0]);
    llvm::Value *value = reader.value(operation.words[2]).llvm;
    fold_operand_check(operation, value->getType());
    bool clustered = operation.words[1] == CLUSTERED;
    require(clustered == (operation.words.size() > 3), "a cluster's size and its operation go together");
    llvm::SmallVector<llvm::Value *> more;
    if (clustered) more.push_back(number_resized(reader, operation.words[3], integer_type(reader)));
    std::string name = clustered ? std::string("sub_group_clustered_reduce_")
                                 : std::string("sub_group_non_uniform_") + fold_kind(operation.words[1]);
    reader.define(operation, fold(reader, operation, name + operation.row->text, value, more, true));
}

// ---- Sub-groups -----------------------------------------------------------------------------------------

void sub_group_elect(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    reader.define(operation, as_boolean(reader, reader.call(Mangling("sub_group_elect").text(),
                                                            integer_type(reader), {})));
}

void sub_group_all_equal(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    llvm::Value *value = reader.value(operation.words[1]).llvm;
    if (value->getType()->isIntegerTy(1)) value = as_integer(reader, value);
    require_number(value->getType());
    std::string name = Mangling("sub_group_non_uniform_all_equal").value(value->getType(), true).text();
    reader.define(operation, as_boolean(reader, reader.call(name, integer_type(reader), {value})));
}

static llvm::Value *move(Reader &reader, const std::string &function, llvm::Value *value, llvm::Value *number)
{
    require_number(value->getType());
    bool boolean = value->getType()->isIntegerTy(1);
    if (boolean) value = as_integer(reader, value);
    Mangling name(function);
    name.value(value->getType(), true);
    llvm::SmallVector<llvm::Value *> arguments = {value};
    if (number) {
        name.value(number->getType(), false);
        arguments.push_back(number);
    }
    llvm::Value *result = reader.call(name.text(), value->getType(), arguments);
    return boolean ? as_boolean(reader, result) : result;
}

// Scope, value, and where from.
void sub_group_move(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    llvm::Value *number = operation.words.size() > 2
                              ? number_resized(reader, operation.words[2], integer_type(reader))
                              : nullptr;
    reader.define(operation, move(reader, std::string("sub_group_") + operation.row->text,
                                  reader.value(operation.words[1]).llvm, number));
}

void sub_group_rotate(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    bool clustered = operation.words.size() > 3;
    llvm::Value *value = reader.value(operation.words[1]).llvm;
    require_number(value->getType());
    Mangling name(clustered ? "sub_group_clustered_rotate" : "sub_group_rotate");
    llvm::SmallVector<llvm::Value *> arguments = {
        value, number_resized(reader, operation.words[2], integer_type(reader))};
    name.value(value->getType(), true).value(integer_type(reader), true);
    if (clustered) {
        arguments.push_back(number_resized(reader, operation.words[3], integer_type(reader)));
        name.value(integer_type(reader), false);
    }
    reader.define(operation, reader.call(name.text(), value->getType(), arguments));
}

static llvm::Type *bits_type(Reader &reader) { return llvm::FixedVectorType::get(integer_type(reader), 4); }

void sub_group_ballot(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    llvm::Value *predicate = as_integer(reader, reader.value(operation.words[1]).llvm);
    std::string name = Mangling("sub_group_ballot").value(predicate->getType(), true).text();
    reader.define(operation, reader.call(name, bits_type(reader), {predicate}));
}

static llvm::Value *bits_call(Reader &reader, const Operation &operation, const std::string &function,
                              uint32_t bits_id, llvm::Value *number)
{
    llvm::Value *bits = reader.value(bits_id).llvm;
    require(bits->getType() == bits_type(reader), "a ballot is not of four 32-bit integers");
    Mangling name("sub_group_" + function);
    name.value(bits->getType(), false);
    llvm::SmallVector<llvm::Value *> arguments = {bits};
    if (number) {
        name.value(number->getType(), false);
        arguments.push_back(number);
    }
    llvm::Value *result = reader.call(name.text(), integer_type(reader), arguments);
    return operation.type->kind == Kind::BOOL ? as_boolean(reader, result) : result;
}

void sub_group_bits(Reader &reader, const Operation &operation)
{
    require_sub_group(reader, operation.words[0]);
    llvm::Value *number = operation.words.size() > 2
                              ? number_resized(reader, operation.words[2], integer_type(reader))
                              : nullptr;
    reader.define(operation, bits_call(reader, operation, operation.row->text, operation.words[1], number));
}

void sub_group_bit_count(Reader &reader, const Operation &operation)
{
    static const char *const names[] = {"ballot_bit_count", "ballot_inclusive_scan", "ballot_exclusive_scan"};
    require_sub_group(reader, operation.words[0]);
    require(operation.words[1] < 3, "there is no such group operation");
    reader.define(operation,
                  bits_call(reader, operation, names[operation.words[1]], operation.words[2], nullptr));
}

// ---- Intel's shuffles -----------------------------------------------------------------------------------

// One value or two, and where from or how far.
void intel_move(Reader &reader, const Operation &operation)
{
    llvm::Type *type = reader.value(operation.words[0]).llvm->getType();
    require_number(type);
    bool boolean = type->isIntegerTy(1);
    llvm::Type *moved = boolean ? integer_type(reader) : type;
    Mangling name(std::string("intel_sub_group_") + operation.row->text);
    llvm::SmallVector<llvm::Value *> arguments;
    for (uint32_t id : operation.words.drop_back()) {
        llvm::Value *value = reader.value(id).llvm;
        require(value->getType() == type, "the operands are not of one type");
        arguments.push_back(boolean ? as_integer(reader, value) : value);
        name.value(moved, true);
    }
    arguments.push_back(number_resized(reader, operation.words.back(), integer_type(reader)));
    name.value(integer_type(reader), false);
    llvm::Value *result = reader.call(name.text(), moved, arguments);
    reader.define(operation, boolean ? as_boolean(reader, result) : result);
}

// ---- Copies between global and local memory -------------------------------------------------------------

// Execution scope, to, from, number of elements, stride, event.
void async_copy(Reader &reader, const Operation &operation)
{
    Value to = reader.value(operation.words[1]), from = reader.value(operation.words[2]);
    const Type *type = pointee_of(reader, to);
    require(type->llvm &&
                (type->kind == Kind::INT || type->kind == Kind::FLOAT || type->kind == Kind::VECTOR) &&
                pointee_of(reader, from)->llvm == type->llvm,
            "the pointers do not lead to numbers of one type");
    llvm::Type *size = llvm::Type::getInt64Ty(reader.context);
    llvm::Value *stride = number_resized(reader, operation.words[4], size);
    llvm::Value *event = reader.value(operation.words[5]).llvm;
    require(operation.type->kind == Kind::EVENT && event->getType() == operation.type->llvm,
            "the event is none");
    auto *one = llvm::dyn_cast<llvm::ConstantInt>(stride);
    bool strided = !one || one->getZExtValue() > 1;
    Mangling name(strided ? "async_work_group_strided_copy" : "async_work_group_copy");
    name.pointer(space_of(to.llvm), false, type->llvm, true)
        .pointer(space_of(from.llvm), true, type->llvm, true);
    llvm::SmallVector<llvm::Value *> arguments = {to.llvm, from.llvm,
                                                  number_resized(reader, operation.words[3], size)};
    name.value(size, false);
    if (strided) {
        arguments.push_back(stride);
        name.value(size, false);
    }
    arguments.push_back(event);
    reader.define(operation, reader.call(name.named("ocl_event").text(), operation.type->llvm, arguments));
}

void wait_events(Reader &reader, const Operation &operation)
{
    llvm::Value *count = number_resized(reader, operation.words[1], integer_type(reader));
    llvm::Value *events = reader.value(operation.words[2]).llvm;
    space_of(events);
    events = reader.build.CreateAddrSpaceCast(events, llvm::PointerType::get(reader.context, SPACE_GENERIC));
    std::string name =
        Mangling("wait_group_events").value(count->getType(), true).pointer_to(0, "ocl_event").text();
    reader.call(name, llvm::Type::getVoidTy(reader.context), {count, events});
}

} // namespace spirv
