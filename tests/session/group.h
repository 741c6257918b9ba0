// One session for a whole group of tests, opened and closed by cmocka_run_group_tests.
#pragma once

#include "session.h"

extern struct session session;

int session_group_open(void **state);
int session_group_close(void **state);
