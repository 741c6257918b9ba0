#include "api/machinery/later.h"

#include "base/thread.h"

#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct later *list_first, *list_last;

static void *list_run(void *unused)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        while (!list_first) pthread_cond_wait(&changed, &lock);
        struct later *later = list_first;
        list_first = later->next;
        pthread_mutex_unlock(&lock);
        later->run(later);
    }
    return unused;
}

bool later_start(void)
{
    static bool runs;
    pthread_mutex_lock(&lock);
    if (!runs) runs = thread_start(NULL, "kiln-callbacks", list_run, NULL); // may succeed another time
    bool started = runs;
    pthread_mutex_unlock(&lock);
    return started;
}

void later_append(struct later *first, struct later *last)
{
    last->next = NULL;
    pthread_mutex_lock(&lock);
    if (list_first)
        list_last->next = first;
    else
        list_first = first;
    list_last = last;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}
