// Programs that are launched as kernels are: what their waves begin with, and how they tell what they end
// with; and code as compilers make addresses from ids, of registers whose lanes ascend by a constant.
#pragma once

#include "writer.h"

enum {
    V_ROW_COUNT = 12,
    V_LAUNCHED = 24, // VGPRs that have values; and those of the writer's
};

struct launch_shape {
    uint16_t local[3];
    uint32_t groups[3];
};

// Of few items, most of them whole waves.
struct launch_shape launch_shape_choose(void);

// Gives registers values. `scratch`, and where SGPRs lie: as struct program_launch says.
void launch_begin(bool scratch);
// Stores registers of all items, and ends.
void launch_end(const struct launch_shape *shape);
// Has EXEC what the wave was launched with.
void exec_launched(void);

// An instruction that makes a row of rows, or some that do.
void row_step(void);
// A load or store at a row.
void row_access(void);
