// cl_intel_global_variable_access 0.9.0: a program's variables by name; and where one lies on a device, as
// Intel's drivers tell it. Debian's headers do not have them.
#pragma once

#include <CL/cl.h>

#ifndef CL_COMMAND_READ_GLOBAL_VARIABLE_INTEL
#define CL_COMMAND_READ_GLOBAL_VARIABLE_INTEL  0x418E
#define CL_COMMAND_WRITE_GLOBAL_VARIABLE_INTEL 0x418F
CL_API_ENTRY cl_int CL_API_CALL clEnqueueReadGlobalVariableINTEL(cl_command_queue, cl_program,
                                                                 const char *name, cl_bool blocking,
                                                                 size_t size, size_t offset, void *to,
                                                                 cl_uint wait_count, const cl_event *wait,
                                                                 cl_event *event);
CL_API_ENTRY cl_int CL_API_CALL clEnqueueWriteGlobalVariableINTEL(cl_command_queue, cl_program,
                                                                  const char *name, cl_bool blocking,
                                                                  size_t size, size_t offset,
                                                                  const void *from, cl_uint wait_count,
                                                                  const cl_event *wait, cl_event *event);
CL_API_ENTRY cl_int CL_API_CALL clGetDeviceGlobalVariablePointerINTEL(cl_device_id, cl_program,
                                                                      const char *name, size_t *size,
                                                                      void **pointer);
#endif
