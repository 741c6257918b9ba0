// The files that this process consists of: kilnc, the libraries it is linked with, the device library.
#pragma once

#include "compiler/evidence.h"

// Notes what they are now: to be called when the process starts, before a package or a build can replace
// them.
void installation_note(void);

// Adds them to the evidence, as noted.
void installation_tell(struct evidence *evidence);
