// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of the system that fail: the k-th of a run, k = 1, 2, ... until a run makes fewer. For tests/unit/*_calls_test.c, which
// are linked so that every such call of dsrd's own code comes here; and time(), which the test may move.
#ifndef UNIT_CALLS_H
#define UNIT_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/error.h"
#include "tests/unit/check.h"

enum { CALLS_MAXIMUM = 10000 };

static struct {
    size_t until; // so many succeed, and then one does not; 0: all do
    size_t made;
    bool failed;
    int error;        // what it fails with
    const char *name; // of the one that failed
    time_t later;     // time() is so many seconds later than it is
    const char *lacking; // this call the system does not know: EINVAL
    const char *before;  // once, before a call of this name, `meanwhile` is done by somebody else
    void (*meanwhile)(void);
} calls;

static bool call_fails(const char *name)
{
    if (calls.before != NULL && strcmp(calls.before, name) == 0) {
        calls.before = NULL;
        size_t until = calls.until;
        calls.until = 0;
        calls.meanwhile();
        calls.until = until;
    }
    if (calls.lacking != NULL && strcmp(calls.lacking, name) == 0) {
        errno = EINVAL;
        return true;
    }
    if (calls.until == 0 || ++calls.made != calls.until)
        return false;
    calls.failed = true;
    calls.name = name;
    errno = calls.error;
    return true;
}

#define CALL(type, name, parameters, arguments)                    \
    type __real_##name parameters;                                 \
    type __wrap_##name parameters;                                 \
    type __wrap_##name parameters                                  \
    {                                                              \
        return call_fails(#name) ? -1 : __real_##name arguments; \
    }
CALL(int, fstat, (int file, struct stat *status), (file, status))
CALL(int, stat, (const char *path, struct stat *status), (path, status))
CALL(ssize_t, read, (int file, void *bytes, size_t length), (file, bytes, length))
CALL(ssize_t, write, (int file, const void *bytes, size_t length), (file, bytes, length))
CALL(ssize_t, pwrite, (int file, const void *bytes, size_t length, off_t at), (file, bytes, length, at))
CALL(int, fsync, (int file), (file))
CALL(int, flock, (int file, int operation), (file, operation))
CALL(int, link, (const char *from, const char *to), (from, to))
CALL(int, unlink, (const char *path), (path))
CALL(int, rename, (const char *from, const char *to), (from, to))
CALL(int, renameat2, (int from_folder, const char *from, int to_folder, const char *to, unsigned flags), (from_folder, from, to_folder, to, flags))
CALL(int, fchown, (int file, uid_t user, gid_t group), (file, user, group))
CALL(int, access, (const char *path, int mode), (path, mode))

// What read() becomes where the flags harden.
ssize_t __real___read_chk(int file, void *bytes, size_t length, size_t room);
ssize_t __wrap___read_chk(int file, void *bytes, size_t length, size_t room);
ssize_t __wrap___read_chk(int file, void *bytes, size_t length, size_t room)
{
    return call_fails("read") ? -1 : __real___read_chk(file, bytes, length, room);
}

int __real_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode);
int __wrap_open(const char *path, int flags, mode_t mode)
{
    return call_fails("open") ? -1 : __real_open(path, flags, mode);
}

// As the kernel does: the descriptor is gone, also where close() fails.
int __real_close(int file);
int __wrap_close(int file);
int __wrap_close(int file)
{
    bool fails = call_fails("close");
    int closed = __real_close(file);
    errno = fails ? calls.error : errno;
    return fails ? -1 : closed;
}

time_t __real_time(time_t *instant);
time_t __wrap_time(time_t *instant);
time_t __wrap_time(time_t *instant)
{
    time_t now = __real_time(NULL) + calls.later;
    if (instant != NULL)
        *instant = now;
    return now;
}

// Runs `scenario` until all its calls succeed; before each run `prepare`, whose calls all do.
typedef bool calls_scenario(void *context);
static size_t calls_each(const char *name, int error, calls_scenario *prepare, calls_scenario *scenario, void *context)
{
    size_t run = 0, refused = 0;
    do {
        calls.until = 0;
        calls.failed = false;
        calls.error = error;
        prepare(context);
        calls.made = 0;
        calls.until = ++run;
        bool good = scenario(context);
        calls.until = 0;
        refused += !good;
        if (!good && !calls.failed)
            fail_msg("%s: fails though every call succeeds", name);
    } while (calls.failed && run < CALLS_MAXIMUM);
    print_message("%s: %zu calls, each failed once with %s: %zu errors\n", name, run - 1, strerror(error), refused);
    return run;
}

// What failed says why.
static inline bool clean(const struct error *error)
{
    if (error->code == ERROR_NONE || error->text[0] == '\0')
        fail_msg("%s failed, and it fails without saying why", calls.name);
    return false;
}

#endif
