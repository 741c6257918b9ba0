#include "parts.h"

#include "line.h"
#include "lld.h"
#include "notes.h"
#include "reach.h"
#include "variables.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Bitcode/BitcodeWriter.h>

#include <algorithm>

namespace
{

constexpr size_t part_minimum = 1500; // instructions before optimising: some 100 ms of work
constexpr unsigned local_space = 3;

// Variables of the program must be there once; printf's formats are numbered throughout a program.
bool is_divisible(const llvm::Module &module)
{
    for (const llvm::GlobalVariable &variable : module.globals()) {
        bool shared = variable_is_published(variable) ||
                      (!variable.isConstant() && variable.getAddressSpace() != local_space);
        if (shared && !variable.getName().starts_with("llvm.")) return false;
    }
    for (const llvm::Function &function : module)
        if (is_kernel(function) && !function.use_empty()) return false;
    return !module.getFunction("printf") && module.alias_empty() && module.ifunc_empty();
}

struct Kernel {
    const llvm::Function *function;
    size_t size;
};

using Plan = std::vector<std::vector<const llvm::Function *>>;

// The largest first, each to the part that has least: parts are about as large as one another, and the same
// in every run. The last is begun when as much as a kernel has been compiled by itself.
Plan plan_of(const std::vector<Kernel> &kernels, size_t count, size_t first_kernel)
{
    Plan plan(count);
    std::vector<size_t> sizes(count);
    sizes.back() = first_kernel;
    for (const Kernel &kernel : kernels) {
        size_t least = (size_t)(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
        plan[least].push_back(kernel.function);
        sizes[least] += kernel.size;
    }
    return plan;
}

size_t size_of(const Plan &plan, Reach &reach)
{
    size_t size = 0;
    for (const auto &part : plan) size += reach.size_of(part);
    return size;
}

std::vector<const char *> pointers_of(const std::vector<std::string> &names)
{
    std::vector<const char *> pointers;
    pointers.reserve(names.size());
    for (const std::string &name : names) pointers.push_back(name.c_str());
    return pointers;
}

// Gives a program's parts to its stream as they are done.
class Streaming
{
    const bridge_stream &stream;
    Line &line;
    std::vector<std::unique_ptr<Work>> &works;
    size_t left;
    bool made_alone = false;

    void give(const Work &work)
    {
        buffer code = {}, log = {};
        if (work.log.size) buffer_append(&log, work.log.data, work.log.size);
        for (const std::string &name : work.codegen.undefined)
            buffer_printf(&log, "error: undefined symbol '%s'\n", name.c_str());
        if (work.done && !lld_link(work.object, &code, &log)) buffer_clear(&code);
        auto names = pointers_of(work.kernels);
        stream.part(names.data(), names.size(), &code, &log);
        buffer_clear(&code);
        buffer_clear(&log);
    }

    // The first that is wanted does not wait for others of its part. Where those are under way, it is
    // compiled once more with them.
    void want(const char *name)
    {
        auto place =
            llvm::find_if(works, [&](const auto &work) { return llvm::is_contained(work->kernels, name); });
        if (place == works.end()) return;
        line.prefer(place->get());
        if (made_alone || (*place)->kernels.size() == 1) return;
        made_alone = true;
        auto alone = std::make_unique<Work>((*place)->codegen.program, (*place)->bitcode,
                                            std::vector<std::string>{name});
        bool released = (*place)->release(name);
        alone->run();
        if (released || alone->done) give(*alone); // else an error is told with its part
        if (released) works.push_back(std::move(alone));
    }

  public:
    Streaming(const bridge_stream &stream, Line &line, std::vector<std::unique_ptr<Work>> &works)
        : stream(stream), line(line), works(works), left(works.size())
    {
    }

    // Applications want a kernel as soon as a program is built: for a moment it has a thread for itself.
    void run(unsigned threads)
    {
        constexpr int moment = 30; // milliseconds
        for (unsigned i = 1; i < threads; i++) line.thread_start();
        if (const char *name = stream.wanted(line.descriptor(), moment)) want(name);
        line.thread_start();
        if (!line.has_threads()) line.work();
        while (true) {
            for (const Work *work; (work = line.ended()); left--) give(*work);
            if (!left) return;
            if (const char *name = stream.wanted(line.descriptor(), -1)) want(name);
        }
    }
};

} // namespace

Parts parts_plan(const llvm::Module &module, const bridge_program &program, const bridge_stream *stream)
{
    constexpr size_t finer = 4; // parts a thread
    if (program.output != BRIDGE_CODE_OBJECT || !is_divisible(module)) return {};
    Reach reach;
    std::vector<Kernel> kernels;
    size_t total = 0;
    for (const llvm::Function &function : module)
        if (is_kernel(function)) kernels.push_back({&function, reach.size_of(function)});
    for (const Kernel &kernel : kernels) total += kernel.size;
    size_t least = stream ? std::max(program.threads, 2u) : program.threads;
    size_t count = std::min({least * (stream ? finer : 1), kernels.size(), total / part_minimum});
    if (count < 2) return {};
    llvm::sort(kernels, [](const Kernel &a, const Kernel &b) {
        return a.size != b.size ? a.size > b.size : a.function->getName() < b.function->getName();
    });
    size_t first_kernel = stream ? total / kernels.size() : 0;
    Plan plan = plan_of(kernels, count, first_kernel);
    if (stream) {
        size_t bound = size_of(plan_of(kernels, 1, 0), reach) / 8 * 9;
        for (; count > least && size_of(plan, reach) > bound; plan = plan_of(kernels, count, first_kernel))
            count = std::max(count / 2, least);
    }
    Parts parts;
    for (const auto &part : plan) {
        parts.emplace_back();
        for (const llvm::Function *function : part) parts.back().push_back(function->getName().str());
    }
    return parts;
}

bool parts_run(Codegen &whole, const Parts &parts, const bridge_stream *stream, std::vector<Bytes> &objects,
               std::vector<std::string> &undefined)
{
    Bytes bitcode;
    llvm::raw_svector_ostream bytes(bitcode);
    llvm::WriteBitcodeToFile(*whole.module, bytes);
    std::vector<std::string> order;
    for (const llvm::Function &function : *whole.module)
        if (is_kernel(function)) order.push_back(function.getName().str());

    std::vector<std::unique_ptr<Work>> works;
    for (const auto &part : parts) works.push_back(std::make_unique<Work>(whole.program, bitcode, part));
    {
        Line line(works);
        if (stream) {
            auto names = pointers_of(order);
            stream->begin(names.data(), names.size(), whole.log);
            Streaming(*stream, line, works).run(whole.program.threads);
        } else {
            for (size_t i = 1; i < works.size(); i++) line.thread_start();
            line.work();
        }
    }

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
