#include "api/machinery/unfinished.h"
#include "api/cl_device.h"
#include "base/thread.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Some of the kernels, as the compiler made them; loaded once one of them is wanted.
struct part {
    struct part *next;
    struct compiler_part made;
    struct executable *executable; // NULL: not loaded
};

struct unfinished {
    _Atomic(unsigned) references;
    pid_t process; // a fork of the application has no thread that receives
    struct compilation *compilation;
    struct compiler_part names;
    pthread_mutex_t lock;
    pthread_cond_t change; // another part, or the end
    struct part *parts;
    struct part **of_kernel; // NULL: not made yet
    bool ended;
    struct compiler_result whole; // once it has ended
};

static bool is_forked(const struct unfinished *unfinished) { return unfinished->process != getpid(); }

// Nothing more will come. With the lock held.
static bool is_over(const struct unfinished *unfinished)
{
    return unfinished->ended || is_forked(unfinished);
}

void unfinished_retain(struct unfinished *unfinished) { unfinished->references++; }

void unfinished_release(struct unfinished *unfinished)
{
    if (--unfinished->references) return;
    while (unfinished->parts) {
        struct part *part = unfinished->parts;
        unfinished->parts = part->next;
        executable_release(part->executable);
        compiler_part_free(&part->made);
        free(part);
    }
    compiler_result_free(&unfinished->whole);
    compilation_free(unfinished->compilation);
    compiler_part_free(&unfinished->names);
    pthread_cond_destroy(&unfinished->change);
    pthread_mutex_destroy(&unfinished->lock);
    free(unfinished->of_kernel);
    free(unfinished);
}

void unfinished_abandon(struct unfinished *unfinished)
{
    if (!unfinished || is_forked(unfinished)) return; // it is the parent's
    compilation_abandon(unfinished->compilation);
    unfinished_release(unfinished);
}

size_t unfinished_count(const struct unfinished *unfinished) { return unfinished->names.kernel_count; }

const char *unfinished_name(const struct unfinished *unfinished, size_t index)
{
    return unfinished->names.kernels[index];
}

// The kernel's number; the count where there is none of this name.
static size_t kernel_find(const struct unfinished *unfinished, const char *name)
{
    size_t i = 0;
    while (i < unfinished->names.kernel_count && strcmp(unfinished->names.kernels[i], name) != 0) i++;
    return i;
}

// ---- What the compiler makes --------------------------------------------------------------------------

// A part that failed fails the whole at its end: there is its log. Of two with a kernel the first stays.
static void part_add(struct unfinished *unfinished, struct compiler_part *made)
{
    struct part *part = made->status == COMPILER_OK ? calloc(1, sizeof *part) : NULL;
    if (!part) return; // the whole has it too
    pthread_mutex_lock(&unfinished->lock);
    *part = (struct part){.next = unfinished->parts, .made = *made};
    *made = (struct compiler_part){0};
    unfinished->parts = part;
    for (size_t i = 0; i < part->made.kernel_count; i++) {
        size_t kernel = kernel_find(unfinished, part->made.kernels[i]);
        if (kernel == unfinished->names.kernel_count || unfinished->of_kernel[kernel]) continue;
        unfinished->of_kernel[kernel] = part;
    }
    pthread_cond_broadcast(&unfinished->change);
    pthread_mutex_unlock(&unfinished->lock);
}

// Does nothing with the device: a process may end meanwhile.
static void parts_receive(struct unfinished *unfinished)
{
    struct compiler_part part;
    struct compiler_result whole;
    while (compilation_next(unfinished->compilation, &part, &whole)) {
        part_add(unfinished, &part);
        compiler_part_free(&part);
    }
    pthread_mutex_lock(&unfinished->lock);
    unfinished->whole = whole;
    unfinished->ended = true;
    pthread_cond_broadcast(&unfinished->change);
    pthread_mutex_unlock(&unfinished->lock);
}

static void *receiver_run(void *unfinished)
{
    parts_receive(unfinished);
    unfinished_release(unfinished);
    return NULL;
}

struct unfinished *unfinished_create(struct compilation *compilation, struct compiler_part *names)
{
    struct unfinished *unfinished = calloc(1, sizeof *unfinished);
    struct part **of_kernel = calloc(names->kernel_count + 1, sizeof(struct part *));
    if (!unfinished || !of_kernel) {
        free(unfinished);
        free(of_kernel);
        return NULL;
    }
    *unfinished = (struct unfinished){
        .references = 2, // the caller's and the thread's
        .process = getpid(),
        .compilation = compilation,
        .names = *names,
        .of_kernel = of_kernel,
        .whole = {.status = COMPILER_CRASHED},
    };
    *names = (struct compiler_part){0};
    pthread_mutex_init(&unfinished->lock, NULL);
    pthread_cond_init(&unfinished->change, NULL);
    if (!thread_start(NULL, "kiln-parts", receiver_run, unfinished)) {
        unfinished->references--;
        parts_receive(unfinished);
    }
    return unfinished;
}

// ---- Waiting ------------------------------------------------------------------------------------------

static cl_int part_load(struct part *part, const struct kiln_device *device)
{
    const char *why;
    if (part->executable) return CL_SUCCESS;
    cl_int error =
        executable_create(device->device, part->made.code, part->made.code_size, &part->executable, &why);
    return !error || error == CL_OUT_OF_HOST_MEMORY ? error : CL_INVALID_PROGRAM_EXECUTABLE;
}

cl_int unfinished_kernel(struct unfinished *unfinished, const struct kiln_device *device, const char *name,
                         struct executable **executable)
{
    size_t kernel = kernel_find(unfinished, name);
    *executable = NULL;
    if (kernel == unfinished->names.kernel_count) return CL_INVALID_KERNEL_NAME;
    pthread_mutex_lock(&unfinished->lock);
    if (!unfinished->of_kernel[kernel] && !unfinished->ended) compilation_want(unfinished->compilation, name);
    while (!unfinished->of_kernel[kernel] && !is_over(unfinished))
        pthread_cond_wait(&unfinished->change, &unfinished->lock);
    struct part *part = unfinished->of_kernel[kernel];
    cl_int error = part ? part_load(part, device) : CL_SUCCESS;
    if (part && !error) executable_retain(*executable = part->executable);
    pthread_mutex_unlock(&unfinished->lock);
    return error;
}

void unfinished_await(struct unfinished *unfinished)
{
    pthread_mutex_lock(&unfinished->lock);
    while (!is_over(unfinished)) pthread_cond_wait(&unfinished->change, &unfinished->lock);
    pthread_mutex_unlock(&unfinished->lock);
}

bool unfinished_ended(struct unfinished *unfinished, const struct kiln_device *device,
                      struct outcome *outcome)
{
    pthread_mutex_lock(&unfinished->lock);
    bool ended = is_over(unfinished);
    pthread_mutex_unlock(&unfinished->lock);
    if (!ended) return false; // and nothing changes any more after that
    cl_int error = unfinished->whole.status == COMPILER_OK ? CL_SUCCESS : CL_BUILD_PROGRAM_FAILURE;
    outcome_make(outcome, device, CL_PROGRAM_BINARY_TYPE_EXECUTABLE, &unfinished->whole, error,
                 CL_BUILD_PROGRAM_FAILURE);
    return true;
}
