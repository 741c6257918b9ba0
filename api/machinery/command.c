#include "api/machinery/command.h"

#include "api/event.h"
#include "api/machinery/recycle.h"

#include <stddef.h>
#include <stdlib.h>

enum { UNSIGNALLED_MAX = 64 }; // commands in a row without a signal: what bounds how long their payloads stay

// What a command needs of events until the device has it; the signals are enough from then on.
struct event_ties {
    struct event_ties *next;  // of ties to be let go together
    struct kiln_event *event; // retained: the command's own; NULL
    bool awaited;             // held commands wait for that event
    cl_uint wait_count;
    struct kiln_event *wait[]; // retained
};

struct command {
    struct work work; // first
    const struct command_kind *kind;
    size_t size;             // of all of it
    struct event_ties *ties; // NULL: no events, or the device has the command
    struct track *track;     // once the device has the command
    bool blocking;           // the application's thread waits for `done`
    bool waits_all;          // it waits for all earlier commands: barriers and markers with no wait list
    bool barrier;            // all later commands wait for it
    max_align_t payload[];
};

// ---- A command's life ---------------------------------------------------------------------------------

static size_t ties_size(cl_uint wait_count)
{
    return sizeof(struct event_ties) + wait_count * sizeof(struct kiln_event *);
}

__attribute__((noinline)) static void ties_free(struct event_ties *ties)
{
    for (struct event_ties *next; ties; ties = next) {
        next = ties->next;
        for (cl_uint i = 0; i < ties->wait_count; i++) event_release(ties->wait[i]);
        if (ties->event) event_release(ties->event);
        recycle_give(ties, ties_size(ties->wait_count));
    }
}

void command_free(struct command *command)
{
    if (command->kind->release) command->kind->release(command->payload);
    ties_free(command->ties);
    if (command->work.done) device_signal_release(command->work.done);
    recycle_give(command, command->size);
}

static void work_release(struct work *work) { command_free((struct command *)work); }

static cl_int ties_create(const struct command_request *request, struct event_ties **out)
{
    *out = NULL;
    if (!request->event && !request->wait_count) return CL_SUCCESS;
    struct event_ties *ties = recycle_take(ties_size(request->wait_count));
    if (!ties) return CL_OUT_OF_HOST_MEMORY;
    *ties = (struct event_ties){0};
    cl_int error = CL_SUCCESS;
    if (request->event)
        error = event_create(request->queue->context, &request->queue->owner, request->type, &ties->event);
    if (error) {
        recycle_give(ties, ties_size(request->wait_count));
        return error;
    }
    for (; ties->wait_count < request->wait_count; ties->wait_count++) {
        ties->wait[ties->wait_count] = event_from(request->wait[ties->wait_count]);
        event_retain(ties->wait[ties->wait_count]);
    }
    *out = ties;
    return CL_SUCCESS;
}

// Its events, and its signal where one is needed.
__attribute__((noinline)) static cl_int command_tie(struct command *command,
                                                    const struct command_request *request)
{
    cl_int error = ties_create(request, &command->ties);
    if (error) return error;
    if (command->ties && command->ties->event)
        device_signal_retain(command->work.done = command->ties->event->signal);
    bool signalled = request->blocking || (command->barrier && queue_is_out_of_order(request->queue));
    return signalled && !command->work.done ? device_signal_create(&command->work.done) : CL_SUCCESS;
}

cl_int command_create(const struct command_request *request, const struct command_kind *kind, size_t size,
                      struct command **out, void **payload)
{
    struct command *command = recycle_take(sizeof *command + size);
    if (!command) return CL_OUT_OF_HOST_MEMORY;
    bool barrier = request->type == CL_COMMAND_BARRIER;
    *command = (struct command){
        .work.release = work_release,
        .kind = kind,
        .size = sizeof *command + size,
        .blocking = request->blocking,
        .barrier = barrier,
        .waits_all = (barrier || request->type == CL_COMMAND_MARKER) && !request->wait_count,
    };
    cl_int error = request->event || request->wait_count || request->blocking || barrier
                       ? command_tie(command, request)
                       : CL_SUCCESS;
    if (error) {
        ties_free(command->ties);
        recycle_give(command, command->size);
        return error;
    }
    *out = command;
    *payload = command->payload;
    return CL_SUCCESS;
}

