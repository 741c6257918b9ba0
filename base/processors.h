// The processors that this process may use.
#pragma once

unsigned processors_count(void); // 1 or more
