// Memory faults of kernels: SIGSEGV and SIGBUS become a long jump on threads that are running a work-group,
// and go to whoever handled them before on all others.
#pragma once

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fault_trap {
    sigjmp_buf jump;
    uint64_t address; // that could not be accessed
    bool told, write; // the host knows that address; it was written to (where the address is known)
    struct fault_trap *outer;
};

// Makes sure that the process's handlers are ours. Returns false where the system refuses.
bool fault_handlers_install(void);

// This thread need not make sure again until it says otherwise: somebody does for all that it runs meanwhile.
// Asking the system takes as long as a small work-group.
void fault_handlers_trust(bool);

// From `fault_arm` to `fault_disarm` a memory fault of this thread jumps to `trap->jump`, which the caller
// has set with sigsetjmp(trap->jump, 0); the trap is disarmed then. Traps nest.
void fault_arm(struct fault_trap *trap);
void fault_disarm(struct fault_trap *trap);

// Copies up to `size` bytes from `address`, as many as can be read. `address` is a multiple of 4, as is
// `size`.
size_t guarded_read(void *to, uint64_t address, size_t size);

// The same on a thread that may not have made sure of the handlers; reads nothing where the system refuses.
size_t guarded_read_anywhere(void *to, uint64_t address, size_t size);
