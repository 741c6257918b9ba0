#include "native.h"

#include "base/config.h"
#include "base/log.h"
#include "base/thread.h"
#include "compiler/client/pool.h"
#include "compiler/client/translate.h"
#include "device/softgpu/interpreter/interpreter.h"
#include "device/softgpu/interpreter/tier.h"
#include "device/softgpu/translator/translator.h"
#include "kernel_name.h"
#include "made.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

// --- One region ---

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static struct translate_task task_of(const struct region *region, uint32_t mode, enum tier_form form)
{
    const struct tier_code *code = tier_code(region);
    return (struct translate_task){
        .code = code->bytes,
        .code_size = code->size,
        .entry = code->entry,
        .mode = mode,
        .wave64 = code->wave64,
        .whole = form == TIER_GROUPS,
        .level = SOFTGPU_LEVEL,
    };
}

struct name {
    char text[200];
};

static struct name name_of(const struct region *region)
{
    struct name name;
    const struct tier_code *code = tier_code(region);
    kernel_name(code->base + code->entry, name.text, sizeof name.text);
    return name;
}

// Of the first line, which is enough for a log.
static int line_length(const char *text) { return (int)strcspn(text, "\n"); }

static void failure_log(const struct region *region, const char *why)
{
    if (log_enabled(LOG_INFO))
        log_info("%s: not translated: %.*s", name_of(region).text, line_length(why), why);
}

static void success_log(const struct region *region, const struct compiler_result *result, const char *how,
                        double ms)
{
    const char *log = result->log ? result->log : "";
    if (log_enabled(LOG_INFO))
        log_info("%s: %s: %.*s, %zu bytes, %.1f ms", name_of(region).text, how, line_length(log), log,
                 result->binary_size, ms);
}

// Has the region run what was made. Consumes the result. `how`: a word for the log.
static bool result_use(struct region *region, uint32_t mode, struct compiler_result *result, const char *how,
                       double since)
{
    const char *log = result->log ? result->log : "out of memory";
    const char *why = result->status == COMPILER_OK ? NULL : log;
    if (!why) why = made_load(region, mode, result->binary, result->binary_size);
    if (why)
        failure_log(region, why);
    else
        success_log(region, result, how, now_ms() - since);
    bool used = !why;
    compiler_result_free(result);
    return used;
}

static bool region_find_kept(struct region *region, uint32_t mode, enum tier_form form)
{
    double since = now_ms();
    struct compiler_result result;
    struct translate_task task = task_of(region, mode, form);
    return translate_find(&task, &result) && result_use(region, mode, &result, "translation kept", since);
}

static void region_make(struct region *region, uint32_t mode, enum tier_form form, enum urgency urgency,
                        struct task *task)
{
    double since = now_ms();
    struct compiler_result result;
    struct translate_task translation = task_of(region, mode, form);
    translate_make(&translation, urgency, task, &result);
    result_use(region, mode, &result, "translated", since);
}

// --- In the background: one at a time ---

struct order {
    struct order *next;
    struct region *region; // held
    uint32_t mode;
    enum tier_form form;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; // of all below
static struct order *orders, **orders_end = &orders;
static pthread_t thread;
static bool thread_exists, thread_works; // it is to be joined; it has not decided to end
static struct task *under_way;
static bool stopping;

static struct order *order_take(void)
{
    struct order *order = stopping ? NULL : orders;
    if (!order) return NULL;
    orders = order->next;
    if (!orders) orders_end = &orders;
    return order;
}

static void order_free(struct order *order)
{
    tier_let_go(order->region);
    free(order);
}

// What the cache lacked at first may be there by now: another process made it, or this one, for code that has
// been loaded anew since.
static void order_make(const struct order *order, struct task *task)
{
    struct region *region = order->region;
    if (!tier_current(region) || tier_has(region, order->form)) return;
    if (!region_find_kept(region, order->mode, order->form))
        region_make(region, order->mode, order->form, BACKGROUND, task);
}

// Enters and leaves with the lock held.
static void order_do(struct order *order)
{
    struct task task;
    task_init(&task);
    under_way = &task;
    pthread_mutex_unlock(&lock);
    order_make(order, &task);
    pthread_mutex_lock(&lock);
    under_way = NULL;
    task_end(&task);
}

static void *orders_work(void *unused)
{
    struct order *order;
    pthread_mutex_lock(&lock);
    while ((order = order_take())) {
        order_do(order);
        pthread_mutex_unlock(&lock);
        order_free(order);
        pthread_mutex_lock(&lock);
    }
    thread_works = false;
    pthread_mutex_unlock(&lock);
    return unused;
}

// With the lock held. Where there is no thread to be had, the next order tries again.
static void thread_wake(void)
{
    if (thread_works) return;
    if (thread_exists) pthread_join(thread, NULL);
    thread_exists = thread_works = thread_start(&thread, "kiln-translate", orders_work, NULL);
}

static void order_add(struct region *region, uint32_t mode, enum tier_form form)
{
    struct order *order = malloc(sizeof *order);
    if (!order) return;
    *order = (struct order){NULL, region, mode, form};
    tier_hold(region);
    pthread_mutex_lock(&lock);
    *orders_end = order;
    orders_end = &order->next;
    thread_wake();
    pthread_mutex_unlock(&lock);
}

// --- The interpreter's questions ---

// What is asked for whole work-groups may come for waves: code that cannot be run otherwise.
static void region_begun(struct region *region, uint32_t mode, enum tier_form form)
{
    if (!tier_code(region)->size || tier_has(region, form) || region_find_kept(region, mode, form)) return;
    if (config_get()->translate != TRANSLATE_ALWAYS) return;
    struct task task;
    task_init(&task);
    region_make(region, mode, form, URGENT, &task);
    task_end(&task);
}

static void region_hot(struct region *region, uint32_t mode, enum tier_form form)
{
    if (!tier_code(region)->size)
        failure_log(region, "it is too large, or cannot be read");
    else if (tier_code(region)->instructions > TRANSLATION_INSTRUCTIONS_MOST)
        failure_log(region, "too many instructions");
    else if (config_get()->translate == TRANSLATE_AUTO)
        order_add(region, mode, form);
}

void native_start(void)
{
    static const struct tier_maker maker = {region_begun, region_hot};
    pthread_mutex_lock(&lock);
    stopping = false;
    pthread_mutex_unlock(&lock);
    tier_set_maker(config_get()->translate == TRANSLATE_OFF ? NULL : &maker);
}

void native_stop(void)
{
    pthread_mutex_lock(&lock);
    stopping = true;
    if (under_way) task_stop(under_way);
    bool join = thread_exists;
    thread_exists = false;
    pthread_mutex_unlock(&lock);
    if (join) pthread_join(thread, NULL);
    for (struct order *order = orders, *next; order; order = next) {
        next = order->next;
        order_free(order);
    }
    orders = NULL;
    orders_end = &orders;
    pool_empty();
    interpreter_forget_code();
}

void native_reset_after_fork(void)
{
    pthread_mutex_init(&lock, NULL);
    orders = NULL;
    orders_end = &orders;
    thread_exists = thread_works = false;
    under_way = NULL;
}
