// Bitcode and device libraries to a code object.
#include "atomics.h"
#include "calls.h"
#include "codegen.h"
#include "constructors.h"
#include "library.h"
#include "lld.h"
#include "parts.h"
#include "sub_groups.h"
#include "variables.h"
#include "waves.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/TargetParser/TargetParser.h>

#include <algorithm>
#include <new>

namespace
{

// Objects may come from an application's file: they are verified before anything relies on them.
bool modules_link(Codegen &whole)
{
    const bridge_program &program = whole.program;
    for (size_t i = 0; i < program.module_count; i++) {
        llvm::StringRef bytes((const char *)program.modules[i].data, program.modules[i].size);
        auto read = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "object"), whole.context);
        if (!read) return whole.error("malformed object: " + llvm::toString(read.takeError()));
        std::string problem;
        llvm::raw_string_ostream stream(problem);
        if (llvm::verifyModule(**read, &stream)) return whole.error("malformed object: " + problem);
        if (!whole.module)
            whole.module = std::move(*read);
        else if (llvm::Linker::linkModules(*whole.module, std::move(*read)))
            return false;
    }
    if (!whole.module || whole.failed) return whole.error("there is nothing to link");
    constructors_publish(*whole.module);
    variables_publish(*whole.module);
    return true;
}

void attribute_set(llvm::Function &function, llvm::StringRef name, llvm::StringRef value)
{
    if (!value.empty()) function.addFnAttr(name, value);
}

constexpr llvm::StringRef denormals_of_floats = "denormal-fp-math-f32";

// Kernels of SPIR-V may treat denormals in a way that is not the program's. What kernels call takes them as
// it finds them then.
void denormals_follow(llvm::Module &module, llvm::StringRef setting, llvm::StringRef usual)
{
    auto is_kernel = [](const llvm::Function &function) {
        return function.getCallingConv() == llvm::CallingConv::AMDGPU_KERNEL;
    };
    auto differs = [&](const llvm::Function &function) {
        return is_kernel(function) && function.hasFnAttribute(setting) &&
               function.getFnAttribute(setting).getValueAsString() != usual;
    };
    if (!llvm::any_of(module, differs)) return;
    for (llvm::Function &function : module)
        if (!function.isDeclaration() && !is_kernel(function)) function.addFnAttr(setting, "dynamic,dynamic");
}

bool uses_double(const llvm::Function &function)
{
    auto is_double = [](const llvm::Value *value) { return value->getType()->getScalarType()->isDoubleTy(); };
    return llvm::any_of(llvm::instructions(function), [&](const llvm::Instruction &instruction) {
        return is_double(&instruction) || llvm::any_of(instruction.operand_values(), is_double);
    });
}

// Floats' denormals may be flushed where -cl-denorms-are-zero asks for it, but need not be. Beside doubles,
// whose denormals are kept, they are kept as well: a host's MXCSR flushes those of both or of neither, so
// native code would leave all that is done in double to the interpreter.
bool flushes_denormals(const bridge_program &program, const llvm::Module &module)
{
    return program.denormals_zero && !llvm::any_of(module, uses_double);
}

// The library's functions were compiled for no processor in particular. They inline only into functions whose
// attributes agree, so they are given the program's.
bool libraries_link(Codegen &whole, llvm::Module &module, unsigned lanes)
{
    const bridge_program &program = whole.program;
    bool wide = lanes == 64;
    auto is_flushing = [](llvm::StringRef setting) { return setting == "oclc_daz_opt_on"; };
    std::vector<const char *> settings(program.settings, program.settings + program.setting_count);
    const bool flushes = flushes_denormals(program, module);
    if (!flushes) std::replace_if(settings.begin(), settings.end(), is_flushing, "oclc_daz_opt_off");
    settings.push_back(wide ? "oclc_wavefrontsize64_on" : "oclc_wavefrontsize64_off");
    std::string features;
    llvm::DenseSet<const llvm::Function *> own;
    for (const llvm::Function &function : module) {
        if (function.isDeclaration()) continue;
        own.insert(&function);
        if (features.empty()) features = function.getFnAttribute("target-features").getValueAsString();
    }
    // LLVM turns printf into calls of this function, but only after linking.
    if (module.getFunction("printf"))
        module.getOrInsertFunction("__printf_alloc", llvm::PointerType::get(whole.context, 1),
                                   llvm::Type::getInt32Ty(whole.context));
    llvm::SmallVector<llvm::StringRef, 3> layers = {wide ? "wave64/" : "wave32/", ""};
    if (program.lanes == 32) layers.insert(layers.begin(), "gfx10/"); // whatever the module's waves have
    if (auto problem = library_link(module, program.library, layers, settings))
        return whole.error(llvm::toString(std::move(problem)));
    static const char preserve[] = "ieee,ieee", flush[] = "preserve-sign,preserve-sign";
    denormals_follow(module, "denormal-fp-math", preserve);
    denormals_follow(module, denormals_of_floats, flushes ? flush : preserve);
    for (llvm::Function &function : module) {
        if (function.isDeclaration()) continue;
        if (flushes && !function.hasFnAttribute(denormals_of_floats))
            function.addFnAttr(denormals_of_floats, flush);
        if (own.contains(&function)) continue;
        attribute_set(function, "target-cpu", program.processor);
        attribute_set(function, "target-features", features);
    }
    atomics_mark(module);
    if (program.optimisation) calls_keep(module);
    return !whole.failed;
}

