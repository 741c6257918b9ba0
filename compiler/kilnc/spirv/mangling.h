// The names of OpenCL C's builtin functions as clang 22 mangles them (the Itanium ABI's scheme, with address
// spaces), which is what the device library defines.
#pragma once

#include <llvm/IR/Type.h>

#include <string>
#include <vector>

namespace spirv
{

class Mangling
{
    std::vector<std::string> seen; // what may be written short when it comes again
    std::string parameters;
    std::string function;

    std::string component(const std::string &whole, const std::string &spelled);
    std::string value_text(llvm::Type *type, bool is_signed);

  public:
    explicit Mangling(llvm::StringRef name) : function(name) {}

    Mangling &value(llvm::Type *type, bool is_signed); // a number or a vector of them
    Mangling &pointer(unsigned space, bool constant, llvm::Type *pointee, bool is_signed);
    Mangling &pointer_to(unsigned space, llvm::StringRef named);
    Mangling &named(llvm::StringRef type); // "ocl_image2d_ro"

    std::string text() const;
};

} // namespace spirv
