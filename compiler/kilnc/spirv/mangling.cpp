#include "mangling.h"

#include "words.h"

#include <llvm/IR/DerivedTypes.h>

#include <algorithm>

namespace spirv
{

// `whole` is what a component is, without abbreviations; `spelled` how it is written the first time.
std::string Mangling::component(const std::string &whole, const std::string &spelled)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    auto found = std::find(seen.begin(), seen.end(), whole);
    size_t index = found - seen.begin();
    if (found == seen.end()) {
        seen.push_back(whole);
        return spelled;
    }
    return index ? std::string("S") + digits[(index - 1) % 36] + "_" : "S_";
}

static std::string scalar_text(llvm::Type *type, bool is_signed)
{
    if (type->isHalfTy()) return "Dh";
    if (type->isFloatTy()) return "f";
    if (type->isDoubleTy()) return "d";
    if (type->isIntegerTy(8)) return is_signed ? "c" : "h";
    if (type->isIntegerTy(16)) return is_signed ? "s" : "t";
    if (type->isIntegerTy(32)) return is_signed ? "i" : "j";
    if (type->isIntegerTy(64)) return is_signed ? "l" : "m";
    throw Refusal{"the library has no function for this type"};
}

static std::string text_in_full(llvm::Type *type, bool is_signed)
{
    auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
    if (!vector) return scalar_text(type, is_signed);
    return "Dv" + std::to_string(vector->getNumElements()) + "_" +
           scalar_text(vector->getElementType(), is_signed);
}

std::string Mangling::value_text(llvm::Type *type, bool is_signed)
{
    std::string whole = text_in_full(type, is_signed);
    return type->isVectorTy() ? component(whole, whole) : whole;
}

Mangling &Mangling::value(llvm::Type *type, bool is_signed)
{
    parameters += value_text(type, is_signed);
    return *this;
}

Mangling &Mangling::pointer(unsigned space, bool constant, llvm::Type *pointee, bool is_signed)
{
    std::string qualifiers = (space ? "U3AS" + std::to_string(space) : "") + (constant ? "K" : "");
    std::string whole = qualifiers + text_in_full(pointee, is_signed);
    auto known = std::find(seen.begin(), seen.end(), "P" + whole);
    if (known == seen.end()) {
        std::string spelled = value_text(pointee, is_signed);
        if (!qualifiers.empty()) spelled = component(whole, qualifiers + spelled);
        parameters += component("P" + whole, "P" + spelled);
    } else {
        parameters += component("P" + whole, "");
    }
    return *this;
}

Mangling &Mangling::pointer_to(unsigned space, llvm::StringRef type)
{
    std::string qualifiers = space ? "U3AS" + std::to_string(space) : "";
    parameters += "P" + qualifiers + std::to_string(type.size()) + type.str();
    return *this;
}

Mangling &Mangling::named(llvm::StringRef type)
{
    std::string spelled = std::to_string(type.size()) + type.str();
    parameters += component(spelled, spelled);
    return *this;
}

std::string Mangling::text() const
{
    return "_Z" + std::to_string(function.size()) + function + (parameters.empty() ? "v" : parameters);
}

} // namespace spirv
