// Addresses of which each half of a slice is simple, as the translator is told of them.
#pragma once

enum { HALF_LANES = 8 };
enum memory_halves { HALVES_NONE, HALVES_ROWS, HALVES_SAME };
