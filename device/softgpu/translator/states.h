// enum wave_state of the interpreter, for code that cannot include its header; meaning.c holds them together.
#pragma once

enum translated_state {
    STATE_YIELDED,
    STATE_AT_BARRIER,
    STATE_ENDED,
    STATE_STOPPED,
    STATE_UNTRANSLATED,
};
