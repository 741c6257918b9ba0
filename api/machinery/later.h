// A thread of the API's own, for what threads of the device layer notice but must not do themselves, since it
// may call the application or wait. What it is to do brings its own memory, so that nothing can fail.
#pragma once

#include <stdbool.h>

struct later {
    struct later *next;
    void (*run)(struct later *); // may free it
};

// Starts the thread, unless it runs already. False: there is none.
bool later_start(void);

// Has them run in order, linked by `next` from the first to the last, after all that came before. The thread
// was started.
void later_append(struct later *first, struct later *last);
