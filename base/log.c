#include "log.h"

#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void line_print(const char *format, va_list arguments)
{
    int saved = errno;
    char line[1024] = "kiln: ";
    size_t used = strlen(line);
    vsnprintf(line + used, sizeof line - used - 1, format, arguments);
    used = strlen(line);
    line[used++] = '\n';
    if (write(STDERR_FILENO, line, used) < 0) errno = saved; // nowhere left to report to
    errno = saved;
}

int log_enabled(enum log_level level) { return level <= config_get()->log; }

void log_message(enum log_level level, const char *format, ...)
{
    if (!log_enabled(level)) return;
    va_list arguments;
    va_start(arguments, format);
    line_print(format, arguments);
    va_end(arguments);
}

void log_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    line_print(format, arguments);
    va_end(arguments);
}
