// What a kernel is told of a launch that may be more than one dispatch: bytes of the implicit argument block
// that code object v5 leaves unused, filled in by the driver and read by Kiln's device library. All else in
// the block is about the dispatch at hand.
#pragma once

#define LAUNCH_FIRST_GROUP 128 // 3 32-bit words: number in the launch of the dispatch's first work-group
#define LAUNCH_GROUPS      140 // 3 32-bit words: work-groups of the launch
#define LAUNCH_ITEMS       152 // 3 64-bit words: work-items of the launch
#define LAUNCH_END         176
