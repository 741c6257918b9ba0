// kilnc as a command that people type: see its --help, or kilnc(1).
#pragma once

// Returns the process's exit status.
int command_main(int count, char **arguments);
