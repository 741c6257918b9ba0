#include "subject.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const cl_icd_dispatch *cl;
cl_platform_id platform;
cl_device_id device;
cl_context context;
cl_command_queue queue;
cl_event event, marker, timed;
cl_mem buffer, sub_buffer, write_only, read_only, host_no_access, host_writes, host_reads;
cl_mem image, cube, lines, floats, image_written, image_read, image_hidden;
cl_sampler sampler;
cl_program program, pictures, unbuilt, broken, object, whole;
cl_kernel kernel, plain, sized, pictured;
char host[BUFFER_SIZE];
struct other other;
cl_bool has_images, has_svm, has_pipes, has_il, has_sub_groups, has_mipmaps, is_before_3_1;
struct stale stale[8];

static const char source[] = //
    "#if __OPENCL_C_VERSION__ >= 300\n"
    "global int counter;\n"
    "#endif\n"
    "kernel void add(global int *to, local int *scratch, int value) {\n"
    "    scratch[get_local_id(0)] = value;\n"
    "    to[get_global_id(0)] = get_global_id(0) + scratch[get_local_id(0)];\n"
    "}\n"
    "kernel __attribute__((reqd_work_group_size(8, 1, 1))) void sized(void) {}\n";

static const char picture_source[] =
    "kernel void picture(read_only image2d_t from, write_only image2d_t to, sampler_t sampler) {\n"
    "    write_imagef(to, (int2)0, read_imagef(from, sampler, (float2)0));\n"
    "}\n";

// Nothing here may fail: it is what the table stands on.
static void require(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "cannot prepare the table: %s\n", what);
    exit(2);
}
#define REQUIRE(expression) require((expression), #expression)

static void library_open(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    clIcdGetPlatformIDsKHR_fn get = library ? dlsym(library, "clIcdGetPlatformIDsKHR") : NULL;
    REQUIRE(get && !get(1, &platform, NULL));
    cl = *(const cl_icd_dispatch *const *)platform;
    REQUIRE(!cl->clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL));
}

static void device_ask(cl_device_info query, size_t size, void *value)
{
    REQUIRE(!cl->clGetDeviceInfo(device, query, size, value, NULL));
}

static void features_ask(void)
{
    cl_device_svm_capabilities capabilities;
    cl_uint sub_groups;
    char il[256], version[256], extensions[8192];
    device_ask(CL_DEVICE_IMAGE_SUPPORT, sizeof has_images, &has_images);
    device_ask(CL_DEVICE_PIPE_SUPPORT, sizeof has_pipes, &has_pipes);
    device_ask(CL_DEVICE_SVM_CAPABILITIES, sizeof capabilities, &capabilities);
    device_ask(CL_DEVICE_MAX_NUM_SUB_GROUPS, sizeof sub_groups, &sub_groups);
    device_ask(CL_DEVICE_IL_VERSION, sizeof il, il);
    has_svm = capabilities != 0;
    has_sub_groups = sub_groups != 0;
    device_ask(CL_DEVICE_EXTENSIONS, sizeof extensions, extensions);
    has_mipmaps = strstr(extensions, "cl_khr_mipmap_image ") != NULL;
    has_il = il[0] != '\0';
    REQUIRE(!cl->clGetPlatformInfo(platform, CL_PLATFORM_VERSION, sizeof version, version, NULL));
    is_before_3_1 = strcmp(version, "OpenCL 3.1") < 0;
}

static cl_event ended_marker_create(cl_queue_properties properties)
{
    cl_event ended = NULL;
    const cl_queue_properties list[] = {CL_QUEUE_PROPERTIES, properties, 0};
    cl_command_queue of = cl->clCreateCommandQueueWithProperties(context, device, list, NULL);
    REQUIRE(of && !cl->clEnqueueMarkerWithWaitList(of, 0, NULL, &ended));
    REQUIRE(!cl->clFinish(of) && !cl->clReleaseCommandQueue(of));
    return ended;
}

static cl_mem buffer_create(cl_mem_flags flags)
{
    cl_mem created = cl->clCreateBuffer(context, flags, BUFFER_SIZE, NULL, NULL);
    REQUIRE(created);
    return created;
}

