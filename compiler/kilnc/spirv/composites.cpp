// Vectors, arrays and structures as values.
#include "opcode.h"

namespace spirv
{

enum { PARTS_MAX = 1 << 16 }; // that a copy is made of, one by one

static unsigned lanes_of(const llvm::Value *value)
{
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(value->getType());
    require(vector, "the operand is not a vector");
    return vector->getNumElements();
}

void vector_extract(Reader &reader, const Operation &operation)
{
    llvm::Value *vector = reader.value(operation.words[0]).llvm,
                *index = reader.value(operation.words[1]).llvm;
    lanes_of(vector);
    require(index->getType()->isIntegerTy(), "the index is not an integer");
    reader.define(operation, reader.build.CreateExtractElement(vector, index));
}

void vector_insert(Reader &reader, const Operation &operation)
{
    llvm::Value *vector = reader.value(operation.words[0]).llvm,
                *part = reader.value(operation.words[1]).llvm;
    llvm::Value *index = reader.value(operation.words[2]).llvm;
    lanes_of(vector);
    require(vector->getType()->getScalarType() == part->getType(),
            "the component is not of the vector's type");
    require(index->getType()->isIntegerTy(), "the index is not an integer");
    reader.define(operation, reader.build.CreateInsertElement(vector, part, index));
}

// Two vectors of one length, the shorter one lengthened.
static llvm::Value *lengthen(Reader &reader, llvm::Value *vector, unsigned length)
{
    llvm::SmallVector<int> lanes(length, -1);
    for (unsigned i = 0; i < lanes_of(vector); i++) lanes[i] = (int)i;
    return lanes_of(vector) == length ? vector : reader.build.CreateShuffleVector(vector, lanes);
}

void vector_shuffle(Reader &reader, const Operation &operation)
{
    llvm::Value *a = reader.value(operation.words[0]).llvm, *b = reader.value(operation.words[1]).llvm;
    unsigned first = lanes_of(a), second = lanes_of(b), length = std::max(first, second);
    require(a->getType()->getScalarType() == b->getType()->getScalarType(),
            "the vectors' components are not of one type");
    llvm::ArrayRef<uint32_t> selected = operation.words.drop_front(2);
    require(operation.type->kind == Kind::VECTOR && operation.type->count == selected.size(),
            "the number of components is not the type's");
    llvm::SmallVector<int> lanes;
    for (uint32_t lane : selected) {
        require(lane == UINT32_MAX || lane < first + second, "the vectors have no such component");
        if (lane == UINT32_MAX)
            lanes.push_back(-1);
        else
            lanes.push_back((int)(lane < first ? lane : lane - first + length));
    }
    reader.define(operation, reader.build.CreateShuffleVector(lengthen(reader, a, length),
                                                              lengthen(reader, b, length), lanes));
}

// ---- Making ---------------------------------------------------------------------------------------------

// A vector is made of numbers and of smaller vectors.
static llvm::Value *vector_make(Reader &reader, const Operation &operation)
{
    const Type *type = operation.type;
    llvm::Value *whole = llvm::PoisonValue::get(type->llvm);
    uint64_t next = 0;
    for (uint32_t word : operation.words) {
        llvm::Value *part = reader.value(word).llvm;
        require(part->getType()->getScalarType() == type->element->llvm,
                "a component is not of the vector's type");
        bool vector = part->getType()->isVectorTy();
        unsigned count = vector ? lanes_of(part) : 1;
        require(next + count <= type->count, "there are too many components");
        for (unsigned i = 0; i < count; i++)
            whole = reader.build.CreateInsertElement(
                whole, vector ? reader.build.CreateExtractElement(part, i) : part, next++);
    }
    require(next == type->count, "there are too few components");
    return whole;
}

void composite_construct(Reader &reader, const Operation &operation)
{
    const Type *type = operation.type;
    if (type->kind == Kind::VECTOR) return reader.define(operation, vector_make(reader, operation));
    bool record = type->kind == Kind::STRUCT;
    require(record || type->kind == Kind::ARRAY, "the type is not a composite");
    require(operation.words.size() == (record ? type->members.size() : type->count),
            "the number of constituents is not the type's");
    llvm::Value *whole = llvm::PoisonValue::get(type->llvm);
    for (unsigned i = 0; i < operation.words.size(); i++) {
        llvm::Value *part = reader.value(operation.words[i]).llvm;
        require(part->getType() == (record ? type->members[i] : type->element)->llvm,
                "a constituent is not of its type");
        whole = reader.build.CreateInsertValue(whole, in_memory(reader, part), i);
    }
    reader.define(operation, whole);
}

// ---- Parts of parts -------------------------------------------------------------------------------------

// The type that `indices` lead to within `type`. The last may lead to a vector's component.
static const Type *part_of(const Type *type, llvm::ArrayRef<uint32_t> indices)
{
    require(indices.size() <= 255, "the indices are nested too deeply");
    for (uint32_t index : indices) {
        bool record = type->kind == Kind::STRUCT;
        require(record || type->kind == Kind::ARRAY || type->kind == Kind::VECTOR,
                "an index into what has no parts");
        require(index < (record ? type->members.size() : type->count), "there is no such part");
        type = record ? type->members[index] : type->element;
    }
    return type;
}

// Splits indices into those through structures and arrays, and a vector's at the end.
static bool ends_in_vector(const Type *type, llvm::ArrayRef<uint32_t> indices)
{
    return !indices.empty() && part_of(type, indices.drop_back())->kind == Kind::VECTOR;
}

void composite_extract(Reader &reader, const Operation &operation)
{
    Value whole = reader.value(operation.words[0]);
    llvm::ArrayRef<uint32_t> indices = operation.words.drop_front();
    const Type *type = part_of(whole.type, indices);
    bool vector = ends_in_vector(whole.type, indices);
    llvm::ArrayRef<uint32_t> outer = vector ? indices.drop_back() : indices;
    llvm::Value *part = outer.empty() ? whole.llvm : reader.build.CreateExtractValue(whole.llvm, outer);
    if (vector) part = reader.build.CreateExtractElement(part, (uint64_t)indices.back());
    reader.define(operation, from_memory(reader, part, type->llvm));
}

void composite_insert(Reader &reader, const Operation &operation)
{
    Value part = reader.value(operation.words[0]), whole = reader.value(operation.words[1]);
    llvm::ArrayRef<uint32_t> indices = operation.words.drop_front(2);
    require(part_of(whole.type, indices)->llvm == part.llvm->getType(),
            "the object is not of the part's type");
    bool vector = ends_in_vector(whole.type, indices);
    llvm::ArrayRef<uint32_t> outer = vector ? indices.drop_back() : indices;
    llvm::Value *value = part.llvm;
    if (vector) {
        llvm::Value *old = outer.empty() ? whole.llvm : reader.build.CreateExtractValue(whole.llvm, outer);
        value = reader.build.CreateInsertElement(old, value, (uint64_t)indices.back());
    }
    reader.define(
        operation,
        outer.empty() ? value : reader.build.CreateInsertValue(whole.llvm, in_memory(reader, value), outer));
}

static unsigned parts_of(llvm::Type *type)
{
    if (auto *structure = llvm::dyn_cast<llvm::StructType>(type)) return structure->getNumElements();
    auto *array = llvm::dyn_cast<llvm::ArrayType>(type);
    require(array && array->getNumElements() <= PARTS_MAX, "the types do not match part by part");
    return (unsigned)array->getNumElements();
}

// The same numbers in a type that has them in the same places. `left`: of how many parts that may be made.
static llvm::Value *rebuild(Reader &reader, llvm::Value *from, llvm::Type *to, unsigned &left)
{
    if (from->getType() == to) return from;
    unsigned count = parts_of(to);
    require(count == parts_of(from->getType()) && from->getType()->getTypeID() == to->getTypeID(),
            "the types do not match part by part");
    llvm::Value *made = llvm::PoisonValue::get(to);
    for (unsigned i = 0; i < count; i++) {
        require(left-- > 0, "the value has too many parts");
        llvm::Value *part = rebuild(reader, reader.build.CreateExtractValue(from, i),
                                    llvm::GetElementPtrInst::getTypeAtIndex(to, (uint64_t)i), left);
        made = reader.build.CreateInsertValue(made, part, i);
    }
    return made;
}

void copy_logical(Reader &reader, const Operation &operation)
{
    require(first_class(operation.type), "no value can be of this type");
    unsigned left = PARTS_MAX;
    reader.define(operation,
                  rebuild(reader, reader.value(operation.words[0]).llvm, operation.type->llvm, left));
}

} // namespace spirv