void undefined_report(Codegen &whole, llvm::ArrayRef<std::string> names)
{
    llvm::StringSet<> told;
    for (const std::string &name : names)
        if (told.insert(name).second) whole.error("undefined symbol '" + name + "'");
}

// What the program's output is to be, or objects that are one when linked.
bool objects_make(Codegen &whole, std::vector<Bytes> &objects)
{
    std::vector<std::string> undefined;
    const bridge_stream *stream = whole.program.stream;
    Parts parts = parts_plan(*whole.module, whole.program, stream);
    if (!parts.empty() && stream && !whole.prune()) {
        stream = nullptr; // its errors are all of the program's
        parts = parts_plan(*whole.module, whole.program, stream);
    }
    bool made = parts.empty() ? whole.run(objects.emplace_back()) && sub_groups_tell(whole, objects.back())
                              : parts_run(whole, parts, stream, objects, undefined);
    undefined.insert(undefined.end(), whole.undefined.begin(), whole.undefined.end());
    undefined_report(whole, undefined);
    return made;
}

void (*fatal_handler)(const char *);
void (*memory_handler)();
void (*begin_handler)();

} // namespace

bool bridge_link(const bridge_program *program, buffer *out, buffer *log)
{
    Codegen whole(*program, log);
    std::vector<Bytes> objects;
    if (!modules_link(whole) || !sub_group_sizes_check(whole) || !whole.machine_create()) return false;
    whole.module->setTargetTriple(whole.machine->getTargetTriple());
    whole.module->setDataLayout(whole.machine->createDataLayout());
    std::unique_ptr<llvm::Module> wide = wide_kernels_take(whole);
    if (!libraries_link(whole, *whole.module, program->lanes)) return false;
    if (wide && (!libraries_link(whole, *wide, 64) || !wide_kernels_join(whole, std::move(wide))))
        return false;
    if (!objects_make(whole, objects)) return false;
    if (program->output == BRIDGE_CODE_OBJECT) return lld_link(objects, out, log);
    buffer_append(out, objects[0].data(), objects[0].size());
    return !out->failed;
}

void bridge_on_fatal(void (*fatal)(const char *message), void (*no_memory)(void), void (*begin)(void))
{
    fatal_handler = fatal;
    memory_handler = no_memory;
    begin_handler = begin;
    llvm::install_fatal_error_handler([](void *, const char *message, bool) { fatal_handler(message); },
                                      nullptr);
    llvm::install_bad_alloc_error_handler([](void *, const char *, bool) { memory_handler(); }, nullptr);
    std::set_new_handler(no_memory);
}

void bridge_thread_begin(void) { begin_handler(); }

bool bridge_processor(const char *name, unsigned *features)
{
    llvm::AMDGPU::GPUKind kind = llvm::AMDGPU::parseArchAMDGCN(name);
    unsigned attributes = llvm::AMDGPU::getArchAttrAMDGCN(kind);
    *features = (attributes & llvm::AMDGPU::FEATURE_SRAMECC ? PROCESSOR_SRAMECC : 0) |
                (attributes & llvm::AMDGPU::FEATURE_XNACK ? PROCESSOR_XNACK : 0);
    llvm::StringMap<bool> all;
    llvm::AMDGPU::fillAMDGPUFeatureMap(name, llvm::Triple("amdgcn-amd-amdhsa"), all);
    if (all.lookup("image-insts")) *features |= PROCESSOR_IMAGES;
    return kind != llvm::AMDGPU::GK_NONE;
}

const char *bridge_version(void) { return "LLVM " LLVM_VERSION_STRING; }