static void memory_create(void)
{
    const cl_buffer_region half = {BUFFER_SIZE / 2, BUFFER_SIZE / 2};
    buffer = buffer_create(CL_MEM_READ_WRITE);
    write_only = buffer_create(CL_MEM_WRITE_ONLY);
    read_only = buffer_create(CL_MEM_READ_ONLY);
    host_no_access = buffer_create(CL_MEM_HOST_NO_ACCESS);
    host_writes = buffer_create(CL_MEM_HOST_WRITE_ONLY);
    host_reads = buffer_create(CL_MEM_HOST_READ_ONLY);
    sub_buffer = cl->clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &half, NULL);
    REQUIRE(sub_buffer);
}

static cl_mem image_create(cl_context in, cl_mem_flags flags, cl_mem_object_type type, cl_channel_type of)
{
    const cl_image_format format = {CL_RGBA, of};
    const cl_image_desc description = {
        .image_type = type,
        .image_width = 4,
        .image_height = type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? 0 : 4,
        .image_depth = type == CL_MEM_OBJECT_IMAGE3D ? 4 : 0,
        .image_array_size = type == CL_MEM_OBJECT_IMAGE1D_ARRAY ? 4 : 0,
    };
    cl_mem created = cl->clCreateImage(in, flags, &format, &description, NULL, NULL);
    REQUIRE(created);
    return created;
}

static void images_create(void)
{
    image = image_create(context, 0, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8);
    cube = image_create(context, 0, CL_MEM_OBJECT_IMAGE3D, CL_UNORM_INT8);
    lines = image_create(context, 0, CL_MEM_OBJECT_IMAGE1D_ARRAY, CL_UNORM_INT8);
    floats = image_create(context, 0, CL_MEM_OBJECT_IMAGE2D, CL_FLOAT);
    image_written = image_create(context, CL_MEM_WRITE_ONLY, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8);
    image_read = image_create(context, CL_MEM_READ_ONLY, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8);
    image_hidden = image_create(context, CL_MEM_HOST_NO_ACCESS, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8);
    sampler = cl->clCreateSampler(context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, NULL);
    other.image = image_create(other.context, 0, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8);
    other.sampler = cl->clCreateSampler(other.context, CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, NULL);
    REQUIRE(sampler && other.sampler);
}

static cl_program program_create(cl_context in, const char *text)
{
    cl_program created = cl->clCreateProgramWithSource(in, 1, &text, NULL, NULL);
    REQUIRE(created);
    return created;
}

static void programs_create(void)
{
    program = program_create(context, source);
    unbuilt = program_create(context, source);
    broken = program_create(context, "kernel void broken(void) { no such statement }");
    object = program_create(context, source);
    REQUIRE(!cl->clBuildProgram(program, 1, &device, "-cl-std=CL3.0", NULL, NULL));
    REQUIRE(cl->clBuildProgram(broken, 1, &device, "", NULL, NULL) == CL_BUILD_PROGRAM_FAILURE);
    REQUIRE(!cl->clCompileProgram(object, 1, &device, "", 0, NULL, NULL, NULL, NULL));
    whole = cl->clLinkProgram(context, 1, &device, "", 1, &object, NULL, NULL, NULL);
    REQUIRE(whole);
}

static void kernels_create(void)
{
    const cl_int value = SUBJECT_ARGUMENT;
    kernel = cl->clCreateKernel(program, "add", NULL);
    plain = cl->clCreateKernel(whole, "add", NULL);
    sized = cl->clCreateKernel(program, "sized", NULL);
    REQUIRE(kernel && plain && sized);
    REQUIRE(!cl->clSetKernelArg(kernel, 0, sizeof buffer, &buffer));
    REQUIRE(!cl->clSetKernelArg(kernel, 1, 1024 * sizeof(cl_int), NULL));
    REQUIRE(!cl->clSetKernelArg(kernel, 2, sizeof value, &value));
}

static void pictured_create(void)
{
    pictures = program_create(context, picture_source);
    REQUIRE(!cl->clBuildProgram(pictures, 1, &device, "", NULL, NULL));
    pictured = cl->clCreateKernel(pictures, "picture", NULL);
    REQUIRE(pictured);
    REQUIRE(!cl->clSetKernelArg(pictured, 0, sizeof image, &image));
    REQUIRE(!cl->clSetKernelArg(pictured, 1, sizeof floats, &floats));
    REQUIRE(!cl->clSetKernelArg(pictured, 2, sizeof sampler, &sampler));
}

