// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into dsrd and PostgreSQL: the clock of the calendar is moved by what is in the file that FAULT_CLOCK names, which a test writes while they run
// (tests/harness/clock.py). Clocks that only measure go on evenly. PostgreSQL asks for the time in its signal handlers: so here nothing is opened and no memory
// is asked for once the program runs, which libfaketime does at each call when its clock is to move, and backends ended of it.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000 };

static const struct moved {
    _Atomic int64_t ahead; // nanoseconds, of the right clock
    _Atomic int64_t still; // the clock stands still there, in nanoseconds since 1970; 0: it goes on
} right, *moved = &right;

__attribute__((constructor)) static void map_clock(void)
{
    const char *path = getenv("FAULT_CLOCK");
    int file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map = file >= 0 ? mmap(NULL, sizeof *moved, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    if (map == MAP_FAILED)
        abort(); // a test that moved nothing would pass
    close(file);
    moved = map;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (syscall(SYS_clock_gettime, clock, now) != 0)
        return -1;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) {
        int64_t still = moved->still, moment = still != 0 ? still : (int64_t)now->tv_sec * NANOSECONDS + now->tv_nsec + moved->ahead;
        now->tv_sec = moment / NANOSECONDS;
        now->tv_nsec = moment % NANOSECONDS;
    }
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec moment;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &moment) != 0)
        return -1;
    *now = (struct timeval){moment.tv_sec, moment.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *now)
{
    struct timespec moment;
    if (clock_gettime(CLOCK_REALTIME, &moment) != 0)
        return -1;
    if (now != NULL)
        *now = moment.tv_sec;
    return moment.tv_sec;
}
