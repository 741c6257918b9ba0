// A thread that calls the callbacks of one queue's signals as they end. Started when the first callback
// asks for it; ends after a while without any.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct device_signal;
struct watcher;

// NULL: out of memory or signals. One reference.
struct watcher *watcher_create(void);
void watcher_retain(struct watcher *);
void watcher_release(struct watcher *);
// The queue's last act: releases its reference, and the thread ends with the last watched signal.
void watcher_abandon(struct watcher *);

// Watches a signal that is bound to this watcher's queue. False: no thread could be started, nothing is
// watched.
bool watcher_add(struct watcher *, struct device_signal *);
