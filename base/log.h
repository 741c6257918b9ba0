// Messages for the person at the terminal: standard error, one line each, chosen by KILN_LOG.
#pragma once

enum log_level { LOG_NONE, LOG_ERROR, LOG_INFO, LOG_DEBUG };

// Whether a message of this level would be printed.
int log_enabled(enum log_level level);

// Prints "kiln: <message>\n" in one write. Keeps errno.
void log_message(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// The same whatever the level: for what reads the options themselves.
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define log_error(...) log_message(LOG_ERROR, __VA_ARGS__)
#define log_info(...)  log_message(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_message(LOG_DEBUG, __VA_ARGS__)
