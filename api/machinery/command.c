#include "api/machinery/command.h"

#include "api/event.h"
#include "api/machinery/recycle.h"

#include <stddef.h>
#include <stdlib.h>

enum { UNSIGNALLED_MAX = 64 }; // commands in a row without a signal: what bounds how long their payloads stay

// What a command needs of events until the device has it; the signals are enough from then on. Kept apart so
// that a queue's list of commands holds no event: events hold their queue.
struct event_ties {
    struct event_ties *next;  // of ties to be let go together
    struct kiln_event *event; // retained: the command's own; NULL
    cl_uint wait_count;
    struct kiln_event *wait[]; // retained
};

struct command {
    struct command *next;
    struct command *next_signalled; // under way in the track: the next one that has a signal
    uint64_t place;                 // in the track
    const struct command_kind *kind;
    size_t size;                // of all of it
    struct event_ties *ties;    // NULL: no events, or the device has the command
    struct track *track;        // once the device has the command
    bool blocking;              // the application's thread waits for `done`
    bool waits_all;             // it waits for all earlier commands: barriers and markers with no wait list
    bool barrier;               // all later commands wait for it
    struct device_signal *done; // retained; NULL: ended when a later command of the queue has
    max_align_t payload[];
};

// ---- Lists, under the queue's lock ---------------------------------------------------------------------

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

static void under_way_append(struct track *track, struct command *command)
{
    command->place = ++track->places;
    list_append(&track->under_way, command);
    if (!command->done) return;
    *(track->first_signalled ? &track->last_signalled->next_signalled : &track->first_signalled) = command;
    track->last_signalled = command;
}

// Takes the commands up to a place off the list: they have ended.
static struct command *under_way_take(struct track *track, uint64_t place)
{
    struct command_list *list = &track->under_way;
    struct command *first = list->first, *last = NULL;
    while (track->first_signalled && track->first_signalled->place <= place)
        track->first_signalled = track->first_signalled->next_signalled;
    while (list->first && list->first->place <= place) last = list_take_first(list);
    if (!last) return NULL;
    last->next = NULL;
    return first;
}

// ---- A command's life ----------------------------------------------------------------------------------

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
    if (command->done) device_signal_release(command->done);
    recycle_give(command, command->size);
}

static void commands_free(struct command *command)
{
    while (command) {
        struct command *next = command->next;
        command_free(command);
        command = next;
    }
}

static cl_int ties_create(const struct command_request *request, struct event_ties **out)
{
    *out = NULL;
    if (!request->event && !request->wait_count) return CL_SUCCESS;
    struct event_ties *ties = recycle_take(ties_size(request->wait_count));
    if (!ties) return CL_OUT_OF_HOST_MEMORY;
    *ties = (struct event_ties){0};
    cl_int error = CL_SUCCESS;
    if (request->event)
        error = event_create(request->queue->context, request->queue, request->type, &ties->event);
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
        device_signal_retain(command->done = command->ties->event->signal);
    bool signalled = request->blocking || (command->barrier && queue_is_out_of_order(request->queue));
    return signalled && !command->done ? device_signal_create(&command->done) : CL_SUCCESS;
}

