// A worker that cannot go on tells the driver why, in an answer that was written when there was still time.
#pragma once

// Answers go to this descriptor. From now on signals that end a program, and the driver's hanging up, end
// this one in order; the stack on which that happens is another.
void last_words_prepare(int answer_fd, long seconds);

// The same for a further thread of this one, before it does anything else.
void last_words_of_thread(void);

// While an answer is on its way no other may begin.
void last_words_hold(void);
void last_words_allow(void);

// Out of memory: says so and ends the process.
_Noreturn void last_words_no_memory(void);
