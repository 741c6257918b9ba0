#include "log.h"

#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const level_names[] = {"none", "error", "info", "debug"};

static enum log_level log_threshold(void)
{
    const char *wanted = config_get()->log;
    for (int i = LOG_NONE; i <= LOG_DEBUG; i++)
        if (!strcmp(wanted, level_names[i])) return (enum log_level)i;
    return LOG_INFO; // an unknown word asks for something: show more rather than less
}

int log_enabled(enum log_level level) { return level <= log_threshold(); }

void log_message(enum log_level level, const char *format, ...)
{
    if (!log_enabled(level)) return;
    int saved = errno;
    char line[1024] = "kiln: ";
    size_t used = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    va_end(arguments);
    used = strlen(line);
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) errno = saved; // nowhere left to report to
    errno = saved;
}