static void other_create(void)
{
    other.context = cl->clCreateContext(NULL, 1, &device, NULL, NULL, NULL);
    other.queue = cl->clCreateCommandQueueWithProperties(other.context, device, NULL, NULL);
    other.event = cl->clCreateUserEvent(other.context, NULL);
    other.buffer = cl->clCreateBuffer(other.context, 0, BUFFER_SIZE, NULL, NULL);
    other.program = program_create(other.context, source);
    REQUIRE(!cl->clBuildProgram(other.program, 1, &device, "", NULL, NULL));
    other.kernel = cl->clCreateKernel(other.program, "sized", NULL);
    REQUIRE(other.context && other.queue && other.event && other.buffer && other.kernel);
}

// Made last: nothing that is still used may get their addresses.
static void stale_create(void)
{
    cl_context gone = cl->clCreateContext(NULL, 1, &device, NULL, NULL, NULL);
    cl_program source_gone = program_create(context, source);
    stale[0] = (struct stale){"a released context", gone};
    stale[1] = (struct stale){"a released queue",
                              cl->clCreateCommandQueueWithProperties(context, device, NULL, NULL)};
    stale[2] = (struct stale){"a released event", cl->clCreateUserEvent(context, NULL)};
    stale[3] = (struct stale){"a released buffer", cl->clCreateBuffer(context, 0, BUFFER_SIZE, NULL, NULL)};
    stale[4] = (struct stale){"a released program", source_gone};
    stale[5] = (struct stale){"a released kernel", cl->clCreateKernel(program, "add", NULL)};
    REQUIRE(!cl->clReleaseContext(gone));
    REQUIRE(!cl->clReleaseCommandQueue(stale[1].handle));
    REQUIRE(!cl->clReleaseEvent(stale[2].handle));
    REQUIRE(!cl->clReleaseMemObject(stale[3].handle));
    REQUIRE(!cl->clReleaseProgram(source_gone));
    REQUIRE(!cl->clReleaseKernel(stale[5].handle));
    if (!has_images) return;
    stale[6] =
        (struct stale){"a released image", image_create(context, 0, CL_MEM_OBJECT_IMAGE2D, CL_UNORM_INT8)};
    stale[7] = (struct stale){"a released sampler", cl->clCreateSampler(context, CL_TRUE, CL_ADDRESS_CLAMP,
                                                                        CL_FILTER_NEAREST, NULL)};
    REQUIRE(!cl->clReleaseMemObject(stale[6].handle));
    REQUIRE(!cl->clReleaseSampler(stale[7].handle));
}

void subject_create(const char *library)
{
    library_open(library);
    features_ask();
    context = cl->clCreateContext(NULL, 1, &device, NULL, NULL, NULL);
    queue = cl->clCreateCommandQueueWithProperties(context, device, NULL, NULL);
    event = cl->clCreateUserEvent(context, NULL);
    REQUIRE(context && queue && event);
    marker = ended_marker_create(0);
    timed = ended_marker_create(CL_QUEUE_PROFILING_ENABLE);
    memory_create();
    programs_create();
    kernels_create();
    other_create();
    if (has_images) {
        images_create();
        pictured_create();
    }
    stale_create();
}

#define RELEASE(function, list)                                                                              \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) REQUIRE(!cl->function((list)[i]))

static void images_release(void)
{
    cl_mem const images[] = {image,         cube,       lines,        floats,
                             image_written, image_read, image_hidden, other.image};
    cl_sampler const samplers[] = {sampler, other.sampler};
    RELEASE(clReleaseMemObject, images);
    RELEASE(clReleaseSampler, samplers);
    REQUIRE(!cl->clReleaseKernel(pictured) && !cl->clReleaseProgram(pictures));
}

void subject_destroy(void)
{
    cl_kernel const kernels[] = {kernel, plain, sized, other.kernel};
    cl_program const programs[] = {program, unbuilt, broken, object, whole, other.program};
    cl_mem const memories[] = {sub_buffer,     buffer,      write_only, read_only,
                               host_no_access, host_writes, host_reads, other.buffer};
    cl_event const events[] = {event, marker, timed, other.event};
    if (has_images) images_release();
    RELEASE(clReleaseKernel, kernels);
    RELEASE(clReleaseProgram, programs);
    RELEASE(clReleaseMemObject, memories);
    RELEASE(clReleaseEvent, events);
    REQUIRE(!cl->clReleaseCommandQueue(queue) && !cl->clReleaseCommandQueue(other.queue));
    REQUIRE(!cl->clReleaseContext(context) && !cl->clReleaseContext(other.context));
}
