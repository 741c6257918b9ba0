#include "group.h"

struct session session;

int session_group_open(void **state)
{
    (void)state;
    session_open(&session);
    return 0;
}

int session_group_close(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}
