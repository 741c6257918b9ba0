// A shared object that ends every process it is loaded into.
#include <unistd.h>

__attribute__((constructor)) static void end(void) { _exit(99); }
