#include "parts.h"

#include "notes.h"
#include "reach.h"

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <pthread.h>

namespace
{

constexpr size_t part_minimum = 1500;             // instructions before optimising: some 100 ms of work
constexpr size_t thread_stack = size_t{16} << 20; // bytes
constexpr unsigned local_space = 3;

bool is_kernel(const llvm::Function &function)
{
    return !function.isDeclaration() && function.getCallingConv() == llvm::CallingConv::AMDGPU_KERNEL;
}

// Variables of the program must be there once; printf's formats are numbered throughout a program.
bool is_divisible(const llvm::Module &module)
{
    for (const llvm::GlobalVariable &variable : module.globals()) {
        bool shared = !variable.isConstant() && variable.getAddressSpace() != local_space;
        if (shared && !variable.getName().starts_with("llvm.")) return false;
    }
    for (const llvm::Function &function : module)
        if (is_kernel(function) && !function.use_empty()) return false;
    return !module.getFunction("printf") && module.alias_empty() && module.ifunc_empty();
}

struct Kernel {
    std::string name;
    size_t size;
};

// In the module's order.
std::vector<Kernel> kernels_of(const llvm::Module &module)
{
    Reach reach;
    std::vector<Kernel> kernels;
    for (const llvm::Function &function : module)
        if (is_kernel(function)) kernels.push_back({function.getName().str(), reach.size_of(function)});
    return kernels;
}

// One part's compilation.
struct Work {
    Codegen codegen;
    const Bytes &bitcode; // of the whole
    const llvm::StringSet<> &kernels;
    buffer log = {};
    Bytes object;
    bool done = false;
    pthread_t thread = {};

    Work(const bridge_program &program, const Bytes &bitcode, const llvm::StringSet<> &kernels)
        : codegen(program, &log), bitcode(bitcode), kernels(kernels)
    {
    }
    ~Work() { buffer_clear(&log); }
    Work(const Work &) = delete;
    Work &operator=(const Work &) = delete;

    void run()
    {
        llvm::StringRef bytes(bitcode.data(), bitcode.size());
        auto read = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "program"), codegen.context);
        if (!read) {
            codegen.error(llvm::toString(read.takeError()));
            return;
        }
        codegen.module = std::move(*read);
        for (llvm::Function &function : llvm::make_early_inc_range(*codegen.module))
            if (is_kernel(function) && !kernels.contains(function.getName())) function.eraseFromParent();
        done = codegen.machine_create() && codegen.run(object);
    }
};

void *work_run(void *work)
{
    bridge_thread_begin();
    ((Work *)work)->run();
    return nullptr;
}

// This thread takes the first part, and those that get no thread.
void works_run(std::vector<std::unique_ptr<Work>> &works)
{
    std::vector<bool> started(works.size());
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, thread_stack);
    for (size_t i = 1; i < works.size(); i++)
        started[i] = !pthread_create(&works[i]->thread, &attributes, work_run, works[i].get());
    pthread_attr_destroy(&attributes);
    for (size_t i = 0; i < works.size(); i++)
        if (!started[i]) works[i]->run();
    for (size_t i = 0; i < works.size(); i++)
        if (started[i]) pthread_join(works[i]->thread, nullptr);
}

} // namespace

// The largest first, each to the part that has least: parts are about as large as one another, and the same
// in every run.
Parts parts_plan(const llvm::Module &module, const bridge_program &program)
{
    if (program.output != BRIDGE_CODE_OBJECT || program.threads < 2 || !is_divisible(module)) return {};
    std::vector<Kernel> kernels = kernels_of(module);
    size_t total = 0;
    for (const Kernel &kernel : kernels) total += kernel.size;
    size_t count = std::min({size_t{program.threads}, kernels.size(), total / part_minimum});
    if (count < 2) return {};
    std::sort(kernels.begin(), kernels.end(), [](const Kernel &a, const Kernel &b) {
        return a.size != b.size ? a.size > b.size : a.name < b.name;
    });
    Parts parts(count);
    std::vector<size_t> sizes(count);
    for (const Kernel &kernel : kernels) {
        size_t least = (size_t)(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
        parts[least].insert(kernel.name);
        sizes[least] += kernel.size;
    }
    return parts;
}

bool parts_run(Codegen &whole, const Parts &parts, std::vector<Bytes> &objects,
               std::vector<std::string> &undefined)
{
    Bytes bitcode;
    llvm::raw_svector_ostream stream(bitcode);
    llvm::WriteBitcodeToFile(*whole.module, stream);
    std::vector<std::string> order;
    for (const llvm::Function &function : *whole.module)
        if (is_kernel(function)) order.push_back(function.getName().str());

    std::vector<std::unique_ptr<Work>> works;
    for (const llvm::StringSet<> &part : parts)
        works.push_back(std::make_unique<Work>(whole.program, bitcode, part));
    works_run(works);

    bool done = true;
    for (const auto &work : works) {
        done = done && work->done;
        if (work->log.size) buffer_append(whole.log, work->log.data, work->log.size);
        undefined.insert(undefined.end(), work->codegen.undefined.begin(), work->codegen.undefined.end());
        objects.push_back(std::move(work->object));
    }
    if (done && !notes_join(objects, order)) return whole.error("an object without metadata");
    return done;
}
