// Accesses of images and typed buffers in random programs: small ones that lie in a program's memory.
#pragma once

// Writes one, with what it needs before it: a descriptor, and coordinates most of which are inside.
// `vectors`: VGPRs that may be read and written. Returns whether there is one.
bool image_access(unsigned vectors);
