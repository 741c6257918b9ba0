// Native code for the kernels that run on the software GPU (KILN_TRANSLATE). What the cache has of a region
// is used from its first wave on. Else kilnc makes it once the region is hot, in the background, and waves
// change over when it is there. Whatever goes wrong costs speed only.
#pragma once

// For the time that the device is open. native_stop waits for what is under way, forgets all code, and is
// called when nothing runs.
void native_start(void);
void native_stop(void);

// In the child of a fork: what the parent's threads were at is not done here.
void native_reset_after_fork(void);
