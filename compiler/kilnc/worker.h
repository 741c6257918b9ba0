// kilnc as the driver's worker: requests on standard input, answers on standard output, until the input ends.
#pragma once

// Returns the process's exit status.
int worker_serve(long memory_mb, long seconds);
