#include "line.h"

#include "reach.h"
#include "sub_groups.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <sys/eventfd.h>
#include <unistd.h>

namespace
{

constexpr size_t thread_stack = size_t{16} << 20; // bytes

} // namespace

void Work::run()
{
    llvm::StringRef bytes(bitcode.data(), bitcode.size());
    auto read = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bytes, "program"), codegen.context);
    if (!read) {
        codegen.error(llvm::toString(read.takeError()));
        return;
    }
    codegen.module = std::move(*read);
    {
        std::lock_guard guard(lock);
        settled = true;
    }
    for (llvm::Function &function : llvm::make_early_inc_range(*codegen.module))
        if (is_kernel(function) && !llvm::is_contained(kernels, function.getName()))
            function.eraseFromParent();
    done = codegen.machine_create() && codegen.run(object) && sub_groups_tell(codegen, object);
}

bool Work::release(llvm::StringRef kernel)
{
    std::lock_guard guard(lock);
    if (!settled) llvm::erase(kernels, kernel);
    return !settled;
}

Line::Line(const std::vector<std::unique_ptr<Work>> &works) : wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    for (const auto &work : works) waiting.push_back(work.get());
}

Line::~Line()
{
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
    if (wake >= 0) close(wake);
}

void Line::thread_start()
{
    auto run = [](void *line) -> void * {
        bridge_thread_begin();
        ((Line *)line)->work();
        return nullptr;
    };
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, thread_stack);
    if (!pthread_create(&thread, &attributes, run, this)) threads.push_back(thread);
    pthread_attr_destroy(&attributes);
}

void Line::work()
{
    while (Work *work = take()) {
        work->run();
        end(work);
    }
}

void Line::prefer(const Work *work)
{
    std::lock_guard guard(lock);
    auto place = std::find(waiting.begin(), waiting.end(), work);
    if (place != waiting.end()) std::rotate(waiting.begin(), place, place + 1);
}

Work *Line::take()
{
    std::lock_guard guard(lock);
    if (waiting.empty()) return nullptr;
    Work *first = waiting.front();
    waiting.pop_front();
    return first;
}

void Line::end(Work *work)
{
    std::lock_guard guard(lock);
    over.push_back(work);
    eventfd_write(wake, 1);
}

Work *Line::ended()
{
    std::lock_guard guard(lock);
    eventfd_t count;
    if (over.empty()) {
        eventfd_read(wake, &count);
        return nullptr;
    }
    Work *first = over.front();
    over.pop_front();
    return first;
}
