#include "api/command.h"

#include "api/event.h"

#include <stdlib.h>

enum { UNSIGNALLED_MAX = 64 }; // commands in a row without a signal: what bounds how long their payloads stay

struct command {
    struct command *next;
    command_submit_fn *submit;
    command_release_fn *release;
    void *payload;
    struct kiln_event *event;   // retained; NULL
    struct device_signal *done; // retained; NULL: ended when a later command of the queue has
    cl_uint wait_count;
    struct kiln_event *wait[]; // retained
};

// ---- Lists, under the queue's lock
// ---------------------------------------------------------------------------------

static void list_append(struct command_list *list, struct command *command)
{
    command->next = NULL;
    *(list->last ? &list->last->next : &list->first) = command;
    list->last = command;
    list->count++;
}

static struct command *list_take_first(struct command_list *list)
{
    struct command *command = list->first;
    list->first = command->next;
    if (!list->first) list->last = NULL;
    list->count--;
    return command;
}

// ---- A command's life
// -----------------------------------------------------------------------------------------------

static void command_free(struct command *command)
{
    if (command->release) command->release(command->payload);
    for (cl_uint i = 0; i < command->wait_count; i++) event_release(command->wait[i]);
    if (command->event) event_release(command->event);
    if (command->done) device_signal_release(command->done);
    free(command);
}

static void commands_free(struct command *command)
{
    while (command) {
        struct command *next = command->next;
        command_free(command);
        command = next;
    }
}

static cl_int command_create(const struct command_request *request, command_submit_fn *submit, void *payload,
                             command_release_fn *release, struct command **out)
{
    struct command *command = calloc(1, sizeof *command + request->wait_count * sizeof(struct kiln_event *));
    if (!command) return CL_OUT_OF_HOST_MEMORY;
    *command = (struct command){.submit = submit};
    cl_int error = CL_SUCCESS;
    if (request->event)
        error = event_create(request->queue->context, request->queue, request->type, &command->event);
    if (!error && command->event) device_signal_retain(command->done = command->event->signal);
    if (!error && request->blocking && !command->done) error = device_signal_create(&command->done);
    if (error) {
        command_free(command);
        return error;
    }
    for (; command->wait_count < request->wait_count; command->wait_count++) {
        command->wait[command->wait_count] = event_from(request->wait[command->wait_count]);
        event_retain(command->wait[command->wait_count]);
    }
    command->payload = payload;
    command->release = release;
    *out = command;
    return CL_SUCCESS;
}

// Whether all events of the wait list are ones that a device packet can wait for. *failed: one has ended with
// an error.
static bool command_ready(const struct command *command, bool *failed)
{
    *failed = false;
    for (cl_uint i = 0; i < command->wait_count; i++) {
        if (!event_is_known(command->wait[i])) return false;
        *failed |= device_signal_state(command->wait[i]->signal) < 0;
    }
    return true;
}

// Gives the command to the device. Its signal ends in every case.
static cl_int command_submit(struct kiln_queue *queue, struct command *command, bool failed)
{
    cl_int error = failed ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : CL_SUCCESS;
    struct device_signal *local[16], **signals = local;
    if (!error && command->wait_count > sizeof local / sizeof *local) {
        signals = malloc(command->wait_count * sizeof(struct device_signal *));
        if (!signals) error = CL_OUT_OF_HOST_MEMORY;
    }
    if (!error) {
        for (cl_uint i = 0; i < command->wait_count; i++) signals[i] = command->wait[i]->signal;
        const struct device_command request = {signals, command->wait_count, command->done};
        error = command->submit(command->payload, queue->device_queue, &request);
    }
    if (error && command->done) device_signal_set(command->done, error);
    if (command->event) event_submitted(command->event);
    if (signals != local) free(signals);
    return error;
}

// ---- Holding back
// ---------------------------------------------------------------------------------------------------

// With the queue's lock held. A queue that holds commands back is kept alive and known to its context.
static void command_hold(struct kiln_queue *queue, struct command *command)
{
    if (!queue->held.count) {
        struct kiln_context *context = queue->context;
        command_queue_retain(queue);
        pthread_mutex_lock(&context->lock);
        queue->next_held = context->held_queues;
        context->held_queues = queue;
        pthread_mutex_unlock(&context->lock);
    }
    list_append(&queue->held, command);
}

// Submits held commands up to the first that is not ready. Returns whether there was one; *emptied: the queue
// holds none any more.
static bool queue_flush_held(struct kiln_queue *queue, bool *emptied)
{
    bool progress = false, failed;
    pthread_mutex_lock(&queue->lock);
    bool had = queue->held.count;
    while (queue->held.first && command_ready(queue->held.first, &failed)) {
        struct command *command = list_take_first(&queue->held);
        command_submit(queue, command, failed);
        list_append(&queue->under_way, command);
        progress = true;
    }
    *emptied = had && !queue->held.count;
    if (*emptied) {
        struct kiln_context *context = queue->context;
        pthread_mutex_lock(&context->lock);
        struct kiln_queue **link = &context->held_queues;
        while (*link != queue) link = &(*link)->next_held;
        *link = queue->next_held;
        pthread_mutex_unlock(&context->lock);
    }
    pthread_mutex_unlock(&queue->lock);
    return progress;
}

