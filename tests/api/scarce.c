#define _GNU_SOURCE
#include "scarce.h"

#include "api/object.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// ---- Allocations --------------------------------------------------------------------------------------

static _Thread_local bool armed;    // this thread's allocations count
static _Thread_local unsigned made; // since then
static _Thread_local bool refused;
static unsigned refuse_from, refuse_to; // those that are refused
static _Atomic(long) live;

static bool is_refused(void)
{
    if (!armed) return false;
    made++;
    bool refuse = made >= refuse_from && made <= refuse_to;
    refused |= refuse;
    return refuse;
}

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__real_reallocarray(void *, size_t, size_t);
char *__real_strdup(const char *);
char *__real_strndup(const char *, size_t);
void __real_free(void *);
bool __real_object_init(struct object *, enum object_type);

void *__wrap_malloc(size_t);
void *__wrap_calloc(size_t, size_t);
void *__wrap_realloc(void *, size_t);
void *__wrap_reallocarray(void *, size_t, size_t);
char *__wrap_strdup(const char *);
char *__wrap_strndup(const char *, size_t);
int __wrap_asprintf(char **, const char *, ...);
void __wrap_free(void *);
bool __wrap_object_init(struct object *, enum object_type);
void *__wrap_recycle_take(size_t);
void __wrap_recycle_give(void *, size_t);

static void *counted(void *memory)
{
    live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size) { return is_refused() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t n, size_t size) { return is_refused() ? NULL : counted(__real_calloc(n, size)); }
char *__wrap_strdup(const char *text) { return is_refused() ? NULL : counted(__real_strdup(text)); }

char *__wrap_strndup(const char *text, size_t most)
{
    return is_refused() ? NULL : counted(__real_strndup(text, most));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (is_refused()) return NULL;
    live += !memory;
    return __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t n, size_t size)
{
    if (is_refused()) return NULL;
    live += !memory;
    return __real_reallocarray(memory, n, size);
}

int __wrap_asprintf(char **text, const char *format_text, ...)
{
    va_list list;
    if (is_refused()) return -1;
    va_start(list, format_text);
    int length = vasprintf(text, format_text, list);
    va_end(list);
    if (length >= 0) counted(*text);
    return length;
}

void __wrap_free(void *memory)
{
    live -= memory != NULL;
    __real_free(memory);
}

// Now and then the table of live handles grows: that is one allocation too.
bool __wrap_object_init(struct object *object, enum object_type type)
{
    if (is_refused()) return false;
    bool before = armed;
    armed = false;
    bool done = __real_object_init(object, type);
    armed = before;
    return done;
}

// Without a thread's store of blocks, where allocations would go unseen.
void *__wrap_recycle_take(size_t size) { return __wrap_malloc(size); }
void __wrap_recycle_give(void *memory, size_t size)
{
    (void)size;
    __wrap_free(memory);
}

void scarce_begin(void)
{
    made = 0;
    armed = true;
}

void scarce_end(void) { armed = false; }

void scarce_refuse(unsigned from, unsigned to)
{
    refuse_from = from;
    refuse_to = to;
    refused = false;
}

bool scarce_refused(void) { return refused; }

// ---- What each scene stands on ------------------------------------------------------------------------

cl_platform_id platform;
cl_device_id device;
cl_context context;
cl_command_queue queue;
cl_mem buffer, other, image, other_image;
cl_event gates[WAITS];
uint8_t bytes[SIZE];
uint8_t *shared; // SVM

const cl_image_format format = {CL_RGBA, CL_UNORM_INT8};
const cl_image_desc square = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 16, .image_height = 8};

struct manner manner;

