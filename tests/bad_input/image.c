// Sections 5.3, 5.4, 5.6 and 5.7: images, pipes, shared virtual memory, samplers. A device may lack each of
// them: then the call's error is CL_INVALID_OPERATION, whatever else is wrong with it.
#include "table.h"

#include <stdlib.h>

static size_t size;
static char text[256];
static const size_t origin[3], region[3] = {4, 4, 1};
static const cl_image_format rgba8 = {CL_RGBA, CL_UNORM_INT8};
static const cl_image_desc square = {
    .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 4, .image_height = 4};

#define BAD_IMAGE(expected, call) BAD(has_images ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_PIPE(expected, call)  BAD(has_pipes ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_SVM(expected, call)   BAD(has_svm ? (expected) : CL_INVALID_OPERATION, call)
#define BAD_IMAGE_HANDLES(call)                                                                              \
    do {                                                                                                     \
        BAD_HANDLES(cl_mem, has_images ? CL_INVALID_MEM_OBJECT : CL_INVALID_OPERATION, call);                \
        cl_mem bad = buffer;                                                                                 \
        BAD_IMAGE(CL_INVALID_MEM_OBJECT, call);                                                              \
    } while (0)

// 5.3.1 Creating Image Objects, 5.3.2 Querying List of Supported Image Formats, 5.3.7 Image Object Queries
void images(void **state)
{
    (void)state;
    cl_image_format formats[4];
    const cl_image_format unknown = {0x7777, CL_FLOAT};
    const cl_image_desc none = {0}, narrow = {.image_type = CL_MEM_OBJECT_IMAGE2D, .image_height = 4};
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateImage(bad, 0, &rgba8, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
              cl->clCreateImage(context, 0, NULL, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
              cl->clCreateImage(context, 0, &unknown, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, NULL, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_DESCRIPTOR, cl->clCreateImage(context, 0, &rgba8, &none, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage(context, 0, &rgba8, &narrow, NULL, error_out));
    BAD_IMAGE(CL_INVALID_HOST_PTR, cl->clCreateImage(context, 0, &rgba8, &square, host, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateImage(context, 1 << 6, &rgba8, &square, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImageWithProperties(bad, NULL, 0, &rgba8, &square, NULL, error_out));
    BAD_IMAGE(CL_INVALID_PROPERTY,
              cl->clCreateImageWithProperties(context, (cl_mem_properties[]){0x7777, 1, 0}, 0, &rgba8,
                                              &square, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImage2D(bad, 0, &rgba8, 4, 4, 0, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage2D(context, 0, &rgba8, 0, 4, 0, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateImage3D(bad, 0, &rgba8, 4, 4, 4, 0, 0, NULL, error_out));
    BAD_IMAGE(CL_INVALID_IMAGE_SIZE, cl->clCreateImage3D(context, 0, &rgba8, 0, 4, 4, 0, 0, NULL, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clGetSupportedImageFormats(bad, 0, CL_MEM_OBJECT_IMAGE2D, 4, formats, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clGetSupportedImageFormats(context, 1 << 6, CL_MEM_OBJECT_IMAGE2D, 4, formats, NULL));
    BAD(CL_INVALID_VALUE, cl->clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_BUFFER, 4, formats, NULL));
    BAD(CL_INVALID_VALUE,
        cl->clGetSupportedImageFormats(context, 0, CL_MEM_OBJECT_IMAGE2D, 0, formats, NULL));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT, cl->clGetImageInfo(bad, CL_IMAGE_WIDTH, 0, NULL, &size));
    BAD(CL_INVALID_MEM_OBJECT, cl->clGetImageInfo(buffer, CL_IMAGE_WIDTH, 0, NULL, &size));
}

// 5.3.3 to 5.3.6: the commands
void image_commands(void **state)
{
    (void)state;
    size_t pitch;
    const cl_float4 color = {{0}};
    BAD_QUEUES(cl->clEnqueueReadImage(on, buffer, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueReadImage(on, bad, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueWriteImage(on, buffer, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueWriteImage(on, bad, CL_TRUE, origin, region, 0, 0, host, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueFillImage(on, buffer, &color, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueFillImage(on, bad, &color, origin, region, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueCopyImage(on, buffer, buffer, origin, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyImage(on, bad, buffer, origin, origin, region, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueCopyImageToBuffer(on, buffer, buffer, origin, region, 0, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyImageToBuffer(on, bad, buffer, origin, region, 0, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueCopyBufferToImage(on, buffer, buffer, 0, origin, region, WAIT, NULL));
    BAD_IMAGE_HANDLES(cl->clEnqueueCopyBufferToImage(on, buffer, bad, 0, origin, region, WAIT, NULL));
    BAD_QUEUES(cl->clEnqueueMapImage(on, buffer, CL_TRUE, CL_MAP_READ, origin, region, &pitch, &pitch, WAIT,
                                     NULL, error_out));
    BAD_IMAGE_HANDLES(cl->clEnqueueMapImage(on, bad, CL_TRUE, CL_MAP_READ, origin, region, &pitch, &pitch,
                                            WAIT, NULL, error_out));
}

// 5.4 Pipes
void pipes(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreatePipe(bad, 0, 4, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_VALUE, cl->clCreatePipe(context, CL_MEM_READ_ONLY, 4, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_PIPE_SIZE, cl->clCreatePipe(context, 0, 0, 16, NULL, error_out));
    BAD_PIPE(CL_INVALID_PIPE_SIZE, cl->clCreatePipe(context, 0, 4, 0, NULL, error_out));
    BAD_PIPE(CL_INVALID_VALUE,
             cl->clCreatePipe(context, 0, 4, 16, (cl_pipe_properties[]){0x7777, 1, 0}, error_out));
    BAD_HANDLES(cl_mem, CL_INVALID_MEM_OBJECT, cl->clGetPipeInfo(bad, CL_PIPE_PACKET_SIZE, 0, NULL, &size));
    BAD(CL_INVALID_MEM_OBJECT, cl->clGetPipeInfo(buffer, CL_PIPE_PACKET_SIZE, 0, NULL, &size));
}

// 5.6.1 SVM Sharing Granularity: allocating
void svm(void **state)
{
    (void)state;
    cl_svm_mem_flags atomics = CL_MEM_SVM_ATOMICS; // need a fine-grained buffer
    for (handle_first("cl_context"); handle_exists(); handle_next()) {
        NULL_RESULT(cl->clSVMAlloc(handle_bad(), CL_MEM_READ_WRITE, 64, 0));
        NO_RESULT(cl->clSVMFree(handle_bad(), NULL));
    }
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 0, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, SIZE_MAX, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 64, 3));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 64, 1U << 31));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_USE_HOST_PTR, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, CL_MEM_READ_WRITE | atomics, 64, 0));
    NULL_RESULT(cl->clSVMAlloc(context, 1 << 20, 64, 0));
    NO_RESULT(cl->clSVMFree(context, NULL));
}

#define BAD_SVM_COMMAND(call)                                                                                \
    do {                                                                                                     \
        if (has_svm)                                                                                         \
            BAD_COMMAND(call);                                                                               \
        else                                                                                                 \
            BAD_QUEUES(call);                                                                                \
    } while (0)

// 5.6.1 SVM Sharing Granularity: the commands
void svm_commands(void **state)
{
    (void)state;
    char *shared = cl->clSVMAlloc(context, CL_MEM_READ_WRITE, 256, 0);
    void *list[] = {shared};
    const void *parts[] = {shared};
    BAD_SVM_COMMAND(cl->clEnqueueSVMFree(on, 1, list, NULL, NULL, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMFree(on, 0, list, NULL, NULL, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMFree(on, 1, NULL, NULL, NULL, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMemcpy(on, CL_TRUE, host, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemcpy(on, CL_TRUE, NULL, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemcpy(on, CL_TRUE, host, NULL, 16, WAIT, NULL));
    BAD_SVM(CL_MEM_COPY_OVERLAP, cl->clEnqueueSVMMemcpy(on, CL_TRUE, shared, shared + 8, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMemFill(on, shared, host, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, NULL, host, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, NULL, 4, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 0, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 3, 15, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 256, 256, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared, host, 4, 18, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMemFill(on, shared + 2, host, 4, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, shared, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, NULL, 16, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, CL_MAP_READ, shared, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMap(on, CL_TRUE, 1 << 10, shared, 16, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMUnmap(on, shared, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMUnmap(on, NULL, WAIT, NULL));
    BAD_SVM_COMMAND(cl->clEnqueueSVMMigrateMem(on, 1, parts, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 0, parts, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, NULL, NULL, 0, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, parts, NULL, 1 << 10, WAIT, NULL));
    BAD_SVM(CL_INVALID_VALUE, cl->clEnqueueSVMMigrateMem(on, 1, parts, &(size_t){4096}, 0, WAIT, NULL));
    cl->clSVMFree(context, shared);
}

// 5.7 Sampler Objects
void samplers(void **state)
{
    (void)state;
    const cl_sampler_properties unknown[] = {0x7777, 1, 0}, twice[] = {CL_SAMPLER_NORMALIZED_COORDS, 1,
                                                                       CL_SAMPLER_NORMALIZED_COORDS, 1, 0};
    enum { CLAMP = CL_ADDRESS_CLAMP, NEAREST = CL_FILTER_NEAREST };
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateSampler(bad, CL_TRUE, CLAMP, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, 2, CLAMP, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, CL_TRUE, 0, NEAREST, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSampler(context, CL_TRUE, CLAMP, 0, error_out));
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateSamplerWithProperties(bad, NULL, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSamplerWithProperties(context, unknown, error_out));
    BAD_IMAGE(CL_INVALID_VALUE, cl->clCreateSamplerWithProperties(context, twice, error_out));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER, cl->clRetainSampler(bad));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER, cl->clReleaseSampler(bad));
    BAD_HANDLES(cl_sampler, CL_INVALID_SAMPLER,
                cl->clGetSamplerInfo(bad, CL_SAMPLER_CONTEXT, sizeof text, text, &size));
}
