// Section 5.8: programs.
#include "table.h"

#include <stdlib.h>

static const char *const source = "kernel void empty(void) {}";
static size_t size;
static char text[256];

// 5.8.1 Creating Program Objects: from source
void sources(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateProgramWithSource(bad, 1, (const char *[]){source}, NULL, error_out));
    BAD(CL_INVALID_VALUE,
        cl->clCreateProgramWithSource(context, 0, (const char *[]){source}, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateProgramWithSource(context, 1, NULL, NULL, error_out));
    BAD(CL_INVALID_VALUE,
        cl->clCreateProgramWithSource(context, 2, (const char *[]){source, NULL}, NULL, error_out));
}

#define BAD_BINARY(expected, ...) BAD(expected, cl->clCreateProgramWithBinary(__VA_ARGS__, NULL, error_out))

// 5.8.1 Creating Program Objects: from binaries, and built-in kernels
void binaries(void **state)
{
    (void)state;
    const unsigned char bytes[64] = "no program", *binary[] = {bytes}, *none[] = {NULL};
    const unsigned char elf[64] = "\x7f"
                                  "ELF\2\1\1",
                        *header[] = {elf};
    const size_t length[] = {sizeof bytes}, empty[] = {0}, tiny[] = {4};
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateProgramWithBinary(bad, 1, &device, length, binary, NULL, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clCreateProgramWithBinary(context, 1, &bad, length, binary, NULL, error_out));
    BAD_BINARY(CL_INVALID_VALUE, context, 0, &device, length, binary);
    BAD_BINARY(CL_INVALID_VALUE, context, 1, NULL, length, binary);
    BAD_BINARY(CL_INVALID_VALUE, context, 1, &device, NULL, binary);
    BAD_BINARY(CL_INVALID_VALUE, context, 1, &device, length, NULL);
    BAD_BINARY(CL_INVALID_VALUE, context, 1, &device, empty, binary);
    BAD_BINARY(CL_INVALID_VALUE, context, 1, &device, length, none);
    BAD_BINARY(CL_INVALID_BINARY, context, 1, &device, length, binary);
    BAD_BINARY(CL_INVALID_BINARY, context, 1, &device, length, header);
    BAD_BINARY(CL_INVALID_BINARY, context, 1, &device, tiny, header);
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clCreateProgramWithBuiltInKernels(bad, 1, &device, "empty", error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clCreateProgramWithBuiltInKernels(context, 1, &bad, "empty", error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateProgramWithBuiltInKernels(context, 0, &device, "empty", error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateProgramWithBuiltInKernels(context, 1, NULL, "empty", error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateProgramWithBuiltInKernels(context, 1, &device, NULL, error_out));
    BAD(CL_INVALID_VALUE, cl->clCreateProgramWithBuiltInKernels(context, 1, &device, "empty", error_out));
}

static void CL_CALLBACK not_called(cl_program of, void *user)
{
    (void)of, (void)user;
    abort();
}

#define BAD_IL(expected, call) BAD(has_il ? (expected) : CL_INVALID_OPERATION, call)

// 5.8.1 Creating Program Objects: from SPIR-V, 5.8.3 Setting SPIR-V Specialization Constants
void intermediate_languages(void **state)
{
    (void)state;
    const cl_int value = 1;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT, cl->clCreateProgramWithIL(bad, text, sizeof text, error_out));
    BAD_IL(CL_INVALID_VALUE, cl->clCreateProgramWithIL(context, NULL, sizeof text, error_out));
    BAD_IL(CL_INVALID_VALUE, cl->clCreateProgramWithIL(context, text, 0, error_out));
    BAD_IL(CL_INVALID_VALUE, cl->clCreateProgramWithIL(context, text, sizeof text, error_out)); // zeros
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                cl->clSetProgramSpecializationConstant(bad, 0, sizeof value, &value));
    BAD_IL(CL_INVALID_PROGRAM, cl->clSetProgramSpecializationConstant(unbuilt, 0, sizeof value, &value));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clSetProgramReleaseCallback(bad, not_called, NULL));
    BAD(CL_INVALID_OPERATION, cl->clSetProgramReleaseCallback(program, not_called, NULL));
}

// 5.8.4 Building Program Executables
void builds(void **state)
{
    (void)state;
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clBuildProgram(bad, 1, &device, NULL, NULL, NULL));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, cl->clBuildProgram(unbuilt, 1, &bad, NULL, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clBuildProgram(unbuilt, 1, NULL, NULL, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clBuildProgram(unbuilt, 0, &device, NULL, NULL, NULL));
    BAD(CL_INVALID_VALUE, cl->clBuildProgram(unbuilt, 1, &device, NULL, NULL, text));
    BAD(CL_INVALID_BUILD_OPTIONS, cl->clBuildProgram(unbuilt, 1, &device, "-no-such-option", NULL, NULL));
    BAD(CL_INVALID_BUILD_OPTIONS, cl->clBuildProgram(unbuilt, 1, &device, "-cl-std=CL9.9", NULL, NULL));
    BAD(CL_BUILD_PROGRAM_FAILURE, cl->clBuildProgram(broken, 1, &device, NULL, NULL, NULL));
    BAD(CL_INVALID_OPERATION, cl->clBuildProgram(program, 1, &device, NULL, NULL, NULL)); // it has kernels
    BAD(CL_INVALID_OPERATION, cl->clBuildProgram(whole, 1, &device, NULL, NULL, NULL));   // it was linked
}