static void open_all(void)
{
    cl_int status;
    const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES, manner.queue, 0};
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    queue = clCreateCommandQueueWithProperties(context, device, list, &status);
    assert_int_equal(status, CL_SUCCESS);
    buffer = clCreateBuffer(context, CL_MEM_READ_WRITE, SIZE, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    other = clCreateBuffer(context, CL_MEM_READ_WRITE, SIZE, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    image = clCreateImage(context, 0, &format, &square, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    other_image = clCreateImage(context, 0, &format, &square, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    shared = clSVMAlloc(context, CL_MEM_READ_WRITE, SIZE, 0);
    assert_non_null(shared);
    for (unsigned i = 0; i < WAITS; i++) {
        gates[i] = clCreateUserEvent(context, &status);
        assert_int_equal(status, CL_SUCCESS);
        if (!manner.held) assert_int_equal(clSetUserEventStatus(gates[i], CL_COMPLETE), CL_SUCCESS);
    }
}

void gates_open(void)
{
    for (unsigned i = 0; manner.held && i < WAITS; i++) clSetUserEventStatus(gates[i], CL_COMPLETE);
}

static void close_all(void)
{
    gates_open();
    assert_int_equal(clFinish(queue), CL_SUCCESS);
    for (unsigned i = 0; i < WAITS; i++) assert_int_equal(clReleaseEvent(gates[i]), CL_SUCCESS);
    clSVMFree(context, shared);
    assert_int_equal(clReleaseMemObject(buffer), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(other), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(image), CL_SUCCESS);
    assert_int_equal(clReleaseMemObject(other_image), CL_SUCCESS);
    assert_int_equal(clReleaseCommandQueue(queue), CL_SUCCESS);
    assert_int_equal(clReleaseContext(context), CL_SUCCESS);
}

cl_uint wait_count(void) { return manner.waits ? WAITS : 0; }
const cl_event *wait_list(void) { return manner.waits ? gates : NULL; }

// ---- The n-th allocation ------------------------------------------------------------------------------

// Threads let go of what they had.
static void settle(const char *name, unsigned nth, long before)
{
    for (unsigned i = 0; live != before && i < 240000; i++) usleep(500);
    if (live != before)
        fail_msg("%s, %s, allocation %u: %ld blocks are left", name, manner.name, nth, live - before);
}

// Returns whether an allocation was refused.
static bool nth_refused(const char *name, cl_int (*scene)(void), unsigned nth, bool all_after)
{
    long before = live;
    scarce_refuse(nth, all_after ? UINT32_MAX : nth);
    open_all();
    cl_int error = scene();
    close_all();
    settle(name, nth, before);
    if (error && (!refused || error != CL_OUT_OF_HOST_MEMORY))
        fail_msg("%s, %s, allocation %u: %d", name, manner.name, nth, error);
    return refused;
}

static void every_allocation(const char *name, cl_int (*scene)(void))
{
    enum { MOST = 100 };
    for (int all_after = 0; all_after < 2; all_after++) {
        unsigned nth = 1;
        while (nth < MOST && nth_refused(name, scene, nth, all_after)) nth++;
        if (nth == 1) fail_msg("%s allocates nothing", name);
        assert_in_range(nth, 2, MOST - 1);
    }
}

void scenes_run(const struct scene *scenes, size_t count)
{
    for (size_t i = 0; i < count; i++) every_allocation(scenes[i].name, scenes[i].run);
}

static const struct manner manners[] = {
    {"plain", 0, false, false, false, false},
    {"with an event", 0, true, false, false, false},
    {"blocking", 0, false, true, false, true},
    {"behind events", 0, true, true, false, false},
    {"held", 0, true, true, true, false},
    {"out of order, with an event", CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, true, false, false, false},
    {"out of order, behind events", CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, true, true, false, false},
    {"out of order, held", CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, false, true, true, false},
};

static void run_in_manners(const struct scene *scenes, size_t count, bool held_only)
{
    for (size_t k = 0; k < sizeof manners / sizeof *manners; k++) {
        manner = manners[k];
        if (manner.held || !held_only) scenes_run(scenes, count);
    }
}

void scenes_run_in_all_manners(const struct scene *scenes, size_t count)
{
    run_in_manners(scenes, count, false);
}

void scenes_run_held(const struct scene *scenes, size_t count) { run_in_manners(scenes, count, true); }

// ---- Opening ------------------------------------------------------------------------------------------

static _Atomic(unsigned) warm;
static void CL_CALLBACK warm_up_ended(cl_event event, cl_int status, void *unused)
{
    (void)event, (void)status, (void)unused;
    warm++;
}

// Every stripe of the table of live handles is made large enough before anything is counted.
int scarce_open(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    cl_int status;
    static cl_event events[MANY];
    assert_int_equal(clGetPlatformIDs(1, &platform, NULL), CL_SUCCESS);
    assert_int_equal(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL), CL_SUCCESS);
    cl_context first = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    for (unsigned i = 0; i < MANY; i++) events[i] = clCreateUserEvent(first, &status);
    assert_int_equal(clSetEventCallback(events[0], CL_COMPLETE, warm_up_ended, NULL),
                     CL_SUCCESS); // its thread
    assert_int_equal(clSetUserEventStatus(events[0], CL_COMPLETE), CL_SUCCESS);
    while (!warm) usleep(100);
    for (unsigned i = 0; i < MANY; i++) assert_int_equal(clReleaseEvent(events[i]), CL_SUCCESS);
    return clReleaseContext(first);
}
