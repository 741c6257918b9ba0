// Work-groups that native code runs whole, with no struct wave set up for each wave.
#pragma once

#include "wave.h"

// Runs the work-group that is about to begin. Returns
//   WAVE_UNTRANSLATED  it is not run so, and has not begun
//   WAVE_ENDED         it has ended
//   WAVE_STOPPED       it was cancelled, or a wave has stopped
//   WAVE_YIELDED       it has begun, and its waves are ready to go on one by one
enum wave_state whole_group_run(struct group *g);