#define BAD_COMPILE(expected, of, devices, list, options, ...)                                               \
    BAD(expected, cl->clCompileProgram(of, devices, list, options, __VA_ARGS__, NULL, NULL))

// 5.8.5 Separate Compilation and Linking of Programs: compiling
void compilations(void **state)
{
    (void)state;
    const char *name[] = {"header.h"}, *nameless[] = {NULL};
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                cl->clCompileProgram(bad, 1, &device, NULL, 0, NULL, NULL, NULL, NULL));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clCompileProgram(unbuilt, 1, &bad, NULL, 0, NULL, NULL, NULL, NULL));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                cl->clCompileProgram(unbuilt, 1, &device, NULL, 1, &bad, name, NULL, NULL));
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, NULL, NULL, 0, NULL, NULL);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 0, &device, NULL, 0, NULL, NULL);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, &device, NULL, 1, NULL, name);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, &device, NULL, 1, &unbuilt, NULL);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, &device, NULL, 1, &unbuilt, nameless);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, &device, NULL, 0, &unbuilt, NULL);
    BAD_COMPILE(CL_INVALID_VALUE, unbuilt, 1, &device, NULL, 0, NULL, name);
    BAD(CL_INVALID_VALUE, cl->clCompileProgram(unbuilt, 1, &device, NULL, 0, NULL, NULL, NULL, text));
    BAD_COMPILE(CL_INVALID_COMPILER_OPTIONS, unbuilt, 1, &device, "-no-such-option", 0, NULL, NULL);
    BAD_COMPILE(CL_COMPILE_PROGRAM_FAILURE, broken, 1, &device, NULL, 0, NULL, NULL);
    BAD_COMPILE(CL_INVALID_OPERATION, program, 1, &device, NULL, 0, NULL, NULL); // it has kernels
    BAD_COMPILE(CL_INVALID_OPERATION, whole, 1, &device, NULL, 0, NULL, NULL);   // it was linked
}

#define BAD_LINK(expected, devices, list, options, count, inputs)                                            \
    BAD(expected, cl->clLinkProgram(context, devices, list, options, count, inputs, NULL, NULL, error_out))

// 5.8.5 Separate Compilation and Linking of Programs: linking
void links(void **state)
{
    (void)state;
    BAD_HANDLES(cl_context, CL_INVALID_CONTEXT,
                cl->clLinkProgram(bad, 1, &device, NULL, 1, &object, NULL, NULL, error_out));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clLinkProgram(context, 1, &bad, NULL, 1, &object, NULL, NULL, error_out));
    BAD_HANDLES(
        cl_program, CL_INVALID_PROGRAM,
        cl->clLinkProgram(context, 1, &device, NULL, 2, (cl_program[]){object, bad}, NULL, NULL, error_out));
    BAD_LINK(CL_INVALID_CONTEXT, 1, &device, NULL, 1, &other.program);
    BAD_LINK(CL_INVALID_VALUE, 1, NULL, NULL, 1, &object);
    BAD_LINK(CL_INVALID_VALUE, 0, &device, NULL, 1, &object);
    BAD_LINK(CL_INVALID_VALUE, 1, &device, NULL, 0, &object);
    BAD_LINK(CL_INVALID_VALUE, 1, &device, NULL, 1, NULL);
    BAD(CL_INVALID_VALUE, cl->clLinkProgram(context, 1, &device, NULL, 1, &object, NULL, text, error_out));
    BAD_LINK(CL_INVALID_LINKER_OPTIONS, 1, &device, "-no-such-option", 1, &object);
    BAD_LINK(CL_INVALID_OPERATION, 1, &device, NULL, 1, &unbuilt);
    BAD_LINK(CL_INVALID_OPERATION, 1, &device, NULL, 2, ((cl_program[]){object, unbuilt}));
}

// 5.8.8 Unloading the OpenCL Compiler
void compilers(void **state)
{
    (void)state;
    // The loader's tag for ICD 2.0 stands in the table for this one; it has no error.
    cl_api_clUnloadCompiler clUnloadCompiler =
        cl->clGetExtensionFunctionAddressForPlatform(platform, "clUnloadCompiler");
    BAD(CL_SUCCESS, clUnloadCompiler());
    BAD_HANDLES(cl_platform_id, CL_INVALID_PLATFORM, cl->clUnloadPlatformCompiler(bad));
}