// Whether the device can have the command: a packet can wait for every event of its wait list, or one has
// ended with an error (*failed), which the command need not outlive.
static bool command_ready(const struct command *command, bool *failed)
{
    bool known = true;
    *failed = false;
    for (cl_uint i = 0; command->ties && i < command->ties->wait_count; i++) {
        struct kiln_event *event = command->ties->wait[i];
        known &= event_is_known(event);
        *failed |= event_result(event) < 0;
    }
    return known || *failed;
}

// The command's own call of device_queue_*, with the signals that it waits for.
static cl_int command_give(struct command *command, struct device_signal *const *wait, unsigned count)
{
    const struct device_command request = {wait, count, command->work.done, command->blocking};
    return command->kind->submit(command->payload, command->track->device_queue, &request);
}

// Waits for its wait list and for what its place among the queue's tracks asks for.
__attribute__((noinline)) static cl_int command_give_waiting(struct tracks *tracks, struct command *command)
{
    const struct event_ties *ties = command->ties;
    cl_uint count = ties ? ties->wait_count : 0;
    unsigned extra;
    struct device_signal *local[16], **signals = local;
    if (count + TRACK_SIGNALS_MAX > sizeof local / sizeof *local)
        signals = malloc((count + TRACK_SIGNALS_MAX) * sizeof(struct device_signal *));
    if (!signals) return CL_OUT_OF_HOST_MEMORY;
    for (cl_uint i = 0; i < count; i++) signals[i] = ties->wait[i]->signal;
    cl_int error = tracks_wait_list(tracks, command->track, command->waits_all, signals + count, &extra);
    if (!error) error = command_give(command, signals, count + extra);
    for (unsigned i = 0; i < extra; i++) device_signal_release(signals[count + i]);
    if (signals != local) free(signals);
    return error;
}

static cl_int command_run(struct kiln_queue *queue, struct command *command)
{
    bool waits = command->ties || queue_is_out_of_order(queue);
    cl_int error = waits ? command_give_waiting(&queue->tracks, command) : command_give(command, NULL, 0);
    if (!error && queue_is_out_of_order(queue))
        tracks_submitted(&queue->tracks, command->track, command->barrier ? command->work.done : NULL);
    return error;
}

// With the queue's lock held: a signal for a command that nobody waits for, now and then, so that the list of
// commands under way can be shortened.
static void command_signal_sometimes(const struct track *track, struct command *command)
{
    if (!command->work.done && track->under_way.places % UNSIGNALLED_MAX == UNSIGNALLED_MAX - 1)
        device_signal_create(&command->work.done); // without one they stay until the next finish
}

static cl_int ties_submitting(const struct event_ties *ties, struct track *track)
{
    const struct event_place place = {track->device_queue, track->number, ++track->sequence};
    return event_submitting(ties->event, place, ties->wait_count, ties->wait);
}

// Moves the command's ties to *all: they are let go without the lock.
static void ties_untie(struct command *command, struct event_ties **all)
{
    struct event_ties *ties = command->ties;
    if (ties->event) ties->awaited = event_submitted(ties->event);
    ties->next = *all;
    *all = ties;
    command->ties = NULL;
}

// Gives the command to the device, with the queue's lock held, or, where there is an error already, ends it
// with that. Its signal ends in every case.
static cl_int command_submit(struct kiln_queue *queue, struct command *command, cl_int error,
                             struct event_ties **all)
{
    struct event_ties *ties = command->ties;
    struct track *track = &queue->tracks.list[0];
    if (queue_is_out_of_order(queue))
        track = tracks_choose(&queue->tracks, ties ? ties->wait_count : 0, ties ? ties->wait : NULL);
    command->track = track;
    command_signal_sometimes(track, command);
    if (!error && ties && ties->event) error = ties_submitting(ties, track);
    if (!error) error = command_run(queue, command);
    if (error && command->work.done) {
        device_signal_set(command->work.done, error);
        device_signal_release(command->work.done);
        command->work.done = NULL; // it ended out of turn and says nothing of the commands before it
    }
    if (ties) ties_untie(command, all);
    under_way_append(&track->under_way, &command->work);
    return error;
}

