// What code that a program loaded is called.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The name of the function at `address`, from the symbols of the code object that lies in memory around it;
// where there is none, the address as a name. Nothing of that memory is trusted.
void kernel_name(uint64_t address, char *name, size_t size);
