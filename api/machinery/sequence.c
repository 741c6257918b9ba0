#include "api/machinery/sequence.h"

#include "api/machinery/parts.h"
#include "api/machinery/printf.h"

#include <stdlib.h>

// Either a batch or a command.
struct step {
    struct device_batch *batch;
    struct command *command; // a record's
};

struct sequence {
    _Atomic(uint32_t) references;
    struct record **records; // retained
    size_t record_count;
    struct step *steps;
    size_t step_count;
    size_t copies; // of the steps' commands, that each submission needs
};

// ---- Records ------------------------------------------------------------------------------------------

cl_int record_create(struct command *command, struct record **out)
{
    struct record *record = malloc(sizeof *record);
    if (!record) return CL_OUT_OF_HOST_MEMORY;
    atomic_init(&record->references, 1);
    record->command = command;
    *out = record;
    return CL_SUCCESS;
}

void record_release(struct record *record)
{
    if (!record || atomic_fetch_sub(&record->references, 1) != 1) return;
    command_free(record->command);
    free(record);
}

// ---- Life ---------------------------------------------------------------------------------------------

void sequence_retain(struct sequence *sequence) { atomic_fetch_add(&sequence->references, 1); }

void sequence_release(struct sequence *sequence)
{
    if (atomic_fetch_sub(&sequence->references, 1) != 1) return;
    for (size_t i = 0; i < sequence->step_count; i++)
        if (sequence->steps[i].batch) device_batch_destroy(sequence->steps[i].batch);
    for (size_t i = 0; i < sequence->record_count; i++) record_release(sequence->records[i]);
    free(sequence->records);
    free(sequence->steps);
    free(sequence);
}

static bool step_is_copied(const struct step *step)
{
    return step->command && command_kind(step->command)->copy;
}

// Adds a command to the batch that the sequence ends with so far, or begins one.
static cl_int batch_extend(struct sequence *sequence, struct device *device, struct command *command)
{
    struct step *last = sequence->step_count ? &sequence->steps[sequence->step_count - 1] : NULL;
    if (!last || !last->batch) {
        last = &sequence->steps[sequence->step_count];
        cl_int error = device_batch_create(device, &last->batch);
        if (error) return error;
        sequence->step_count++;
    }
    return command_kind(command)->batch(command_payload(command), last->batch);
}

static cl_int sequence_append(struct sequence *sequence, struct device *device, struct record *record)
{
    atomic_fetch_add(&record->references, 1);
    sequence->records[sequence->record_count++] = record;
    if (command_kind(record->command)->batch) return batch_extend(sequence, device, record->command);
    struct step *step = &sequence->steps[sequence->step_count++];
    step->command = record->command;
    sequence->copies += step_is_copied(step);
    return CL_SUCCESS;
}

cl_int sequence_create(struct device *device, struct record *const *records, size_t count,
                       struct sequence **out)
{
    struct sequence *sequence = calloc(1, sizeof *sequence);
    if (!sequence) return CL_OUT_OF_HOST_MEMORY;
    atomic_init(&sequence->references, 1);
    sequence->records = calloc(count + 1, sizeof(struct record *));
    sequence->steps = calloc(count + 1, sizeof *sequence->steps);
    cl_int error = sequence->records && sequence->steps ? CL_SUCCESS : CL_OUT_OF_HOST_MEMORY;
    for (size_t i = 0; !error && i < count; i++) error = sequence_append(sequence, device, records[i]);
    if (error)
        sequence_release(sequence);
    else
        *out = sequence;
    return error;
}

// ---- Submissions --------------------------------------------------------------------------------------

struct submission {
    struct sequence *sequence; // retained
    size_t copy_count;
    struct command *copies[]; // of those steps that need one, in their order
};

// What a submission goes through.
struct passage {
    const struct submission *submission;
    size_t copy; // the next one
};

static cl_int command_give(struct command *command, struct device_queue *queue,
                           const struct device_command *part)
{
    return command_kind(command)->submit(command_payload(command), queue, part);
}

static cl_int step_submit(void *argument, size_t index, struct device_queue *queue,
                          const struct device_command *part)
{
    struct passage *passage = argument;
    const struct step *step = &passage->submission->sequence->steps[index];
    if (step_is_copied(step)) return command_give(passage->submission->copies[passage->copy++], queue, part);
    if (step->command) return command_give(step->command, queue, part);
    return device_batch_count(step->batch) ? device_queue_batch(queue, part, step->batch)
                                           : device_queue_barrier(queue, part);
}

static cl_int submission_submit(void *payload, struct device_queue *queue,
                                const struct device_command *command)
{
    struct passage passage = {.submission = payload};
    size_t steps = passage.submission->sequence->step_count;
    return steps ? parts_submit(queue, command, steps, step_submit, &passage)
                 : device_queue_barrier(queue, command);
}

static void submission_release(void *payload)
{
    struct submission *submission = payload;
    for (size_t i = 0; i < submission->copy_count; i++) command_free(submission->copies[i]);
    sequence_release(submission->sequence);
}

static cl_int submission_copy(struct submission *submission, struct kiln_queue *queue)
{
    const struct command_request request = {.queue = queue, .type = CL_COMMAND_NDRANGE_KERNEL};
    const struct sequence *sequence = submission->sequence;
    struct printf_buffer *buffer = NULL;
    cl_int error = CL_SUCCESS;
    for (size_t i = 0; !error && i < sequence->step_count; i++) {
        struct command *command = sequence->steps[i].command;
        if (!step_is_copied(&sequence->steps[i])) continue;
        error = command_kind(command)->copy(command_payload(command), &request, &buffer,
                                            &submission->copies[submission->copy_count]);
        if (!error) submission->copy_count++;
    }
    if (buffer) printf_buffer_release(buffer);
    return error;
}

cl_int sequence_enqueue(const struct command_request *request, struct sequence *sequence)
{
    static const struct command_kind kind = {.submit = submission_submit, .release = submission_release};
    struct command *command;
    void *payload;
    cl_int error = command_create(request, &kind,
                                  sizeof(struct submission) + sequence->copies * sizeof(struct command *),
                                  &command, &payload);
    if (error) return error;
    struct submission *submission = payload;
    *submission = (struct submission){.sequence = sequence};
    sequence_retain(sequence);
    error = sequence->copies ? submission_copy(submission, request->queue) : CL_SUCCESS;
    if (!error) return command_enqueue(request, command);
    command_free(command);
    return error;
}