// The context's n-th queue that holds commands back, retained; NULL.
static struct kiln_queue *held_queue(struct kiln_context *context, unsigned n)
{
    pthread_mutex_lock(&context->lock);
    struct kiln_queue *queue = context->held_queues;
    while (queue && n--) queue = queue->next_held;
    if (queue) command_queue_retain(queue);
    pthread_mutex_unlock(&context->lock);
    return queue;
}

void command_flush_held(struct kiln_context *context)
{
    struct kiln_queue *queue;
    for (unsigned n = 0; (queue = held_queue(context, n));) {
        bool emptied, progress = queue_flush_held(queue, &emptied);
        command_queue_release(queue);
        if (emptied) command_queue_release(queue); // the reference that held commands keep
        n = progress ? 0 : n + 1; // what was submitted may be what an earlier queue waits for
    }
}

// ---- Letting go of what has ended
// -------------------------------------------------------------------------------------

// Commands end in order: the last one whose signal has ended tells of all before it.
static struct command *ended_take(struct command_list *list, bool all_ended)
{
    unsigned ended = all_ended ? list->count : 0, position = 0;
    if (!all_ended)
        for (struct command *c = list->first; c; c = c->next) {
            position++;
            if (!c->done) continue;
            if (device_signal_state(c->done) == 1) break;
            ended = position;
        }
    if (!ended) return NULL;
    struct command *first = list->first, *last = NULL;
    for (unsigned i = 0; i < ended; i++) last = list_take_first(list);
    last->next = NULL;
    return first;
}

void command_reap(struct kiln_queue *queue, bool all_ended)
{
    pthread_mutex_lock(&queue->lock);
    struct command *ended = ended_take(&queue->under_way, all_ended);
    pthread_mutex_unlock(&queue->lock);
    commands_free(ended);
}

// ---- Enqueueing
// -----------------------------------------------------------------------------------------------------

cl_int command_request_init(struct command_request *request, cl_command_queue handle, cl_command_type type,
                            cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    if (!queue_is(handle)) return CL_INVALID_COMMAND_QUEUE;
    struct kiln_queue *queue = queue_from(handle);
    *request = (struct command_request){queue, type, wait_count, wait, event, CL_FALSE};
    return event_list_check(queue->context, wait_count, wait);
}

// With the queue's lock held: a signal for a command that nobody waits for, now and then, so that the list of
// commands under way can be shortened.
static void command_signal_sometimes(struct kiln_queue *queue, struct command *command)
{
    if (!command->done && queue->under_way.count % UNSIGNALLED_MAX == UNSIGNALLED_MAX - 1)
        device_signal_create(&command->done); // without one they stay until the next finish
}

static cl_int command_start(struct kiln_queue *queue, struct command *command)
{
    bool failed = false;
    cl_int error = CL_SUCCESS;
    pthread_mutex_lock(&queue->lock);
    struct command *ended = ended_take(&queue->under_way, false);
    if (queue->held.count || !command_ready(command, &failed)) {
        command_hold(queue, command);
    } else {
        command_signal_sometimes(queue, command);
        error = command_submit(queue, command, failed);
        list_append(&queue->under_way, command);
    }
    pthread_mutex_unlock(&queue->lock);
    commands_free(ended);
    return failed ? CL_SUCCESS : error; // a failed wait list shows in the event, not in the enqueue
}

static cl_int command_wait(struct device_signal *done, bool wait_list)
{
    cl_int state = device_signal_wait(done);
    if (state == CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST && wait_list) return state;
    return state < 0 ? CL_OUT_OF_RESOURCES : CL_SUCCESS;
}

cl_int command_enqueue(const struct command_request *request, command_submit_fn *submit, void *payload,
                       command_release_fn *release)
{
    struct command *command;
    struct kiln_queue *queue = request->queue;
    cl_int error = command_create(request, submit, payload, release, &command);
    if (error) {
        if (release) release(payload);
        return error;
    }
    struct kiln_event *event = command->event;
    struct device_signal *done = request->blocking ? command->done : NULL;
    if (event) event_retain(event); // the application's reference
    if (done) device_signal_retain(done);
    error = command_start(queue, command);
    if (!error && done) error = command_wait(done, request->wait_count);
    if (done) {
        command_reap(queue, false);
        device_signal_release(done);
    }
    if (error && event) event_release(event);
    if (!error && event) *request->event = event_handle(event);
    return error;
}
