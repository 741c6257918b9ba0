// The one way to enqueue anything.
#pragma once

#include "api/queue.h"
#include "device/device.h"

struct printf_buffer;

struct command_request {
    struct kiln_queue *queue;
    cl_command_type type;
    cl_uint wait_count;
    const cl_event *wait;
    cl_event *event;  // NULL: the application wants none
    cl_bool blocking; // return when the command has ended
    // Where the command goes instead of the queue: it is recorded. NULL: it is enqueued. A recorded command
    // has no wait list and no event.
    struct command **recorded;
};

// What a kind of command does.
struct command_kind {
    // Gives it to the device by device_queue_* calls, of which the last one ends `command->done`. May be
    // called after the enqueuing function has returned: the payload holds all that it needs. Called with the
    // queue's lock held, in the queue's order.
    cl_int (*submit)(void *payload, struct device_queue *, const struct device_command *command);
    // Lets go of what the payload refers to, once the command has ended, or at once where it is refused.
    // NULL: of nothing.
    void (*release)(void *payload);

    // Recorded commands are submitted again and again, also by several queues at once. Where that would
    // change the payload: a command of its own for one submission, whose kernels print into *buffer, which
    // the first of them that prints creates. NULL: it would not.
    cl_int (*copy)(const void *payload, const struct command_request *, struct printf_buffer **buffer,
                   struct command **);
    // Where the command is dispatches and nothing else: adds them to a batch. NULL: it is something else.
    cl_int (*batch)(const void *payload, struct device_batch *);
};

// The checks that all clEnqueue* share, in the specification's order: CL_INVALID_COMMAND_QUEUE,
// CL_INVALID_EVENT_WAIT_LIST, CL_INVALID_CONTEXT. On success `request` is filled in.
cl_int command_request_init(struct command_request *request, cl_command_queue queue, cl_command_type type,
                            cl_uint wait_count, const cl_event *wait, cl_event *event);

// A command with room for `size` bytes of payload, to be filled in and then enqueued.
cl_int command_create(const struct command_request *, const struct command_kind *, size_t size,
                      struct command **, void **payload);

// Enqueues, or records. In every case the queue, or `request->recorded`, has the command from here on.
cl_int command_enqueue(const struct command_request *, struct command *);

// Releases one that is not to be enqueued.
void command_free(struct command *);

// Of a recorded command.
const struct command_kind *command_kind(const struct command *);
void *command_payload(struct command *);

// A command that does nothing but keep its place in the queue's order.
cl_int command_enqueue_nothing(const struct command_request *);

// Gives the device what no longer needs to be held back, in all queues of the context.
void commands_resume(struct kiln_context *);

// Sleeps until all commands of the queue have ended, held ones too: clFinish.
cl_int commands_finish(struct kiln_queue *);

// The same of all queues of a context, those too that the application has let go of.
cl_int commands_finish_all(struct kiln_context *);