// cl_intel_global_variable_access
void global_variables(void **state)
{
    (void)state;
    int value = 0;
    void *pointer;
    cl_int (*read)(cl_command_queue, cl_program, const char *, cl_bool, size_t, size_t, void *, cl_uint,
                   const cl_event *, cl_event *) =
        cl->clGetExtensionFunctionAddressForPlatform(platform, "clEnqueueReadGlobalVariableINTEL");
    cl_int (*write)(cl_command_queue, cl_program, const char *, cl_bool, size_t, size_t, const void *,
                    cl_uint, const cl_event *, cl_event *) =
        cl->clGetExtensionFunctionAddressForPlatform(platform, "clEnqueueWriteGlobalVariableINTEL");
    cl_int (*place)(cl_device_id, cl_program, const char *, size_t *, void **) =
        cl->clGetExtensionFunctionAddressForPlatform(platform, "clGetDeviceGlobalVariablePointerINTEL");
#define BAD_VARIABLE(expected, program, name, size, offset, host)                                            \
    BAD(expected, read(queue, program, name, CL_TRUE, size, offset, host, 0, NULL, NULL));                   \
    BAD(expected, write(queue, program, name, CL_TRUE, size, offset, host, 0, NULL, NULL))
    BAD_COMMAND(read(on, program, "counter", CL_TRUE, 4, 0, &value, WAIT, NULL));
    BAD_COMMAND(write(on, program, "counter", CL_TRUE, 4, 0, &value, WAIT, NULL));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                read(queue, bad, "counter", CL_TRUE, 4, 0, &value, 0, NULL, NULL));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                write(queue, bad, "counter", CL_TRUE, 4, 0, &value, 0, NULL, NULL));
    BAD_VARIABLE(CL_INVALID_CONTEXT, other.program, "counter", 4, 0, &value);
    BAD_VARIABLE(CL_INVALID_PROGRAM_EXECUTABLE, unbuilt, "counter", 4, 0, &value);
    BAD_VARIABLE(CL_INVALID_PROGRAM_EXECUTABLE, object, "counter", 4, 0, &value);
    BAD_VARIABLE(CL_INVALID_VALUE, program, NULL, 4, 0, &value);
    BAD_VARIABLE(CL_INVALID_VALUE, program, "counter", 4, 0, NULL);
    BAD_VARIABLE(CL_INVALID_VALUE, program, "counter", 4, 1, &value);
    BAD_VARIABLE(CL_INVALID_VALUE, program, "counter", 5, 0, &value);
    BAD_VARIABLE(CL_INVALID_VALUE, program, "counter", SIZE_MAX, 2, &value);
    BAD_VARIABLE(CL_INVALID_VALUE, program, "counter", 1, SIZE_MAX, &value);
    static const char *const none[] = {"", "add", "add.kd", "none", "counter ", "%s"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        BAD_VARIABLE(CL_INVALID_ARG_VALUE, program, none[i], 4, 0, &value);
        BAD(CL_INVALID_ARG_VALUE, place(device, program, none[i], &size, &pointer));
    }
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, place(device, bad, "counter", &size, &pointer));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE, place(bad, program, "counter", &size, &pointer));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE, place(device, unbuilt, "counter", &size, &pointer));
    BAD(CL_INVALID_ARG_VALUE, place(device, program, NULL, &size, &pointer));
    BAD(CL_INVALID_ARG_VALUE, place(device, program, "counter", &size, NULL));
}

// 5.8.2 Retaining and Releasing Program Objects, 5.8.9 Program Object Queries
void program_queries(void **state)
{
    (void)state;
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clRetainProgram(bad));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clReleaseProgram(bad));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM, cl->clGetProgramInfo(bad, CL_PROGRAM_SOURCE, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetProgramInfo(program, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetProgramInfo(program, CL_PROGRAM_SOURCE, 4, text, &size));
    BAD(CL_INVALID_VALUE, cl->clGetProgramInfo(program, CL_PROGRAM_BINARIES, 4, text, &size));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE,
        cl->clGetProgramInfo(unbuilt, CL_PROGRAM_NUM_KERNELS, sizeof text, text, &size));
    BAD(CL_INVALID_PROGRAM_EXECUTABLE,
        cl->clGetProgramInfo(broken, CL_PROGRAM_KERNEL_NAMES, sizeof text, text, &size));
    BAD_HANDLES(cl_program, CL_INVALID_PROGRAM,
                cl->clGetProgramBuildInfo(bad, device, CL_PROGRAM_BUILD_LOG, 0, NULL, &size));
    BAD_HANDLES(cl_device_id, CL_INVALID_DEVICE,
                cl->clGetProgramBuildInfo(program, bad, CL_PROGRAM_BUILD_LOG, 0, NULL, &size));
    BAD(CL_INVALID_VALUE, cl->clGetProgramBuildInfo(program, device, 0, sizeof text, text, &size));
    BAD(CL_INVALID_VALUE,
        cl->clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_STATUS, 1, text, &size));
}
