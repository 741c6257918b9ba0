// What native code may refer to in this process (translator/helpers.def).
#pragma once

// NULL: nothing of this name.
const void *helper_find(const char *name);
