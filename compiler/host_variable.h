// Variables of a program that the application reads and writes by name (cl_intel_global_variable_access):
// symbols of the code object. Those that a SPIR-V module has another name or limits for (HostAccessINTEL) are
// there under HOST_VARIABLE_PREFIX, a digit, "_" and that name. The digit says what the host may do: of two
// bits the first is to read, the second to write.
#pragma once

#define HOST_VARIABLE_PREFIX "__kiln_host_"
enum { HOST_VARIABLE_READ = 1, HOST_VARIABLE_WRITE = 2, HOST_VARIABLE_ACCESSES = 4 };
