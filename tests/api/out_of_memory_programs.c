// Memory runs out while programs are made and built, and while kernels are launched and recorded.
#include "scarce.h"

#include "api/command_buffer_khr.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ---- What each scene stands on ------------------------------------------------------------------------

static const char *const source =
    "kernel void plain(global int *out, local int *between, int value) { out[value] = *between = value; }\n"
    "kernel void prints(int value) { printf(\"%d\", value); }\n"
    "kernel void samples(read_only image2d_t from, sampler_t how, global float4 *to)\n"
    "{ *to = read_imagef(from, how, (float2)(0.5f)); }\n";
static const char *const with_header = "#include \"other.h\"\nkernel void nothing(void) {}\n";
static const char *const header = "// nothing\n";

// What the compiler made of it once.
static struct code {
    uint8_t *bytes;
    size_t size;
} executable, object;

static void code_take(cl_program of, struct code *code)
{
    assert_int_equal(clGetProgramInfo(of, CL_PROGRAM_BINARY_SIZES, sizeof code->size, &code->size, NULL),
                     CL_SUCCESS);
    code->bytes = malloc(code->size);
    assert_non_null(code->bytes);
    assert_int_equal(clGetProgramInfo(of, CL_PROGRAM_BINARIES, sizeof code->bytes, &code->bytes, NULL),
                     CL_SUCCESS);
}

static cl_program from_source(const char *text)
{
    cl_int status;
    cl_program made = clCreateProgramWithSource(context, 1, &text, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return made;
}

static cl_program from_code(const struct code *code)
{
    cl_int status;
    const uint8_t *code_bytes = code->bytes;
    cl_program made = clCreateProgramWithBinary(context, 1, &device, &code->size, &code_bytes, NULL, &status);
    assert_int_equal(status, CL_SUCCESS);
    return made;
}

static cl_program built(void)
{
    cl_program made = from_code(&executable);
    assert_int_equal(clBuildProgram(made, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    return made;
}

static void kernel_close(cl_kernel kernel)
{
    cl_program of;
    assert_int_equal(clGetKernelInfo(kernel, CL_KERNEL_PROGRAM, sizeof of, &of, NULL), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clReleaseProgram(of), CL_SUCCESS);
}

// With a program of its own.
static cl_kernel kernel_of(const char *name)
{
    cl_int status;
    cl_kernel kernel = clCreateKernel(built(), name, &status);
    assert_int_equal(status, CL_SUCCESS);
    return kernel;
}

static cl_kernel kernel_plain(void)
{
    cl_kernel kernel = kernel_of("plain");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof buffer, &buffer), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, 64, NULL), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof(cl_int), &(cl_int){1}), CL_SUCCESS);
    return kernel;
}

static cl_kernel kernel_prints(void)
{
    cl_kernel kernel = kernel_of("prints");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof(cl_int), &(cl_int){1}), CL_SUCCESS);
    return kernel;
}

// ---- Programs -----------------------------------------------------------------------------------------

// Physical64, Kernel, Addresses, and a specialization constant 7 of 32 bits.
static const uint32_t spirv[] = {0x07230203, 0x00010000, 0,  3, 0,          0x00020011, 6, 0x00020011,
                                 4,          0x0003000e, 2,  2, 0x00040047, 1,          1, 7,
                                 0x00040015, 2,          32, 0, 0x00040032, 2,          1, 5};

static cl_int released(cl_program program, cl_int status)
{
    if (program) assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    return status;
}

static cl_int make_from_binary(void)
{
    cl_int status;
    cl_program made;
    const uint8_t *code = executable.bytes;
    ARMED(made = clCreateProgramWithBinary(context, 1, &device, &executable.size, &code, NULL, &status));
    return released(made, status);
}

static cl_int make_from_spirv(void)
{
    cl_int status;
    cl_program made;
    ARMED(made = clCreateProgramWithIL(context, spirv, sizeof spirv, &status));
    return released(made, status);
}

