// The line of parts that threads take their work from. Which comes first may change while they work.
#pragma once

#include "codegen.h"

#include <deque>
#include <memory>
#include <mutex>
#include <pthread.h>

// One part's compilation.
struct Work {
    Codegen codegen;
    const Bytes &bitcode; // of the whole
    std::vector<std::string> kernels;
    buffer log = {};
    Bytes object;
    bool done = false; // without errors

    Work(const bridge_program &program, const Bytes &bitcode, std::vector<std::string> kernels)
        : codegen(program, &log), bitcode(bitcode), kernels(std::move(kernels))
    {
    }
    ~Work() { buffer_clear(&log); }
    Work(const Work &) = delete;
    Work &operator=(const Work &) = delete;

    void run();
    // Takes a kernel out, unless it is being compiled already.
    bool release(llvm::StringRef kernel);

  private:
    std::mutex lock;
    bool settled = false; // no kernel leaves any more
};

class Line
{
  public:
    explicit Line(const std::vector<std::unique_ptr<Work>> &works);
    ~Line(); // after the last thread
    Line(const Line &) = delete;
    Line &operator=(const Line &) = delete;

    void thread_start(); // where there is none to be had, the others do its work
    void work();         // what is left of it, on this thread
    bool has_threads() const { return !threads.empty(); }
    void prefer(const Work *work);

    // Readable when a work has ended.
    int descriptor() const { return wake; }
    // One that has ended, each once. nullptr: none has since.
    Work *ended();

  private:
    Work *take();
    void end(Work *work);

    std::mutex lock;
    std::deque<Work *> waiting, over;
    std::vector<pthread_t> threads;
    int wake;
};
