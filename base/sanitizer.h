// What a sanitizer's build has to know of Kiln.
#pragma once

#define SANITIZER_BUILD                                                                                      \
    (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                                  \
     __has_feature(undefined_behavior_sanitizer))

// Such a build's address space cannot be limited.
#define SANITIZER_SHADOWS_MEMORY (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))

// ROCr is not built with ThreadSanitizer, which so misses what ROCr's stores and loads order. What a thread
// did before sanitizer_release(address) has happened for who comes back from sanitizer_acquire(address), or
// from an atomic load of it with memory_order_acquire, later.
#if __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
static inline void sanitizer_release(const volatile void *address) { __tsan_release((void *)address); }
static inline void sanitizer_acquire(const volatile void *address) { __tsan_acquire((void *)address); }
#else
static inline void sanitizer_release(const volatile void *address) { (void)address; }
static inline void sanitizer_acquire(const volatile void *address) { (void)address; }
#endif

// For what goes through ROCr's rings of copies: an address that the whole process shares.
extern char **environ;
#define SANITIZER_COPIES ((const void *)&environ)
