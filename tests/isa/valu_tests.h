// The tests that valu_semantics.c runs from other files.
#pragma once

void divisions_are_correctly_rounded(void **state);
void guide_examples_hold(void **state);