// ---- Holding back -------------------------------------------------------------------------------------

// Lets go of ties, and tells the held commands that wait for their events.
static void ties_let_go(struct event_ties *all)
{
    for (const struct event_ties *ties = all; ties; ties = ties->next)
        if (ties->awaited) held_event_known(ties->event);
    ties_free(all);
}

// In an in-order queue every command waits for all before it.
static bool waits_for_held(const struct kiln_queue *queue, const struct command *command)
{
    return command->waits_all || !queue_is_out_of_order(queue);
}

// With the queue's lock held.
__attribute__((cold)) static cl_int command_hold(struct kiln_queue *queue, struct command *command)
{
    const struct event_ties *ties = command->ties;
    const struct held_terms terms = {.waits_all = waits_for_held(queue, command),
                                     .barrier = command->barrier && queue_is_out_of_order(queue),
                                     .wait_count = ties ? ties->wait_count : 0,
                                     .wait = ties ? ties->wait : NULL};
    return held_add(&queue->held, command, &terms);
}

// The error of a command that was held, by now: that of its wait list.
static cl_int command_wait_error(const struct command *command)
{
    for (cl_uint i = 0; command->ties && i < command->ties->wait_count; i++)
        if (event_result(command->ties->wait[i]) < 0) return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
    return CL_SUCCESS;
}

// Submits the queue's held commands that may go.
static void queue_resume(struct kiln_queue *queue)
{
    struct event_ties *ties = NULL;
    struct command *command;
    bool emptied = false;
    pthread_mutex_lock(&queue->lock);
    while ((command = held_take(&queue->held, &emptied)))
        command_submit(queue, command, command_wait_error(command), &ties);
    pthread_mutex_unlock(&queue->lock);
    ties_let_go(ties);
    if (emptied) queue_release(queue);
}

void commands_resume(struct kiln_context *context)
{
    struct held *held;
    while ((held = held_next(&context->holding))) {
        struct kiln_queue *queue = (struct kiln_queue *)held->queue;
        queue_resume(queue);
        queue_release(queue);
    }
}

// ---- Enqueueing ---------------------------------------------------------------------------------------

cl_int command_request_init(struct command_request *request, cl_command_queue handle, cl_command_type type,
                            cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    if (!queue_is(handle)) return CL_INVALID_COMMAND_QUEUE;
    struct kiln_queue *queue = queue_from(handle);
    *request = (struct command_request){
        .queue = queue, .type = type, .wait_count = wait_count, .wait = wait, .event = event};
    return wait_count || wait ? event_list_check(queue->context, wait_count, wait) : CL_SUCCESS;
}

static cl_int command_start(struct kiln_queue *queue, struct command *command)
{
    struct event_ties *ties = NULL;
    struct work *ended = NULL;
    bool failed = false;
    cl_int error = CL_SUCCESS;
    pthread_mutex_lock(&queue->lock);
    bool hold = (queue->held.count && held_is_behind(&queue->held, waits_for_held(queue, command))) ||
                !command_ready(command, &failed);
    if (hold) error = command_hold(queue, command);
    if (!hold || error) {
        if (failed) error = CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
        error = command_submit(queue, command, error, &ties);
        if (command->work.done) ended = under_way_take_ended(&command->track->under_way);
    }
    pthread_mutex_unlock(&queue->lock);
    if (ties) ties_free(ties); // nothing waits yet for an event that the application does not have
    if (ended) works_release(ended);
    if (hold) commands_resume(queue->context); // what it waits for may be known by now
    return failed ? CL_SUCCESS : error;        // a failed wait list shows in the event, not in the enqueue
}

