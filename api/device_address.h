// cl_ext_buffer_device_address 1.0.2: buffers whose address kernels and the application may know. Debian's
// headers do not have it yet.
#pragma once

#include <CL/cl.h>

#ifndef CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT
#define CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT   0x5000
#define CL_MEM_DEVICE_ADDRESS_EXT           0x5001
#define CL_KERNEL_EXEC_INFO_DEVICE_PTRS_EXT 0x5002
typedef cl_ulong cl_mem_device_address_ext;
CL_API_ENTRY cl_int CL_API_CALL clSetKernelArgDevicePointerEXT(cl_kernel, cl_uint index,
                                                               cl_mem_device_address_ext);
#endif
