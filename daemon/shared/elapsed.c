// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/elapsed.h"

#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000 };

static int64_t ms_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

int64_t elapsed_ms(void)
{
    return ms_of(CLOCK_MONOTONIC);
}

int64_t elapsed_with_sleep_ms(void)
{
    return ms_of(CLOCK_BOOTTIME);
}