// A build there was no memory for fails, and says so; the program can be built another time.
static cl_int build(void)
{
    cl_int status;
    cl_program made = from_source(source);
    ARMED(status = clBuildProgram(made, 0, NULL, "-DSOMETHING", NULL, NULL));
    if (status) assert_int_equal(clBuildProgram(made, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    return released(made, status);
}

static cl_int build_from_binary(void)
{
    cl_int status;
    cl_program made = from_code(&executable);
    ARMED(status = clBuildProgram(made, 0, NULL, NULL, NULL, NULL));
    if (status) assert_int_equal(clBuildProgram(made, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    return released(made, status);
}

static _Atomic(unsigned) builds_ended;
static void CL_CALLBACK build_ended(cl_program of, void *unused)
{
    (void)of, (void)unused;
    builds_ended++;
}

static cl_int build_beside(void)
{
    cl_int status;
    cl_program made = from_source(source);
    unsigned before = builds_ended;
    ARMED(status = clBuildProgram(made, 0, NULL, NULL, build_ended, NULL));
    while (!status && builds_ended == before) usleep(100);
    return released(made, status);
}

static cl_int compile(void)
{
    cl_int status;
    const char *name = "other.h";
    cl_program made = from_source(with_header), included = from_source(header);
    ARMED(status = clCompileProgram(made, 0, NULL, NULL, 1, &included, &name, NULL, NULL));
    assert_int_equal(clReleaseProgram(included), CL_SUCCESS);
    return released(made, status);
}

static cl_int link_with(const char *options)
{
    cl_int status;
    cl_program made, input = from_code(&object);
    ARMED(made = clLinkProgram(context, 0, NULL, options, 1, &input, NULL, NULL, &status));
    assert_int_equal(clReleaseProgram(input), CL_SUCCESS);
    return released(made, status);
}

static cl_int link_executable(void) { return link_with(NULL); }
static cl_int link_library(void) { return link_with("-create-library"); }

static cl_int set_constant(void)
{
    cl_int status;
    const cl_uint value = 9;
    cl_program made = clCreateProgramWithIL(context, spirv, sizeof spirv, &status);
    assert_int_equal(status, CL_SUCCESS);
    assert_int_equal(clSetProgramSpecializationConstant(made, 7, sizeof value, &value), CL_SUCCESS);
    ARMED(status = clBuildProgram(made, 0, NULL, NULL, NULL, NULL));
    return released(made, status);
}

// ---- Kernels ------------------------------------------------------------------------------------------

static cl_int make_kernel(void)
{
    cl_int status;
    cl_kernel made;
    cl_program of = built();
    ARMED(made = clCreateKernel(of, "plain", &status));
    if (made) assert_int_equal(clReleaseKernel(made), CL_SUCCESS);
    return released(of, status);
}

// All or none.
static cl_int make_all_kernels(void)
{
    cl_int status;
    cl_uint count = 0;
    cl_kernel made[3] = {0};
    cl_program of = built();
    ARMED(status = clCreateKernelsInProgram(of, 3, made, &count));
    for (cl_uint i = 0; !status && i < 3; i++) assert_int_equal(clReleaseKernel(made[i]), CL_SUCCESS);
    if (status) assert_int_equal(clBuildProgram(of, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    return released(of, status);
}

static cl_int clone_kernel(void)
{
    cl_int status;
    cl_kernel made, of = kernel_plain();
    ARMED(made = clCloneKernel(of, &status));
    if (made) assert_int_equal(clReleaseKernel(made), CL_SUCCESS);
    kernel_close(of);
    return status;
}

// ---- Launches -----------------------------------------------------------------------------------------

static cl_int launched(cl_kernel kernel, size_t global, size_t local)
{
    cl_int status;
    cl_event event = NULL;
    ARMED(status = clEnqueueNDRangeKernel(queue, kernel, 1, NULL, &global, local ? &local : NULL,
                                          wait_count(), wait_list(), manner.event ? &event : NULL));
    if (status) assert_null(event);
    if (event) assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    kernel_close(kernel);
    return status;
}

static cl_int launch(void) { return launched(kernel_plain(), 64, 0); }
static cl_int launch_in_pieces(void) { return launched(kernel_plain(), (size_t)1 << 33, 256); }
static cl_int launch_that_prints(void) { return launched(kernel_prints(), 64, 0); }

static cl_int launch_with_image(void)
{
    cl_int status;
    const cl_sampler_properties list[] = {CL_SAMPLER_FILTER_MODE, CL_FILTER_LINEAR, 0};
    cl_sampler sampler = clCreateSamplerWithProperties(context, list, &status);
    cl_kernel kernel = kernel_of("samples");
    assert_int_equal(clSetKernelArg(kernel, 0, sizeof image, &image), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 1, sizeof sampler, &sampler), CL_SUCCESS);
    assert_int_equal(clSetKernelArg(kernel, 2, sizeof buffer, &buffer), CL_SUCCESS);
    status = launched(kernel, 64, 0);
    assert_int_equal(clReleaseSampler(sampler), CL_SUCCESS);
    return status;
}

// ---- Command buffers ----------------------------------------------------------------------------------

static const cl_command_buffer_properties_khr changeable[] = {CL_COMMAND_BUFFER_FLAGS_KHR,
                                                              CL_COMMAND_BUFFER_MUTABLE_KHR, 0};

static cl_command_buffer_khr recording_new(void)
{
    cl_int status;
    cl_command_buffer_khr made = clCreateCommandBufferKHR(1, &queue, changeable, &status);
    assert_int_equal(status, CL_SUCCESS);
    return made;
}

static cl_int make_recording(void)
{
    cl_int status;
    cl_command_buffer_khr made;
    ARMED(made = clCreateCommandBufferKHR(1, &queue, changeable, &status));
    if (made) assert_int_equal(clReleaseCommandBufferKHR(made), CL_SUCCESS);
    return status;
}

// What could not be recorded is recorded another time, and all of it is enqueued.
#define RECORD(function, ...)                                                                                \
    cl_int status;                                                                                           \
    cl_sync_point_khr point = 0;                                                                             \
    cl_command_buffer_khr into = recording_new();                                                            \
    ARMED(status = function(into, NULL, NULL, __VA_ARGS__, 0, NULL, &point, NULL));                          \
    if (status)                                                                                              \
        assert_int_equal(function(into, NULL, NULL, __VA_ARGS__, 0, NULL, &point, NULL), CL_SUCCESS);        \
    assert_int_equal(point, 1);                                                                              \
    return played(into, status)

static cl_int played(cl_command_buffer_khr recorded, cl_int status)
{
    assert_int_equal(clFinalizeCommandBufferKHR(recorded), CL_SUCCESS);
    assert_int_equal(clEnqueueCommandBufferKHR(0, NULL, recorded, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clReleaseCommandBufferKHR(recorded), CL_SUCCESS);
    return status;
}

static const size_t origin[3] = {0, 0, 0}, region[3] = {16, 4, 2}, texels[3] = {16, 8, 1};

static cl_int record_copy(void) { RECORD(clCommandCopyBufferKHR, buffer, other, 0, 0, SIZE); }
static cl_int record_fill(void) { RECORD(clCommandFillBufferKHR, buffer, "x", 1, 0, SIZE); }
static cl_int record_rect(void)
{
    RECORD(clCommandCopyBufferRectKHR, buffer, other, origin, origin, region, 16, 128, 32, 256);
}
static cl_int record_image(void)
{
    RECORD(clCommandCopyImageKHR, image, other_image, origin, origin, texels);
}
static cl_int record_image_fill(void) { RECORD(clCommandFillImageKHR, image, bytes, origin, texels); }
static cl_int record_to_buffer(void)
{
    RECORD(clCommandCopyImageToBufferKHR, image, buffer, origin, texels, 0);
}
static cl_int record_to_image(void)
{
    RECORD(clCommandCopyBufferToImageKHR, buffer, image, 0, origin, texels);
}
static cl_int record_svm_copy(void) { RECORD(clCommandSVMMemcpyKHR, shared, shared + 64, 64); }
static cl_int record_svm_fill(void) { RECORD(clCommandSVMMemFillKHR, shared, "x", 1, 64); }

static cl_int record_barrier(void)
{
    cl_int status;
    cl_command_buffer_khr into = recording_new();
    ARMED(status = clCommandBarrierWithWaitListKHR(into, NULL, NULL, 0, NULL, NULL, NULL));
    return played(into, status);
}

// With a handle, and with none.
static cl_int kernel_recorded(cl_kernel kernel, bool handle)
{
    cl_int status;
    const size_t items = 64;
    cl_mutable_command_khr command, *wanted = handle ? &command : NULL;
    cl_command_buffer_khr into = recording_new();
    ARMED(status = clCommandNDRangeKernelKHR(into, NULL, NULL, kernel, 1, NULL, &items, NULL, 0, NULL, NULL,
                                             wanted));
    if (status)
        assert_int_equal(
            clCommandNDRangeKernelKHR(into, NULL, NULL, kernel, 1, NULL, &items, NULL, 0, NULL, NULL, wanted),
            CL_SUCCESS);
    kernel_close(kernel);
    return played(into, status);
}

static cl_int record_kernel(void) { return kernel_recorded(kernel_plain(), false); }
static cl_int record_changeable(void) { return kernel_recorded(kernel_plain(), true); }
static cl_int record_printing(void) { return kernel_recorded(kernel_prints(), false); }

// What could not be changed is as before, and is changed another time.
static cl_int change_recorded(void)
{
    cl_int status;
    const size_t items = 64, more = 128;
    const cl_uint type = UPDATE_DISPATCH_CONFIG;
    const cl_mutable_dispatch_arg_khr argument = {0, sizeof other, &other};
    cl_kernel kernel = kernel_plain();
    cl_command_buffer_khr into = recording_new();
    struct dispatch_config config = {.num_args = 1, .arg_list = &argument, .global_work_size = &more};
    const void *list = &config;
    assert_int_equal(clCommandNDRangeKernelKHR(into, NULL, NULL, kernel, 1, NULL, &items, NULL, 0, NULL, NULL,
                                               &config.command),
                     CL_SUCCESS);
    assert_int_equal(clFinalizeCommandBufferKHR(into), CL_SUCCESS);
    ARMED(status = clUpdateMutableCommandsKHR(into, 1, &type, &list));
    size_t found = 0;
    assert_int_equal(clGetMutableCommandInfoKHR(config.command, CL_MUTABLE_DISPATCH_GLOBAL_WORK_SIZE_KHR,
                                                sizeof found, &found, NULL),
                     CL_SUCCESS);
    assert_int_equal(found, status ? items : more);
    if (status) assert_int_equal(clUpdateMutableCommandsKHR(into, 1, &type, &list), CL_SUCCESS);
    assert_int_equal(clEnqueueCommandBufferKHR(0, NULL, into, 0, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clReleaseCommandBufferKHR(into), CL_SUCCESS);
    kernel_close(kernel);
    return status;
}

// Of copies, kernels, and kernels that print, for the first time.
static cl_int replay(void)
{
    cl_int status;
    cl_event event = NULL;
    const size_t items = 64;
    cl_kernel kernels[] = {kernel_plain(), kernel_prints()};
    cl_command_buffer_khr into = recording_new();
    for (int i = 0; i < 2; i++)
        assert_int_equal(clCommandNDRangeKernelKHR(into, NULL, NULL, kernels[i], 1, NULL, &items, NULL, 0,
                                                   NULL, NULL, NULL),
                         CL_SUCCESS);
    assert_int_equal(clCommandCopyBufferKHR(into, NULL, NULL, buffer, other, 0, 0, SIZE, 0, NULL, NULL, NULL),
                     CL_SUCCESS);
    assert_int_equal(clFinalizeCommandBufferKHR(into), CL_SUCCESS);
    ARMED(status = clEnqueueCommandBufferKHR(0, NULL, into, wait_count(), wait_list(),
                                             manner.event ? &event : NULL));
    if (status) assert_null(event);
    if (event) assert_int_equal(clReleaseEvent(event), CL_SUCCESS);
    assert_int_equal(clReleaseCommandBufferKHR(into), CL_SUCCESS);
    for (int i = 0; i < 2; i++) kernel_close(kernels[i]);
    return status;
}

// ---- Tests --------------------------------------------------------------------------------------------

static void programs(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        SCENE(make_from_binary),  SCENE(make_from_spirv),  SCENE(build),
        SCENE(build_from_binary), SCENE(build_beside),     SCENE(compile),
        SCENE(link_executable),   SCENE(link_library),     SCENE(set_constant),
        SCENE(make_kernel),       SCENE(make_all_kernels), SCENE(clone_kernel),
    };
    manner = (struct manner){.name = "programs"};
    SCENES(scenes_run, scenes);
}

static void launches(void **state)
{
    (void)state;
    static const struct scene scenes[] = {SCENE(launch), SCENE(launch_in_pieces), SCENE(launch_that_prints),
                                          SCENE(launch_with_image), SCENE(replay)};
    SCENES(scenes_run_in_all_manners, scenes);
}

static void recordings(void **state)
{
    (void)state;
    static const struct scene scenes[] = {
        SCENE(make_recording),    SCENE(record_copy),       SCENE(record_fill),      SCENE(record_rect),
        SCENE(record_image),      SCENE(record_image_fill), SCENE(record_to_buffer), SCENE(record_to_image),
        SCENE(record_svm_copy),   SCENE(record_svm_fill),   SCENE(record_barrier),   SCENE(record_kernel),
        SCENE(record_changeable), SCENE(record_printing),   SCENE(change_recorded),
    };
    manner = (struct manner){.name = "recordings"};
    SCENES(scenes_run, scenes);
}

static int code_make(void **state)
{
    cl_int status;
    if (scarce_open(state)) return -1;
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    cl_program whole = from_source(source), part = from_source("kernel void nothing(void) {}");
    assert_int_equal(clBuildProgram(whole, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    assert_int_equal(clCompileProgram(part, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL), CL_SUCCESS);
    code_take(whole, &executable);
    code_take(part, &object);
    clReleaseProgram(whole);
    clReleaseProgram(part);
    return clReleaseContext(context);
}

static int code_drop(void **state)
{
    (void)state;
    free(executable.bytes);
    free(object.bytes);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs),
        cmocka_unit_test(launches),
        cmocka_unit_test(recordings),
    };
    return cmocka_run_group_tests(tests, code_make, code_drop);
}
