// Starting a process that is not the application's child, since applications wait for their children, count
// them and are told when they end: init gets it, and the application never sees it.
#pragma once

// Runs the program at `path` (arguments[0] is its name) with this environment, with these descriptors as its
// standard input, output and error and with no other, with default signals, and in a session of its own: what
// is typed at the application's terminal is not meant for it. Returns 0 or an errno.
int process_launch(const char *path, char *const *arguments, char *const *environment,
                   const int descriptors[3]);
