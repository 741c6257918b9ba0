// Calls what another program has.
int twice(int number);

kernel void call(global uint *out) { out[0] = (uint)twice(21); }
