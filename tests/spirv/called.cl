// Is called by another program.
int twice(int number) { return 2 * number; }