cl_int command_create(const struct command_request *request, const struct command_kind *kind, size_t size,
                      struct command **out, void **payload)
{
    struct command *command = recycle_take(sizeof *command + size);
    if (!command) return CL_OUT_OF_HOST_MEMORY;
    bool barrier = request->type == CL_COMMAND_BARRIER;
    *command = (struct command){
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
    const struct device_command request = {wait, count, command->done, command->blocking};
    return command->kind->submit(command->payload, command->track->device_queue, &request);
}

// Waits for its wait list and for what its place among the queue's tracks asks for.
__attribute__((noinline)) static cl_int command_give_waiting(struct kiln_queue *queue,
                                                             struct command *command)
{
    const struct event_ties *ties = command->ties;
    cl_uint count = ties ? ties->wait_count : 0;
    unsigned extra;
    struct device_signal *local[16], **signals = local;
    if (count + TRACK_SIGNALS_MAX > sizeof local / sizeof *local)
        signals = malloc((count + TRACK_SIGNALS_MAX) * sizeof(struct device_signal *));
    if (!signals) return CL_OUT_OF_HOST_MEMORY;
    for (cl_uint i = 0; i < count; i++) signals[i] = ties->wait[i]->signal;
    cl_int error = track_wait_list(queue, command->track, command->waits_all, signals + count, &extra);
    if (!error) error = command_give(command, signals, count + extra);
    for (unsigned i = 0; i < extra; i++) device_signal_release(signals[count + i]);
    if (signals != local) free(signals);
    return error;
}

static cl_int command_run(struct kiln_queue *queue, struct command *command)
{
    bool waits = command->ties || queue_is_out_of_order(queue);
    cl_int error = waits ? command_give_waiting(queue, command) : command_give(command, NULL, 0);
    if (!error && queue_is_out_of_order(queue))
        track_submitted(queue, command->track, command->barrier ? command->done : NULL);
    return error;
}

// With the queue's lock held: a signal for a command that nobody waits for, now and then, so that the list of
// commands under way can be shortened.
static void command_signal_sometimes(const struct track *track, struct command *command)
{
    if (!command->done && track->places % UNSIGNALLED_MAX == UNSIGNALLED_MAX - 1)
        device_signal_create(&command->done); // without one they stay until the next finish
}

// Gives the command to the device, with the queue's lock held. Its signal ends in every case. Its ties are
// moved to *ties, to be let go without the lock: the last reference to an event may be the last to its queue,
// whose end has to be waited for.
static cl_int command_submit(struct kiln_queue *queue, struct command *command, bool failed,
                             struct event_ties **ties)
{
    struct event_ties *own = command->ties;
    struct track *track = &queue->tracks[0];
    if (queue_is_out_of_order(queue))
        track = track_choose(queue, own ? own->wait_count : 0, own ? own->wait : NULL);
    command->track = track;
    command_signal_sometimes(track, command);
    cl_int error = failed ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : CL_SUCCESS;
    if (!error && own && own->event) error = event_submitting(own->event, track, own->wait_count, own->wait);
    if (!error) error = command_run(queue, command);
    if (error && command->done) {
        device_signal_set(command->done, error);
        device_signal_release(command->done);
        command->done = NULL; // it ended out of turn and says nothing of the commands before it
    }
    if (own) {
        if (own->event) event_submitted(own->event);
        own->next = *ties;
        *ties = own;
        command->ties = NULL;
    }
    under_way_append(track, command);
    return error;
}

// ---- Holding back --------------------------------------------------------------------------------------

// With the queue's lock held. A queue that holds commands back is kept alive and known to its context.
__attribute__((cold)) static void command_hold(struct kiln_queue *queue, struct command *command)
{
    if (!queue->held.count) {
        struct kiln_context *context = queue->context;
        queue_retain(queue);
        pthread_mutex_lock(&context->lock);
        queue->next_held = context->held_queues;
        context->held_queues = queue;
        pthread_mutex_unlock(&context->lock);
    }
    list_append(&queue->held, command);
    queue->held_barriers += command->barrier;
}

// Whether a command has to stay behind those that are held back: `held` of them, with `barriers` among them.
static bool command_stays_behind(const struct kiln_queue *queue, const struct command *command, unsigned held,
                                 unsigned barriers)
{
    return queue_is_out_of_order(queue) ? barriers || (held && command->waits_all) : held;
}

// Submits the held commands that are ready. Returns whether there was one. With the queue's lock held.
static bool held_submit(struct kiln_queue *queue, struct event_ties **ties)
{
    struct command_list held = queue->held;
    queue->held = (struct command_list){0};
    queue->held_barriers = 0;
    unsigned before = held.count;
    while (held.first) {
        bool failed;
        struct command *command = list_take_first(&held);
        if (!command_stays_behind(queue, command, queue->held.count, queue->held_barriers) &&
            command_ready(command, &failed)) {
            command_submit(queue, command, failed, ties);
        } else {
            list_append(&queue->held, command);
            queue->held_barriers += command->barrier;
        }
    }
    return queue->held.count < before;
}

// *emptied: the queue holds none any more.
static bool queue_flush_held(struct kiln_queue *queue, bool *emptied)
{
    struct event_ties *ties = NULL;
    pthread_mutex_lock(&queue->lock);
    bool had = queue->held.count;
    bool progress = held_submit(queue, &ties);
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
    ties_free(ties);
    return progress;
}

// The context's n-th queue that holds commands back, retained; NULL.
static struct kiln_queue *held_queue(struct kiln_context *context, unsigned n)
{
    pthread_mutex_lock(&context->lock);
    struct kiln_queue *queue = context->held_queues;
    while (queue && n--) queue = queue->next_held;
    if (queue) queue_retain(queue);
    pthread_mutex_unlock(&context->lock);
    return queue;
}

void context_flush_held(struct kiln_context *context)
{
    struct kiln_queue *queue;
    for (unsigned n = 0; (queue = held_queue(context, n));) {
        bool emptied, progress = queue_flush_held(queue, &emptied);
        queue_release(queue);
        if (emptied) queue_release(queue); // the reference that held commands keep
        n = progress ? 0 : n + 1;          // what was submitted may be what an earlier queue waits for
    }
}

// ---- Letting go of what has ended ----------------------------------------------------------------------

// Commands of a track end in order: the last one whose signal has ended tells of all before it. With the
// queue's lock held.
static struct command *ended_take(struct track *track)
{
    uint64_t place = 0;
    for (struct command *c = track->first_signalled; c && device_signal_state(c->done) != 1;
         c = c->next_signalled)
        place = c->place;
    return place ? under_way_take(track, place) : NULL;
}

void queue_reap(struct kiln_queue *queue)
{
    for (unsigned i = 0; i < TRACKS_MAX; i++) {
        pthread_mutex_lock(&queue->lock);
        bool open = i < queue->track_count;
        struct command *ended = open ? ended_take(&queue->tracks[i]) : NULL;
        pthread_mutex_unlock(&queue->lock);
        commands_free(ended);
        if (!open) return;
    }
}

void queue_destroy_commands(struct kiln_queue *queue)
{
    for (unsigned i = 0; i < queue->track_count; i++) commands_free(queue->tracks[i].under_way.first);
}

static cl_int track_finish(struct kiln_queue *queue, struct track *track)
{
    pthread_mutex_lock(&queue->lock);
    uint64_t places = track->places;
    pthread_mutex_unlock(&queue->lock);
    cl_int error = device_queue_finish(track->device_queue);
    pthread_mutex_lock(&queue->lock);
    // After an error it is not certain that they have ended.
    struct command *ended = error ? ended_take(track) : under_way_take(track, places);
    pthread_mutex_unlock(&queue->lock);
    commands_free(ended);
    return error;
}

cl_int queue_flush(struct kiln_queue *queue)
{
    cl_int result = CL_SUCCESS;
    pthread_mutex_lock(&queue->lock);
    for (unsigned i = 0; i < queue->track_count; i++) {
        cl_int error = device_queue_flush(queue->tracks[i].device_queue);
        if (error) result = error;
    }
    pthread_mutex_unlock(&queue->lock);
    return result;
}

cl_int queue_finish(struct kiln_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    unsigned tracks = queue->track_count;
    pthread_mutex_unlock(&queue->lock);
    cl_int result = CL_SUCCESS;
    for (unsigned i = 0; i < tracks; i++) {
        cl_int error = track_finish(queue, &queue->tracks[i]);
        if (error) result = error;
    }
    return result;
}

// ---- Enqueueing ----------------------------------------------------------------------------------------

cl_int command_request_init(struct command_request *request, cl_command_queue handle, cl_command_type type,
                            cl_uint wait_count, const cl_event *wait, cl_event *event)
{
    if (!queue_is(handle)) return CL_INVALID_COMMAND_QUEUE;
    struct kiln_queue *queue = queue_from(handle);
    *request = (struct command_request){queue, type, wait_count, wait, event, CL_FALSE};
    return wait_count || wait ? event_list_check(queue->context, wait_count, wait) : CL_SUCCESS;
}

static cl_int command_start(struct kiln_queue *queue, struct command *command)
{
    struct event_ties *ties = NULL;
    bool failed = false;
    cl_int error = CL_SUCCESS;
    struct command *ended = NULL;
    pthread_mutex_lock(&queue->lock);
    bool hold = command_stays_behind(queue, command, queue->held.count, queue->held_barriers) ||
                !command_ready(command, &failed);
    if (hold) {
        command_hold(queue, command);
    } else {
        error = command_submit(queue, command, failed, &ties);
        if (command->done) ended = ended_take(command->track);
    }
    pthread_mutex_unlock(&queue->lock);
    if (ties) ties_free(ties);
    if (ended) commands_free(ended);
    // What it waits for may have ended before the queue was among those that are looked at then.
    if (hold) context_flush_held(queue->context);
    return failed ? CL_SUCCESS : error; // a failed wait list shows in the event, not in the enqueue
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
    struct device_signal *done = request->blocking ? command->done : NULL;
    if (event) event_retain(event); // the application's reference
    if (done) device_signal_retain(done);
    cl_int error = command_start(queue, command);
    if (!error && done) error = command_wait(done, request);
    if (done) {
        queue_reap(queue);
        device_signal_release(done);
    }
    if (error && event) event_release(event);
    if (!error && event) *request->event = event_handle(event);
    return error;
}

cl_int command_enqueue(const struct command_request *request, struct command *command)
{
    return command->done ? command_enqueue_signalled(request, command)
                         : command_start(request->queue, command);
}

static cl_int nothing_submit(void *payload, struct device_queue *queue, const struct device_command *command)
{
    (void)payload;
    return device_queue_barrier(queue, command);
}

cl_int command_enqueue_nothing(const struct command_request *request)
{
    static const struct command_kind kind = {nothing_submit, NULL};
    struct command *command;
    void *payload;
    cl_int error = command_create(request, &kind, 0, &command, &payload);
    return error ? error : command_enqueue(request, command);
}