static cl_int command_wait(struct device_signal *done, const struct command_request *request)
{
    cl_int state = device_signal_wait(done);
    for (cl_uint i = 0; i < request->wait_count; i++)
        if (event_result(event_from(request->wait[i])) < 0)
            return CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
    return state < 0 ? CL_OUT_OF_RESOURCES : CL_SUCCESS;
}

// A command that the application gets an event of, or waits for.
__attribute__((noinline)) static cl_int command_enqueue_signalled(const struct command_request *request,
                                                                  struct command *command)
{
    struct kiln_queue *queue = request->queue;
    struct kiln_event *event = command->ties ? command->ties->event : NULL;
    struct device_signal *done = request->blocking ? command->work.done : NULL;
    if (event) event_retain(event); // the application's reference
    if (done) device_signal_retain(done);
    cl_int error = command_start(queue, command);
    if (!error && done) error = command_wait(done, request);
    if (done) {
        queue_reap(queue);
        device_signal_release(done);
    }
    if (error && event) event_release(event);
    if (!error && event && request->event) *request->event = event_handle(event);
    return error;
}

cl_int command_enqueue(const struct command_request *request, struct command *command)
{
    if (request->recorded) {
        *request->recorded = command;
        return CL_SUCCESS;
    }
    return command->work.done ? command_enqueue_signalled(request, command)
                              : command_start(request->queue, command);
}

const struct command_kind *command_kind(const struct command *command) { return command->kind; }

void *command_payload(struct command *command) { return command->payload; }

static cl_int nothing_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    (void)payload;
    return device_queue_barrier(queue, command);
}

// Among dispatches, which are in order, it has none of its own.
static cl_int nothing_batch(const void *payload, struct device_batch *batch)
{
    (void)payload, (void)batch;
    return CL_SUCCESS;
}

cl_int command_enqueue_nothing(const struct command_request *request)
{
    static const struct command_kind kind = {.submit = nothing_submit, .batch = nothing_batch};
    struct command *command;
    void *payload;
    cl_int error = command_create(request, &kind, 0, &command, &payload);
    return error ? error : command_enqueue(request, command);
}

// ---- Waiting for all ----------------------------------------------------------------------------------

// Where commands are held back, a blocking marker behind them.
cl_int commands_finish(struct kiln_queue *queue)
{
    const struct command_request request = {.queue = queue, .type = CL_COMMAND_MARKER, .blocking = CL_TRUE};
    bool held;
    cl_int error = queue_finish(queue, &held);
    if (!held) return error;
    error = command_enqueue_nothing(&request);
    return error ? error : queue_finish(queue, &held);
}

// With the context's lock held: the queues that something refers to, retained. NULL: no memory.
static struct kiln_queue **queues_retain(struct kiln_context *context, size_t *live)
{
    size_t count = 0;
    struct kiln_queue *queue;
    *live = 0;
    LIST_FOREACH(queue, &context->queues, link) count++;
    struct kiln_queue **queues = calloc(count + 1, sizeof(struct kiln_queue *));
    if (!queues) return NULL;
    LIST_FOREACH(queue, &context->queues, link)
    if (object_retain_live(&queue->object)) queues[(*live)++] = queue;
    return queues;
}

static bool any_queue_ends(const struct kiln_context *context)
{
    const struct kiln_queue *queue;
    LIST_FOREACH(queue, &context->queues, link)
    if (!queue->object.references) return true;
    return false;
}

cl_int commands_finish_all(struct kiln_context *context)
{
    cl_int result = CL_SUCCESS;
    pthread_mutex_lock(&context->lock);
    size_t count;
    struct kiln_queue **queues = queues_retain(context, &count);
    pthread_mutex_unlock(&context->lock);
    if (!queues) return CL_OUT_OF_HOST_MEMORY;
    for (size_t i = 0; i < count; i++) {
        cl_int error = commands_finish(queues[i]);
        if (error) result = error;
        queue_release(queues[i]);
    }
    free(queues);
    pthread_mutex_lock(&context->lock);
    while (any_queue_ends(context)) pthread_cond_wait(&context->queue_gone, &context->lock);
    pthread_mutex_unlock(&context->lock);
    return result;
}
